"""Reading and writing progress information (SN 4.2) through the objective maps (SN 3.10).

A local objective that reads a shared global objective sees what that one holds, known or not; of
its completion it falls back on what it knows itself. What is written to it is written through to
the global objectives that it maps.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from msgspec.structs import replace

from scorm_runtime.sequencing.definition import Objective, ProgressField
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import ObjectiveProgress
from scorm_runtime.sequencing.tree import Activity

_UNKNOWN = ObjectiveProgress()
_OWN_COUNTS_TOO = ("completed", "progress_measure")


def local(session: Session, activity: Activity, objective: Objective) -> ObjectiveProgress:
    """The objective's own progress, without what it would read."""
    return session.of(activity).objectives.get(objective.key, _UNKNOWN)


def read(session: Session, activity: Activity, objective: Objective, field: ProgressField) -> Any:
    """A field as the activity sees it: from the global objective that it reads, else its own."""
    target = objective.reads.get(field)
    if target is not None:
        shared = getattr(session.objectives.get(target, _UNKNOWN), field)
        if shared is not None or field not in _OWN_COUNTS_TOO:
            return shared
    return getattr(local(session, activity, objective), field)


def seen(session: Session, activity: Activity, objective: Objective) -> ObjectiveProgress:
    """An objective as the activity sees it, with what it reads and what measures decide."""
    own = local(session, activity, objective)
    by_measure = activity.sequencing.completion.completed_by_measure and objective.primary
    if not (objective.reads or objective.satisfied_by_measure or by_measure):
        return own
    return replace(
        own,
        satisfied=satisfied(session, activity, objective),
        measure=read(session, activity, objective, "measure"),
        completed=completed(session, activity, objective),
        progress_measure=read(session, activity, objective, "progress_measure"),
    )


def satisfied(session: Session, activity: Activity, objective: Objective) -> bool | None:
    """Whether the objective is satisfied, None while unknown; by measure where that decides."""
    if not objective.satisfied_by_measure:
        found: bool | None = read(session, activity, objective, "satisfied")
        return found
    if _too_early(session, activity):
        return None
    return _reaches(read(session, activity, objective, "measure"), objective.minimum_measure)


def completed(session: Session, activity: Activity, objective: Objective) -> bool | None:
    """Whether the attempt is complete, None while unknown; by measure where that decides."""
    threshold = activity.sequencing.completion
    if not (threshold.completed_by_measure and objective.primary):
        found: bool | None = read(session, activity, objective, "completed")
        return found
    measure = read(session, activity, objective, "progress_measure")
    return _reaches(measure, threshold.minimum_progress_measure)


def write(
    session: Session,
    activity: Activity,
    objective: Objective,
    changes: Mapping[ProgressField, Any],
) -> None:
    """Set some of an objective's progress, here and in the global objectives that it writes."""
    objectives = session.of(activity).objectives
    fields = cast(Mapping[str, Any], changes)
    progress = replace(objectives.get(objective.key, _UNKNOWN), **fields)
    session.update(activity, objectives={**objectives, objective.key: progress})
    for field, value in _derived(session, activity, objective, progress, changes).items():
        for target in objective.writes[field]:
            _write_global(session, target, field, value)


def _derived(
    session: Session,
    activity: Activity,
    objective: Objective,
    progress: ObjectiveProgress,
    changes: Mapping[ProgressField, Any],
) -> dict[ProgressField, Any]:
    """The changes, with the statuses as measures decide them."""
    shared = dict(changes)
    if objective.satisfied_by_measure and {"satisfied", "measure"} & changes.keys():
        early = _too_early(session, activity)
        minimum = objective.minimum_measure
        shared["satisfied"] = None if early else _reaches(progress.measure, minimum)
    threshold = activity.sequencing.completion
    by_measure = threshold.completed_by_measure and objective.primary
    if by_measure and {"completed", "progress_measure"} & changes.keys():
        minimum = threshold.minimum_progress_measure
        shared["completed"] = _reaches(progress.progress_measure, minimum)
    return shared


def _write_global(session: Session, target: str, field: ProgressField, value: Any) -> None:
    before = session.objectives.get(target, _UNKNOWN)
    if getattr(before, field) != value:
        session.objectives[target] = replace(before, **{field: value})
        session.written.add(target)


def _too_early(session: Session, activity: Activity) -> bool:
    """Measure Satisfaction If Active: a cluster's measure may count only once it has ended."""
    rollup = activity.sequencing.rollup
    return (
        not rollup.measure_satisfaction_if_active
        and not activity.is_leaf
        and session.of(activity).active
    )


def _reaches(measure: Decimal | None, minimum: Decimal) -> bool | None:
    return None if measure is None else measure >= minimum
