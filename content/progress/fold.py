"""Progress as a fold over statements: what one statement tells, and how tellings join.

`join` takes the least or the greatest of each fact in a total order, or a union by statement id.
So it is associative, commutative and idempotent, and statements may come in any order and more
than once: the state is that of the set. Each fact keeps the statement that witnesses it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from content.courses.outline import Outline, place
from content.identity import milliseconds
from content.progress.attempts import Timeline
from lrs.statement import Result, StoredStatement

ADL = "http://adlnet.gov/expapi/verbs/"
COMPLETED = f"{ADL}completed"
PASSED = f"{ADL}passed"
MASTERED = f"{ADL}mastered"
FAILED = f"{ADL}failed"
TERMINATED = f"{ADL}terminated"
SUSPENDED = f"{ADL}suspended"
RESET = "https://w3id.org/xapi/dod-isd/verbs/reset"

FOLD_VERSION = 4
"""Grows when what is kept of a statement changes, so that everything is folded anew."""

SESSION_ENDS = frozenset({TERMINATED, SUSPENDED})
SUCCESSFUL = frozenset({PASSED, MASTERED})
NOTHING_TOLD = Result()
NO_ATTEMPTS = Timeline()


class Witness(Struct, frozen=True, kw_only=True):
    """A fact's moment and the statement that tells it."""

    at: datetime
    statement_id: str


class Mark(Witness, frozen=True, kw_only=True):
    """A score as it was told."""

    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class Reach(Witness, frozen=True, kw_only=True):
    """How far somebody came, 0 to 100."""

    percent: float


class Session(Witness, frozen=True, kw_only=True):
    """The seconds that one statement tells of, at the session's end."""

    seconds: float


