"""The Sequencing Definition Model (SCORM 2004 SN, chapter 3): what an author asks of one activity.

Numbers are decimals, so that a measure is compared and handed on exactly as it was written.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal

from msgspec import Struct

RuleCondition = Literal[
    "satisfied",
    "objectiveStatusKnown",
    "objectiveMeasureKnown",
    "objectiveMeasureGreaterThan",
    "objectiveMeasureLessThan",
    "completed",
    "activityProgressKnown",
    "attempted",
    "attemptLimitExceeded",
    "timeLimitExceeded",
    "outsideAvailableTimeRange",
    "always",
    "never",
]
PreConditionAction = Literal["skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"]
PostConditionAction = Literal["exitParent", "exitAll", "retry", "retryAll", "continue", "previous"]
ExitAction = Literal["exit"]
RuleAction = PreConditionAction | PostConditionAction | ExitAction
Combination = Literal["all", "any"]
RollupAction = Literal["satisfied", "notSatisfied", "completed", "incomplete"]
ChildActivitySet = Literal["all", "any", "none", "atLeastCount", "atLeastPercent"]
Consideration = Literal["always", "ifNotSuspended", "ifAttempted", "ifNotSkipped"]
Timing = Literal["never", "once", "onEachNewAttempt"]


class ControlMode(Struct, frozen=True):
    """SN 3.2: how requests may move among an activity's children."""

    choice: bool = True
    choice_exit: bool = True
    flow: bool = False
    forward_only: bool = False
    use_current_attempt_objective_info: bool = True
    use_current_attempt_progress_info: bool = True


class ConstrainedChoice(Struct, frozen=True):
    """SN 3.3: limits on how far a choice may reach."""

    constrain_choice: bool = False
    prevent_activation: bool = False


class Condition(Struct, frozen=True):
    """One condition of a sequencing rule; without an objective it is about the primary one."""

    condition: RuleCondition
    negated: bool = False
    objective: str | None = None
    threshold: Decimal = Decimal(0)


class SequencingRule(Struct, frozen=True):
    """SN 3.4: if these conditions hold, then do this."""

    action: RuleAction
    conditions: tuple[Condition, ...]
    combination: Combination = "all"


class SequencingRules(Struct, frozen=True):
    """The rules of an activity by the moment at which they are read."""

    pre: tuple[SequencingRule, ...] = ()
    post: tuple[SequencingRule, ...] = ()
    exit: tuple[SequencingRule, ...] = ()


class LimitConditions(Struct, frozen=True):
    """SN 3.5: SCORM asks for the attempt limit; the duration is handed to the SCO as written."""

    attempt_limit: int | None = None
    attempt_absolute_duration_limit: str | None = None


class RollupCondition(Struct, frozen=True):
    """One condition that a child is asked about."""

    condition: RuleCondition
    negated: bool = False


class RollupRule(Struct, frozen=True):
    """SN 3.7: if this many children are so, then the parent is so. A percent is from 0 to 1."""

    action: RollupAction
    conditions: tuple[RollupCondition, ...]
    combination: Combination = "any"
    child_activity_set: ChildActivitySet = "all"
    minimum_count: int = 0
    minimum_percent: Decimal = Decimal(0)


class Rollup(Struct, frozen=True):
    """SN 3.7 and 3.8: an activity's rules for its children, and its part in its parent's rollup."""

    rules: tuple[RollupRule, ...] = ()
    objective_satisfied: bool = True
    progress_completion: bool = True
    objective_measure_weight: Decimal = Decimal(1)
    required_for_satisfied: Consideration = "always"
    required_for_not_satisfied: Consideration = "always"
    required_for_completed: Consideration = "always"
    required_for_incomplete: Consideration = "always"
    measure_satisfaction_if_active: bool = True


class ObjectiveMap(Struct, frozen=True):
    """SN 3.10: what a local objective reads from and writes to one shared global objective."""

    target: str
    read_satisfied_status: bool = True
    read_normalized_measure: bool = True
    write_satisfied_status: bool = False
    write_normalized_measure: bool = False
    read_raw_score: bool = True
    read_min_score: bool = True
    read_max_score: bool = True
    read_completion_status: bool = True
    read_progress_measure: bool = True
    write_raw_score: bool = False
    write_min_score: bool = False
    write_max_score: bool = False
    write_completion_status: bool = False
    write_progress_measure: bool = False


