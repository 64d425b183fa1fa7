"""How activities stand while content runs: what it has reported so far, rolled up."""

from decimal import Decimal

from msgspec import Struct

from scorm_runtime.sequencing import progress
from scorm_runtime.sequencing.contents import ended_now
from scorm_runtime.sequencing.rollup import overall_rollup
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import State, Tracking
from scorm_runtime.sequencing.tracking import take
from scorm_runtime.sequencing.tree import Activity, ActivityTree


class Standing(Struct, frozen=True):
    """An activity's completion, satisfaction and measure (-1..1); None is unknown.

    `judged` says that its satisfaction was told or measured, and not merely assumed as it ended.
    """

    completed: bool | None
    satisfied: bool | None
    measure: Decimal | None
    judged: bool


class Standings:
    """The standing of every activity at one moment.

    With a report, that of the current activity is taken in; `ended` judges as if its attempt ended
    with that, so that what content left unsaid is assumed (UP.4).
    """

    def __init__(
        self, tree: ActivityTree, state: State, report: Tracking | None = None, ended: bool = False
    ) -> None:
        session = Session(tree, state)
        current = session.current
        if current is not None and report is not None:
            take(session, current, report)
        if current is not None and ended:
            session = ended_now(session)
        elif current is not None and report is not None:
            overall_rollup(session, current)
        self._session = session

    def of(self, activity: Activity) -> Standing:
        """One activity's."""
        session, primary = self._session, activity.primary
        return Standing(
            completed=progress.completed(session, activity, primary),
            satisfied=progress.satisfied(session, activity, primary),
            measure=progress.read(session, activity, primary, "measure"),
            judged=session.of(activity).told_satisfied
            or primary.satisfied_by_measure
            or "satisfied" in primary.reads,
        )

    def leaves(self) -> list[Activity]:
        """The available activities that have content, in their order."""
        return [activity for activity in self._session.in_order() if activity.is_leaf]
