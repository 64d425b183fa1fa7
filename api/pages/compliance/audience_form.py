"""The builder of audiences: from the fields of a form to an audience, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from multidict import MultiMapping

from content.compliance.audiences import (
    ALL,
    ANY,
    DEPARTMENT,
    EVERYONE,
    GROUP,
    HIRED,
    LOCATION,
    NAMING,
    PEOPLE,
    ROLE,
    Audience,
    Rule,
)
from content.errors import RuleBroken
from content.findings import Finding

RULE_KINDS: Final = (
    ("", "\N{EN DASH}"),
    (ROLE, "has the role"),
    (DEPARTMENT, "works in the department"),
    (LOCATION, "works at"),
    (GROUP, "is in the group"),
    (HIRED, "was hired (so many days ago, or day..day)"),
    (PEOPLE, "is one of these people (ids)"),
)
MATCHES: Final = ((EVERYONE, "Everybody"), (ALL, "Who fits all of these"), (ANY, "Who fits any"))
ROWS: Final = 4
EXCEPT_ROWS: Final = 2


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as a row of the form."""

    kind: str = ""
    values: str = ""


def audience_of(form: MultiMapping[str]) -> Audience:
    """The audience that a form names. Raises RuleBroken."""
    match = form.get("match", EVERYONE)
    if match not in (ALL, ANY, EVERYONE):
        raise RuleBroken([Finding(where="audience", detail="must be one of the list")])
    own = () if match == EVERYONE else _rules(form, "rule")
    kind = match if own else EVERYONE
    if match != EVERYONE and not own:
        raise RuleBroken([Finding(where="audience", detail="must have a rule")])
    return Audience(kind=kind, of=own, excluding=_rules(form, "except"))


def rows_of(audience: Audience) -> tuple[str, list[RuleRow], list[RuleRow]]:
    """How the form shows an audience: what must match, the rules and the exceptions."""
    combined = audience.kind in (ALL, ANY)
    match = audience.kind if combined or audience.kind == EVERYONE else ALL
    own: Sequence[Rule] = audience.of
    if not combined and audience.kind != EVERYONE:
        own = (audience,)
    return match, _padded(own, ROWS), _padded(audience.excluding, EXCEPT_ROWS)


def _rules(form: MultiMapping[str], name: str) -> tuple[Rule, ...]:
    kinds = form.getall(f"{name}_kind", [])
    values = form.getall(f"{name}_values", [])
    pairs = zip(kinds, values, strict=False)
    return tuple(_rule(kind, written) for kind, written in pairs if kind)


def _rule(kind: str, written: str) -> Rule:
    values = tuple(each.strip() for each in written.split(",") if each.strip())
    if kind == HIRED:
        return _hired(written.strip())
    if kind == PEOPLE:
        return Rule(kind=PEOPLE, person_ids=values)
    return Rule(kind=kind, values=tuple(_known(kind, each) for each in values))


def _hired(written: str) -> Rule:
    """So many days ago: `90`; or from one day until another: `2020-01-01..2020-12-31`."""
    first, dots, last = (each.strip() for each in written.partition(".."))
    try:
        if not dots:
            return Rule(kind=HIRED, hired_days=int(written[:6]))
        since, until = (date.fromisoformat(each) if each else None for each in (first, last))
    except ValueError:
        detail = "must have a number of days since the hire, or days such as 2020-01-01..2020-12-31"
        raise RuleBroken([Finding(where="audience", detail=detail)]) from None
    return Rule(kind=HIRED, hired_from=since, hired_until=until)


def _known(kind: str, value: str) -> str:
    """Roles are written as they are shown, or as they are kept."""
    return value.lower().replace(" ", "_") if kind == ROLE else value


def _padded(rules: Sequence[Rule], count: int) -> list[RuleRow]:
    shown = [RuleRow(each.kind, _values(each)) for each in rules]
    return [*shown, *[RuleRow()] * max(1, count - len(shown))]


def _values(rule: Rule) -> str:
    if rule.kind in NAMING:
        return ", ".join(rule.values)
    if rule.kind == HIRED:
        if rule.hired_days is not None:
            return str(rule.hired_days)
        return f"{rule.hired_from or ''}..{rule.hired_until or ''}"
    return ", ".join(rule.person_ids)


def described(audience: Audience) -> str:
    """An audience in a sentence."""
    labels: Mapping[str, str] = dict(RULE_KINDS)
    match, own, excluding = rows_of(audience)
    joint = " or " if match == ANY else " and "
    said = joint.join(f"{labels[each.kind]} {each.values}" for each in own if each.kind)
    without = ", or ".join(f"{labels[each.kind]} {each.values}" for each in excluding if each.kind)
    whole = f"Who {said}" if said else "Everybody"
    return f"{whole}, except who {without}" if without else whole
