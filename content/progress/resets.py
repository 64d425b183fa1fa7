"""Resets: an attempt on a lesson is taken out of what counts, and stays in the history.

A reset is a statement of the person who reset it, about the lesson, under the attempt's
registration. So it is in the log like everything else, and voiding it takes it back.
"""

from content.identity import new_id
from content.progress.fold import RESET
from content.telling.statements import (
    CourseScene,
    Scene,
    Statement,
    about,
    about_lesson,
    course_activity,
)


def statement(scene: Scene, reason: str) -> Statement:
    """The statement by which the scene's actor resets the attempt of its registration.

    The reason, where there is one, is its response. Voided, it can be said again.
    """
    return about_lesson(scene, RESET, new_id("reset"), _result(reason))


def course_statement(scene: CourseScene, reason: str) -> Statement:
    """The same for what was told of the course itself."""
    course = course_activity(scene.course)
    return about(scene, RESET, new_id("reset"), course, _result(reason))


def _result(reason: str) -> Statement | None:
    return {"response": reason} if reason else None
