"""The folders of a table of contents: which enclose an item, and how each stands."""

from collections.abc import Iterator

from scorm_runtime.attempts import NOT_ATTEMPTED
from scorm_runtime.outline import Outline
from scorm_runtime.sessions import Attempt


def status(attempt: Attempt, outline: Outline, position: int) -> str:
    """An item's own status; a folder's as sequencing has rolled it up, in SCORM 1.2 as its
    items come to: completed or passed when all are, failed when all have had their say.
    """
    own = attempt.items[position].status
    if outline.activities[position].launchable or outline.course is not None:
        return own
    found = {attempt.items[place].status for place in _within(outline, position)}
    if len(found) < 2:
        return found.pop() if found else NOT_ATTEMPTED
    if not found <= {"passed", "completed", "failed"}:
        return "incomplete"
    return "failed" if "failed" in found else "completed"


def enclosing(outline: Outline, position: int) -> list[int]:
    """The folders that an item lies in, the innermost first."""
    found, level = [], outline.activities[position].level
    for place in range(position - 1, -1, -1):
        if outline.activities[place].level < level:
            found.append(place)
            level = outline.activities[place].level
    return found


def _within(outline: Outline, position: int) -> Iterator[int]:
    level = outline.activities[position].level
    for place in range(position + 1, len(outline.activities)):
        if outline.activities[place].level <= level:
            return
        if outline.activities[place].launchable:
            yield place
