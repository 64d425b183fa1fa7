"""What an activity's children have to say in its rollup, counted.

Of thousands of children most say the same, so a rule is asked once for all that do; and most say
what they said when the step began, so that count is kept with the state and corrected for those
that have moved since. Children that are not tracked have no say.
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


class Count(NamedTuple):
    """The Available Children of an activity in a state.

    `said` counts the plain ones and `known` has what each of them says, without those that were
    never begun and have no conditions: these say nothing. `listening` are the others, who may
    change their mind without moving and are asked each time.
    """

    said: Counter[Child]
    known: dict[Activity, Child]
    listening: list[Activity]


def take_census(session: Session, activity: Activity) -> Counter[Child]:
    """The Available Children of an activity that are tracked: each kind, and how many there are."""
    counted = session.began.counted
    if activity.index not in counted:
        counted[activity.index] = _count(Session(session.tree, session.began), activity)
    before: Count = counted[activity.index]
    said = before.said.copy()
    for each in session.moved.get(activity, ()):
        if each.plain and session.siblings(each)[1] >= 0:
            said[before.known.get(each, Child(each.part))] -= 1
            said[_child(session, each)] += 1
    said.update(_child(session, each) for each in before.listening)
    return +said


def _count(session: Session, activity: Activity) -> Count:
    begun, untouched = session.activities, Counter[int]()
    known: dict[Activity, Child] = {}
    listening = []
    for each in session.available(activity):
        if not each.plain:
            listening.append(each)
        elif each.conditional or each.identifier in begun:
            known[each] = _child(session, each)
        else:
            untouched[each.part] += 1
    said = Counter(known.values())
    for part, number in untouched.items():
        said[Child(part)] += number
    return Count(said, known, [each for each in listening if each.sequencing.delivery.tracked])


def _child(session: Session, activity: Activity) -> Child:
    state, part = session.of(activity), activity.part
    asks = not activity.plain and session.tree.parts[part].asks_for_skipped
    seen = progress.seen(session, activity, activity.primary)
    return Child(
        part,
        seen.satisfied,
        seen.measure,
        seen.completed,
        seen.progress_measure,
        state.attempt_count > 0,
        state.suspended,
        attempt_limit_exceeded(session, activity),
        asks and pre_condition(session, activity, "skip"),
    )
