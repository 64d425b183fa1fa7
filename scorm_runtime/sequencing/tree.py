"""The activity tree (SN 2.1): an organization's items, numbered in preorder.

Built once from a definition and never changed; what happens to it is in `state`.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from scorm_runtime.sequencing.definition import (
    ActivityDefinition,
    CompletionThreshold,
    Consideration,
    Objective,
    OrganizationDefinition,
    Rollup,
    RollupAction,
    SequencingDefinition,
    SequencingRule,
)


class Part(NamedTuple):
    """The part that an author gave a child in its parent's rollup."""

    rollup: Rollup
    completion: CompletionThreshold

    def required(self, action: RollupAction) -> Consideration | None:
        """When the child counts for an action; None if it never does."""
        rollup = self.rollup
        about_objective = action in ("satisfied", "notSatisfied")
        if not (rollup.objective_satisfied if about_objective else rollup.progress_completion):
            return None
        required: dict[RollupAction, Consideration] = {
            "satisfied": rollup.required_for_satisfied,
            "notSatisfied": rollup.required_for_not_satisfied,
            "completed": rollup.required_for_completed,
            "incomplete": rollup.required_for_incomplete,
        }
        return required[action]

    @property
    def asks_for_skipped(self) -> bool:
        """Whether it matters that the child would be skipped."""
        actions: tuple[RollupAction, ...] = (
            "satisfied",
            "notSatisfied",
            "completed",
            "incomplete",
        )
        return any(self.required(action) == "ifNotSkipped" for action in actions)


class Activity:
    """A node of the tree. `index` is its place in preorder, `last` that of its last descendant.

    `is_leaf` says that it can be delivered, `conditional` that it has a limit or rules of its own
    on whether it is available, `plain` that all it has to say in a rollup is its own state.
    """

    __slots__ = (
        "children",
        "conditional",
        "definition",
        "depth",
        "identifier",
        "index",
        "is_leaf",
        "last",
        "objectives",
        "parent",
        "part",
        "plain",
        "position",
        "pre_conditions",
        "primary",
        "sequencing",
    )

    def __init__(
        self, definition: ActivityDefinition, parent: "Activity | None", index: int, position: int
    ) -> None:
        self.definition = definition
        self.identifier: str = definition.identifier
        self.sequencing: SequencingDefinition = definition.sequencing
        self.primary: Objective = definition.sequencing.primary
        self.objectives: dict[str, Objective] = {
            each.key: each for each in definition.sequencing.objectives
        }
        self.pre_conditions: dict[str, list[SequencingRule]] = {}
        for rule in definition.sequencing.rules.pre:
            self.pre_conditions.setdefault(rule.action, []).append(rule)
        limited = definition.sequencing.limits.attempt_limit is not None
        self.conditional: bool = limited or bool(self.pre_conditions)
        self.part = 0
        self.plain = False
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.index = index
        self.last = index
        self.position = position
        self.children: tuple[Activity, ...] = ()
        self.is_leaf = not definition.children

    def __repr__(self) -> str:
        return f"Activity({self.identifier!r})"

    def contains(self, other: "Activity") -> bool:
        """Whether the other is this activity or one of its descendants."""
        return self.index <= other.index <= self.last

    def path(self) -> "list[Activity]":
        """From the root to this activity, both included."""
        found: list[Activity] = []
        step: Activity | None = self
        while step is not None:
            found.append(step)
            step = step.parent
        return found[::-1]

    def path_below(self, ancestor: "Activity") -> "list[Activity]":
        """From this activity up to the ancestor, which is left out."""
        return self.path()[ancestor.depth + 1 :][::-1]


class ActivityTree:
    """The activities of one organization, in preorder."""

    def __init__(self, organization: OrganizationDefinition) -> None:
        self.organization = organization
        self.activities: list[Activity] = []
        self._grow(organization.root)
        self.parts = self._share_parts()
        self.root = self.activities[0]
        self.by_identifier = {each.identifier: each for each in reversed(self.activities)}

    def _grow(self, root: ActivityDefinition) -> None:
        """Number the activities in preorder, without recursion: a manifest may nest deeply."""
        pending: list[tuple[ActivityDefinition, Activity | None, int]] = [(root, None, 0)]
        while pending:
            definition, parent, position = pending.pop()
            activity = Activity(definition, parent, len(self.activities), position)
            self.activities.append(activity)
            below = list(enumerate(definition.children))
            pending.extend((each, activity, place) for place, each in reversed(below))
        families: dict[Activity, list[Activity]] = {}
        for activity in reversed(self.activities):
            activity.children = tuple(reversed(families.get(activity, ())))
            if activity.parent is not None:
                families.setdefault(activity.parent, []).append(activity)
                activity.parent.last = max(activity.parent.last, activity.last)

    def __iter__(self) -> Iterator[Activity]:
        return iter(self.activities)

    def __len__(self) -> int:
        return len(self.activities)

    def _share_parts(self) -> list[Part]:
        """Give each activity the place of its part among the tree's different parts."""
        places: dict[Part, int] = {}
        for activity in self.activities:
            part = Part(activity.sequencing.rollup, activity.sequencing.completion)
            activity.part = places.setdefault(part, len(places))
        asking = {place for part, place in places.items() if part.asks_for_skipped}
        for activity in self.activities:
            skips = activity.part in asking and "skip" in activity.pre_conditions
            listens = skips or bool(activity.primary.reads)
            activity.plain = activity.sequencing.delivery.tracked and not listens
        return list(places)

    @cached_property
    def conditional(self) -> bool:
        """Whether progress decides what may be requested: activities have rules or limits, or
        children whose order hangs on whether an attempt is suspended.
        """
        rules = [each.sequencing.rules for each in self.activities]
        limited = any(each.conditional for each in self.activities)
        return limited or any(each.post or each.exit for each in rules) or not self.in_one_order

    @cached_property
    def in_one_order(self) -> bool:
        """Whether every activity has all its children in the manifest's order, always."""
        controls = (each.sequencing.randomization for each in self.activities)
        return all(each.selection == each.randomization == "never" for each in controls)

    @cached_property
    def parents_of_readers(self) -> dict[str, list[Activity]]:
        """By shared global objective: the parents of the activities that read it."""
        found: dict[str, dict[Activity, None]] = {}
        for activity in self.activities:
            if activity.parent is None:
                continue
            for target in set(activity.primary.reads.values()):
                found.setdefault(target, {})[activity.parent] = None
        return {target: list(parents) for target, parents in found.items()}


def common_ancestor(one: Activity, other: Activity) -> Activity:
    """The deepest activity that contains both; an activity contains itself."""
    step = one
    while not step.contains(other):
        assert step.parent is not None  # noqa: S101 - the root contains every activity
        step = step.parent
    return step
