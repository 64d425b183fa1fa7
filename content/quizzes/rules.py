"""The rules of a quiz: how long, how often, when and for what it may be taken."""

from datetime import datetime
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.findings import Finding
from content.quizzes import disclosure

COMPLETIONS: Final = ("passing", "submission")
MOST_MINUTES: Final = 60 * 24 * 30
MOST_ATTEMPTS: Final = 1_000


class Rules(Struct, frozen=True, kw_only=True):
    """How a quiz is taken.

    `passing_score` is in percent; without one nobody passes or fails. `start_required` hides the
    questions until an attempt is started, as a time limit does. `completes_on` says what completes
    the quiz's lesson: a pass (where there is a passing score), or any submission.
    """

    time_limit_minutes: int | None = None
    passing_score: float | None = None
    max_attempts: int | None = None
    shuffle_questions: bool = False
    shuffle_options: bool = False
    show_correct_answers: str = "after_submission"
    available_from: datetime | None = None
    available_until: datetime | None = None
    start_required: bool = False
    completes_on: str = "passing"


class RuleChanges(Struct, frozen=True, kw_only=True):
    """The rules that are to be others; what is not given stays."""

    time_limit_minutes: int | UnsetType | None = UNSET
    passing_score: float | UnsetType | None = UNSET
    max_attempts: int | UnsetType | None = UNSET
    shuffle_questions: bool | UnsetType = UNSET
    shuffle_options: bool | UnsetType = UNSET
    show_correct_answers: str | UnsetType = UNSET
    available_from: datetime | UnsetType | None = UNSET
    available_until: datetime | UnsetType | None = UNSET
    start_required: bool | UnsetType = UNSET
    completes_on: str | UnsetType = UNSET


def broken(rules: Rules | RuleChanges) -> list[Finding]:
    """What is wrong with rules, each for itself."""
    policies = disclosure.POLICIES
    return (
        findings.one_of("show_correct_answers", rules.show_correct_answers, policies)
        + findings.one_of("completes_on", rules.completes_on, COMPLETIONS)
        + findings.moment("available_from", rules.available_from)
        + findings.moment("available_until", rules.available_until)
        + _within("time_limit_minutes", rules.time_limit_minutes, 1, MOST_MINUTES)
        + _within("passing_score", rules.passing_score, 0, 100)
        + _within("max_attempts", rules.max_attempts, 1, MOST_ATTEMPTS)
    )


def _within(
    where: str, value: float | UnsetType | None, least: float, most: float
) -> list[Finding]:
    if value is None or isinstance(value, UnsetType) or least <= value <= most:
        return []
    return [Finding(where=where, detail=f"must be from {least} to {most}")]


def window(opens: datetime | None, closes: datetime | None) -> list[Finding]:
    """A quiz closes after it opens."""
    if opens is None or closes is None or opens.tzinfo is None or closes.tzinfo is None:
        return []
    if opens < closes:
        return []
    return [Finding(where="available_until", detail="must be after available_from")]
