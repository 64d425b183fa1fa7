"""Rules of acts on a duty, and of when people are reminded of it."""

from datetime import UTC, datetime, timedelta

import pytest

from content.compliance import outside_evidence, reminding, waivers
from content.compliance.outside_evidence import EvidenceDraft
from content.compliance.reminding import Reminding
from content.compliance.waivers import ExtensionDraft, WaiverDraft
from content.findings import Finding

NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 29, 22, tzinfo=UTC)
"""The end of Sunday 29 March in Berlin, where the clock went forward that night."""


def wheres(found: list[Finding]) -> list[str]:
    return [each.where for each in found]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (WaiverDraft(reason="On leave"), []),
        (WaiverDraft(reason=" ", valid_until=NOW + DAY), ["reason"]),
        (WaiverDraft(reason="x", valid_until=NOW), ["valid_until"]),
        (
            WaiverDraft(reason="x", valid_from=NOW + 2 * DAY, valid_until=NOW + DAY),
            ["valid_until"],
        ),
        (WaiverDraft(reason="x", valid_until=datetime(2999, 1, 1)), ["valid_until"]),
    ],
)
def test_a_waiver_has_a_reason_and_ends_after_it_begins(
    draft: WaiverDraft, expected: list[str]
) -> None:
    assert wheres(waivers.broken_waiver(draft, NOW)) == expected


def test_an_extension_ends_in_the_future() -> None:
    assert wheres(waivers.broken_extension(ExtensionDraft(reason="x", due_at=NOW), NOW)) == [
        "due_at"
    ]
    later = ExtensionDraft(reason="x", due_at=NOW + DAY)
    assert waivers.broken_extension(later, NOW) == []


def test_outside_evidence_was_completed_before_and_needs_a_file_prior_learning_none() -> None:
    draft = EvidenceDraft(what="First aid", completed_at=NOW + DAY, valid_until=NOW)
    assert wheres(outside_evidence.broken(draft, NOW)) == ["file_id", "completed_at"]
    prior = EvidenceDraft(what="x", completed_at=NOW - DAY, act="prior_learning")
    assert outside_evidence.broken(prior, NOW) == []


def test_reminders_come_at_eight_where_the_person_lives() -> None:
    plan = Reminding(before_days=(7, 1), overdue_days=(1,))
    found = reminding.steps(plan, MONDAY, "Europe/Berlin")
    assert [(each.days, each.at.isoformat()) for each in found] == [
        (-7, "2026-03-22T07:00:00+00:00"),
        (-1, "2026-03-28T07:00:00+00:00"),
        (1, "2026-03-30T06:00:00+00:00"),
    ]


def test_only_the_last_of_the_reminders_that_came_meanwhile_is_sent() -> None:
    plan = Reminding(before_days=(7, 1), overdue_days=())
    fortnight = MONDAY - 14 * DAY
    found = reminding.between(plan, MONDAY, "UTC", fortnight, MONDAY)
    assert found is not None
    assert found.days == -1
    assert reminding.between(plan, MONDAY, "UTC", found.at, MONDAY) is None


def test_every_reminder_is_within_reach_of_its_due_date_in_any_zone() -> None:
    plan = Reminding()
    for zone in ("Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu"):
        for step in reminding.steps(plan, MONDAY, zone):
            since, until = reminding.reach(plan, step.at - timedelta(seconds=1), step.at)
            assert since < MONDAY < until


def test_each_morning_comes_once() -> None:
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    days = list(reminding.mornings(start, start + 2 * DAY))
    assert [each.day for each in days] == [2, 3]
    assert list(reminding.mornings(start + 2 * DAY, start + 2.5 * DAY)) == []
    assert len(list(reminding.mornings(start - 400 * DAY, start))) == 7


def test_a_plan_of_reminders_is_checked() -> None:
    wrong = Reminding(before_days=(-1,), overdue_days=(400,), escalate_to=("everybody",))
    assert wheres(reminding.broken(wrong)) == [
        "reminding/before_days",
        "reminding/overdue_days",
        "reminding/escalate_to/0",
    ]
