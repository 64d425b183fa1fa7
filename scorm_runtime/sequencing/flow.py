"""Flow (SB.2.1 to SB.2.3): walking the tree forward or backward until something can be delivered.

Where the specification recurs from sibling to sibling, these loop: a tree may be long.
"""

from typing import Literal, NamedTuple

from scorm_runtime.sequencing.checks import check_activity, pre_condition
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.tree import Activity

Direction = Literal["forward", "backward"]


class Move(NamedTuple):
    """The next activity, and the direction in which the walk goes on."""

    activity: Activity
    direction: Direction


def flow_tree_traversal(
    session: Session,
    activity: Activity,
    direction: Direction,
    consider_children: bool,
    previous: Direction | None = None,
) -> Move | None:
    """SB.2.1 Flow Tree Traversal Subprocess; None at the tree's end, where the session ends.

    Walking changes nothing: whoever ends the session then ends the attempts (SB.2.1, 3.1.1).

    Raises SequencingException SB.2.1-2, SB.2.1-3, SB.2.1-4.
    """
    reversed_direction = False
    siblings, place = session.siblings(activity)
    if previous == "backward" and activity.parent is not None and place == len(siblings) - 1:
        direction, activity, reversed_direction = "backward", siblings[0], True
    if direction == "forward":
        return _forward(session, activity, consider_children)
    return _backward(session, activity, consider_children, reversed_direction)


def _forward(session: Session, activity: Activity, consider_children: bool) -> Move | None:
    if not activity.is_leaf and consider_children:
        return Move(_available(session, activity)[0], "forward")
    step = activity
    while step.parent is not None:
        siblings, place = session.siblings(step)
        if place + 1 < len(siblings):
            return Move(siblings[place + 1], "forward")
        step = step.parent
    return None


def _backward(
    session: Session, activity: Activity, consider_children: bool, reversed_direction: bool
) -> Move:
    if not activity.is_leaf and consider_children:
        available = _available(session, activity)
        if activity.sequencing.control_mode.forward_only:
            return Move(available[0], "forward")
        return Move(available[-1], "backward")
    step = activity
    while step.parent is not None:
        if not reversed_direction and step.parent.sequencing.control_mode.forward_only:
            raise SequencingException("SB.2.1-4")
        siblings, place = session.siblings(step)
        if place > 0:
            return Move(siblings[place - 1], "backward")
        step, reversed_direction = step.parent, False
    raise SequencingException("SB.2.1-3")


def _available(session: Session, activity: Activity) -> tuple[Activity, ...]:
    available = session.available(activity)
    if not available:
        raise SequencingException("SB.2.1-2")
    return available


def flow_activity_traversal(
    session: Session, activity: Activity, direction: Direction
) -> Activity | None:
    """SB.2.2 Flow Activity Traversal Subprocess; None where the session ends.

    Raises SequencingException SB.2.2-1, SB.2.2-2 and those of SB.2.1.
    """
    previous: Direction | None = None
    while True:
        if activity.parent is not None and not activity.parent.sequencing.control_mode.flow:
            raise SequencingException("SB.2.2-1")
        skipped = pre_condition(session, activity, "skip")
        if skipped:
            session.note("SB.2.2", "skip", activity)
            move = flow_tree_traversal(session, activity, direction, False, previous)
            if move is None:
                return None
            if not (previous == "backward" and move.direction == "backward"):
                direction = move.direction
            else:
                direction, previous = "backward", None
            activity = move.activity
            continue
        if check_activity(session, activity):
            raise SequencingException("SB.2.2-2")
        if activity.is_leaf:
            return activity
        move = flow_tree_traversal(session, activity, direction, True)
        if move is None:
            return None
        turned = direction == "backward" and move.direction == "forward"
        previous = "backward" if turned else None
        activity, direction = move


def flow(
    session: Session, activity: Activity, direction: Direction, consider_children: bool
) -> Activity | None:
    """SB.2.3 Flow Subprocess: the leaf to deliver, None where the session ends.

    Raises SequencingException as SB.2.1 and SB.2.2 do.
    """
    move = flow_tree_traversal(session, activity, direction, consider_children)
    if move is None:
        return None
    return flow_activity_traversal(session, move.activity, direction)
