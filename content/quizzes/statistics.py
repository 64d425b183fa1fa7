"""Statistics of a quiz's questions: how hard they are, and how well they tell learners apart.

With x the share of a question's points that an attempt earned (0 to 1), y the share of all other
points of that attempt, n the number of attempts, all submitted and none waiting for a review:

| figure | definition |
|---|---|
| facility_index | 100 times the mean of x: 100 is earned by everybody, 0 by nobody |
| standard_deviation | of x, in percent, over all n (not n - 1) |
| discrimination_index | 100 times Pearson's correlation of x and y: who does well elsewhere does well here; None where x or y is the same for all |
| upper_lower_index | 100 times the mean of x among the UPPER_LOWER of attempts with the highest scores, less that among as many with the lowest; None below 4 attempts |
| reliability | Cronbach's alpha of the quiz, (k / (k - 1)) (1 - sum of the questions' variances / variance of the total), in points; None where attempts were asked different questions |

A question of which the author made new versions is one question, by its id.
"""  # noqa: E501

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import msgspec
from msgspec import Struct

from content.quizzes.attempts import SUBMITTED, Line, QuizAttempt
from content.quizzes.quizzes import Quiz
from content.store import Store

MOST_ANSWERS = 20
UPPER_LOWER = 0.27
"""The share at each end that tells the ends apart best (Kelley, 1939)."""
FEWEST_FOR_ENDS = 4
CHOSEN = frozenset(("multiple_choice", "multiple_answer", "true_false", "matching"))


class AnswerCount(Struct, frozen=True):
    """An answer (ids name options and items) and how often it was given; None is no answer."""

    answer: Any
    count: int


class QuestionStatistics(Struct, frozen=True, kw_only=True):
    """The figures of one question; `answers` are the most frequent ones.

    `option_counts` say how often each option, or pair `left/right`, was part of an answer; essays
    have neither.
    """

    question_id: str
    attempts: int
    answered: int
    facility_index: float | None
    standard_deviation: float | None
    discrimination_index: float | None
    upper_lower_index: float | None
    mean_seconds: float | None
    answers: tuple[AnswerCount, ...]
    option_counts: dict[str, int]


class QuizStatistics(Struct, frozen=True, kw_only=True):
    """The figures of a quiz; scores are in percent."""

    attempts: int
    passed: int
    failed: int
    mean_score: float | None
    standard_deviation: float | None
    reliability: float | None
    mean_seconds: float | None
    questions: tuple[QuestionStatistics, ...]


class _Sums:
    """What is summed up of one question, one attempt after the other."""

    def __init__(self) -> None:
        self.count = self.answered = self.timed = 0
        self.x = self.y = self.xx = self.yy = self.xy = 0.0
        self.points = self.points_squared = self.seconds = 0.0
        self.totals, self.shares = array("d"), array("d")
        self.answers: Counter[bytes] = Counter()
        self.options: Counter[str] = Counter()

    def add(self, line: Line, rest: float, total: float) -> None:
        x = line.points_earned / line.points if line.points else 0.0
        self.totals.append(total)
        self.shares.append(x)
        self.count += 1
        self.x, self.xx = self.x + x, self.xx + x * x
        self.y, self.yy, self.xy = self.y + rest, self.yy + rest * rest, self.xy + x * rest
        self.points += line.points_earned
        self.points_squared += line.points_earned**2
        self.answered += line.given is not None
        if line.seconds is not None:
            self.timed, self.seconds = self.timed + 1, self.seconds + line.seconds
        if line.type != "essay":
            self.answers[msgspec.json.encode(line.given)] += 1
        if line.type in CHOSEN:
            self.options.update(_chosen(line.given))

    def figures(self, question_id: str) -> QuestionStatistics:
        common = [
            AnswerCount(msgspec.json.decode(answer), count)
            for answer, count in self.answers.most_common(MOST_ANSWERS)
        ]
        return QuestionStatistics(
            question_id=question_id,
            attempts=self.count,
            answered=self.answered,
            facility_index=_percent(self.x / self.count) if self.count else None,
            standard_deviation=_percent(_deviation(self.count, self.x, self.xx)),
            discrimination_index=_percent(self._correlation()),
            upper_lower_index=_percent(upper_lower(self.totals, self.shares)),
            mean_seconds=round(self.seconds / self.timed, 2) if self.timed else None,
            answers=tuple(common),
            option_counts=dict(sorted(self.options.items())),
        )

    def _correlation(self) -> float | None:
        n = self.count
        spread = (n * self.xx - self.x**2) * (n * self.yy - self.y**2)
        if n < 2 or spread <= 1e-9:
            return None
        found = (n * self.xy - self.x * self.y) / math.sqrt(spread)
        return max(-1.0, min(1.0, found))


