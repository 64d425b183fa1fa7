"""Choice (SB.2.4, SB.2.9): whether an activity can be chosen, and what that delivers."""

from collections.abc import Iterable

from scorm_runtime.sequencing.attempts import end_attempt, terminate_descendent_attempts
from scorm_runtime.sequencing.checks import pre_condition
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.flow import Direction, flow
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.tree import Activity, common_ancestor


def choice_activity_traversal(session: Session, activity: Activity, direction: Direction) -> None:
    """SB.2.4 Choice Activity Traversal Subprocess. Raises SequencingException SB.2.4-1 to -3."""
    if direction == "forward":
        if pre_condition(session, activity, "stopForwardTraversal"):
            raise SequencingException("SB.2.4-1")
    elif activity.parent is None:
        raise SequencingException("SB.2.4-3")
    elif activity.parent.sequencing.control_mode.forward_only:
        raise SequencingException("SB.2.4-2")


def choice_sequencing_request(session: Session, target: Activity) -> Activity:
    """SB.2.9 Choice Sequencing Request Process: the leaf to deliver.

    Raises SequencingException SB.2.9-2 to -9 and those of SB.2.4.
    """
    check_target(session, target)
    check_way(session, target)
    if target.is_leaf:
        return target
    try:
        found = flow(session, target, "forward", consider_children=True)
    except SequencingException as error:
        session.note("SB.2.9", str(error), target)
        found = None
    if found is None:
        ancestor = _common_ancestor(session, target)
        terminate_descendent_attempts(session, ancestor)
        end_attempt(session, ancestor)
        session.current = target
        raise SequencingException("SB.2.9-9")
    return found


def check_target(session: Session, target: Activity) -> None:
    """SB.2.9, 1 to 4: whether the target may be chosen at all."""
    for each in target.path():
        if session.siblings(each)[1] < 0:
            raise SequencingException("SB.2.9-2")
        if pre_condition(session, each, "hiddenFromChoice"):
            raise SequencingException("SB.2.9-3")
    if target.parent is not None and not target.parent.sequencing.control_mode.choice:
        raise SequencingException("SB.2.9-4")


def check_way(session: Session, target: Activity) -> None:
    """SB.2.9, 5 to 10: whether the way from the Current Activity to the target is open."""
    current = session.current
    if current is target:
        return
    if current is not None and is_sibling(current, target):
        _among_siblings(session, current, target)
        return
    within = constrained_to(session, target)
    if within is not None and not within.contains(target):
        raise SequencingException("SB.2.9-8")
    check_path(session, target)


def is_sibling(one: Activity, other: Activity) -> bool:
    """Whether two activities have the same parent."""
    return one.parent is not None and one.parent is other.parent


def check_path(session: Session, target: Activity) -> None:
    """SB.2.9, cases 8 to 10, without 10.5: the activities to leave, and those to enter."""
    current = session.current
    ancestor = _common_ancestor(session, target)
    if current is not None and current is not ancestor:
        leaving = current.path_below(ancestor)
        _check_exits(session, leaving)
        if target is not ancestor:
            _check_entries(session, ancestor, target, forward=target.index > current.index)
    else:
        _check_entries(session, ancestor, target, forward=True)


def _common_ancestor(session: Session, target: Activity) -> Activity:
    if session.current is None:
        return session.tree.root
    return common_ancestor(session.current, target)


def _among_siblings(session: Session, current: Activity, target: Activity) -> None:
    """SB.2.9, case 7."""
    siblings, start = session.siblings(current)
    _, end = session.siblings(target)
    direction: Direction = "forward" if end > start else "backward"
    between = siblings[start:end] if end > start else siblings[end + 1 : start + 1]
    for each in between:
        choice_activity_traversal(session, each, direction)


def _check_entries(
    session: Session, ancestor: Activity, target: Activity, *, forward: bool
) -> None:
    """SB.2.9, 8.3 and 10.6: from the common ancestor to the target, which is left out."""
    for each in target.path()[ancestor.depth : -1]:
        if forward:
            choice_activity_traversal(session, each, "forward")
        prevented = each.sequencing.constrained_choice.prevent_activation
        if prevented and each is not ancestor and not session.of(each).active:
            raise SequencingException("SB.2.9-6")


def _check_exits(session: Session, leaving: Iterable[Activity]) -> None:
    """SB.2.9, 9.3 and 10.4: each activity that the choice would end must allow that."""
    for each in leaving:
        if session.of(each).active and not each.sequencing.control_mode.choice_exit:
            raise SequencingException("SB.2.9-7")


def constrained_to(session: Session, target: Activity) -> Activity | None:
    """SB.2.9, 10.5: what Constrain Choice alone lets be entered, None if it does not apply."""
    current = session.current
    ancestor = _common_ancestor(session, target)
    if current is None or ancestor in (current, target):
        return None
    clusters = (each for each in current.path_below(ancestor) if not each.is_leaf)
    constrained = next(
        (each for each in clusters if each.sequencing.constrained_choice.constrain_choice), None
    )
    if constrained is None:
        return None
    return choice_flow(
        session, constrained, "forward" if target.index > current.index else "backward"
    )


def choice_flow(session: Session, activity: Activity, direction: Direction) -> Activity:
    """SB.2.9.1 Choice Flow Subprocess: the logically next activity, or this one at the end."""
    return choice_flow_tree_traversal(session, activity, direction) or activity


def choice_flow_tree_traversal(
    session: Session, activity: Activity, direction: Direction
) -> Activity | None:
    """SB.2.9.2 Choice Flow Tree Traversal Subprocess."""
    step = activity
    while step.parent is not None:
        siblings, place = session.siblings(step)
        next_place = place + 1 if direction == "forward" else place - 1
        if 0 <= next_place < len(siblings):
            return siblings[next_place]
        step = step.parent
    return None
