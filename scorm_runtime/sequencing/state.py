"""The tracking and state models (SN 4.2): everything that sequencing remembers, as plain values.

A missing value is None: the specification's "Objective Progress Status is False" is `satisfied is
None`, "Objective Measure Status is False" is `measure is None`, and so on. Numbers are decimals,
which keep what the content wrote.
"""

from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

Request = Literal[
    "start",
    "resumeAll",
    "continue",
    "previous",
    "choice",
    "jump",
    "exit",
    "exitAll",
    "abandon",
    "abandonAll",
    "suspendAll",
]


class ObjectiveProgress(Struct, frozen=True, omit_defaults=True, gc=False):
    """What is known of an objective, local or global, in an attempt."""

    satisfied: bool | None = None
    measure: Decimal | None = None
    raw_score: Decimal | None = None
    min_score: Decimal | None = None
    max_score: Decimal | None = None
    completed: bool | None = None
    progress_measure: Decimal | None = None


class ActivityState(Struct, frozen=True, omit_defaults=True, gc=False):
    """One activity. The attempt's completion is the `completed` of its primary objective.

    `told_*` says that the content spoke of the matter in this attempt, if only to say "unknown".
    """

    attempt_count: int = 0
    active: bool = False
    suspended: bool = False
    told_satisfied: bool = False
    told_completed: bool = False
    objectives: dict[str, ObjectiveProgress] = {}


class State(Struct, frozen=True, omit_defaults=True, dict=True):
    """A learner's way through one organization.

    `objectives` are the shared global objectives and `data` the stores of adl.data, by target
    identifier. Those that are global to the system belong to the learner, not to the registration:
    whoever keeps the state keeps them apart. `seed` decides every random choice.
    """

    activities: dict[str, ActivityState] = {}
    current: str | None = None
    suspended: str | None = None
    objectives: dict[str, ObjectiveProgress] = {}
    data: dict[str, str] = {}
    seed: int = 0

    @cached_property
    def counted(self) -> dict[int, Any]:
        """What rollup has counted in this state, by activity: kept in memory alone."""
        return {}


class ObjectiveUpdate(Struct, frozen=True, omit_defaults=True):
    """What content said of an objective; None is an explicit "unknown"."""

    satisfied: bool | UnsetType | None = UNSET
    measure: Decimal | UnsetType | None = UNSET
    raw_score: Decimal | UnsetType | None = UNSET
    min_score: Decimal | UnsetType | None = UNSET
    max_score: Decimal | UnsetType | None = UNSET
    completed: bool | UnsetType | None = UNSET
    progress_measure: Decimal | UnsetType | None = UNSET


class Tracking(Struct, frozen=True, omit_defaults=True):
    """What the content of the current activity reported while it ran.

    `activity` is what it said of itself (cmi.success_status, ...), `objectives` what it said of its
    objectives by their identifiers, `data` what it put into shared stores.
    """

    activity: ObjectiveUpdate = ObjectiveUpdate()
    objectives: dict[str, ObjectiveUpdate] = {}
    data: dict[str, str] = {}
    suspend: bool = False


class TraceEntry(Struct, frozen=True, omit_defaults=True):
    """One decision: which process, about which activity, and what came out."""

    process: str
    outcome: str
    activity: str | None = None


class Delivery(Struct, frozen=True):
    """The activity to launch; `resumed` if its suspended attempt goes on."""

    activity: str
    resumed: bool


class Outcome(Struct, frozen=True, omit_defaults=True):
    """What a step came to: at most one of a delivery, the session's end and an exception code."""

    state: State
    delivery: Delivery | None = None
    ended: bool = False
    exception: str | None = None
    trace: tuple[TraceEntry, ...] = ()
