"""The timeline: every status that one person has under one requirement, from when until when.

Pure. The status at a moment is judged from what was known by then. So the line is cut at each
moment at which something became known; between two such moments only the calendar moves on. What
lies after the last one is what happens if nothing more becomes known.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct, structs

from content.compliance import calendars, decisions, signers, terms
from content.compliance.decisions import Decision
from content.compliance.status import (
    ASSIGNED,
    COMPLIANT,
    DUE_SOON,
    EXPIRED,
    IN_PROGRESS,
    NOT_ASSIGNED,
    OVERDUE,
    WAIVED,
)
from content.compliance.terms import HIRE, Target, Terms


class Edition(Protocol):
    """What was asked from a moment on; `archived`: nothing any more."""

    @property
    def in_force_from(self) -> datetime: ...
    @property
    def terms(self) -> Terms: ...
    @property
    def archived(self) -> bool: ...


class Proof(Protocol):
    """Something was begun or (`completed`) done at a moment; known from one, until withdrawn."""

    @property
    def id(self) -> str: ...
    @property
    def target(self) -> Target: ...
    @property
    def completed(self) -> bool: ...
    @property
    def at(self) -> datetime: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


class Spell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time during which somebody is of the audience; None: until further notice."""

    since: datetime
    until: datetime | None = None


