"""Audiences: whom a requirement concerns, always among the active people.

A rule looks at what is known of a person. An audience is a rule, or several of which all or any
must hold, without whom the excluding rules hold of. Whether somebody belongs changes with what is
known of them, and with the calendar where a rule counts days since the hire.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

from msgspec import Struct

from content import findings
from content.compliance import calendars
from content.findings import Finding
from content.people.person_rules import ROLES

EVERYONE: Final = "everyone"
ROLE: Final = "role"
DEPARTMENT: Final = "department"
LOCATION: Final = "location"
GROUP: Final = "group"
HIRED: Final = "hired"
PEOPLE: Final = "people"
ALL: Final = "all"
ANY: Final = "any"
RULES: Final = (EVERYONE, ROLE, DEPARTMENT, LOCATION, GROUP, HIRED, PEOPLE)
AUDIENCES: Final = (*RULES, ALL, ANY)
NAMING: Final = (ROLE, DEPARTMENT, LOCATION, GROUP)
MOST_RULES: Final = 50


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of `kind` everyone; role, department, location or group: who has one of the `values`;
    hired: from the day `hired_from` to the day `hired_until`, at least `hired_days` days ago, all
    that is given; people: who is in `person_ids`.
    """

    kind: str = EVERYONE
    values: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()
    hired_from: date | None = None
    hired_until: date | None = None
    hired_days: int | None = None


class Audience(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule, or of kind all or any: rules `of` which all or any must hold; then without those
    of whom a rule of `excluding` holds.
    """

    of: tuple[Rule, ...] = ()
    excluding: tuple[Rule, ...] = ()


class Profile(Struct, frozen=True, kw_only=True):
    """What audiences look at in a person; `zone` is the name of a time zone."""

    person_id: str
    active: bool
    zone: str
    roles: tuple[str, ...] = ()
    department: str | None = None
    location: str | None = None
    groups: tuple[str, ...] = ()
    hired_on: date | None = None


def belongs(audience: Audience, person: Profile, moment: datetime) -> bool:
    """Whether the person is of the audience at the moment."""
    today = calendars.day_of(moment, person.zone)
    if not person.active or any(_holds(each, person, today) for each in audience.excluding):
        return False
    if audience.kind == ALL:
        return all(_holds(each, person, today) for each in audience.of)
    if audience.kind == ANY:
        return any(_holds(each, person, today) for each in audience.of)
    return _holds(audience, person, today)


def changes(audience: Audience, person: Profile) -> list[datetime]:
    """The moments at which the calendar alone may move the person in or out, in order."""
    if person.hired_on is None:
        return []
    counted = {each.hired_days for each in _rules(audience) if each.kind == HIRED} - {None}
    days = (calendars.days_after(person.hired_on, count or 0) for count in counted)
    return sorted(calendars.start_of(day, person.zone) for day in days)


def days_counted(audience: Audience) -> tuple[int, ...]:
    """The numbers of days since the hire at which somebody may move in or out."""
    found = {each.hired_days for each in _rules(audience) if each.hired_days is not None}
    return tuple(sorted(found))


def query(audience: Audience) -> dict[str, Any]:
    """A part of a query over people that lets all of the audience pass, and perhaps others."""
    wanted: dict[str, Any] = {"status": "active"}
    own = [_query(each) for each in audience.of] if audience.of else [_query(audience)]
    own = [each for each in own if each]
    if audience.kind == ANY:
        return {**wanted, "$or": own} if len(own) == len(audience.of) else wanted
    return {**wanted, "$and": own} if own else wanted


def named_people(audience: Audience) -> Iterator[tuple[str, str]]:
    """Each person named, with the place where."""
    for where, rule in _placed(audience):
        for index, each in enumerate(rule.person_ids):
            yield f"{where}person_ids/{index}", each


def broken(audience: Audience) -> list[Finding]:
    """Every rule of form that the audience breaks."""
    found = findings.one_of("audience/kind", audience.kind, AUDIENCES)
    combined = audience.kind in (ALL, ANY)
    if combined and not audience.of:
        found.append(Finding(where="audience/of", detail="must have a rule"))
    if audience.of and not combined:
        found.append(Finding(where="audience/of", detail="goes only with the kinds all and any"))
    if len(audience.of) + len(audience.excluding) > MOST_RULES:
        found.append(Finding(where="audience/of", detail=f"must be at most {MOST_RULES} rules"))
    for where, rule in _placed(audience):
        found += _broken_rule(where, rule, RULES if rule is not audience else AUDIENCES)
    return found


def _holds(rule: Rule, person: Profile, today: date) -> bool:
    match rule.kind:
        case "role":
            return bool(set(rule.values) & set(person.roles))
        case "department":
            return person.department in rule.values
        case "location":
            return person.location in rule.values
        case "group":
            return bool(set(rule.values) & set(person.groups))
        case "hired":
            return person.hired_on is not None and _hired(rule, person.hired_on, today)
        case "people":
            return person.person_id in rule.person_ids
        case _:
            return True


def _hired(rule: Rule, hired_on: date, today: date) -> bool:
    since = rule.hired_from is None or hired_on >= rule.hired_from
    until = rule.hired_until is None or hired_on <= rule.hired_until
    days = rule.hired_days is None or calendars.days_after(hired_on, rule.hired_days) <= today
    return since and until and days


def _query(rule: Rule) -> dict[str, Any]:
    fields = {ROLE: "roles", DEPARTMENT: "department", LOCATION: "location", GROUP: "groups"}
    if rule.kind in fields:
        return {fields[rule.kind]: {"$in": list(rule.values)}}
    if rule.kind == PEOPLE:
        return {"_id": {"$in": list(rule.person_ids)}}
    return {"hired_on": {"$type": "string"}} if rule.kind == HIRED else {}


def _rules(audience: Audience) -> Iterable[Rule]:
    return (audience, *audience.of, *audience.excluding)


def _placed(audience: Audience) -> Iterator[tuple[str, Rule]]:
    yield "audience/", audience
    for name in ("of", "excluding"):
        for index, each in enumerate(getattr(audience, name)):
            yield f"audience/{name}/{index}/", each


def _broken_rule(where: str, rule: Rule, kinds: tuple[str, ...]) -> list[Finding]:
    found = findings.one_of(f"{where}kind", rule.kind, kinds)
    found += _goes_with(f"{where}values", rule.values, rule.kind in NAMING)
    found += _goes_with(f"{where}person_ids", rule.person_ids, rule.kind == PEOPLE)
    hires = tuple(
        each for each in (rule.hired_from, rule.hired_until, rule.hired_days) if each is not None
    )
    found += _goes_with(f"{where}hired_from", hires, rule.kind == HIRED)
    if rule.kind == ROLE:
        for index, each in enumerate(rule.values):
            found += findings.one_of(f"{where}values/{index}", each, ROLES)
    return found + findings.count(f"{where}hired_days", rule.hired_days)


def _goes_with(where: str, given: tuple[Any, ...], wanted: bool) -> list[Finding]:
    if wanted and not given:
        return [Finding(where=where, detail="must be given with this kind")]
    if given and not wanted:
        return [Finding(where=where, detail="does not go with this kind")]
    return []
