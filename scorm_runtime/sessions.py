"""Sessions: one launch of one item; its numbered commits; what one of them makes of an attempt.

`sessions12` and `sessions2004` hold the rules of the two standards: functions that take the attempt
as it is and give the step to make. Nothing there reads or writes.
"""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec

from scorm_runtime.attempts import ItemProgress
from scorm_runtime.launch import Launch
from scorm_runtime.lesson import LessonProgress
from scorm_runtime.navigation import Move
from scorm_runtime.outline import Activity, Outline
from scorm_runtime.sequencing import Delivery, State
from scorm_runtime.shared import Shared
from scorm_runtime.statements import Scene

Name = Annotated[str, msgspec.Meta(max_length=255)]
Values = dict[str, str]


class Commit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One numbered commit; `age` is how many seconds before sending it was made.

    `proceed` says, with `finish`, that the request which the SCO set is to be carried out.
    """

    number: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    changes: Annotated[tuple[tuple[Name, str], ...], msgspec.Meta(max_length=20_000)] = ()
    initialize: bool = False
    finish: bool = False
    proceed: bool = False
    age: Annotated[float, msgspec.Meta(ge=0, le=10**8)] = 0.0


class Refusal(msgspec.Struct, frozen=True):
    """An element of a commit that the model would not take, with its error code."""

    number: int
    element: str
    error: str


class TimeLimit(msgspec.Struct, frozen=True):
    """How many seconds of its time a SCO has `left` as it starts.

    After that it `exits` or goes on, and the learner is told so (`message`) or not.
    """

    left: float
    exits: bool
    message: bool


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One launch of one item: whose, since when, and the number of the last commit applied.

    `changed` names the elements that the SCO set and that SCORM 2004's sequencing asks about.
    """

    id: str
    player: str
    position: int
    started: datetime
    touched: datetime
    number: int = 0
    initialized: bool = False
    finished: bool = False
    changed: tuple[str, ...] = ()
    limit: TimeLimit | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One learner's attempt on one lesson: the progress of its items and the session that runs.

    Of a SCORM 2004 course `sequencing` is the state, `delivery` what is still to be launched,
    `moves` counts the requests that it met, `problem` is why the last one came to nothing, and
    `shared` is what it wrote for the learner's other courses. `preferences` are the learner's, by
    element. A `retired` one is played no more.
    """

    id: str
    launch: Launch
    number: int
    items: tuple[ItemProgress, ...]
    lesson: LessonProgress = LessonProgress()
    last: int | None = None
    session: Session | None = None
    past: tuple[tuple[str, int], ...] = ()
    sequencing: State | None = None
    delivery: Delivery | None = None
    moves: int = 0
    problem: str | None = None
    shared: Shared = Shared()
    preferences: tuple[tuple[str, str], ...] = ()
    retired: bool = False


class Step(msgspec.Struct, frozen=True):
    """What is to be written: the attempt, one item's values, and statements to send.

    `news` says that SCORM 2004's sequencing may now allow other requests than before.
    """

    attempt: Attempt
    position: int
    values: Values
    statements: tuple[dict[str, Any], ...] = ()
    refused: tuple[Refusal, ...] = ()
    news: bool = False


class Turn(msgspec.Struct, frozen=True):
    """A navigation request carried out: no session runs, and `position` is what to launch next.

    `parked` are the values of the session that ended, by position.
    """

    attempt: Attempt
    position: int | None
    statements: tuple[dict[str, Any], ...] = ()
    parked: dict[int, Values] = {}
    moves: tuple[Move, ...] = ()


def new_attempt(identifier: str, number: int, launch: Launch, outline: Outline) -> Attempt:
    """An attempt that has not begun."""
    items = tuple(ItemProgress(activity.identifier) for activity in outline.activities)
    state = State(seed=uuid.UUID(identifier).int % 2**32) if outline.course else None
    return Attempt(id=identifier, number=number, launch=launch, items=items, sequencing=state)


def waits(attempt: Attempt) -> bool:
    """Whether sequencing goes on without a session: something is to be launched or chosen."""
    state = attempt.sequencing
    return state is not None and (attempt.delivery is not None or state.current is not None)


def scene_of(attempt: Attempt, activity: Activity, step: str, at: datetime, took: float) -> Scene:
    """A step of the session that runs and took so many seconds; raises ValueError without one."""
    session = attempt.session
    if session is None:
        raise ValueError("a scene needs a session")
    return Scene(
        launch=attempt.launch,
        attempt_id=attempt.id,
        activity=activity,
        step=f"{session.id}/{step}",
        at=at,
        elapsed=attempt.items[session.position].seconds + took,
    )