class Tally:
    """Adds attempts up, one after the other."""

    def __init__(self) -> None:
        self._questions: dict[str, _Sums] = {}
        self._scores: list[float] = []
        self._totals: list[float] = []
        self._seconds: list[int] = []
        self._verdicts: Counter[bool | None] = Counter()

    def add(self, attempt: QuizAttempt) -> None:
        """Add an attempt that is graded in full."""
        earned, total = attempt.outcome.points_earned, attempt.outcome.total_points
        for line in attempt.lines:
            others = total - line.points
            rest = (earned - line.points_earned) / others if others else 0.0
            sums = self._questions.setdefault(line.question_id, _Sums())
            sums.add(line, rest, earned / total if total else 0.0)
        self._totals.append(earned)
        self._scores += [] if attempt.outcome.score is None else [attempt.outcome.score]
        self._seconds.append(attempt.time_taken_seconds or 0)
        self._verdicts[attempt.outcome.passed] += 1

    def statistics(self) -> QuizStatistics:
        """The figures of what was added."""
        return QuizStatistics(
            attempts=len(self._totals),
            passed=self._verdicts[True],
            failed=self._verdicts[False],
            mean_score=_mean(self._scores),
            standard_deviation=_rounded(_deviation_of(self._scores)),
            reliability=_alpha(list(self._questions.values()), self._totals),
            mean_seconds=_mean(self._seconds),
            questions=tuple(
                sums.figures(question_id) for question_id, sums in self._questions.items()
            ),
        )


async def of_quiz(store: Store, quiz: Quiz, *, first_only: bool = True) -> QuizStatistics:
    """The statistics of everybody's first attempts, or of all."""
    query: dict[str, Any] = {"quiz_id": quiz.id, "status": SUBMITTED}
    query |= {"outcome.pending_review": {"$not": {"$gt": 0}}}
    if first_only:
        query["attempt_number"] = 1
    tally = Tally()
    async for attempt in store.of(QuizAttempt).each(quiz.organization_id, query):
        tally.add(attempt)
    return tally.statistics()


def upper_lower(totals: Sequence[float], shares: Sequence[float]) -> float | None:
    """How much more of a question those earn who do best in all than those who do worst.

    Where an end begins among equal totals, each of these counts for the same part of it.
    """
    if len(totals) < FEWEST_FOR_ENDS:
        return None
    alike: dict[float, list[float]] = {}
    for total, share in zip(totals, shares, strict=True):
        alike.setdefault(total, []).append(share)
    ordered = [fmean(alike[each]) for each in sorted(alike) for _ in alike[each]]
    ends = max(1, round(UPPER_LOWER * len(ordered)))
    return fmean(ordered[-ends:]) - fmean(ordered[:ends])


def _chosen(given: Any) -> list[str]:
    """The options of an answer, or its pairs as `left/right`."""
    if given is None:
        return []
    if isinstance(given, list):
        return ["/".join(each) if isinstance(each, list) else each for each in given]
    return [str(given).lower() if isinstance(given, bool) else given]


def _alpha(questions: Sequence[_Sums], totals: Sequence[float]) -> float | None:
    n, k = len(totals), len(questions)
    whole = _deviation_of(totals)
    if k < 2 or not whole or any(each.count != n for each in questions):
        return None
    parts = sum((_deviation(n, e.points, e.points_squared) or 0.0) ** 2 for e in questions)
    return round(k / (k - 1) * (1 - parts / whole**2), 4)


def _deviation(count: int, total: float, squares: float) -> float | None:
    if not count:
        return None
    return math.sqrt(max(0.0, squares / count - (total / count) ** 2))


def _deviation_of(values: Sequence[float]) -> float | None:
    return _deviation(len(values), sum(values), sum(value * value for value in values))


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
