"""The learner's pages: home, catalogue, courses and lessons, quizzes, records of one's own.

What they show and do is asked of REST's handlers, by the same rules.
"""

from types import ModuleType


def pages() -> tuple[ModuleType, ...]:
    """The modules with a table of routes; fixed addresses come before those with parts."""
    from api.pages.learning import (
        catalogue,
        certificates,
        course,
        discussions,
        home,
        launch,
        lesson,
        notifications,
        profile,
        taking,
        transcript,
    )

    return (
        home,
        catalogue,
        course,
        discussions,
        lesson,
        launch,
        taking,
        certificates,
        transcript,
        notifications,
        profile,
    )
