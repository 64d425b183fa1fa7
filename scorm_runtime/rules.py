"""The rules by which a package is played: SCORM 1.2's, SCORM 2004's with sequencing, a review's."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from scorm_runtime import review, sessions12, sessions2004, turns2004
from scorm_runtime.launch import Launch, Mode
from scorm_runtime.navigation import Navigation
from scorm_runtime.outline import Outline
from scorm_runtime.sequencing import ValidRequests
from scorm_runtime.sessions import Attempt, Commit, Session, Step, Turn, Values


class Rules(NamedTuple):
    """Pure functions: `turn` ends a session and finds what to launch, `open_session` launches it,
    `apply_commit` takes what it says; `asked` is the request that a SCO set, `valid` what may be
    requested now.
    """

    turn: Callable[[Attempt, Outline, Values, Navigation, datetime], Turn]
    open_session: Callable[[Attempt, Outline, Session, Values, Launch], Step]
    apply_commit: Callable[[Attempt, Session, Outline, Values, Commit, datetime], Step]
    asked: Callable[[Attempt, Outline, Values], Navigation | None]
    valid: Callable[[Attempt, Outline, Values], ValidRequests | None]


SCORM12: Final = Rules(
    sessions12.turn,
    sessions12.open_session,
    sessions12.apply_commit,
    asked=lambda attempt, outline, values: None,
    valid=lambda attempt, outline, values: None,
)
SCORM2004: Final = Rules(
    turns2004.turn,
    sessions2004.open_session,
    sessions2004.apply_commit,
    asked=turns2004.asked,
    valid=turns2004.valid,
)


REVIEW: Final = Rules(
    review.turn,
    review.open_session,
    review.apply_commit,
    asked=review.asked,
    valid=review.valid,
)


def rules_of(outline: Outline, mode: Mode) -> Rules:
    """The rules of a package in a mode."""
    if mode == "review":
        return REVIEW
    return SCORM12 if outline.course is None else SCORM2004
