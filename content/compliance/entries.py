"""Entries of the register: one for each person whom a requirement concerns or has concerned.

An entry keeps when its person was of the audience and what was known of them then, which nothing
else remembers; and the spans that follow from this, the proofs and the decisions, so that the
register can be asked for any moment. `current` is the status now, until `turns_at`; `within` tells
whether that is any other than not_assigned.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from msgspec import structs

from content.compliance import audiences
from content.compliance.audiences import Profile
from content.compliance.decisions import Decision
from content.compliance.proofs import Proof
from content.compliance.requirements import Edition, Requirement
from content.compliance.status import NOT_ASSIGNED
from content.compliance.timeline import Assignment, Post, Span, Spell, span_at, timeline
from content.documents import Document
from content.organizations import ZONE
from content.people.people import Person

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Entry(Document, frozen=True, kw_only=True):
    """One person under one requirement, over all time; `edition` is the last that was heeded."""

    kind: ClassVar[str] = "compliance_record"

    requirement_id: str
    person_id: str
    name: str
    department: str | None = None
    spells: tuple[Spell, ...] = ()
    posts: tuple[Post, ...] = ()
    spans: tuple[Span, ...] = ()
    current: str = NOT_ASSIGNED
    within: bool = False
    turns_at: datetime | None = None
    edition: int = 0


def entry_id(requirement_id: str, person_id: str) -> str:
    """The id of a person's entry under a requirement."""
    return f"{requirement_id}.{person_id}"


def spans_holding(moment: datetime) -> dict[str, Any]:
    """MongoDB's expression for the spans of an entry that hold a moment: one, or none."""
    begun = {"$lte": ["$$span.since", moment]}
    ended = {"$gt": [{"$ifNull": ["$$span.until", _NEVER]}, moment]}
    return {"$filter": {"input": "$spans", "as": "span", "cond": {"$and": [begun, ended]}}}


def profile_of(person: Person) -> Profile:
    """What audiences look at in a person."""
    return Profile(
        person_id=person.id,
        active=person.status == "active",
        zone=person.time_zone or ZONE,
        roles=person.roles,
        department=person.department,
        location=person.location,
        groups=person.groups,
        hired_on=person.hired_on,
    )


def renewed(
    requirement: Requirement,
    person: Person,
    before: Entry | None,
    proofs: Sequence[Proof],
    decided: Sequence[Decision],
    moment: datetime,
) -> Entry | None:
    """The entry by all that is known at the moment; None for whom the requirement never concerned.

    `proofs` and `decided` are the person's; those of other targets and requirements are passed by.
    """
    spells = _spells(requirement, person, before.spells if before else (), moment)
    if not spells:
        return None
    posts = _posts(person, before.posts if before else (), spells)
    assignment = Assignment(spells=spells, posts=posts)
    asked = {target for each in requirement.editions for target in each.terms.targets}
    spans = timeline(
        requirement.editions,
        assignment,
        [each for each in proofs if each.target in asked],
        [each for each in decided if each.requirement_id == requirement.id],
        ZONE,
    )
    entry = Entry(
        id=entry_id(requirement.id, person.id),
        organization_id=requirement.organization_id,
        version=before.version + 1 if before else 1,
        created_at=before.created_at if before else moment,
        updated_at=moment,
        requirement_id=requirement.id,
        person_id=person.id,
        name=person.name,
        spells=spells,
        posts=posts,
        spans=spans,
        edition=requirement.edition.number,
    )
    return turned(entry, moment)


def turned(entry: Entry, moment: datetime) -> Entry:
    """The entry with its current status at the moment."""
    span = span_at(entry.spans, moment)
    first = entry.spans[0].since if entry.spans else None
    return structs.replace(
        entry,
        current=span.status if span else NOT_ASSIGNED,
        within=span is not None and span.status != NOT_ASSIGNED,
        department=span.department if span else entry.posts[0].department,
        turns_at=span.until if span else first,
    )


def same(before: Entry | None, after: Entry) -> bool:
    """Whether only version and moment differ."""
    if before is None:
        return False
    return before == structs.replace(after, version=before.version, updated_at=before.updated_at)


def _spells(
    requirement: Requirement, person: Person, spells: tuple[Spell, ...], moment: datetime
) -> tuple[Spell, ...]:
    """The spells with the last one closed, or a new one opened, where that has changed.

    It changed when the person did, the requirement or the calendar, whichever came last.
    """
    profile, edition = profile_of(person), requirement.edition
    is_open = bool(spells) and spells[-1].until is None
    within = not edition.archived and audiences.belongs(edition.audience, profile, moment)
    if within == is_open:
        return spells
    changed_at = _changed_at(edition, person, profile, moment)
    if within:
        earliest = spells[-1].until if spells else None
        return (*spells, Spell(since=max(changed_at, earliest or changed_at)))
    last = spells[-1]
    return (*spells[:-1], structs.replace(last, until=max(changed_at, last.since)))


def _changed_at(edition: Edition, person: Person, profile: Profile, moment: datetime) -> datetime:
    turns = [each for each in audiences.changes(edition.audience, profile) if each <= moment]
    return min(max([person.updated_at, edition.in_force_from, *turns]), moment)


def _posts(person: Person, posts: tuple[Post, ...], spells: Sequence[Spell]) -> tuple[Post, ...]:
    """The posts with the present one, where it differs from the last."""
    since = person.updated_at if posts else min(person.updated_at, spells[0].since)
    present = Post(
        since=since,
        department=person.department,
        hired_on=person.hired_on,
        zone=person.time_zone,
    )
    if posts and structs.replace(posts[-1], since=since) == present:
        return posts
    return (*posts, present)
