"""Whatever happens in whatever order: the register says what was known, and says it again."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from class_room import ClassRoom
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import History, status
from msgspec import Struct
from office import Office
from recorded_log import RecordedLog, statement, voiding

from content.compliance import records, requirements
from content.compliance.calendars import start_of
from content.compliance.decisions import Decision
from content.compliance.requirements import RequirementChanges
from content.compliance.terms import Due, Recurrence, Target, Terms
from content.compliance.timeline import Assignment, Post, Spell, span_at, timeline
from content.identity import now
from content.people import people
from content.people.people import PersonChanges
from content.store import Store
from lrs.statement import StoredStatement
from tests.tasks import until

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "America/Sao_Paulo")
TARGETS = (Target(kind="course", id="a"), Target(kind="activity", id="https://example.org/b"))
FIRST = datetime(2023, 10, 1, tzinfo=UTC)
EDGES = (
    date(2024, 1, 31),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(2024, 11, 3),
    date(2025, 2, 28),
)


class Asked(Struct, frozen=True, kw_only=True):
    in_force_from: datetime
    terms: Terms
    archived: bool = False


class Told(Struct, frozen=True, kw_only=True):
    id: str
    target: Target
    completed: bool
    at: datetime
    known_at: datetime
    withdrawn_at: datetime | None


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Any, but often the edge of a remarkable day in one of the zones."""
    if draw(st.booleans()):
        edge = start_of(draw(st.sampled_from(EDGES)), draw(st.sampled_from(ZONES)))
        return edge + timedelta(hours=draw(st.sampled_from((-1, 0, 1, 24))))
    return FIRST + timedelta(minutes=draw(st.integers(0, 3 * 365 * 24 * 60)))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[datetime, datetime | None]:
    since, until = draw(moments()), draw(st.none() | moments())
    return (since, until) if until is None or since < until else (until, since)


DAYS = st.sampled_from((0, 1, 7, 28, 30, 31, 60))
RECURRENCES = st.builds(
    Recurrence,
    every=st.integers(1, 13),
    unit=st.sampled_from(("days", "months", "years")),
    window_days=st.none() | DAYS,
) | st.builds(
    Recurrence,
    month=st.just(2),
    day=st.sampled_from((28, 29)),
    window_days=st.none() | DAYS,
)
DUES = (
    st.builds(Due, at=moments())
    | st.builds(Due, days=DAYS, after=st.sampled_from(("assignment", "hire")))
    | st.just(Due())
)
TERMS = st.builds(
    Terms,
    targets=st.sampled_from((TARGETS[:1], TARGETS[1:], TARGETS)),
    due=DUES,
    recurrence=st.none() | RECURRENCES,
    grace_days=DAYS,
    due_soon_days=DAYS,
    sign_off=st.sampled_from(("none", "none", "person")),
)


@st.composite
def decided(draw: st.DrawFn, number: int) -> Decision:
    known, until = draw(pairs())
    valid_from, valid_until = draw(pairs())
    return Decision(
        id=f"decision {number}",
        organization_id="o",
        created_at=known,
        updated_at=known,
        requirement_id="r",
        person_id="p",
        act=draw(
            st.sampled_from(
                ("waiver", "extension", "external_evidence", "prior_learning", "sign_off")
            )
        ),
        valid_from=draw(st.none() | st.just(valid_from)),
        valid_until=valid_until,
        due_at=valid_from,
        completed_at=valid_from,
        proposed_by="q",
        proposed_at=known,
        decided_at=known,
        revoked_at=until,
    )


