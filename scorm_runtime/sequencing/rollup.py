"""The rollup behaviour (RB): what an activity's children say of it.

Everything that is asked of children is asked of the Available Children that are tracked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from heapq import heappop, heappush

from scorm_runtime.sequencing import progress
from scorm_runtime.sequencing.census import Child, take_census
from scorm_runtime.sequencing.definition import ProgressField, RollupAction
from scorm_runtime.sequencing.rollup_rules import rule_applies, rules_for
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.tree import Activity, Part

Census = Counter[Child]

_ROUNDS = 4
"""How often one activity may be rolled up in a step: shared objectives can chase each other."""


def overall_rollup(session: Session, activity: Activity) -> None:
    """RB.1.5 Overall Rollup Process, from an activity to the root."""
    waiting = _Waiting()
    waiting.extend(activity.path())
    _work_off(session, waiting)


def roll_up_readers(session: Session) -> None:
    """RB.1.5 for the activities that read the shared objectives that were just written (SN 4.6)."""
    _work_off(session, _Waiting())


def _work_off(session: Session, waiting: "_Waiting") -> None:
    waiting.extend(_readers(session))
    while (each := waiting.take()) is not None:
        if not each.is_leaf and _roll_up(session, each) and each.parent is not None:
            waiting.extend((each.parent,))
        waiting.extend(_readers(session))


class _Waiting:
    """The activities that are still to be rolled up, deepest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int]] = []
        self._by_index: dict[int, Activity] = {}
        self._rounds: dict[int, int] = {}

    def extend(self, activities: Iterable[Activity]) -> None:
        for each in activities:
            if each.index in self._by_index or self._rounds.get(each.index, 0) >= _ROUNDS:
                continue
            self._by_index[each.index] = each
            heappush(self._heap, (-each.depth, each.index))

    def take(self) -> Activity | None:
        if not self._heap:
            return None
        _, index = heappop(self._heap)
        self._rounds[index] = self._rounds.get(index, 0) + 1
        return self._by_index.pop(index)


def _readers(session: Session) -> Iterator[Activity]:
    """The parents of the activities that read what has been written since."""
    written, session.written = session.written, set()
    for target in sorted(written):
        yield from session.tree.parents_of_readers.get(target, ())


def _roll_up(session: Session, activity: Activity) -> bool:
    """Apply each rollup process to one activity; whether anything changed."""
    before = session.of(activity)
    children = take_census(session, activity)
    measure_rollup(session, activity, children)
    completion_measure_rollup(session, activity, children)
    objective_rollup(session, activity, children)
    activity_progress_rollup(session, activity, children)
    return session.of(activity) != before


def measure_rollup(session: Session, activity: Activity, children: Census) -> None:
    """RB.1.1 a Measure Rollup Process."""
    parts = session.tree.parts
    weighed = (
        (child.measure, parts[child.part].rollup.objective_measure_weight * number)
        for child, number in children.items()
    )
    _set(session, activity, "measure", _weighted(weighed))


def completion_measure_rollup(session: Session, activity: Activity, children: Census) -> None:
    """RB.1.1 b Completion Measure Rollup Process."""
    parts = session.tree.parts
    weighed = (
        (child.progress_measure, parts[child.part].completion.progress_weight * number)
        for child, number in children.items()
    )
    _set(session, activity, "progress_measure", _weighted(weighed))


def _weighted(weighed: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal | None:
    total, counted, known = Decimal(0), Decimal(0), False
    for measure, weight in weighed:
        counted += weight
        if measure is not None:
            known = True
            total += measure * weight
    return total / counted if known and counted > 0 else None


def _set(
    session: Session, activity: Activity, field: ProgressField, value: Decimal | bool | None
) -> None:
    own = progress.local(session, activity, activity.primary)
    if getattr(own, field) != value:
        progress.write(session, activity, activity.primary, {field: value})


def objective_rollup(session: Session, activity: Activity, children: Census) -> None:
    """RB.1.2 Objective Rollup Process: a by measure (as it is read), b by rules."""
    if activity.primary.satisfied_by_measure:
        found = progress.satisfied(session, activity, activity.primary)
        session.note("RB.1.2a", _SAID[found], activity)
        return
    statuses: tuple[tuple[RollupAction, bool], ...]
    statuses = (("notSatisfied", False), ("satisfied", True))
    for action, value in statuses:
        if rollup_rule_check(session, activity, action, children):
            session.note("RB.1.2b", action, activity)
            _set(session, activity, "satisfied", value)


def activity_progress_rollup(session: Session, activity: Activity, children: Census) -> None:
    """RB.1.3 Activity Progress Rollup Process: a by measure (as it is read), b by rules."""
    if activity.sequencing.completion.completed_by_measure:
        found = progress.completed(session, activity, activity.primary)
        session.note("RB.1.3a", _SAID[found], activity)
        return
    statuses: tuple[tuple[RollupAction, bool], ...]
    statuses = (("incomplete", False), ("completed", True))
    for action, value in statuses:
        if rollup_rule_check(session, activity, action, children):
            session.note("RB.1.3b", action, activity)
            _set(session, activity, "completed", value)


_SAID = {True: "yes", False: "no", None: "unknown"}


def rollup_rule_check(
    session: Session, activity: Activity, action: RollupAction, children: Census
) -> bool:
    """RB.1.4 Rollup Rule Check Subprocess: whether a rule of this action applies."""
    rules = rules_for(activity, action)
    if not rules:
        return False
    parts = session.tree.parts
    considered = [
        (child, number)
        for child, number in children.items()
        if check_child_for_rollup(child, parts[child.part], action)
    ]
    return any(rule_applies(rule, considered) for rule in rules)


def check_child_for_rollup(child: Child, part: Part, action: RollupAction) -> bool:
    """RB.1.4.2 Check Child for Rollup Subprocess: whether the child has a part in this action."""
    when = part.required(action)
    if when == "ifNotSuspended":
        return child.attempted and not child.suspended
    if when == "ifAttempted":
        return child.attempted
    if when == "ifNotSkipped":
        return not child.skipped
    return when is not None
