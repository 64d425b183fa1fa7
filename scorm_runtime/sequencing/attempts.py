"""How attempts begin and end (UP.3, UP.4, and the part of DB.2 that begins one)."""

from scorm_runtime.sequencing import progress
from scorm_runtime.sequencing.definition import ProgressField
from scorm_runtime.sequencing.rollup import overall_rollup
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import ObjectiveProgress
from scorm_runtime.sequencing.tree import Activity, common_ancestor


def terminate_descendent_attempts(session: Session, activity: Activity) -> None:
    """UP.3 Terminate Descendent Attempts Process: end what is between the current one and this."""
    current = session.current
    if current is None:
        return
    for each in current.path_below(common_ancestor(current, activity))[1:]:
        end_attempt(session, each)


def end_attempt(session: Session, activity: Activity) -> None:
    """UP.4 End Attempt Process."""
    if not activity.is_leaf:
        suspended = any(session.of(each).suspended for each in session.available(activity))
        session.update(activity, suspended=suspended)
    elif activity.sequencing.delivery.tracked and not session.of(activity).suspended:
        _assume_done(session, activity)
    session.update(activity, active=False)
    session.note("UP.4", "suspended" if session.of(activity).suspended else "ended", activity)
    overall_rollup(session, activity)


def _assume_done(session: Session, activity: Activity) -> None:
    """UP.4, 1.1.1: content that need not say how it went, and did not, has gone well."""
    sequencing, state = activity.sequencing, session.of(activity)
    own = progress.local(session, activity, activity.primary)
    changes: dict[ProgressField, bool] = {}
    if own.completed is None and not (
        sequencing.delivery.completion_set_by_content
        or state.told_completed
        or sequencing.completion.completed_by_measure
    ):
        changes["completed"] = True
    if own.satisfied is None and not (
        sequencing.delivery.objective_set_by_content
        or state.told_satisfied
        or activity.primary.satisfied_by_measure
    ):
        changes["satisfied"] = True
    if changes:
        progress.write(session, activity, activity.primary, changes)


def begin_attempt(session: Session, activity: Activity) -> None:
    """DB.2, 5.1.1: make the activity active, in a new attempt unless a suspended one goes on."""
    if session.of(activity).suspended:
        session.update(activity, suspended=False)
    elif activity.sequencing.delivery.tracked:
        _new_attempt(session, activity)
    session.update(activity, active=True)


def _new_attempt(session: Session, activity: Activity) -> None:
    if activity.parent is None:
        _forget_shared(session)
    session.update(
        activity,
        attempt_count=session.of(activity).attempt_count + 1,
        told_satisfied=False,
        told_completed=False,
        objectives={},
    )
    session.note("DB.2", f"attempt {session.of(activity).attempt_count}", activity)
    _forget_children(session, activity)


def _forget_shared(session: Session) -> None:
    """What is not global to the system lives as long as the attempt on the root."""
    organization = session.tree.organization
    if not organization.objectives_global_to_system:
        session.objectives.clear()
    if not organization.shared_data_global_to_system:
        session.data.clear()


def _forget_children(session: Session, activity: Activity) -> None:
    """Use Current Attempt Information (SN 3.2): what children did in earlier attempts is past."""
    pending = [activity]
    while pending:
        parent = pending.pop()
        mode = parent.sequencing.control_mode
        objective_info = mode.use_current_attempt_objective_info
        progress_info = mode.use_current_attempt_progress_info
        if not (objective_info or progress_info):
            continue
        for each in parent.children:
            _forget(session, each, objective_info, progress_info)
        pending.extend(each for each in parent.children if each.children)


def _forget(
    session: Session, activity: Activity, objective_info: bool, progress_info: bool
) -> None:
    objectives = session.of(activity).objectives
    if not objectives:
        return
    kept = {}
    for key, known in objectives.items():
        kept[key] = ObjectiveProgress(
            satisfied=None if objective_info else known.satisfied,
            measure=None if objective_info else known.measure,
            raw_score=None if objective_info else known.raw_score,
            min_score=None if objective_info else known.min_score,
            max_score=None if objective_info else known.max_score,
            completed=None if progress_info else known.completed,
            progress_measure=None if progress_info else known.progress_measure,
        )
    session.update(activity, objectives=kept)
