"""What a learner does in a lesson, as the statements that tell of it. Pure.

Our own pages and players report positions and seconds; a video's events follow the xAPI Video
Profile.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from content.identity import new_id
from content.lessons.lessons import Lesson
from content.progress.attempts import AttemptStanding
from content.progress.rollup import LessonProgress
from content.telling.statements import ADL, PROGRESS, Scene, Statement, about_lesson

VIDEO: Final = "https://w3id.org/xapi/video"
VIDEO_VERBS: Final = f"{VIDEO}/verbs/"
VIDEO_EXTENSIONS: Final = f"{VIDEO}/extensions/"
SELF_COMPLETED: Final = ("video", "text", "document", "embed")
"""Lessons that learners say themselves to have completed; others are completed by a result."""

Kind = Literal["initialized", "played", "paused", "seeked", "interacted", "completed", "terminated"]
VERBS: Final[Mapping[Kind, str]] = {
    "initialized": f"{ADL}initialized",
    "played": f"{VIDEO_VERBS}played",
    "paused": f"{VIDEO_VERBS}paused",
    "seeked": f"{VIDEO_VERBS}seeked",
    "interacted": f"{ADL}interacted",
    "completed": f"{ADL}completed",
    "terminated": f"{ADL}terminated",
}
LEFT_OFF: Final = ("paused", "terminated", "completed")
"""The events after which a learner goes on from where they were."""


class LearnerEvent(Struct, frozen=True, kw_only=True):
    """An event in a video or another lesson that plays: times are seconds from its beginning.

    `told` tells it apart from others; `progress` is the share that was played, 0 to 1;
    `played_segments` as the profile writes them, `0[.]12[,]14[.]21`.
    """

    kind: Kind
    told: str
    occurred_at: datetime
    time: float | None = None
    time_from: float | None = None
    time_to: float | None = None
    length: float | None = None
    progress: float | None = None
    played_segments: str | None = None
    session_id: str | None = None
    duration_seconds: float | None = None


def self_completed(lesson: Lesson) -> bool:
    """Whether learners say themselves that they completed it."""
    return lesson.content_type in SELF_COMPLETED


def completed(scene: Scene, lesson: LessonProgress, position: float | None) -> list[Statement]:
    """That the lesson is completed, unless it is; `position` in percent."""
    if lesson.completed_at is not None:
        return [] if position is None else left_off(scene, lesson, position)
    result: Statement = {"completion": True}
    if position is not None:
        result["extensions"] = {PROGRESS: position}
    return [about_lesson(scene, f"{ADL}completed", new_id("completion"), result)]


def left_off(scene: Scene, lesson: LessonProgress, position: float) -> list[Statement]:
    """That the learner is at a position in percent, unless that is known."""
    if lesson.position == position:
        return []
    result = {"extensions": {PROGRESS: position}}
    return [about_lesson(scene, f"{ADL}progressed", new_id("position"), result)]


def spent(scene: Scene, attempt: AttemptStanding, seconds: float) -> list[Statement]:
    """That the learner has spent so many seconds in the attempt by now: what is new of them.

    Its id is that of the sum, so telling the same sum twice, at once as well, is telling it once.
    """
    more = round(seconds - attempt.seconds, 2)
    if more <= 0:
        return []
    told = f"{seconds:.2f}"
    return [about_lesson(scene, f"{ADL}suspended", told, {"duration": duration(more)})]


def statement(scene: Scene, event: LearnerEvent) -> Statement:
    """The statement of an event, after the xAPI Video Profile."""
    made = about_lesson(scene, VERBS[event.kind], event.told, _result(event))
    context = made["context"]
    context["contextActivities"]["category"] = [{"id": VIDEO}]
    told = {"session-id": event.session_id, "length": event.length}
    if extensions := _extensions(told):
        context["extensions"] = extensions
    return made


def duration(seconds: float) -> str:
    """ISO 8601, in seconds."""
    return f"PT{seconds:.2f}".rstrip("0").rstrip(".") + "S"


def _result(event: LearnerEvent) -> Statement | None:
    told = {
        "time": event.time,
        "time-from": event.time_from,
        "time-to": event.time_to,
        "progress": event.progress,
        "played-segments": event.played_segments,
    }
    extensions = _extensions(told)
    if event.kind in LEFT_OFF and event.length and event.time is not None:
        extensions[PROGRESS] = round(min(100.0, 100 * event.time / event.length), 2)
    result: Statement = {"extensions": extensions} if extensions else {}
    if event.kind == "completed":
        result["completion"] = True
    if event.duration_seconds is not None:
        result["duration"] = duration(event.duration_seconds)
    return result or None


def _extensions(told: Mapping[str, float | str | None]) -> Statement:
    return {f"{VIDEO_EXTENSIONS}{name}": each for name, each in told.items() if each is not None}
