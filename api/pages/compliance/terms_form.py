"""The terms of a requirement as the fields of a form, and back."""

from datetime import UTC, date, datetime
from typing import Any, Final

from multidict import MultiDict, MultiMapping

from api.pages.compliance import audience_form, forms, targets
from api.pages.compliance.audience_form import RuleRow
from content.compliance.reminding import INSTRUCTOR, OFFICERS, SUPERVISOR, Reminding
from content.compliance.requirements import Requirement
from content.compliance.terms import ACTIVITY, Due, Recurrence, Target
from content.errors import RuleBroken
from content.findings import Finding
from content.organizations import ZONE

NUMBERS: Final = (
    "due_days",
    "every",
    "month",
    "day",
    "window_days",
    "grace_days",
    "due_soon_days",
    "escalate_days",
)
ANSWERABLE: Final = {
    INSTRUCTOR: "The course's instructor",
    OFFICERS: "Compliance officers",
    SUPERVISOR: "Supervisors",
}
EMPTY: Final = {
    "match": "everyone",
    "due": "none",
    "again": "never",
    "unit": "years",
    "grace_days": "0",
    "due_soon_days": "14",
    "sign_off": "none",
    "before_days": "30, 7, 1",
    "overdue_days": "1, 7",
    "escalate_days": "7",
}


def empty() -> MultiDict[str]:
    """The form of a new requirement."""
    usual = Reminding().escalate_to
    return MultiDict([*EMPTY.items(), *(("escalate_to", each) for each in usual)])


def terms_of(form: MultiMapping[str]) -> dict[str, Any]:
    """What a form asks for, as the fields of a draft. Raises RuleBroken."""
    numbers = _numbers(form)
    return {
        "targets": _targets(form),
        "due": _due(form, numbers),
        "recurrence": _recurrence(form, numbers),
        "grace_days": numbers["grace_days"] or 0,
        "due_soon_days": numbers["due_soon_days"] or 0,
        "sign_off": form.get("sign_off", "none"),
        "reminding": Reminding(
            before_days=_days(form, "before_days"),
            overdue_days=_days(form, "overdue_days"),
            escalate_days=numbers["escalate_days"],
            escalate_to=tuple(
                each for each in ANSWERABLE if each in form.getall("escalate_to", [])
            ),
        ),
    }


def fields_of(requirement: Requirement) -> MultiDict[str]:
    """How the form shows a requirement."""
    asked, reminding = requirement.terms, requirement.reminding
    fields: MultiDict[str] = MultiDict(
        title=requirement.title,
        description=requirement.description,
        grace_days=str(asked.grace_days),
        due_soon_days=str(asked.due_soon_days),
        sign_off=asked.sign_off,
        before_days=", ".join(map(str, reminding.before_days)),
        overdue_days=", ".join(map(str, reminding.overdue_days)),
        escalate_days=_written(reminding.escalate_days),
        **_due_fields(asked.due),
        **_recurrence_fields(asked.recurrence),
    )
    for answerable in reminding.escalate_to:
        fields.add("escalate_to", answerable)
    for each in asked.targets:
        fields.add("activity" if each.kind == ACTIVITY else "target", targets.value_of(each))
    match, rules, exceptions = audience_form.rows_of(requirement.audience)
    fields["match"] = match
    for name, several in (("rule", rules), ("except", exceptions)):
        for rule in several:
            fields.add(f"{name}_kind", rule.kind)
            fields.add(f"{name}_values", rule.values)
    return fields


def rules_of(form: MultiMapping[str], name: str, count: int) -> list[RuleRow]:
    """The rows of rules that a form has, and empty ones."""
    kinds, values = form.getall(f"{name}_kind", []), form.getall(f"{name}_values", [])
    rows = [RuleRow(*pair) for pair in zip(kinds, values, strict=False) if any(pair)]
    return [*rows, *[RuleRow()] * max(1, count - len(rows))]


def _numbers(form: MultiMapping[str]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    wrong: list[Finding] = []
    for name in NUMBERS:
        written = forms.text(form, name)
        if written and (not written.isdecimal() or len(written) > 6):
            wrong.append(Finding(where=name, detail="must be a whole number"))
        found[name] = int(written) if written.isdecimal() and len(written) <= 6 else None
    if wrong:
        raise RuleBroken(wrong)
    return found


def _days(form: MultiMapping[str], name: str) -> tuple[int, ...]:
    parts = [each.strip() for each in forms.text(form, name).split(",") if each.strip()]
    if any(not each.isdecimal() or len(each) > 4 for each in parts):
        detail = "must be numbers of days with commas, such as 30, 7, 1"
        raise RuleBroken([Finding(where=name, detail=detail)])
    return tuple(int(each) for each in parts)


def _targets(form: MultiMapping[str]) -> tuple[Target, ...]:
    found = [each.partition(":") for each in form.getall("target", [])]
    named = [Target(kind=kind, id=sought) for kind, _, sought in found]
    activities = " ".join(form.getall("activity", [])).split()
    return (*named, *(Target(kind=ACTIVITY, id=each) for each in activities))


def _due(form: MultiMapping[str], numbers: dict[str, int | None]) -> Due:
    match form.get("due"):
        case "at":
            moment = forms.end_of_day("due_at", forms.text(form, "due_at"), ZONE)
            return Due(at=forms.required("due_at", moment))
        case "assignment" | "hire" as after:
            if numbers["due_days"] is None:
                raise RuleBroken([Finding(where="due_days", detail="is required")])
            return Due(days=numbers["due_days"], after=after)
        case _:
            return Due()


def _recurrence(form: MultiMapping[str], numbers: dict[str, int | None]) -> Recurrence | None:
    window = numbers["window_days"]
    match form.get("again"):
        case "every":
            unit = form.get("unit", "years")
            return Recurrence(every=numbers["every"], unit=unit, window_days=window)
        case "yearly":
            month, day = numbers["month"], numbers["day"]
            return Recurrence(month=month, day=day, window_days=window)
        case _:
            return None


def _due_fields(due: Due) -> dict[str, str]:
    if due.at is not None:
        return {"due": "at", "due_at": _last_day(due.at).isoformat()}
    if due.days is not None:
        return {"due": due.after, "due_days": str(due.days)}
    return {"due": "none"}


def _last_day(moment: datetime) -> date:
    """The last day that is in time."""
    return (moment - forms.INSTANT).astimezone(UTC).date()


def _recurrence_fields(recurrence: Recurrence | None) -> dict[str, str]:
    if recurrence is None:
        return {"again": "never", "unit": "years"}
    fields = {
        "again": "every" if recurrence.every else "yearly",
        "every": _written(recurrence.every),
        "unit": recurrence.unit,
        "month": _written(recurrence.month),
        "day": _written(recurrence.day),
        "window_days": _written(recurrence.window_days),
    }
    return fields


def _written(number: int | None) -> str:
    return "" if number is None else str(number)
