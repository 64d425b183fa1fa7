"""The learner's pages: home, catalogue, courses and lessons, quizzes, records of one's own.

What they show and do is asked of REST's handlers, by the same rules.
"""

from types import ModuleType


def pages() -> tuple[ModuleType, ...]:
    """The modules with a table of routes."""
    from api.pages.learning import catalogue, course, home, launch, lesson, taking

    return catalogue, course, home, launch, lesson, taking
