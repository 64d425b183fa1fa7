"""Sessions of SCORM 1.2: one launch of one item, and what its commits do to the attempt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from scorm_runtime import attempts, interactions, statements
from scorm_runtime.attempts import ItemProgress
from scorm_runtime.cmi import SCORM12, DataModel
from scorm_runtime.errors import ItemNotFound
from scorm_runtime.launch import Launch
from scorm_runtime.lesson import earned, roll_up
from scorm_runtime.navigation import Navigation
from scorm_runtime.outline import Outline
from scorm_runtime.sessions import Attempt, Commit, Refusal, Session, Step, Turn, Values, scene_of
from scorm_runtime.statements import Scene


def turn(
    attempt: Attempt, outline: Outline, values: Values, navigation: Navigation, at: datetime
) -> Turn:
    """End the session that runs, and find the item to launch. Raises ItemNotFound."""
    position = _target(attempt, outline, navigation)
    step = close_session(attempt, outline, values)
    parked = {step.position: step.values} if attempt.session is not None else {}
    return Turn(step.attempt, position, step.statements, parked)


def _target(attempt: Attempt, outline: Outline, navigation: Navigation) -> int | None:
    if navigation.kind in ("choice", "jump"):
        return outline.position(navigation.item or "")
    if navigation.kind == "resume":
        if attempt.last is not None:
            return attempt.last
        found = next(iter(outline.launchable), None)
    elif navigation.kind in ("continue", "previous"):
        here = outline.position(navigation.item or "")
        found = outline.after(here) if navigation.kind == "continue" else outline.before(here)
    else:
        return None
    if found is None:
        raise ItemNotFound("There is nothing to launch there.")
    return found


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
    scene = scene_of(attempt, activity, "open", session.started, 0.0)
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
    assumed = _assumed(attempt.items[session.position], commit, model.values)
    if commit.finish:
        model.values[attempts.STATUS] = attempts.final_status(model.values, assumed=assumed)
    took = attempts.session_seconds(model.values, _measured(after, at))
    scene = scene_of(attempt, activity, str(commit.number), at, took)
    said = _said(scene, attempt, session, commit, values, model.values)
    progress = replace(_progress_after(attempt, after, model.values, at), assumed=assumed)
    step = _progress(attempt, outline, scene, model.values, progress, said)
    step = replace(step, refused=refused)
    if not commit.finish:
        return step
    return _left(step, scene, suspended=model.values.get(attempts.EXIT) == "suspend")


def close_session(attempt: Attempt, outline: Outline, values: Values) -> Step:
    """End the session that runs; one that its SCO did not finish counts as suspended."""
    session = attempt.session
    if session is None:
        return Step(attempt, 0, values)
    past = (*attempt.past, (session.id, session.number))[-20:]
    if session.finished or not session.initialized:
        return Step(replace(attempt, session=None, past=past), session.position, values)
    activity = outline.activities[session.position]
    took = attempts.session_seconds(values, _measured(session, session.touched))
    scene = scene_of(attempt, activity, "close", session.touched, took)
    ended = replace(session, finished=True)
    if attempts.STATUS not in values:
        values = {**values, attempts.STATUS: "incomplete"}
    progress = _progress_after(attempt, ended, values, session.touched, lost=True)
    step = _progress(attempt, outline, scene, values, progress, [])
    step = _left(step, scene, suspended=True)
    return replace(step, attempt=replace(step.attempt, session=None, past=past))


def _assumed(item: ItemProgress, commit: Commit, values: Values) -> bool:
    """Whether the SCO has still set no status; what a lost session left is the LMS's own."""
    told = any(name == attempts.STATUS for name, _ in commit.changes)
    return attempts.STATUS not in values or (item.assumed and not told)


def _measured(session: Session, at: datetime) -> float:
    """The seconds since a session began."""
    return (at - session.started).total_seconds()


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
        said.extend(statements.answers(scene, before, after, interactions.SCORM12))
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
    return replace(
        after,
        seconds=before.seconds + attempts.session_seconds(values, _measured(session, at)),
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
    rolled = roll_up(launchable, attempt.lesson)
    lesson = earned(rolled, for_credit=attempt.launch.for_credit)
    elapsed = sum(item.seconds for item in items) - progress.seconds + scene.elapsed
    whole = replace(scene, elapsed=elapsed)
    made = (
        *said,
        *statements.changes(scene, before, progress),
        *statements.lesson_changes(whole, attempt.lesson, lesson),
    )
    return Step(replace(attempt, items=items, lesson=lesson), position, values, made)


def _left(step: Step, scene: Scene, *, suspended: bool) -> Step:
    """Add the session's last statement; its duration is the session's alone."""
    progress = step.attempt.items[step.position]
    session = step.attempt.session
    measured = _measured(session, scene.at) if session else 0.0
    alone = replace(scene, elapsed=attempts.session_seconds(step.values, measured))
    said = statements.left(alone, progress, suspended=suspended)
    return replace(step, statements=(*step.statements, said))
