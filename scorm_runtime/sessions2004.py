"""Sessions of SCORM 2004: one launch of one activity, and what its commits do to the attempt.

The same functions as in `sessions`, over the activity's tracking: what a SCO says is reported to
sequencing when its session ends, and judged before that as if it were.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from scorm_runtime import interactions, statements
from scorm_runtime.attempts import Entry
from scorm_runtime.cmi import scorm2004_tracking as tracking
from scorm_runtime.cmi.scorm2004_interval import seconds
from scorm_runtime.cmi.scorm2004_model import DataModel
from scorm_runtime.launch import Launch
from scorm_runtime.outline import Outline
from scorm_runtime.progress2004 import course_of, judged, state_of
from scorm_runtime.sequencing import Standings, Tracking, record
from scorm_runtime.sessions import Attempt, Commit, Refusal, Session, Step, Values, scene_of
from scorm_runtime.shared import noted
from scorm_runtime.statements import Scene

EXIT: Final = "cmi.exit"


def open_session(
    attempt: Attempt, outline: Outline, session: Session, held: Values, launch: Launch
) -> Step:
    """Launch what was delivered; `held` are the values that its last session left behind."""
    course, state = course_of(outline), state_of(attempt)
    activity = course.tree.activities[session.position]
    resumed = launch.mode == "review" or (attempt.delivery is not None and attempt.delivery.resumed)
    learner = tracking.Learner(launch.learner_id, launch.learner_name, launch.mode, launch.credit)
    kept = held if resumed else None
    model = tracking.launch(course.table, course.tree, state, activity, learner, kept)
    attempt = replace(attempt, session=session, launch=launch, delivery=None, problem=None)
    attempt = _with_entry(attempt, session.position, "resume" if resumed else "ab-initio")
    speaks = outline.activities[session.position].kind == "sco"
    step = Step(attempt, session.position, model.values)
    if not speaks:
        scene = scene_of(
            attempt, outline.activities[session.position], "open", session.started, 0.0
        )
        standings = Standings(course.tree, state, Tracking(), ended=True)
        step = judged(step, outline, scene, standings, ())
    return step


def _with_entry(attempt: Attempt, position: int, entry: Entry) -> Attempt:
    item = replace(attempt.items[position], entry=entry)
    return replace(attempt, items=(*attempt.items[:position], item, *attempt.items[position + 1 :]))


def apply_commit(
    attempt: Attempt,
    session: Session,
    outline: Outline,
    values: Values,
    commit: Commit,
    now: datetime,
) -> Step:
    """Apply the next commit: check each change, judge what it comes to, say what happened."""
    model = running_model(attempt, session, outline, values)
    before = dict(values)
    refused, taken = _set_all(model, session, commit)
    at = max(session.started, now - timedelta(seconds=commit.age))
    after = replace(
        session,
        number=commit.number,
        touched=now,
        initialized=session.initialized or commit.initialize,
        finished=session.finished or commit.finish,
        changed=tuple(model.changed),
    )
    attempt = replace(attempt, session=after)
    step = Step(attempt, session.position, model.values, refused=refused)
    if session.finished or not after.initialized:
        return step
    scene = scene_with(step, outline, str(commit.number), at)
    said = _said(scene, attempt, session, before, model.values)
    if after.finished:
        step = _timed(step, at)
    if commit.finish or _news(session, model, before, taken):
        step = _reported(step, outline, model, scene, said)
    else:
        step = replace(step, statements=tuple(said))
    return _left(step, scene, model) if commit.finish else step


def _news(session: Session, model: DataModel, before: Values, taken: Iterable[str]) -> bool:
    """Whether a commit said something to sequencing that the session had not said before."""
    known = set(session.changed) if session.initialized else set()
    return any(
        tracking.matters(name) and (name not in known or before.get(name) != model.values.get(name))
        for name in taken
    )


def _set_all(
    model: DataModel, session: Session, commit: Commit
) -> tuple[tuple[Refusal, ...], list[str]]:
    """Set what the model takes: the refusals, and the names that were taken."""
    refused, taken = [], []
    for name, value in commit.changes:
        fault = "133" if session.finished else model.set(name, value)
        if fault == "0":
            taken.append(name)
        else:
            refused.append(Refusal(commit.number, name, fault))
    return tuple(refused), taken


def running_model(
    attempt: Attempt, session: Session, outline: Outline, values: Values
) -> DataModel:
    """The data model of the session that runs."""
    course = course_of(outline)
    activity = course.tree.activities[session.position]
    return tracking.resumed(course.table, activity, values, session.changed)


def close_session(
    attempt: Attempt, outline: Outline, values: Values, *, suspend: bool, abandon: bool
) -> Step:
    """End the session that runs, and report what its SCO said to sequencing.

    `suspend` says that the learner will come back to it; an abandoned one reports nothing.
    """
    session = attempt.session
    if session is None:
        return Step(attempt, 0, values)
    past = (*attempt.past, (session.id, session.number))[-20:]
    model = running_model(attempt, session, outline, values)
    said = tracking.report(model)
    report = Tracking() if abandon else replace(said, suspend=said.suspend or suspend)
    step = Step(attempt, session.position, values)
    scene = scene_with(step, outline, "close", session.touched)
    course, before = course_of(outline), state_of(attempt)
    state = before if abandon else record(course.tree, before, report)
    if not session.finished and session.initialized:
        step = _timed(step, session.touched)
    if not abandon:
        standings = Standings(course.tree, state, ended=not report.suspend)
        step = judged(step, outline, scene, standings, ())
    if not session.finished and session.initialized:
        step = _left(step, scene, model, suspended=report.suspend)
    shared = attempt.shared
    if attempt.launch.mode == "normal":
        shared = noted(shared, course, before, state, session.touched)
    closed = replace(step.attempt, session=None, past=past, sequencing=state, shared=shared)
    return replace(step, attempt=closed, values=tracking.to_keep(model))


def _reported(
    step: Step, outline: Outline, model: DataModel, scene: Scene, said: Iterable[dict[str, Any]]
) -> Step:
    """Judge what the SCO has said until now."""
    course, state, session = course_of(outline), state_of(step.attempt), step.attempt.session
    report = tracking.report(model)
    ended = session is not None and session.finished and not report.suspend
    standings = Standings(course.tree, state, report, ended=ended)
    return replace(judged(step, outline, scene, standings, said), news=course.tree.conditional)


def _said(
    scene: Scene, attempt: Attempt, session: Session, before: Values, after: Values
) -> list[dict[str, Any]]:
    said = []
    if not session.initialized:
        resumed = attempt.items[session.position].entry == "resume"
        said.append(statements.entered(scene, resumed=resumed))
    if attempt.launch.mode == "normal":
        said.extend(statements.answers(scene, before, after, interactions.SCORM2004))
    return said


def scene_with(step: Step, outline: Outline, name: str, at: datetime) -> Scene:
    """A scene of the running session, with the time that its SCO says it took."""
    activity = outline.activities[step.position]
    return scene_of(step.attempt, activity, name, at, _session_seconds(step, at))


def _session_seconds(step: Step, at: datetime) -> float:
    """How long the session took: as the SCO says, else as the LMS measured."""
    said = step.values.get("cmi.session_time")
    if said is not None:
        return float(seconds(said))
    session = step.attempt.session
    return 0.0 if session is None else (at - session.started).total_seconds()


def _timed(step: Step, at: datetime) -> Step:
    """Add the session's time to the item's."""
    items, position = step.attempt.items, step.position
    item = replace(items[position], seconds=items[position].seconds + _session_seconds(step, at))
    items = (*items[:position], item, *items[position + 1 :])
    return replace(step, attempt=replace(step.attempt, items=items))


def _left(step: Step, scene: Scene, model: DataModel, *, suspended: bool | None = None) -> Step:
    """Add the session's last statement; its duration is the session's alone."""
    if suspended is None:
        suspended = model.values.get(EXIT) == "suspend"
    alone = replace(scene, elapsed=_session_seconds(step, scene.at))
    said = statements.left(alone, step.attempt.items[step.position], suspended=suspended)
    return replace(step, statements=(*step.statements, said))
