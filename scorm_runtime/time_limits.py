"""Time limits: how long a SCO may be used in one attempt, and what happens after that.

SCORM 1.2's max_time_allowed and time_limit_action (RTE 1.2, 3.4.4), SCORM 2004's
attemptAbsoluteDurationLimit and timeLimitAction (RTE 4, 4.2.14 and 4.2.25). The player ends the
SCO; the server takes nothing from one that goes on, and launches none whose time is used up.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from scorm_runtime.cmi.scorm2004_interval import seconds as interval_seconds
from scorm_runtime.cmi.timespan import seconds_of
from scorm_runtime.launch import Launch
from scorm_runtime.sessions import Attempt, Commit, Refusal, Session, TimeLimit

GRACE: Final = timedelta(seconds=30)
"""How long after its end a SCO may still save what it has, while it is taken away."""
TIME_IS_UP: Final = "time_is_up"
EXPLANATION: Final = "The time for this part is up."
_REFUSED: Final = "101"
_ACTION: Final = "continue,no message"


class _Elements(msgspec.Struct, frozen=True):
    """How a standard names its elements and writes lengths of time."""

    allowed: str
    action: str
    used: str
    none: str
    seconds: Callable[[str], float]


_SCORM12: Final = _Elements(
    "cmi.student_data.max_time_allowed",
    "cmi.student_data.time_limit_action",
    "cmi.core.total_time",
    "00:00:00",
    seconds_of,
)
_SCORM2004: Final = _Elements(
    "cmi.max_time_allowed",
    "cmi.time_limit_action",
    "cmi.total_time",
    "PT0S",
    lambda interval: float(interval_seconds(interval)),
)


def time_limit(launch: Launch, values: Mapping[str, str]) -> TimeLimit | None:
    """The limit of a SCO that starts with these values; what is not counted is not limited."""
    if launch.mode != "normal":
        return None
    names = _SCORM12 if _SCORM12.allowed in values else _SCORM2004
    try:
        allowed = names.seconds(values[names.allowed])
    except (KeyError, ValueError):
        return None
    used = names.seconds(values.get(names.used) or names.none)
    action = values.get(names.action) or _ACTION
    return TimeLimit(
        left=max(0.0, round(allowed - used, 2)),
        exits=action.startswith("exit"),
        message=action.endswith(",message"),
    )


def used_up(limit: TimeLimit | None) -> bool:
    """Whether a SCO may not be launched any more."""
    return limit is not None and limit.exits and limit.left <= 0


def in_time(session: Session, commit: Commit, now: datetime) -> tuple[Commit, tuple[Refusal, ...]]:
    """What is taken of a commit: nothing of one that was made after the time was up."""
    if not _is_over(session, now - timedelta(seconds=commit.age) - GRACE):
        return commit, ()
    refused = tuple(Refusal(commit.number, name, _REFUSED) for name, _ in commit.changes)
    return replace(commit, changes=(), finish=False, proceed=False), refused


def told_at_the_end(attempt: Attempt, now: datetime) -> str | None:
    """Why the session that runs ends, when it is for its time: the attempt's `problem`."""
    session = attempt.session
    if session is None or session.limit is None or not _is_over(session, now):
        return None
    return TIME_IS_UP if session.limit.message else ""


def _is_over(session: Session, moment: datetime) -> bool:
    limit = session.limit
    if limit is None or not limit.exits:
        return False
    return moment > session.started + timedelta(seconds=limit.left)
