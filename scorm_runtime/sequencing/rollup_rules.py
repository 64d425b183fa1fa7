"""Rollup rules (SN 3.7, RB.1.4.1): what enough children have in common, their parent has too."""

from collections.abc import Callable, Sequence

from scorm_runtime.sequencing.census import Child
from scorm_runtime.sequencing.conditions import Truth, combine
from scorm_runtime.sequencing.definition import (
    ChildActivitySet,
    Combination,
    RollupAction,
    RollupCondition,
    RollupRule,
    RuleCondition,
)
from scorm_runtime.sequencing.tree import Activity


def _default(action: RollupAction, *conditions: RollupCondition) -> tuple[RollupRule, ...]:
    return (RollupRule(action, conditions, "any", "all"),)


_DEFAULTS: dict[RollupAction, tuple[RollupRule, ...]] = {
    "satisfied": _default("satisfied", RollupCondition("satisfied")),
    "notSatisfied": _default(
        "notSatisfied", RollupCondition("attempted"), RollupCondition("satisfied", negated=True)
    ),
    "completed": _default("completed", RollupCondition("completed")),
    "incomplete": _default(
        "incomplete", RollupCondition("attempted"), RollupCondition("completed", negated=True)
    ),
}
_OPPOSITE: dict[RollupAction, RollupAction] = {
    "satisfied": "notSatisfied",
    "notSatisfied": "satisfied",
    "completed": "incomplete",
    "incomplete": "completed",
}


def rules_for(activity: Activity, action: RollupAction) -> tuple[RollupRule, ...]:
    """The rules of an action; the default ones where the author wrote none on the matter."""
    own = activity.sequencing.rollup.rules
    if not own or not any(rule.action in (action, _OPPOSITE[action]) for rule in own):
        return _DEFAULTS[action]
    return tuple(rule for rule in own if rule.action == action)


_CONDITIONS: dict[RuleCondition, Callable[[Child], Truth]] = {
    "satisfied": lambda child: child.satisfied,
    "objectiveStatusKnown": lambda child: child.satisfied is not None,
    "objectiveMeasureKnown": lambda child: child.measure is not None,
    "completed": lambda child: child.completed,
    "activityProgressKnown": lambda child: child.completed is not None,
    "attempted": lambda child: child.attempted,
    "attemptLimitExceeded": lambda child: child.limit_exceeded,
    "always": lambda _: True,
}


def evaluate_rollup_conditions(
    child: Child, conditions: Sequence[RollupCondition], combination: Combination
) -> Truth:
    """RB.1.4.1 Evaluate Rollup Conditions Subprocess; the opposite of unknown is unknown."""
    truths = []
    for each in conditions:
        holds = _CONDITIONS.get(each.condition)
        truth = False if holds is None else holds(child)
        truths.append(truth if truth is None else truth != each.negated)
    return combine(truths, combination)


def rule_applies(rule: RollupRule, children: Sequence[tuple[Child, int]]) -> bool:
    """RB.1.4, 1.2 to 1.4: whether enough children meet a rule's conditions; of none, never."""
    counts: dict[Truth, int] = {True: 0, False: 0, None: 0}
    for child, number in children:
        counts[evaluate_rollup_conditions(child, rule.conditions, rule.combination)] += number
    return any(counts.values()) and _SETS[rule.child_activity_set](counts, rule)


_SETS: dict[ChildActivitySet, Callable[[dict[Truth, int], RollupRule], bool]] = {
    "all": lambda counts, _: not counts[False] and not counts[None],
    "any": lambda counts, _: counts[True] > 0,
    "none": lambda counts, _: not counts[True] and not counts[None],
    "atLeastCount": lambda counts, rule: counts[True] >= rule.minimum_count,
    "atLeastPercent": lambda counts, rule: (
        counts[True] >= rule.minimum_percent * sum(counts.values())
    ),
}
