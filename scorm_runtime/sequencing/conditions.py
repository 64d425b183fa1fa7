"""The conditions of sequencing rules (SN 3.4.2) and of rollup rules (SN 3.7.4).

A condition holds, does not hold, or is unknown (None).
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from scorm_runtime.sequencing import progress
from scorm_runtime.sequencing.definition import (
    Combination,
    Condition,
    Objective,
    RuleCondition,
)
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.tree import Activity

Truth = bool | None
Evaluate = Callable[[Session, Activity, Objective, Decimal], Truth]


def _measure(session: Session, activity: Activity, objective: Objective) -> Decimal | None:
    measure: Decimal | None = progress.read(session, activity, objective, "measure")
    return measure


def _greater(session: Session, activity: Activity, objective: Objective, than: Decimal) -> Truth:
    measure = _measure(session, activity, objective)
    return None if measure is None else measure > than


def _less(session: Session, activity: Activity, objective: Objective, than: Decimal) -> Truth:
    measure = _measure(session, activity, objective)
    return None if measure is None else measure < than


def attempted(session: Session, activity: Activity) -> bool:
    """Whether the activity was ever begun."""
    return session.of(activity).attempt_count > 0


def attempt_limit_exceeded(session: Session, activity: Activity) -> bool:
    """Whether no further attempt is allowed."""
    limit = activity.sequencing.limits.attempt_limit
    return limit is not None and session.of(activity).attempt_count >= limit


_EVALUATE: dict[RuleCondition, Evaluate] = {
    "satisfied": lambda s, a, o, _: progress.satisfied(s, a, o),
    "objectiveStatusKnown": lambda s, a, o, _: progress.satisfied(s, a, o) is not None,
    "objectiveMeasureKnown": lambda s, a, o, _: _measure(s, a, o) is not None,
    "objectiveMeasureGreaterThan": _greater,
    "objectiveMeasureLessThan": _less,
    "completed": lambda s, a, o, _: progress.completed(s, a, o),
    "activityProgressKnown": lambda s, a, o, _: progress.completed(s, a, o) is not None,
    "attempted": lambda s, a, _o, _: attempted(s, a),
    "attemptLimitExceeded": lambda s, a, _o, _: attempt_limit_exceeded(s, a),
    # SCORM leaves the time limits of IMS SS to the content: no attempt runs out here.
    "timeLimitExceeded": lambda _s, _a, _o, _: False,
    "outsideAvailableTimeRange": lambda _s, _a, _o, _: False,
    "always": lambda _s, _a, _o, _: True,
    "never": lambda _s, _a, _o, _: False,
}


# What is not tracked is not known, whatever a shared objective says (SN 3.13.1).
_OF_TRACKING = frozenset(_EVALUATE) - {"always", "never", "attempted", "attemptLimitExceeded"}


def evaluate(session: Session, activity: Activity, condition: Condition) -> Truth:
    """One condition; the opposite of unknown is unknown."""
    objective: Objective | None = activity.primary
    if condition.objective is not None:
        objective = activity.objectives.get(condition.objective)
    if objective is None:
        return None
    if condition.condition in _OF_TRACKING and not activity.sequencing.delivery.tracked:
        return None
    truth = _EVALUATE[condition.condition](session, activity, objective, condition.threshold)
    return truth if truth is None else truth != condition.negated


def combine(truths: Iterable[Truth], combination: Combination) -> Truth:
    """All or any of some truths, by three-valued logic; of none, unknown."""
    listed = list(truths)
    if not listed:
        return None
    decisive = combination == "any"
    if decisive in listed:
        return decisive
    return None if None in listed else not decisive
