"""Random courses, and small ones by hand."""

from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from scorm_runtime.sequencing import definition as d
from scorm_runtime.sequencing.state import ObjectiveUpdate, Tracking
from scorm_runtime.sequencing.tree import ActivityTree

GLOBALS = ("shared-1", "shared-2")
LOCALS = ("objective-1", "objective-2")
CONDITIONS: tuple[d.RuleCondition, ...] = (
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
)
PRE: tuple[d.PreConditionAction, ...] = (
    "skip",
    "disabled",
    "hiddenFromChoice",
    "stopForwardTraversal",
)
POST: tuple[d.PostConditionAction, ...] = (
    "exitParent",
    "exitAll",
    "retry",
    "retryAll",
    "continue",
    "previous",
)
measures = st.sampled_from([Decimal(text) for text in ("-1", "-0.5", "0", "0.50", "0.6", "1.0")])
shares = st.sampled_from([Decimal(text) for text in ("0", "0.25", "0.50", "1")])


def course(root: d.ActivityDefinition, **lifetimes: bool) -> ActivityTree:
    """The tree of a course whose root is this."""
    return ActivityTree(d.OrganizationDefinition(root, **lifetimes))


def activity(
    identifier: str, *children: d.ActivityDefinition, **sequencing: object
) -> d.ActivityDefinition:
    """An activity; one with children flows unless it says otherwise."""
    if children:
        sequencing.setdefault("control_mode", d.ControlMode(flow=True))
    return d.ActivityDefinition(
        identifier,
        title=identifier,
        sequencing=d.SequencingDefinition(**sequencing),  # type: ignore[arg-type]
        children=children,
    )


def rule(action: d.RuleAction, *conditions: d.Condition) -> d.SequencingRule:
    """A rule whose conditions must all hold; without any it always applies."""
    return d.SequencingRule(action, conditions or (d.Condition("always"),))


def conditions(of: tuple[d.RuleCondition, ...] = CONDITIONS) -> st.SearchStrategy[d.Condition]:
    return st.builds(
        d.Condition,
        condition=st.sampled_from(of),
        negated=st.booleans(),
        objective=st.sampled_from((None, *LOCALS, "unknown")),
        threshold=measures,
    )


def rules(actions: tuple[d.RuleAction, ...]) -> st.SearchStrategy[tuple[d.SequencingRule, ...]]:
    one = st.builds(
        d.SequencingRule,
        action=st.sampled_from(actions),
        conditions=st.lists(conditions(), max_size=2).map(tuple),
        combination=st.sampled_from(("all", "any")),
    )
    return st.lists(one, max_size=2).map(tuple)


rollup_rules = st.lists(
    st.builds(
        d.RollupRule,
        action=st.sampled_from(("satisfied", "notSatisfied", "completed", "incomplete")),
        conditions=st.lists(
            st.builds(d.RollupCondition, st.sampled_from(CONDITIONS), st.booleans()), max_size=2
        ).map(tuple),
        combination=st.sampled_from(("all", "any")),
        child_activity_set=st.sampled_from(
            ("all", "any", "none", "atLeastCount", "atLeastPercent")
        ),
        minimum_count=st.integers(0, 3),
        minimum_percent=shares,
    ),
    max_size=3,
).map(tuple)
considerations = st.sampled_from(("always", "ifNotSuspended", "ifAttempted", "ifNotSkipped"))
rollups = st.builds(
    d.Rollup,
    rules=rollup_rules,
    objective_satisfied=st.booleans(),
    progress_completion=st.booleans(),
    objective_measure_weight=shares,
    required_for_satisfied=considerations,
    required_for_not_satisfied=considerations,
    required_for_completed=considerations,
    required_for_incomplete=considerations,
    measure_satisfaction_if_active=st.booleans(),
)
maps = st.builds(
    d.ObjectiveMap,
    target=st.sampled_from(GLOBALS),
    read_satisfied_status=st.booleans(),
    read_normalized_measure=st.booleans(),
    write_satisfied_status=st.booleans(),
    write_normalized_measure=st.booleans(),
    read_completion_status=st.booleans(),
    write_completion_status=st.booleans(),
    read_progress_measure=st.booleans(),
    write_progress_measure=st.booleans(),
)


