"""How scores are distributed, and how cohorts compare. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Final

from msgspec import Struct

from content.analytics.learners import Learner

BINS: Final = 10
ACTIVE_WITHIN: Final = timedelta(days=14)
DAY: Final = 86_400


class Distribution(Struct, frozen=True, kw_only=True):
    """Course scores in percent. `bins` counts those from 0 to below 10, and so on; the last one
    is from 90 to 100.
    """

    count: int
    mean: float | None
    median: float | None
    bins: tuple[int, ...]


class CohortFigures(Struct, frozen=True, kw_only=True):
    """One cohort's learners (None: those in no cohort). Rates are in percent of the enrolled;
    `active` did something in the last ACTIVE_WITHIN; `mean_days` is from enrolment to completion.
    """

    cohort_id: str | None
    name: str
    enrolled: int
    began_rate: float
    completion_rate: float
    active_rate: float
    mean_progress: float
    mean_score: float | None
    mean_days: float | None


def distribution(learners: Sequence[Learner]) -> Distribution:
    """How the scores of those who have one are distributed."""
    scores = [each.score for each in learners if each.score is not None]
    bins = [0] * BINS
    for score in scores:
        bins[max(0, min(int(score * BINS / 100), BINS - 1))] += 1
    return Distribution(
        count=len(scores),
        mean=_mean(scores),
        median=round(median(scores), 1) if scores else None,
        bins=tuple(bins),
    )


def cohorts(
    learners: Sequence[Learner], names: Mapping[str, str], moment: datetime
) -> tuple[CohortFigures, ...]:
    """The cohorts side by side, by name, those in none last; a removed one has its id as name."""
    groups: dict[str | None, list[Learner]] = defaultdict(list)
    for each in learners:
        groups[each.cohort_id].append(each)
    made = [
        _figures(cohort_id, names.get(cohort_id or "", cohort_id or ""), group, moment)
        for cohort_id, group in groups.items()
    ]
    return tuple(sorted(made, key=lambda each: (each.cohort_id is None, each.name)))


def _figures(
    cohort_id: str | None, name: str, group: Sequence[Learner], moment: datetime
) -> CohortFigures:
    def rate(count: int) -> float:
        return round(100 * count / len(group), 1)

    recent = moment - ACTIVE_WITHIN
    took = [
        max(0.0, (each.completed_at - each.enrolled_at).total_seconds() / DAY)
        for each in group
        if each.completed_at is not None
    ]
    return CohortFigures(
        cohort_id=cohort_id,
        name=name,
        enrolled=len(group),
        began_rate=rate(sum(each.started_at is not None for each in group)),
        completion_rate=rate(sum(each.completed_at is not None for each in group)),
        active_rate=rate(sum((each.last_activity_at or recent) > recent for each in group)),
        mean_progress=round(fmean(each.progress for each in group), 1),
        mean_score=_mean([each.score for each in group if each.score is not None]),
        mean_days=_mean(took),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 1) if values else None
