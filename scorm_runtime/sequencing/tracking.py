"""What content reports of the current activity, taken into the tracking model (SN 4.2.1.6)."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict

from scorm_runtime.sequencing import progress
from scorm_runtime.sequencing.definition import ProgressField
from scorm_runtime.sequencing.rollup import roll_up_readers
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import ObjectiveUpdate, State, Tracking
from scorm_runtime.sequencing.tree import Activity, ActivityTree


def record(tree: ActivityTree, state: State, tracking: Tracking) -> State:
    """Take a report in. It is for the end of an attempt: an abandoned one reports nothing."""
    session = Session(tree, state)
    if session.current is not None:
        take(session, session.current, tracking)
    return session.state()


def take(session: Session, activity: Activity, tracking: Tracking) -> None:
    """Take a report into a working copy; what content says of itself outweighs its objectives."""
    _store(session, activity, tracking)
    if tracking.suspend:
        session.update(activity, suspended=True)
    if not activity.sequencing.delivery.tracked:
        return
    for identifier, update in tracking.objectives.items():
        objective = activity.objectives.get(identifier)
        if objective is not None:
            _tell(session, activity, identifier, update)
    _tell(session, activity, activity.primary.key, tracking.activity)
    roll_up_readers(session)


def _tell(session: Session, activity: Activity, key: str, update: ObjectiveUpdate) -> None:
    objective = activity.objectives.get(key, activity.primary)
    said: dict[Any, Any] = asdict(update)
    changes: dict[ProgressField, Any] = {
        field: value for field, value in said.items() if value is not UNSET
    }
    if not changes:
        return
    if objective.primary:
        told = session.of(activity)
        session.update(
            activity,
            told_satisfied=told.told_satisfied or "satisfied" in changes,
            told_completed=told.told_completed or "completed" in changes,
        )
    progress.write(session, activity, objective, changes)


def _store(session: Session, activity: Activity, tracking: Tracking) -> None:
    writable = {each.target for each in activity.definition.data if each.write_shared_data}
    for target, value in tracking.data.items():
        if target in writable:
            session.data[target] = value
