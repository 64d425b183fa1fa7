"""Resets: an attempt on a lesson is taken out of what counts, and stays in the history.

A reset is a statement of the person who reset it, about the lesson, under the attempt's
registration. So it is in the log like everything else, and voiding it takes it back.
"""

from content.fold import RESET
from content.identity import new_id
from content.statements import Scene, Statement, about_lesson


def statement(scene: Scene, reason: str) -> Statement:
    """The statement by which the scene's actor resets the attempt of its registration.

    The reason, where there is one, is its response. Voided, it can be said again.
    """
    return about_lesson(scene, RESET, new_id("reset"), {"response": reason} if reason else None)
