"""Attempts on a lesson: how many there may be, which one counts, and when the next one begins.

The first attempt has the enrollment's registration, every later one a registration of its own. So
the statements tell attempts apart, and what counts can be computed from them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct, structs

from content.errors import Conflict, LessonLocked
from content.findings import Finding

Counts = Literal["best", "latest", "first"]
Renewal = Literal["on_request", "when_finished"]


class AttemptPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a lesson may be attempted, and what comes of it.

    `counts` says which attempt does; `limit` is how many there may be (None: any number). With
    `renewal` `on_request` the learner asks for a new attempt once the last one is finished, with
    `when_finished` every launch after that begins one; so it does where attempts are limited.
    After a pass `locked_after_pass` lets nothing but a review in. Without `credit` the lesson is
    for practice: it can be completed and has neither verdict nor score. `mastery_score` (0..100)
    is put in the place of the manifest's in SCORM 1.2.
    """

    counts: Counts = "best"
    limit: int | None = None
    renewal: Renewal = "on_request"
    locked_after_pass: bool = False
    credit: bool = True
    mastery_score: float | None = None


class AttemptStart(Struct, frozen=True, kw_only=True):
    """A later attempt on a lesson: `number` counts from 2; `by` is the id of who let it begin."""

    lesson_id: str
    number: int
    registration: str
    started_at: datetime
    by: str


class Timeline(Struct, frozen=True, kw_only=True):
    """One enrollment's registrations: the first attempts', and those of later ones in order."""

    first: str = ""
    later: tuple[AttemptStart, ...] = ()

    def on(self, lesson_id: str) -> list[str]:
        """The registrations of the attempts on a lesson, in order."""
        later = (each.registration for each in self.later if each.lesson_id == lesson_id)
        return [self.first, *later]

    def attempt(self, lesson_id: str, registration: str | None, moment: datetime) -> str:
        """The attempt that a statement belongs to, by its registration.

        One without a registration of ours belongs to the attempt of that moment.
        """
        later = [each for each in self.later if each.lesson_id == lesson_id]
        if registration == self.first or any(each.registration == registration for each in later):
            return registration or ""
        begun = [each.registration for each in later if each.started_at <= moment]
        return begun[-1] if begun else self.first


class AttemptStanding(Struct, frozen=True, kw_only=True):
    """What the statements tell of one attempt; `counts` by the lesson's policy."""

    number: int
    registration: str
    counts: bool = False
    started_at: datetime | None = None
    last_activity_at: datetime | None = None
    finished: bool = False
    passed: bool = False
    reset_at: datetime | None = None
    seconds: float = 0.0

    @property
    def live(self) -> bool:
        """Whether it was not reset."""
        return self.reset_at is None


def limited(policy: AttemptPolicy, limit: int | None) -> AttemptPolicy:
    """The policy with the course's limit where it has none of its own."""
    return policy if policy.limit is not None else structs.replace(policy, limit=limit)


def present(standings: Sequence[AttemptStanding]) -> AttemptStanding:
    """The attempt that a review shows: the last one that was begun and not reset."""
    begun = [each for each in standings if each.live and each.started_at is not None]
    return begun[-1] if begun else standings[-1]


def begins(
    policy: AttemptPolicy, standings: Sequence[AttemptStanding], *, asked: bool = False
) -> bool:
    """Whether the next launch begins another attempt; else it goes on with the last.

    `asked` says that the learner wants a new one. Raises LessonLocked, and Conflict
    (attempt_not_finished, attempts_exhausted).
    """
    live, last = [each for each in standings if each.live], standings[-1]
    if policy.locked_after_pass and any(each.passed for each in live):
        raise LessonLocked("The lesson is passed and can be reviewed only.")
    if last.live and not last.finished:
        if asked and last.started_at is not None:
            raise Conflict("attempt_not_finished", "Finish the present attempt first.")
        return False
    if last.live and not (asked or policy.limit or policy.renewal == "when_finished"):
        return False
    if policy.limit is not None and len(live) >= policy.limit:
        raise Conflict("attempts_exhausted", f"All {policy.limit} attempts are used up.")
    return True


def for_credit(policy: AttemptPolicy, standings: Sequence[AttemptStanding], number: int) -> bool:
    """Whether an attempt can still earn something."""
    earlier = any(each.live and each.started_at for each in standings if each.number < number)
    return policy.credit and not (policy.counts == "first" and earlier)


def broken(policy: AttemptPolicy) -> list[Finding]:
    """What is wrong with a policy."""
    found = []
    if policy.limit is not None and policy.limit < 1:
        found.append(Finding(where="attempt_policy/limit", detail="must be 1 or more"))
    if policy.mastery_score is not None and not 0 <= policy.mastery_score <= 100:
        found.append(Finding(where="attempt_policy/mastery_score", detail="must be 0 to 100"))
    return found
