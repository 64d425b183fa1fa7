"""Sessions: one launch of one item, and what its numbered commits do to the attempt.

Each function takes the attempt as it is and gives the step to make: the attempt after, the item's
values after, and the statements to send. Nothing here reads or writes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from scorm_runtime import attempts, statements
from scorm_runtime.attempts import ItemProgress
from scorm_runtime.cmi import SCORM12, DataModel
from scorm_runtime.launch import Launch
from scorm_runtime.lesson import LessonProgress, roll_up
from scorm_runtime.outline import Activity, Outline
from scorm_runtime.statements import Scene

Name = Annotated[str, msgspec.Meta(max_length=255)]
Values = dict[str, str]


class Commit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One numbered commit; `age` is how many seconds before sending it was made."""

    number: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    changes: Annotated[tuple[tuple[Name, str], ...], msgspec.Meta(max_length=20_000)] = ()
    initialize: bool = False
    finish: bool = False
    age: Annotated[float, msgspec.Meta(ge=0, le=10**8)] = 0.0


class Refusal(msgspec.Struct, frozen=True):
    """An element of a commit that the model would not take, with its error code."""

    number: int
    element: str
    error: str


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One launch of one item: whose, since when, and the number of the last commit applied."""

    id: str
    player: str
    position: int
    started: datetime
    touched: datetime
    number: int = 0
    initialized: bool = False
    finished: bool = False


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One learner's attempt on one lesson: the progress of its items and the session that runs."""

    id: str
    launch: Launch
    number: int
    items: tuple[ItemProgress, ...]
    lesson: LessonProgress = LessonProgress()
    last: int | None = None
    session: Session | None = None
    past: tuple[tuple[str, int], ...] = ()


class Step(msgspec.Struct, frozen=True):
    """What is to be written: the attempt, one item's values, and statements to send."""

    attempt: Attempt
    position: int
    values: Values
    statements: tuple[dict[str, Any], ...] = ()
    refused: tuple[Refusal, ...] = ()


def new_attempt(identifier: str, number: int, launch: Launch, outline: Outline) -> Attempt:
    """An attempt that has not begun."""
    items = tuple(ItemProgress(activity.identifier) for activity in outline.activities)
    return Attempt(id=identifier, number=number, launch=launch, items=items)


def open_session(
    attempt: Attempt, outline: Outline, session: Session, held: Values, launch: Launch
) -> Step:
    """Launch an item; the session before must be closed. Launching completes an asset."""
    activity = outline.activities[session.position]
    progress = attempt.items[session.position]
    values = attempts.opening_values(activity, launch, progress, held)
    attempt = replace(attempt, session=session, launch=launch)
    if activity.kind == "sco":
        return Step(attempt, session.position, values)
    scene = _scene(attempt, activity, "open", session.started, values)
    return _progress(attempt, outline, scene, values, replace(progress, status="completed"), [])


def apply_commit(
    attempt: Attempt,
    session: Session,
    outline: Outline,
    values: Values,
    commit: Commit,
    now: datetime,
) -> Step:
    """Apply the next commit: check each change, judge the status, say what happened."""
    activity = outline.activities[session.position]
    model = DataModel(SCORM12, values)
    refused = _set_all(model, commit, session)
    at = max(session.started, now - timedelta(seconds=commit.age))
    after = replace(
        session,
        number=commit.number,
        touched=now,
        initialized=session.initialized or commit.initialize,
        finished=session.finished or commit.finish,
    )
    attempt = replace(attempt, session=after)
    if session.finished or not after.initialized:
        return Step(attempt, session.position, values, refused=refused)
    if commit.finish:
        model.values[attempts.STATUS] = attempts.final_status(model.values)
    scene = _scene(attempt, activity, str(commit.number), at, model.values)
    said = _said(scene, attempt, session, commit, values, model.values)
    progress = _progress_after(attempt, after, model.values, at)
    step = _progress(attempt, outline, scene, model.values, progress, said)
    step = replace(step, refused=refused)
    if not commit.finish:
        return step
    return _leave(step, scene, suspended=model.values.get(attempts.EXIT) == "suspend")


