"""The working copy on which one step is carried out.

Values are replaced, never changed in place, so a fork costs no more than a few copied dictionaries
and the state that a step began with stays as it was.
"""

from typing import Any

from msgspec.structs import replace

from scorm_runtime.sequencing.selection import available_children
from scorm_runtime.sequencing.state import ActivityState, State, TraceEntry
from scorm_runtime.sequencing.tree import Activity, ActivityTree

_FRESH = ActivityState()


class Session:
    """A tree with what is so far known of it, what the step changed, and how it was decided.

    `began` is the state that the step began with, `moved` the activities that it changed since, by
    their parents.
    """

    def __init__(self, tree: ActivityTree, state: State) -> None:
        self.tree = tree
        self.began = state
        self.moved: dict[Activity, set[Activity]] = {}
        self.seed = state.seed
        self.activities = dict(state.activities)
        self.objectives = dict(state.objectives)
        self.data = dict(state.data)
        self.current = self._find(state.current)
        self.suspended = self._find(state.suspended)
        self.trace: list[TraceEntry] = []
        self.written: set[str] = set()
        self._available: dict[Activity, tuple[int, tuple[Activity, ...]]] = {}

    def _find(self, identifier: str | None) -> Activity | None:
        return None if identifier is None else self.tree.by_identifier.get(identifier)

    def fork(self) -> "Session":
        """An independent copy, to try something out on."""
        other = Session(self.tree, self.state())
        other.began = self.began
        other.moved = {parent: set(children) for parent, children in self.moved.items()}
        return other

    def state(self) -> State:
        """What to keep."""
        return State(
            activities=self.activities,
            current=self.current.identifier if self.current else None,
            suspended=self.suspended.identifier if self.suspended else None,
            objectives=self.objectives,
            data=self.data,
            seed=self.seed,
        )

    def of(self, activity: Activity) -> ActivityState:
        """What is known of an activity."""
        return self.activities.get(activity.identifier, _FRESH)

    def update(self, activity: Activity, **changes: Any) -> None:
        """Replace some of what is known of an activity."""
        self.activities[activity.identifier] = replace(self.of(activity), **changes)
        if activity.parent is not None:
            self.moved.setdefault(activity.parent, set()).add(activity)

    def note(self, process: str, outcome: str, activity: Activity | None = None) -> None:
        """Put a decision into the trace."""
        self.trace.append(
            TraceEntry(process, outcome, None if activity is None else activity.identifier)
        )

    def available(self, activity: Activity) -> tuple[Activity, ...]:
        """The Available Children of an activity in their order (SR.1, SR.2)."""
        controls = activity.sequencing.randomization
        if controls.selection == "never" and controls.randomization == "never":
            return activity.children
        state = self.of(activity)
        attempt = state.attempt_count + (not (state.active or state.suspended))
        known = self._available.get(activity)
        if known is None or known[0] != attempt:
            known = attempt, available_children(activity, self.seed, attempt)
            self._available[activity] = known
        return known[1]

    def in_order(self) -> list[Activity]:
        """The available activities in preorder, as selection and randomization leave them."""
        if self.tree.in_one_order:
            return self.tree.activities
        found: list[Activity] = []
        pending = [self.tree.root]
        while pending:
            activity = pending.pop()
            found.append(activity)
            pending.extend(reversed(self.available(activity)))
        return found

    def siblings(self, activity: Activity) -> tuple[tuple[Activity, ...], int]:
        """The Available Children of the activity's parent, and the activity's place among them.

        The place is -1 for an activity that was not selected.
        """
        if activity.parent is None:
            return (activity,), 0
        siblings = self.available(activity.parent)
        if siblings is activity.parent.children:
            return siblings, activity.position
        return siblings, siblings.index(activity) if activity in siblings else -1