def objective(identifier: str | None, *, primary: bool) -> st.SearchStrategy[d.Objective]:
    return st.builds(
        d.Objective,
        identifier=st.just(identifier),
        primary=st.just(primary),
        satisfied_by_measure=st.booleans(),
        minimum_measure=measures,
        maps=st.lists(maps, max_size=2).map(tuple),
    )


objectives = st.one_of(
    st.just((d.PRIMARY,)),
    st.tuples(objective(LOCALS[0], primary=True), objective(LOCALS[1], primary=False)),
    st.tuples(objective(None, primary=True)),
)
sequencing = st.builds(
    d.SequencingDefinition,
    control_mode=st.builds(
        d.ControlMode,
        choice=st.booleans(),
        choice_exit=st.booleans(),
        flow=st.sampled_from((True, True, True, False)),
        forward_only=st.sampled_from((False, False, True)),
        use_current_attempt_objective_info=st.booleans(),
        use_current_attempt_progress_info=st.booleans(),
    ),
    constrained_choice=st.builds(d.ConstrainedChoice, st.booleans(), st.booleans()),
    rules=st.builds(d.SequencingRules, pre=rules(PRE), post=rules(POST), exit=rules(("exit",))),
    limits=st.builds(d.LimitConditions, attempt_limit=st.sampled_from((None, None, 0, 1, 2))),
    rollup=rollups,
    objectives=objectives,
    randomization=st.builds(
        d.RandomizationControls,
        selection=st.sampled_from(("never", "once", "onEachNewAttempt")),
        select_count=st.sampled_from((None, 0, 1, 2)),
        randomization=st.sampled_from(("never", "once", "onEachNewAttempt")),
        reorder_children=st.booleans(),
    ),
    delivery=st.builds(d.DeliveryControls, st.booleans(), st.booleans(), st.booleans()),
    completion=st.builds(d.CompletionThreshold, st.booleans(), shares, shares),
)


unconditional = sequencing.map(
    lambda made: replace(made, rules=d.SequencingRules(), limits=d.LimitConditions())
)


@st.composite
def courses(draw: st.DrawFn) -> ActivityTree:
    """A course of up to three levels, with every control that there is."""
    numbers = iter(range(1000))
    controls = draw(st.sampled_from((sequencing, sequencing, unconditional)))

    def grow(depth: int) -> d.ActivityDefinition:
        width = draw(st.integers(1 if depth == 0 else 0, 3)) if depth < 3 else 0
        return d.ActivityDefinition(
            f"a{next(numbers)}",
            sequencing=draw(controls),
            children=tuple(grow(depth + 1) for _ in range(width)),
            data=(d.DataMap("store", True, draw(st.booleans())),),
        )

    return course(
        grow(0),
        objectives_global_to_system=draw(st.booleans()),
        shared_data_global_to_system=draw(st.booleans()),
    )


def said(values: st.SearchStrategy[object]) -> st.SearchStrategy[ObjectiveUpdate]:
    return st.fixed_dictionaries(
        {},
        optional={
            "satisfied": st.sampled_from((True, False, None)),
            "completed": st.sampled_from((True, False, None)),
            "measure": values,
            "progress_measure": values,
        },
    ).map(lambda fields: ObjectiveUpdate(**fields))


reports = st.builds(
    Tracking,
    activity=said(measures),
    objectives=st.dictionaries(st.sampled_from((*LOCALS, "own")), said(measures), max_size=2),
    data=st.dictionaries(st.sampled_from(("store", "other")), st.text(max_size=3), max_size=1),
    suspend=st.booleans(),
)
