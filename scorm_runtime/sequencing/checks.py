"""The utility processes that only look (UP.1, UP.2, UP.5)."""

from collections.abc import Sequence

from scorm_runtime.sequencing.conditions import attempt_limit_exceeded, combine, evaluate
from scorm_runtime.sequencing.definition import SequencingRule
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.tree import Activity


def limit_conditions_check(session: Session, activity: Activity) -> bool:
    """UP.1 Limit Conditions Check Process: whether a limit is violated."""
    if not activity.sequencing.delivery.tracked:
        return False
    state = session.of(activity)
    return not (state.active or state.suspended) and attempt_limit_exceeded(session, activity)


def sequencing_rules_check(
    session: Session, activity: Activity, rules: Sequence[SequencingRule]
) -> str | None:
    """UP.2 Sequencing Rules Check Process: the action of the first rule that applies."""
    for rule in rules:
        if sequencing_rule_check(session, activity, rule):
            return rule.action
    return None


def sequencing_rule_check(session: Session, activity: Activity, rule: SequencingRule) -> bool:
    """UP.2.1 Sequencing Rule Check Subprocess: whether a rule applies."""
    truths = (evaluate(session, activity, condition) for condition in rule.conditions)
    return combine(truths, rule.combination) is True


def pre_condition(session: Session, activity: Activity, action: str) -> bool:
    """UP.2 for one pre-condition action."""
    rules = activity.pre_conditions.get(action)
    return rules is not None and sequencing_rules_check(session, activity, rules) is not None


def check_activity(session: Session, activity: Activity) -> bool:
    """UP.5 Check Activity Process: whether the activity is disabled or out of its limits."""
    if pre_condition(session, activity, "disabled"):
        session.note("UP.5", "disabled", activity)
        return True
    if limit_conditions_check(session, activity):
        session.note("UP.1", "attempt limit reached", activity)
        return True
    return False