class ActivityState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the statements tell of one person in one lesson, or of a course as a whole.

    first, last: the first and the latest sign of activity. completed, passed: the earliest.
    failed: the latest. best: the highest score, the earliest of equals; latest: the last one.
    furthest: the highest progress; place: the latest, where somebody left off. sessions: by
    statement id. days: those with any activity, in UTC, as ordinals (1 is 0001-01-01). reset: the
    earliest; what was reset counts no more.
    """

    first: Witness | None = None
    last: Witness | None = None
    completed: Witness | None = None
    passed: Witness | None = None
    failed: Witness | None = None
    best: Mark | None = None
    latest: Mark | None = None
    furthest: Reach | None = None
    place: Reach | None = None
    sessions: tuple[Session, ...] = ()
    days: tuple[int, ...] = ()
    reset: Witness | None = None


class CourseState(Struct, frozen=True, kw_only=True):
    """What the statements tell of one enrollment: of each attempt on a lesson, by the lesson's id
    and the registration, and so of the course's own activity, by the course's id.
    """

    attempts: dict[str, dict[str, ActivityState]] = {}


def happened(statement: StoredStatement) -> datetime:
    """When it happened: its timestamp, yet never after it was stored, whatever a clock said."""
    return milliseconds(min(statement.timestamp, statement.stored))


def fold(
    state: CourseState, outline: Outline, statement: StoredStatement, timeline: Timeline
) -> CourseState:
    """The state with one more statement of this enrollment."""
    where = place(outline, statement.activity)
    told = telling(statement, own=where.own)
    name = where.lesson_id or outline.course_id
    attempts = state.attempts.get(name, {})
    sought = timeline.attempt(name, statement.registration, happened(statement))
    attempts = {**attempts, sought: join(attempts.get(sought, ActivityState()), told)}
    return CourseState(attempts={**state.attempts, name: attempts})


def fold_all(
    state: CourseState,
    outline: Outline,
    statements: Iterable[StoredStatement],
    timeline: Timeline = NO_ATTEMPTS,
) -> CourseState:
    """The state with more statements of this enrollment."""
    for statement in statements:
        state = fold(state, outline, statement, timeline)
    return state


def telling(statement: StoredStatement, *, own: bool) -> ActivityState:
    """What one statement tells of an activity, or (not `own`) of the activity it is a part of.

    A part contributes its sign of activity and its time. Time comes from the verbs that end a
    session, `terminated` or `suspended`; other verbs repeat it. An explicit result.success or
    result.completion outweighs the verb. Who passed has completed, unless the statement says
    otherwise. A reset is nothing that the learner did.
    """
    witness = Witness(at=happened(statement), statement_id=statement.statement_id)
    if statement.verb == RESET:
        return ActivityState(reset=witness if own else None)
    result = statement.result or NOTHING_TOLD
    activity = ActivityState(
        first=witness,
        last=witness,
        sessions=_sessions(witness, statement.verb, result),
        days=(witness.at.toordinal(),),
    )
    if not own:
        return activity
    success = _success(statement.verb, result)
    mark, reach = _mark(witness, result), _reach(witness, result)
    return ActivityState(
        first=witness,
        last=witness,
        completed=witness if _completion(statement.verb, result, success) else None,
        passed=witness if success is True else None,
        failed=witness if success is False else None,
        best=mark,
        latest=mark,
        furthest=reach,
        place=reach,
        sessions=activity.sessions,
        days=activity.days,
    )


def join(one: ActivityState, other: ActivityState) -> ActivityState:
    """Both tellings together; neutral element: the empty state."""
    return ActivityState(
        first=_least(one.first, other.first),
        last=_greatest(one.last, other.last),
        completed=_least(one.completed, other.completed),
        passed=_least(one.passed, other.passed),
        failed=_greatest(one.failed, other.failed),
        best=_best(one.best, other.best),
        latest=_greatest(one.latest, other.latest),
        furthest=_furthest(one.furthest, other.furthest),
        place=_greatest(one.place, other.place),
        sessions=_union(one.sessions, other.sessions),
        days=tuple(sorted({*one.days, *other.days})),
        reset=_least(one.reset, other.reset),
    )


def score_ratio(mark: Mark) -> float | None:
    """The score between its bounds as 0 to 1 (scaled: -1 to 1); bounds not told are 0 and 100."""
    if mark.scaled is not None:
        return mark.scaled
    if mark.raw is None:
        return None
    low = 0.0 if mark.min is None else mark.min
    high = 100.0 if mark.max is None else mark.max
    return (mark.raw - low) / (high - low) if high > low else None


def _success(verb: str, result: Result) -> bool | None:
    if result.success is not None:
        return result.success
    if verb in SUCCESSFUL:
        return True
    return False if verb == FAILED else None


def _completion(verb: str, result: Result, success: bool | None) -> bool:
    if result.completion is not None:
        return result.completion
    return verb == COMPLETED or (verb in SUCCESSFUL and success is True)


def _mark(witness: Witness, result: Result) -> Mark | None:
    if result.scaled is None and result.raw is None:
        return None
    return Mark(
        at=witness.at,
        statement_id=witness.statement_id,
        scaled=result.scaled,
        raw=result.raw,
        min=result.min,
        max=result.max,
    )


def _reach(witness: Witness, result: Result) -> Reach | None:
    if result.progress is None:
        return None
    percent = max(0.0, min(100.0, result.progress))
    return Reach(at=witness.at, statement_id=witness.statement_id, percent=percent)


def _sessions(witness: Witness, verb: str, result: Result) -> tuple[Session, ...]:
    if verb not in SESSION_ENDS or not result.duration:
        return ()
    told = Session(at=witness.at, statement_id=witness.statement_id, seconds=result.duration)
    return (told,)


W = TypeVar("W", bound=Witness)


def _order(witness: Witness) -> tuple[datetime, str]:
    return witness.at, witness.statement_id


def _least(one: W | None, other: W | None) -> W | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=_order)


def _greatest(one: W | None, other: W | None) -> W | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=_order)


def _best(one: Mark | None, other: Mark | None) -> Mark | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=_merit)


def _merit(mark: Mark) -> tuple[float, datetime, str]:
    ratio = score_ratio(mark)
    return float("inf") if ratio is None else -ratio, *_order(mark)


def _furthest(one: Reach | None, other: Reach | None) -> Reach | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda reach: (-reach.percent, *_order(reach)))


def _union(one: tuple[Session, ...], other: tuple[Session, ...]) -> tuple[Session, ...]:
    if not one or not other:
        return one or other
    by_id = {session.statement_id: session for session in one + other}
    return tuple(by_id[each] for each in sorted(by_id))
