"""What an activity's children have to say in its rollup, counted.

Of thousands of children most say the same, so a rule is asked once for all that do. Children that
are not tracked have no say.
"""

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from scorm_runtime.sequencing import progress
from scorm_runtime.sequencing.checks import pre_condition
from scorm_runtime.sequencing.conditions import attempt_limit_exceeded
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.tree import Activity


class Child(NamedTuple):
    """All that counts of a child; `part` is its place in the tree's list of parts in a rollup."""

    part: int
    satisfied: bool | None = None
    measure: Decimal | None = None
    completed: bool | None = None
    progress_measure: Decimal | None = None
    attempted: bool = False
    suspended: bool = False
    limit_exceeded: bool = False
    skipped: bool = False


def take_census(session: Session, activity: Activity) -> Counter[Child]:
    """The Available Children of an activity that are tracked: each kind, and how many there are."""
    begun, untouched, said = session.activities, Counter[int](), Counter[Child]()
    for each in session.available(activity):
        if each.plain and each.identifier not in begun:
            untouched[each.part] += 1
        elif each.sequencing.delivery.tracked:
            said[_child(session, each)] += 1
    for part, number in untouched.items():
        said[Child(part)] += number
    return said


def _child(session: Session, activity: Activity) -> Child:
    state, primary, part = session.of(activity), activity.primary, activity.part
    asks = not activity.plain and session.tree.parts[part].asks_for_skipped
    skipped = asks and pre_condition(session, activity, "skip")
    limit = attempt_limit_exceeded(session, activity)
    if not state.objectives and not primary.reads:
        attempted = state.attempt_count > 0
        return Child(part, None, None, None, None, attempted, state.suspended, limit, skipped)
    return Child(
        part,
        progress.satisfied(session, activity, primary),
        progress.read(session, activity, primary, "measure"),
        progress.completed(session, activity, primary),
        progress.read(session, activity, primary, "progress_measure"),
        state.attempt_count > 0,
        state.suspended,
        limit,
        skipped,
    )
