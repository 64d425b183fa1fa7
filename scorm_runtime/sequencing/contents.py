"""The table of contents: which activities are shown, and which can be chosen or jumped to.

What SB.2.9 asks of one target it asks in the same way of its siblings. So that a large course can
be judged after every step, each question is put once for all children of an activity that lie on
the same side of the current one.
"""

from dataclasses import dataclass

from msgspec import Struct

from scorm_runtime.sequencing.attempts import end_attempt
from scorm_runtime.sequencing.checks import check_activity, pre_condition
from scorm_runtime.sequencing.choice import (
    check_path,
    choice_activity_traversal,
    constrained_to,
    is_sibling,
)
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.flow import flow
from scorm_runtime.sequencing.navigation import navigation_request
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.termination import sequencing_exit_action_rules
from scorm_runtime.sequencing.tree import Activity


class Entry(Struct, frozen=True):
    """An activity in the table of contents. One that is not visible may still be jumped to."""

    identifier: str
    title: str
    depth: int
    visible: bool
    choice: bool
    jump: bool
    current: bool = False


def table_of_contents(session: Session) -> tuple[Entry, ...]:
    """The available activities in their order, judged as if the current one ended now."""
    judge = _Judge(session)
    return tuple(judge.entry(activity) for activity in session.in_order())


@dataclass(frozen=True, slots=True)
class _Group:
    """The children of one activity on one side of the current one: what holds for all of them."""

    open: bool
    within: Activity | None = None


class _Judge:
    """Judges activities in preorder: what holds for one holds for what it contains."""

    def __init__(self, session: Session) -> None:
        self._before = session
        self._after = ended_now(session)
        self._hidden: set[Activity] = set()
        self._closed: set[Activity] = set()
        self._groups: dict[tuple[Activity | None, bool], _Group] = {}
        self._families: dict[Activity | None, bool] = {}
        self._stop = self._first_stop()

    def entry(self, activity: Activity) -> Entry:
        """One line of the table."""
        hidden, closed = activity.parent in self._hidden, activity.parent in self._closed
        if activity.conditional:
            hidden = hidden or pre_condition(self._after, activity, "hiddenFromChoice")
            closed = closed or check_activity(self._after, activity)
        if hidden:
            self._hidden.add(activity)
        if closed:
            self._closed.add(activity)
        return Entry(
            activity.identifier,
            activity.definition.title,
            activity.depth,
            activity.definition.visible and not hidden,
            not hidden and not closed and self._way_is_open(activity) and self._delivers(activity),
            activity.is_leaf and not closed,
            activity is self._before.current,
        )

    def _delivers(self, target: Activity) -> bool:
        """Whether something of an open activity can be delivered."""
        if target.is_leaf:
            return True
        try:
            found = flow(self._after, target, "forward", consider_children=True)
        except SequencingException:
            return False
        return found is not None and not any(
            check_activity(self._after, each) for each in found.path()
        )

    def _way_is_open(self, target: Activity) -> bool:
        family = self._families.get(target.parent)
        if family is not None:
            return family
        current = self._after.current
        if current is None or target.contains(current):
            return self._judge(target).open
        group = self._group(current, target)
        found = group.open and (group.within is None or group.within.contains(target))
        if found and is_sibling(current, target):
            return self._reachable(current, target)
        self._learn(target.parent, current, group, found)
        return found

    def _group(self, current: Activity, target: Activity) -> _Group:
        """What holds for a target: of the activity that ends, to stay with it needs no way out."""
        ending = self._before.current
        if ending is not None and target.contains(ending):
            return self._judge(target)
        place = (target.parent, target.index > current.index)
        group = self._groups.get(place)
        if group is None:
            group = self._groups[place] = self._judge(target)
        return group

    def _learn(
        self, parent: Activity | None, current: Activity, group: _Group, found: bool
    ) -> None:
        """Keep what is found of a child if it holds for all children of its parent."""
        ending = self._before.current
        if parent is None or parent.contains(current) or (ending and parent.contains(ending)):
            return
        within = group.within
        if within is None or within is parent or not parent.contains(within):
            self._families[parent] = found

    def _judge(self, target: Activity) -> _Group:
        """NB.2.1 and SB.2.9, save the way among siblings."""
        current = self._after.current
        try:
            navigation_request(self._before, "choice", target)
            if current is target or (current is not None and is_sibling(current, target)):
                return _Group(open=True)
            check_path(self._after, target)
        except SequencingException:
            return _Group(open=False)
        return _Group(open=True, within=constrained_to(self._after, target))

    def _reachable(self, current: Activity, target: Activity) -> bool:
        """SB.2.9, case 7, by the place of the first sibling at which forward traversal stops."""
        place, start = self._after.siblings(target)[1], self._after.siblings(current)[1]
        if place > start:
            return place <= self._stop
        return target.parent is None or not target.parent.sequencing.control_mode.forward_only

    def _first_stop(self) -> int:
        current = self._after.current
        if current is None:
            return 0
        siblings, start = self._after.siblings(current)
        for place in range(max(start, 0), len(siblings)):
            try:
                choice_activity_traversal(self._after, siblings[place], "forward")
            except SequencingException:
                return place
        return len(siblings)


def ended_now(session: Session) -> Session:
    """The session as it would be once the current activity has ended."""
    after = session.fork()
    current = after.current
    if current is not None and after.of(current).active:
        end_attempt(after, current)
        sequencing_exit_action_rules(after, current)
    return after
