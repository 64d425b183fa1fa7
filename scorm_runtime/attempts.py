"""The rules of SCORM 1.2 attempts (RTE 1.2, section 3.4.4), as functions over plain values."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from scorm_runtime.cmi.timespan import seconds_of, timespan_of
from scorm_runtime.launch import Launch
from scorm_runtime.outline import Activity

STATUS: Final = "cmi.core.lesson_status"
EXIT: Final = "cmi.core.exit"
SESSION_TIME: Final = "cmi.core.session_time"
NOT_ATTEMPTED: Final = "not attempted"
FINISHED: Final = frozenset({"passed", "completed"})
JUDGED: Final = frozenset({"passed", "failed"})

Entry = Literal["ab-initio", "resume", ""]
Values = Mapping[str, str]


class Score(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A score as the SCO gave it, and scaled to 0..1 (SCORM 2004: -1..1); either may be missing."""

    raw: float | None
    scaled: float | None
    low: float | None = None
    high: float | None = None


class ItemProgress(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What is known of one item of an attempt; `seconds` counts closed sessions.

    SCORM 2004 keeps `completion` and `success` apart; `status` is then the more telling of them. In
    1.2 `assumed` says that the SCO has set no status: the one that it reads is the LMS's own.
    """

    identifier: str
    status: str = NOT_ATTEMPTED
    score: Score | None = None
    seconds: float = 0.0
    entry: Entry = "ab-initio"
    completion: str = ""
    success: str = ""
    assumed: bool = False

    @property
    def finished(self) -> bool:
        """Whether the learner is through with it."""
        return self.status in FINISHED


def opening_values(
    activity: Activity, launch: Launch, progress: ItemProgress, held: Values
) -> dict[str, str]:
    """The data model with which a session starts: what is held, and what the LMS says.

    `exit` and `session_time` belong to a session and start unset.
    """
    said = {
        "cmi.core.student_id": launch.learner_id,
        "cmi.core.student_name": launch.learner_name[:255],
        "cmi.core.credit": launch.credit,
        "cmi.core.lesson_mode": launch.mode,
        "cmi.core.entry": progress.entry,
        "cmi.core.total_time": timespan_of(progress.seconds),
        "cmi.launch_data": activity.data_from_lms,
        "cmi.student_data.mastery_score": launch.mastery_score or activity.mastery_score,
        "cmi.student_data.max_time_allowed": activity.max_time_allowed,
        "cmi.student_data.time_limit_action": activity.time_limit_action,
    }
    kept = {name: value for name, value in held.items() if name not in (EXIT, SESSION_TIME)}
    return {**kept, **{name: value for name, value in said.items() if value}}


def score_of(values: Values) -> Score | None:
    """The SCO's score; without a usable min and max it is out of 100."""
    raw = values.get("cmi.core.score.raw", "")
    if not raw:
        return None
    low = _number(values.get("cmi.core.score.min", ""))
    high = _number(values.get("cmi.core.score.max", ""))
    start, end = low or 0.0, 100.0 if high is None else high
    if end <= start or not start <= float(raw) <= end:
        start, end = 0.0, 100.0
        low = high = None
    return Score(float(raw), round((float(raw) - start) / (end - start), 6), low, high)


def _number(text: str) -> float | None:
    return float(text) if text else None


def judged(status: str, values: Values) -> str:
    """Passed or failed by the mastery score, for credit, once there is a score to judge."""
    mastery = values.get("cmi.student_data.mastery_score", "")
    raw = values.get("cmi.core.score.raw", "")
    if not mastery or not raw or values.get("cmi.core.credit", "credit") != "credit":
        return status
    return "passed" if float(raw) >= float(mastery) else "failed"


def running_status(values: Values) -> str:
    """What the item's status is while the SCO runs."""
    status = values.get(STATUS, NOT_ATTEMPTED)
    if status == NOT_ATTEMPTED:
        return "incomplete"
    return judged(status, values) if status in FINISHED | JUDGED else status


def final_status(values: Values, *, assumed: bool = False) -> str:
    """What lesson_status is after LMSFinish: the LMS decides where the SCO said nothing.

    A SCO that sets nothing is completed (in browse mode: browsed); a suspended one is judged later.
    `assumed` says that the status in the values is none that the SCO has set.
    """
    status = NOT_ATTEMPTED if assumed else values.get(STATUS, NOT_ATTEMPTED)
    if values.get(EXIT) == "suspend":
        return "incomplete" if status == NOT_ATTEMPTED else running_status(values)
    if status == NOT_ATTEMPTED:
        status = "browsed" if values.get("cmi.core.lesson_mode") == "browse" else "completed"
    return judged(status, values)


def lasting_status(before: str, now: str) -> str:
    """A finished item stays finished when its SCO starts over; only a judgement undoes a pass."""
    if before not in FINISHED or now in JUDGED:
        return now
    return before


def next_entry(values: Values, *, finished: bool) -> Entry:
    """How the next session is entered; one that was cut off is resumed like a suspended one."""
    return "resume" if not finished or values.get(EXIT) == "suspend" else ""


def session_seconds(values: Values, measured: float) -> float:
    """How long the session took: as the SCO says, else as the LMS measured."""
    said = values.get(SESSION_TIME, "")
    return seconds_of(said) if said else measured