class Post(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was known of a person from a moment on: where they work, since when, where they live."""

    since: datetime
    department: str | None = None
    hired_on: date | None = None
    zone: str | None = None


class Assignment(Struct, frozen=True, kw_only=True):
    """When somebody was of the audience, and what was known of them; both in order."""

    spells: tuple[Spell, ...]
    posts: tuple[Post, ...] = ()


class Span(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A status from a moment (included) until another (excluded; None: without end).

    `due_at` is the end of the last day in time, before any grace; `completed_at` and `basis` (the
    id of a proof or a decision) are what the status rests on, of what is not completed the first
    sign of it; `signed_by` is the sign-off.
    """

    status: str
    since: datetime
    until: datetime | None = None
    department: str | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    basis: str | None = None
    signed_by: str | None = None


class _Known(Struct, frozen=True):
    """What is known between two moments: all that a status is judged by, save the calendar."""

    edition: Edition | None
    spell: Spell | None
    post: Post
    proofs: Sequence[Proof]
    decisions: Sequence[Decision]
    zone: str


class _Achievement(Struct, frozen=True):
    """A completion that counts, whoever says so; `last` bounds for how long it does."""

    at: datetime
    basis: str
    signed_by: str | None = None
    last: datetime | None = None


class _Standing(Struct, frozen=True):
    """Where somebody stands, waivers aside: the status until `soon_at`, due_soon until `late_at`,
    then `late`.
    """

    early: str
    late: str
    due_at: datetime | None
    soon_at: datetime | None
    late_at: datetime | None
    achievement: _Achievement | None
    begun: str | None


def timeline(
    editions: Sequence[Edition],
    assignment: Assignment,
    proofs: Sequence[Proof],
    decided: Sequence[Decision],
    zone: str,
) -> tuple[Span, ...]:
    """The spans from the first assignment on, without gaps, the last one without end.

    `editions` are in the order of their coming into force; `zone` is where a person without a
    time zone lives. Before the first span the status is not_assigned.
    """
    if not assignment.spells:
        return ()
    made = sorted((each for each in decided if each.decided_at), key=_decided)
    cuts = sorted(_cuts(editions, assignment, proofs, made))
    cuts = cuts[cuts.index(assignment.spells[0].since) :]
    spans: list[Span] = []
    for since, until in zip(cuts, [*cuts[1:], None], strict=True):
        known = _known(editions, assignment, proofs, made, zone, since)
        for each in _outlook(known, since, until):
            _append(spans, each)
    return tuple(spans)


def span_at(spans: Sequence[Span], moment: datetime) -> Span | None:
    """The span that holds a moment; None before the first."""
    return next(
        (
            each
            for each in spans
            if each.since <= moment and (each.until is None or moment < each.until)
        ),
        None,
    )


def _decided(decision: Decision) -> tuple[datetime | None, str]:
    return decision.decided_at, decision.id


def _cuts(
    editions: Iterable[Edition],
    assignment: Assignment,
    proofs: Iterable[Proof],
    decided: Iterable[Decision],
) -> set[datetime]:
    """Every moment at which something became known."""
    pairs = [
        *((each.since, each.until) for each in assignment.spells),
        *((each.known_at, each.withdrawn_at) for each in proofs),
        *((each.decided_at, each.revoked_at) for each in decided),
    ]
    cuts = {each for pair in pairs for each in pair if each is not None}
    cuts |= {each.in_force_from for each in editions}
    return cuts | {each.since for each in assignment.posts}


def _known(
    editions: Sequence[Edition],
    assignment: Assignment,
    proofs: Sequence[Proof],
    decided: Sequence[Decision],
    zone: str,
    moment: datetime,
) -> _Known:
    post = _last(assignment.posts, moment) or Post(since=moment)
    in_force = [each for each in editions if each.in_force_from <= moment]
    return _Known(
        edition=in_force[-1] if in_force else None,
        spell=next((e for e in assignment.spells if _holds(e.since, e.until, moment)), None),
        post=post,
        proofs=[e for e in proofs if _holds(e.known_at, e.withdrawn_at, moment)],
        decisions=[e for e in decided if _holds(e.decided_at, e.revoked_at, moment)],
        zone=post.zone or zone,
    )


def _last(posts: Sequence[Post], moment: datetime) -> Post | None:
    """The post at a moment; before the first, the first."""
    begun = [each for each in posts if each.since <= moment]
    return begun[-1] if begun else next(iter(posts), None)


def _holds(since: datetime | None, until: datetime | None, moment: datetime) -> bool:
    return since is not None and since <= moment and (until is None or moment < until)


def _outlook(known: _Known, since: datetime, until: datetime | None) -> Iterator[Span]:
    """The spans between two moments, by what is known at the first."""
    if known.spell is None or known.edition is None or known.edition.archived:
        yield Span(status=NOT_ASSIGNED, since=since, until=until, department=known.post.department)
        return
    standing = _standing(known, known.spell, known.edition.terms)
    waivers = [each for each in known.decisions if each.act == decisions.WAIVER]
    turns = {standing.soon_at, standing.late_at}
    turns |= {moment for each in waivers for moment in (each.valid_from, each.valid_until)}
    within = {each for each in turns if each and since < each and (not until or each < until)}
    moments = sorted({since, *within})
    for begin, end in zip(moments, [*moments[1:], until], strict=True):
        yield _span(standing, waivers, known.post.department, begin, end)


def _span(
    standing: _Standing,
    waivers: Iterable[Decision],
    department: str | None,
    since: datetime,
    until: datetime | None,
) -> Span:
    waiver = next((each for each in waivers if _waives(each, since)), None)
    if waiver is not None:
        return Span(status=WAIVED, since=since, until=until, department=department, basis=waiver.id)
    done = standing.achievement
    return Span(
        status=_status(standing, since),
        since=since,
        until=until,
        department=department,
        due_at=standing.due_at,
        completed_at=done.at if done else None,
        basis=done.basis if done else standing.begun,
        signed_by=done.signed_by if done else None,
    )


def _waives(waiver: Decision, moment: datetime) -> bool:
    begun = waiver.valid_from is None or waiver.valid_from <= moment
    return begun and (waiver.valid_until is None or moment < waiver.valid_until)


def _status(standing: _Standing, moment: datetime) -> str:
    if standing.late_at is not None and moment >= standing.late_at:
        return standing.late
    if standing.soon_at is not None and moment >= standing.soon_at:
        return DUE_SOON
    return standing.early


def _standing(known: _Known, spell: Spell, asked: Terms) -> _Standing:
    """By the completion that counts longest, else by the due date."""
    proofs = [each for each in known.proofs if each.target in asked.targets]
    best, last = _longest(_signed(_achievements(proofs, known.decisions), known, asked), known)
    if best is not None:
        end = calendars.end_of(last, known.zone) if last else None
        return _framed(known, asked, COMPLIANT, EXPIRED, end, best)
    due_at = _due_at(asked, spell, known)
    if not proofs:
        return _framed(known, asked, ASSIGNED, OVERDUE, due_at)
    begun = min(proofs, key=_first_known)
    return _framed(known, asked, IN_PROGRESS, OVERDUE, due_at, begun=begun.id)


def _first_known(proof: Proof) -> tuple[datetime, str]:
    return proof.known_at, proof.id


def _framed(
    known: _Known,
    asked: Terms,
    early: str,
    late: str,
    due_at: datetime | None,
    achievement: _Achievement | None = None,
    begun: str | None = None,
) -> _Standing:
    """The standing with its due date, extensions heeded, and what lies before and after it."""
    if due_at is not None:
        extended = (each.due_at for each in known.decisions if each.act == decisions.EXTENSION)
        due_at = max([due_at, *(each for each in extended if each is not None)])
    soon_at = late_at = due_at
    if due_at is not None:
        soon_at = calendars.shifted(due_at, -asked.due_soon_days, known.zone)
        late_at = calendars.shifted(due_at, asked.grace_days, known.zone)
    return _Standing(early, late, due_at, soon_at, late_at, achievement, begun)


def _achievements(
    proofs: Iterable[Proof], decided: Iterable[Decision]
) -> Iterator[tuple[datetime, _Achievement]]:
    """Each completion that is known, with the moment since when it is."""
    for proof in proofs:
        if proof.completed:
            yield proof.known_at, _Achievement(min(proof.at, proof.known_at), proof.id)
    for each in decided:
        if each.act in decisions.ACHIEVING and each.completed_at and each.decided_at:
            at = min(each.completed_at, each.decided_at)
            yield each.decided_at, _Achievement(at, each.id, last=each.valid_until)


def _signed(
    found: Iterable[tuple[datetime, _Achievement]], known: _Known, asked: Terms
) -> list[_Achievement]:
    """The completions in order; where a sign-off is asked for, those that have one made since."""
    if asked.sign_off == terms.NO_SIGN_OFF:
        return sorted((each for _, each in found), key=_when)
    signs = signers.signing(known.decisions, asked.sign_off)
    signed = []
    for known_at, each in found:
        sign = signers.given_since(signs, known_at)
        if sign is not None:
            signed.append(structs.replace(each, signed_by=sign.id))
    return sorted(signed, key=_when)


def _when(achievement: _Achievement) -> tuple[datetime, str]:
    return achievement.at, achievement.basis


def _longest(
    found: Sequence[_Achievement], known: _Known
) -> tuple[_Achievement | None, date | None]:
    """The completion that counts longest, and the last day on which it does (None: for ever)."""
    if not found:
        return None, None
    ends = _ends(found, known)
    place = max(range(len(found)), key=lambda each: ends[each] or date.max)
    return found[place], ends[place]


def _ends(found: Sequence[_Achievement], known: _Known) -> list[date | None]:
    """The last day of each. Where one bounds itself, that holds; the others follow the terms."""
    recurrence = known.edition.terms.recurrence if known.edition else None
    ends: list[date | None] = [None] * len(found)
    if recurrence is not None:
        days = [calendars.day_of(each.at, known.zone) for each in found]
        ends = list(terms.valid_until(days, recurrence))
    return [
        calendars.day_of(each.last, known.zone) if each.last else end
        for each, end in zip(found, ends, strict=True)
    ]


def _due_at(asked: Terms, spell: Spell, known: _Known) -> datetime | None:
    """When the first completion is due."""
    due, zone = asked.due, known.zone
    if due.at is not None:
        return due.at
    assigned_on = calendars.day_of(spell.since, zone)
    if due.days is not None:
        hired_on = known.post.hired_on if due.after == HIRE else None
        return calendars.end_of(calendars.days_after(hired_on or assigned_on, due.days), zone)
    if asked.recurrence is not None and asked.recurrence.every is None:
        return calendars.end_of(terms.fixed_from(asked.recurrence, assigned_on), zone)
    return None


def _append(spans: list[Span], span: Span) -> None:
    """Add a span, or lengthen the last one where it only goes on."""
    if spans and structs.replace(spans[-1], since=span.since, until=span.until) == span:
        spans[-1] = structs.replace(spans[-1], until=span.until)
    else:
        spans.append(span)
