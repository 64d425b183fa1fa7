"""The timeline: each status from when until when, judged by what was known then."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct, structs

from content.compliance import calendars, signers, terms
from content.compliance.decisions import Decision
from content.compliance.terms import Due, Recurrence, Target, Terms
from content.compliance.timeline import Assignment, Post, Spell, timeline

FIRE = Target(kind="course", id="course_fire")
SMOKE = Target(kind="activity", id="https://example.org/smoke")
BERLIN = "Europe/Berlin"


class Asked(Struct, frozen=True, kw_only=True):
    in_force_from: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    terms: Terms
    archived: bool = False


class Told(Struct, frozen=True, kw_only=True):
    id: str
    target: Target = FIRE
    completed: bool = True
    at: datetime
    known_at: datetime
    withdrawn_at: datetime | None = None


def at(month: int, day: int, hour: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def asked(*targets: Target, **fields: Any) -> Asked:
    return Asked(terms=Terms(targets=targets or (FIRE,), **fields))


def done(moment: datetime, known_at: datetime | None = None, **fields: Any) -> Told:
    return Told(id=f"proof {moment:%d.%m.%Y}", at=moment, known_at=known_at or moment, **fields)


def decided(act: str, moment: datetime, **fields: Any) -> Decision:
    return Decision(
        id=f"{act} {moment:%d.%m.%Y}",
        organization_id="organization_1",
        created_at=moment,
        updated_at=moment,
        requirement_id="requirement_1",
        person_id="user_1",
        act=act,
        state="approved",
        proposed_by="user_2",
        proposed_at=moment,
        decided_at=moment,
        **fields,
    )


SINCE_MAY = Assignment(spells=(Spell(since=at(5, 1)),))


def line(
    *editions: Asked,
    assignment: Assignment = SINCE_MAY,
    proofs: tuple[Told, ...] = (),
    decisions: tuple[Decision, ...] = (),
    zone: str = "UTC",
) -> list[str]:
    """Each status with the day (and hour) of its beginning, in UTC."""
    spans = timeline(editions, assignment, proofs, decisions, zone)
    assert all(one.until == two.since for one, two in itertools.pairwise(spans))
    assert not spans or spans[-1].until is None
    return [f"{each.status} {_shown(each.since)}" for each in spans]


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def test_what_is_not_done_is_due_soon_then_overdue_after_the_grace() -> None:
    edition = asked(due=Due(days=30), due_soon_days=7, grace_days=3)
    assert line(edition) == ["assigned 2026-05-01", "due_soon 2026-05-25", "overdue 2026-06-04"]


def test_a_due_day_ends_at_its_midnight_where_the_person_lives() -> None:
    edition = asked(due=Due(days=1), due_soon_days=0)
    there = Assignment(
        spells=(Spell(since=at(5, 1, 23)),), posts=(Post(since=at(5, 1), zone=BERLIN),)
    )
    assert line(edition, assignment=there)[-1] == "overdue 2026-05-03 22:00"
    assert line(edition, assignment=SINCE_MAY)[-1] == "overdue 2026-05-03"


def test_a_completion_counts_from_when_it_was_known_and_the_past_stays() -> None:
    edition = asked(due=Due(at=at(5, 10)), due_soon_days=0)
    late = done(at(5, 8), known_at=at(5, 12))
    told = ["assigned 2026-05-01", "overdue 2026-05-10", "compliant 2026-05-12"]
    assert line(edition, proofs=(late,)) == told
    assert line(edition, proofs=(structs.replace(late, withdrawn_at=at(5, 20)),)) == [
        *told,
        "overdue 2026-05-20",
    ]


def test_either_of_two_equivalents_counts_and_what_is_begun_is_in_progress() -> None:
    edition = asked(FIRE, SMOKE)
    begun = done(at(5, 2), completed=False)
    smoke = done(at(5, 3), target=SMOKE)
    assert line(edition, proofs=(begun, smoke)) == [
        "assigned 2026-05-01",
        "in_progress 2026-05-02",
        "compliant 2026-05-03",
    ]
    assert line(asked(FIRE), proofs=(smoke,)) == ["assigned 2026-05-01"]


def test_a_new_edition_asks_from_its_moment_and_rewrites_nothing() -> None:
    first = asked(FIRE)
    second = asked(SMOKE, due=Due(at=at(6, 1)), due_soon_days=0)
    second = structs.replace(second, in_force_from=at(5, 20))
    third = structs.replace(first, in_force_from=at(7, 1), archived=True)
    assert line(first, second, third, proofs=(done(at(5, 5)),)) == [
        "assigned 2026-05-01",
        "compliant 2026-05-05",
        "assigned 2026-05-20",
        "overdue 2026-06-01",
        "not_assigned 2026-07-01",
    ]


def test_who_leaves_the_audience_is_not_assigned_and_begins_anew_on_coming_back() -> None:
    spells = (Spell(since=at(5, 1), until=at(5, 4)), Spell(since=at(6, 1)))
    edition = asked(due=Due(days=9), due_soon_days=0)
    assert line(edition, assignment=Assignment(spells=spells)) == [
        "assigned 2026-05-01",
        "not_assigned 2026-05-04",
        "assigned 2026-06-01",
        "overdue 2026-06-11",
    ]


def test_renewal_within_the_window_keeps_the_rhythm_and_ends_of_months_do_not_creep() -> None:
    monthly = Recurrence(every=1, unit="months", window_days=5)
    ends = terms.valid_until([date(2027, 1, 31), date(2027, 2, 26), date(2027, 3, 30)], monthly)
    assert ends == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    early = terms.valid_until([date(2027, 1, 31), date(2027, 2, 10)], monthly)
    assert early == [date(2027, 2, 28), date(2027, 3, 10)]
    late = terms.valid_until([date(2027, 1, 31), date(2027, 3, 2)], monthly)
    assert late == [date(2027, 2, 28), date(2027, 4, 2)]


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    yearly = Recurrence(every=1, unit="years")
    assert terms.valid_until([date(2024, 2, 29)], yearly) == [date(2025, 2, 28)]
    four = Recurrence(every=4, unit="years")
    assert terms.valid_until([date(2024, 2, 29)], four) == [date(2028, 2, 29)]
    fixed = Recurrence(month=2, day=29)
    assert terms.valid_until([date(2026, 7, 1)], fixed) == [date(2028, 2, 29)]
    assert terms.fixed_from(fixed, date(2026, 3, 1)) == date(2027, 2, 28)


def test_on_a_fixed_day_only_what_is_done_in_the_window_counts_for_it() -> None:
    march = Recurrence(month=3, day=31, window_days=60)
    edition = asked(recurrence=march, due_soon_days=30)
    assert line(edition, proofs=(done(at(5, 5)),)) == [
        "assigned 2026-05-01",
        "compliant 2026-05-05",
        "due_soon 2027-03-02",
        "expired 2027-04-01",
    ]
    renewed = (done(at(5, 5)), done(at(2, 10, year=2027)))
    assert line(edition, proofs=renewed)[-1] == "expired 2028-04-01"
    assert line(edition)[-1] == "overdue 2027-04-01"


@pytest.mark.parametrize("act", ["external_evidence", "prior_learning"])
def test_what_was_done_elsewhere_counts_once_it_is_approved_until_revoked(act: str) -> None:
    elsewhere = decided(act, at(5, 9), completed_at=at(4, 1), revoked_at=at(5, 20))
    edition = asked(recurrence=Recurrence(every=1), due_soon_days=0)
    assert line(edition, decisions=(elsewhere,)) == [
        "assigned 2026-05-01",
        "compliant 2026-05-09",
        "assigned 2026-05-20",
    ]
    held = decided(act, at(5, 9), completed_at=at(4, 1), valid_until=at(5, 30))
    assert line(edition, decisions=(held,))[-1] == "expired 2026-05-31"


def test_a_waiver_frees_for_its_time_and_an_extension_moves_the_end() -> None:
    edition = asked(due=Due(at=at(5, 10)), due_soon_days=0)
    waiver = decided("waiver", at(5, 5), valid_from=at(5, 7), valid_until=at(5, 20))
    longer = decided("extension", at(5, 21), due_at=at(6, 1))
    assert line(edition, decisions=(waiver, longer)) == [
        "assigned 2026-05-01",
        "waived 2026-05-07",
        "overdue 2026-05-20",
        "assigned 2026-05-21",
        "overdue 2026-06-01",
    ]


def test_a_supervisor_of_any_level_signs_and_an_officer_stands_in_for_one() -> None:
    above = ("lead", "head")
    signed = {by: signers.signs_as(by, "ada", above, officer=False) for by in ("ada", *above)}
    assert signed == {"ada": "person", "lead": "supervisor", "head": "supervisor"}
    assert signers.signs_as("olga", "ada", above, officer=False) is None
    assert signers.signs_as("olga", "ada", above, officer=True) == "officer"
    assert signers.signs_as("lead", "ada", above, officer=True) == "supervisor"
    kinds = ("person", "supervisor", "officer")
    given = [decided("sign_off", at(5, 9), signed_as=each) for each in kinds]
    for asked_for, counted in (("person", 1), ("supervisor", 2), ("none", 0)):
        assert len(signers.signing(given, asked_for)) == counted
    assert signers.awaited([at(5, 2), at(5, 10)], given, "supervisor")
    assert not signers.awaited([at(5, 2)], given, "supervisor")
    assert not signers.awaited([at(5, 10)], given, "none")


def test_where_a_sign_off_is_asked_for_a_completion_counts_from_it_on() -> None:
    edition = asked(sign_off="supervisor")
    early, sign = decided("sign_off", at(5, 2)), decided("sign_off", at(5, 9))
    assert line(edition, proofs=(done(at(5, 5)),), decisions=(sign, early)) == [
        "assigned 2026-05-01",
        "in_progress 2026-05-05",
        "compliant 2026-05-09",
    ]


def test_a_department_is_told_as_it_was() -> None:
    posts = (Post(since=at(5, 1), department="A"), Post(since=at(5, 8), department="B"))
    spans = timeline([asked()], Assignment(spells=SINCE_MAY.spells, posts=posts), (), (), "UTC")
    assert [(each.department, each.since) for each in spans] == [("A", at(5, 1)), ("B", at(5, 8))]


def test_days_follow_the_clock_across_its_changes() -> None:
    noon = datetime(2026, 3, 28, 11, tzinfo=UTC)
    assert calendars.shifted(noon, 1, BERLIN) - noon == timedelta(hours=23)
    assert calendars.end_of(date(2026, 10, 25), BERLIN) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    gap = calendars.start_of(date(2018, 11, 4), "America/Sao_Paulo")
    assert gap == datetime(2018, 11, 4, 3, tzinfo=UTC)
