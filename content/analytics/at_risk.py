"""Learners at risk: who is likely not to complete in time, each with the reasons in words. Pure.

A learner who has not completed the course is at risk for each of these:

- overdue: the due date has passed;
- behind: a quarter of the time to the due date, or more, is over, and progress in percent is more
  than TOLERANCE points below the share of the time that is over;
- inactive: nothing was done in the course for INACTIVE_AFTER, or (not_begun) nothing at all for
  BEGUN_WITHIN since enrolment;
- failing: a lesson was failed MOST_FAILURES times or more and never passed.

The due date is the earliest of the end of the enrollment, that of its cohort, and the day by which
a requirement asks for the course.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from content.analytics.learners import Learner

TOLERANCE: Final = 20.0
EARLIEST_SHARE: Final = 0.25
INACTIVE_AFTER: Final = timedelta(days=14)
BEGUN_WITHIN: Final = timedelta(days=7)
MOST_FAILURES: Final = 2
WEIGHTS: Final = {"overdue": 4, "failing": 3, "behind": 2, "inactive": 2, "not_begun": 1}


class Reason(Struct, frozen=True):
    """Why somebody is at risk: a code of WEIGHTS, and the same in words."""

    code: str
    words: str


class AtRisk(Struct, frozen=True, kw_only=True):
    """A learner at risk; the weightier the reasons together, the earlier in the list."""

    enrollment_id: str
    person_id: str
    progress: float
    last_activity_at: datetime | None
    due_at: datetime | None
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        """How weighty the reasons are together."""
        return sum(WEIGHTS[each.code] for each in self.reasons)


def at_risk(
    learners: Iterable[Learner],
    ends: Mapping[str, datetime],
    duties: Mapping[str, datetime],
    titles: Mapping[str, str],
    moment: datetime,
) -> list[AtRisk]:
    """Those at risk at a moment, the most first.

    `ends` are the ends of cohorts, `duties` the days by which requirements ask people for the
    course, `titles` those of the lessons, each by id. An enrollment that has expired is over and
    not at risk.
    """
    found = []
    for each in learners:
        over = each.expires_at is not None and each.expires_at <= moment
        if each.completed_at is None and not over:
            due_at = due(each, ends, duties)
            reasons = reasons_of(each, due_at, titles, moment)
            if reasons:
                found.append(_told(each, due_at, reasons))
    return sorted(found, key=lambda each: (-each.weight, each.progress, each.enrollment_id))


def due(
    learner: Learner, ends: Mapping[str, datetime], duties: Mapping[str, datetime]
) -> datetime | None:
    """When the learner is to be through."""
    ended, asked = ends.get(learner.cohort_id or ""), duties.get(learner.person_id)
    known = [learner.expires_at, ended, asked]
    return min((each for each in known if each is not None), default=None)


def reasons_of(
    learner: Learner, due_at: datetime | None, titles: Mapping[str, str], moment: datetime
) -> tuple[Reason, ...]:
    """Why a learner who has not completed the course is at risk."""
    return tuple(
        reason
        for reason in (
            _pace(learner, due_at, moment) if due_at is not None else None,
            _silence(learner, moment),
            *_failures(learner, titles),
        )
        if reason is not None
    )


def _pace(learner: Learner, due_at: datetime, moment: datetime) -> Reason | None:
    day = f"{due_at.day} {due_at:%B %Y}"
    if due_at <= moment:
        return Reason("overdue", f"was due on {day} and is {learner.progress:g} % through")
    whole = (due_at - learner.enrolled_at).total_seconds()
    share = (moment - learner.enrolled_at).total_seconds() / whole if whole > 0 else 1.0
    if share < EARLIEST_SHARE or 100 * share - learner.progress <= TOLERANCE:
        return None
    words = f"{learner.progress:g} % through when {100 * share:.0f} % of the time to {day} is over"
    return Reason("behind", words)


def _silence(learner: Learner, moment: datetime) -> Reason | None:
    last = learner.last_activity_at
    if last is None:
        waited = moment - learner.enrolled_at
        words = f"has not begun {waited.days} days after enrolment"
        return Reason("not_begun", words) if waited >= BEGUN_WITHIN else None
    quiet = moment - last
    words = f"did nothing in the course for {quiet.days} days"
    return Reason("inactive", words) if quiet >= INACTIVE_AFTER else None


def _failures(learner: Learner, titles: Mapping[str, str]) -> Sequence[Reason]:
    passed = {each.lesson_id for each in learner.tries if each.passed_at is not None}
    failed = Counter(
        each.lesson_id
        for each in learner.tries
        if each.failed_at is not None and each.lesson_id not in passed
    )
    return [
        Reason("failing", f"failed {titles[lesson_id]} {count} times")
        for lesson_id, count in failed.items()
        if count >= MOST_FAILURES and lesson_id in titles
    ]


def _told(learner: Learner, due_at: datetime | None, reasons: tuple[Reason, ...]) -> AtRisk:
    return AtRisk(
        enrollment_id=learner.id,
        person_id=learner.person_id,
        progress=learner.progress,
        last_activity_at=learner.last_activity_at,
        due_at=due_at,
        reasons=reasons,
    )