@st.composite
def told(draw: st.DrawFn, number: int) -> Told:
    known, until = draw(pairs())
    return Told(
        id=f"proof {number}",
        target=draw(st.sampled_from(TARGETS)),
        completed=draw(st.booleans()),
        at=draw(moments()),
        known_at=known,
        withdrawn_at=until,
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    starts = sorted(draw(st.sets(moments(), min_size=1, max_size=3)))
    edges = sorted(draw(st.sets(moments(), min_size=1, max_size=4)))
    spells = [
        Spell(since=edge, until=edges[place + 1] if place + 1 < len(edges) else None)
        for place, edge in list(enumerate(edges))[::2]
    ]
    posted = sorted(draw(st.sets(moments(), min_size=1, max_size=2)))
    return History(
        editions=[
            Asked(in_force_from=each, terms=draw(TERMS), archived=draw(st.integers(0, 9)) == 0)
            for each in starts
        ],
        spells=spells,
        posts=[
            Post(
                since=each,
                zone=draw(st.none() | st.sampled_from(ZONES)),
                hired_on=draw(st.none() | st.sampled_from(EDGES)),
            )
            for each in posted
        ],
        proofs=[draw(told(n)) for n in range(draw(st.integers(0, 4)))],
        decisions=[draw(decided(n)) for n in range(draw(st.integers(0, 3)))],
        zone=draw(st.sampled_from(ZONES)),
    )


def at(history: History, moment: datetime) -> str:
    """The status by the timeline."""
    assignment = Assignment(spells=tuple(history.spells), posts=tuple(history.posts))
    spans = timeline(history.editions, assignment, history.proofs, history.decisions, history.zone)
    span = span_at(spans, moment)
    return span.status if span else "not_assigned"


def known_by(history: History, moment: datetime) -> History:
    """What was known at a moment: nothing that came later, no end that came later."""

    def some(several: Any, since: str, until: str | None) -> list[Any]:
        begun = [each for each in several if getattr(each, since) <= moment]
        return [_open(each, until, moment) for each in begun]

    return History(
        editions=some(history.editions, "in_force_from", None),
        spells=some(history.spells, "since", "until"),
        posts=some(history.posts, "since", None) or history.posts[:1],
        proofs=some(history.proofs, "known_at", "withdrawn_at"),
        decisions=some(history.decisions, "decided_at", "revoked_at"),
        zone=history.zone,
    )


def _open(thing: Any, until: str | None, moment: datetime) -> Any:
    if until is None or (getattr(thing, until) or moment) <= moment:
        return thing
    return type(thing)(
        **{
            name: None if name == until else getattr(thing, name)
            for name in thing.__struct_fields__
        }
    )


@given(history=histories(), asked=st.lists(moments(), min_size=3, max_size=8))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_timeline_says_what_is_judged_from_scratch_and_says_it_again_tomorrow(
    history: History, asked: list[datetime]
) -> None:
    """As of each moment: by the whole history, by what was known then, and the slow way."""
    for moment in asked:
        whole = at(history, moment)
        assert whole == status(history, moment)
        assert whole == at(known_by(history, moment), moment)


DONE = ("passed", "completed", "failed", "attempted")


@pytest.mark.parametrize("seed", [2, 29])
async def test_what_is_kept_bit_by_bit_is_what_is_made_from_scratch(
    store: Store, log: RecordedLog, room: ClassRoom, seed: int
) -> None:
    """Random doings against the database: each answer is given again at the end, and rebuilt."""
    office, chance = Office(store, log, room), random.Random(seed)
    smoke = Target(kind="activity", id="https://example.org/smoke")
    monthly = Recurrence(every=1, unit="months", window_days=5)
    requirement = await office.require(office.course, smoke, recurrence=monthly)
    said: list[StoredStatement] = []
    seen: list[tuple[datetime, str]] = []
    for _ in range(9):
        await _something(office, requirement.id, chance, said)
        moment, record = now(), await office.record(requirement)
        seen.append((moment, record.status))
        await until(lambda moment=moment: now() > moment)  # type: ignore[misc]
    person = room.person
    final = await requirements.get(store, office.own, requirement.id)
    for moment, known in seen:
        again = await records.of_person(store, final, person.id, moment)
        assert again.status == known
    before = await records.history(store, final, person.id)
    await store.database["compliance_proofs"].delete_many({})
    await office.registrar.rebuild(office.own)
    assert await records.history(store, final, person.id) == before


async def _something(
    office: Office, requirement_id: str, chance: random.Random, said: list[StoredStatement]
) -> None:
    room = office.room
    kind = chance.choice(("say", "say", "launch", "void", "move", "ask"))
    ago = -chance.randrange(1, 90) * 24 * 60
    if kind == "void" and said:
        await office.says(voiding(said.pop(chance.randrange(len(said)))))
    elif kind == "move":
        changes = PersonChanges(
            status=chance.choice(("active", "active", "inactive")),
            time_zone=chance.choice(ZONES),
            department=chance.choice("AB"),
        )
        await office.settle(await people.update(office.store, office.own, room.person.id, changes))
    elif kind == "ask":
        days = chance.choice((28, 31))
        changed = RequirementChanges(
            recurrence=Recurrence(every=days, unit="days"), grace_days=chance.choice((0, 3))
        )
        await office.settle(
            await requirements.update(office.store, office.own, requirement_id, changed)
        )
    else:
        lesson = chance.choice((room.first, room.second)).activity_id
        verb = chance.choice(DONE)
        told = room.says(verb, lesson, minute=ago)
        if kind == "say":
            told = statement(
                office.own, room.account, verb, "https://example.org/smoke", minute=ago
            )
        said.append(told)
        await office.says(told)
