"""Where the learner, or the content, wants to go, and what becomes of that."""

from datetime import datetime
from typing import Literal

import msgspec

from scorm_runtime.sequencing import TraceEntry

Kind = Literal[
    "resume",
    "continue",
    "previous",
    "choice",
    "jump",
    "exit",
    "exitAll",
    "suspendAll",
    "abandon",
    "abandonAll",
]


class Navigation(msgspec.Struct, frozen=True):
    """A request: `item` is the target of a choice or jump, else (SCORM 1.2) where one is."""

    kind: Kind = "resume"
    item: str | None = None


class Move(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request that sequencing met, and how it was decided.

    `delivered` is the activity to launch; `exception` a code of the specification.
    """

    number: int
    at: datetime
    request: str
    target: str | None = None
    delivered: str | None = None
    ended: bool = False
    exception: str | None = None
    trace: tuple[TraceEntry, ...] = ()