ProgressField = Literal[
    "satisfied",
    "measure",
    "raw_score",
    "min_score",
    "max_score",
    "completed",
    "progress_measure",
]
_SWITCHES: dict[ProgressField, str] = {
    "satisfied": "satisfied_status",
    "measure": "normalized_measure",
    "raw_score": "raw_score",
    "min_score": "min_score",
    "max_score": "max_score",
    "completed": "completion_status",
    "progress_measure": "progress_measure",
}


class Objective(Struct, frozen=True, dict=True):
    """SN 3.9: a local objective. The primary one, which rolls up, may have no identifier."""

    identifier: str | None = None
    primary: bool = False
    satisfied_by_measure: bool = False
    minimum_measure: Decimal = Decimal("1.0")
    maps: tuple[ObjectiveMap, ...] = ()

    @cached_property
    def key(self) -> str:
        """The name under which its progress is kept; "" for a nameless primary objective."""
        return self.identifier or ""

    @cached_property
    def reads(self) -> Mapping[ProgressField, str]:
        """The global objective from which each field is read; only one may be read for each."""
        return {
            field: mapped.target
            for mapped in reversed(self.maps)
            for field, switch in _SWITCHES.items()
            if getattr(mapped, f"read_{switch}")
        }

    @cached_property
    def writes(self) -> Mapping[ProgressField, tuple[str, ...]]:
        """The global objectives to which each field is written."""
        return {
            field: tuple(each.target for each in self.maps if getattr(each, f"write_{switch}"))
            for field, switch in _SWITCHES.items()
        }


class RandomizationControls(Struct, frozen=True):
    """SN 3.11 and 3.12: which children are taken, and in which order."""

    selection: Timing = "never"
    select_count: int | None = None
    randomization: Timing = "never"
    reorder_children: bool = False


class DeliveryControls(Struct, frozen=True):
    """SN 3.13: whether the activity is tracked, and who says how it went."""

    tracked: bool = True
    completion_set_by_content: bool = False
    objective_set_by_content: bool = False


class CompletionThreshold(Struct, frozen=True):
    """CAM, adlcp:completionThreshold: completion by progress measure, and its weight in rollup."""

    completed_by_measure: bool = False
    minimum_progress_measure: Decimal = Decimal("1.0")
    progress_weight: Decimal = Decimal("1.0")


PRIMARY = Objective(primary=True)


class SequencingDefinition(Struct, frozen=True):
    """Everything that sequencing knows of one activity; the default is an activity without any."""

    control_mode: ControlMode = ControlMode()
    constrained_choice: ConstrainedChoice = ConstrainedChoice()
    rules: SequencingRules = SequencingRules()
    limits: LimitConditions = LimitConditions()
    rollup: Rollup = Rollup()
    objectives: tuple[Objective, ...] = (PRIMARY,)
    randomization: RandomizationControls = RandomizationControls()
    delivery: DeliveryControls = DeliveryControls()
    completion: CompletionThreshold = CompletionThreshold()

    @property
    def primary(self) -> Objective:
        """The objective that contributes to rollup."""
        return next((each for each in self.objectives if each.primary), PRIMARY)


HiddenControl = Literal[
    "previous", "continue", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"
]


class DataMap(Struct, frozen=True):
    """CAM, adlcp:map: a store shared by activities, and what this one may do with it."""

    target: str
    read_shared_data: bool = True
    write_shared_data: bool = True


class ActivityDefinition(Struct, frozen=True):
    """An item of the manifest as sequencing and the SCO's data model need it."""

    identifier: str
    title: str = ""
    sequencing: SequencingDefinition = SequencingDefinition()
    children: tuple["ActivityDefinition", ...] = ()
    parameters: str | None = None
    visible: bool = True
    hidden_controls: frozenset[HiddenControl] = frozenset()
    launch_data: str | None = None
    time_limit_action: str | None = None
    data: tuple[DataMap, ...] = ()


class OrganizationDefinition(Struct, frozen=True):
    """The root activity, and how long what its activities share lives."""

    root: ActivityDefinition
    objectives_global_to_system: bool = True
    shared_data_global_to_system: bool = True