def close_session(attempt: Attempt, outline: Outline, values: Values) -> Step:
    """End the session that runs; one that its SCO did not finish counts as suspended."""
    session = attempt.session
    if session is None:
        return Step(attempt, 0, values)
    past = (*attempt.past, (session.id, session.number))[-20:]
    if session.finished or not session.initialized:
        return Step(replace(attempt, session=None, past=past), session.position, values)
    scene = _scene(attempt, outline.activities[session.position], "close", session.touched, values)
    ended = replace(session, finished=True)
    if attempts.STATUS not in values:
        values = {**values, attempts.STATUS: "incomplete"}
    progress = _progress_after(attempt, ended, values, session.touched, lost=True)
    step = _progress(attempt, outline, scene, values, progress, [])
    step = _leave(step, scene, suspended=True)
    return replace(step, attempt=replace(step.attempt, session=None, past=past))


def _set_all(model: DataModel, commit: Commit, session: Session) -> tuple[Refusal, ...]:
    if session.finished:
        error = SCORM12.conditions["not_initialized"]
        return tuple(Refusal(commit.number, name, error) for name, _ in commit.changes)
    found = []
    for name, value in commit.changes:
        condition = model.set(name, value)
        if condition != "none":
            found.append(Refusal(commit.number, name, SCORM12.conditions[condition]))
    return tuple(found)


def _said(
    scene: Scene,
    attempt: Attempt,
    session: Session,
    commit: Commit,
    before: Values,
    after: Values,
) -> list[dict[str, Any]]:
    said = []
    if commit.initialize and not session.initialized:
        resumed = attempt.items[session.position].entry == "resume"
        said.append(statements.entered(scene, resumed=resumed))
    if attempt.launch.mode == "normal":
        said.extend(statements.answers(scene, before, after))
    return said


def _progress_after(
    attempt: Attempt, session: Session, values: Values, at: datetime, *, lost: bool = False
) -> ItemProgress:
    """The item's progress after a change; a finished session adds its time."""
    before = attempt.items[session.position]
    status = attempts.running_status(values)
    if session.finished and not lost:
        status = values[attempts.STATUS]
    after = replace(
        before,
        status=attempts.lasting_status(before.status, status),
        score=attempts.score_of(values),
    )
    if not session.finished:
        return after
    measured = (at - session.started).total_seconds()
    return replace(
        after,
        seconds=before.seconds + attempts.session_seconds(values, measured),
        entry=attempts.next_entry(values, finished=not lost),
    )


def _progress(
    attempt: Attempt,
    outline: Outline,
    scene: Scene,
    values: Values,
    progress: ItemProgress,
    said: Sequence[dict[str, Any]],
) -> Step:
    """Take in an item's progress and roll it up; browsing and review leave no verdict."""
    session = attempt.session
    position = session.position if session else 0
    before = attempt.items[position]
    items = (*attempt.items[:position], progress, *attempt.items[position + 1 :])
    if attempt.launch.mode != "normal":
        kept = replace(attempt, items=items)
        return Step(kept, position, values, tuple(said))
    launchable = [items[n] for n in outline.launchable]
    lesson = roll_up(launchable, attempt.lesson)
    elapsed = sum(item.seconds for item in items) - progress.seconds + scene.elapsed
    whole = replace(scene, elapsed=elapsed)
    made = (
        *said,
        *statements.changes(scene, before, progress),
        *statements.lesson_changes(whole, attempt.lesson, lesson),
    )
    return Step(replace(attempt, items=items, lesson=lesson), position, values, made)


def _leave(step: Step, scene: Scene, *, suspended: bool) -> Step:
    """Add the session's last statement; its duration is the session's alone."""
    progress = step.attempt.items[step.position]
    session = step.attempt.session
    measured = (scene.at - session.started).total_seconds() if session else 0.0
    alone = replace(scene, elapsed=attempts.session_seconds(step.values, measured))
    return replace(
        step, statements=(*step.statements, statements.left(alone, progress, suspended=suspended))
    )


def _scene(attempt: Attempt, activity: Activity, step: str, at: datetime, values: Values) -> Scene:
    session = attempt.session
    if session is None:
        raise ValueError("a scene needs a session")
    measured = (at - session.started).total_seconds()
    elapsed = attempt.items[session.position].seconds
    return Scene(
        launch=attempt.launch,
        attempt_id=attempt.id,
        activity=activity,
        step=f"{session.id}/{step}",
        at=at,
        elapsed=elapsed + attempts.session_seconds(values, measured),
    )
