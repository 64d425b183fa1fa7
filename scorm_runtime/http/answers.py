"""What the player is told, as JSON (docs/integrators/scorm-runtime.md)."""

from typing import Any

from scorm_runtime import folders
from scorm_runtime.cmi.scorm2004_tracking import access
from scorm_runtime.outline import Activity, Outline
from scorm_runtime.requests import Committed, Opened
from scorm_runtime.sequencing import EXPLANATIONS, ValidRequests
from scorm_runtime.sessions import Attempt, waits
from scorm_runtime.time_limits import EXPLANATION, TIME_IS_UP
from scorm_runtime.turns2004 import ENDING

Json = dict[str, Any]

_EXPLANATIONS = {**EXPLANATIONS, TIME_IS_UP: EXPLANATION}


def opened(answer: Opened, content: str) -> Json:
    """An item that was launched, or how it stands where there is nothing to launch."""
    attempt, outline, session = answer.attempt, answer.outline, answer.session
    return {
        "attempt": {"id": attempt.id, "number": attempt.number},
        "session": session.id if session else None,
        "state": state_of(attempt),
        "problem": _EXPLANATIONS.get(attempt.problem or ""),
        "item": _item(outline.activities[session.position], content) if session else None,
        "time": session.limit if session else None,
        "values": list(answer.values.items()),
        "access": _access(outline, session.position) if session else [],
        "outline": _outline(attempt, outline, answer.valid),
        "lesson": _lesson(attempt),
        **_requests(attempt, outline, session.position if session else None, answer.valid),
    }


def committed(answer: Committed) -> Json:
    """What a session's commits came to; without `navigation` that has not changed."""
    attempt, position = answer.attempt, answer.position
    changed = [] if position is None else [position, *folders.enclosing(answer.outline, position)]
    sequenced = answer.outline.course is not None
    said = {
        "number": answer.number,
        "items": [
            {
                "identifier": attempt.items[place].identifier,
                "status": folders.status(attempt, answer.outline, place),
            }
            for place in changed
        ],
        "lesson": _lesson(attempt),
        "navigation": {},
        "refused": answer.refused,
    }
    if answer.moved:
        return {**said, "moved": True, "state": state_of(attempt)}
    if position is None or (sequenced and answer.valid is None):
        return said
    return {**said, **_requests(attempt, answer.outline, position, answer.valid)}


def state_of(attempt: Attempt) -> str:
    """`active` while there is something to play or to choose, else `suspended` or `ended`."""
    if attempt.session is not None or waits(attempt) or attempt.problem is not None:
        return "active"
    state = attempt.sequencing
    return "suspended" if state is not None and state.suspended is not None else "ended"


def _lesson(attempt: Attempt) -> Json:
    lesson = attempt.lesson
    return {"percent": lesson.percent, "completed": lesson.completed, "success": lesson.success}


def _item(activity: Activity, content: str) -> Json:
    return {
        "identifier": activity.identifier,
        "title": activity.title,
        "kind": activity.kind,
        "url": _url(content, activity.href),
    }


def _url(content: str, href: str) -> str:
    """Where an item is found: in the package, or elsewhere when its manifest says so."""
    return href if href.startswith(("https://", "http://")) else content + href


def _access(outline: Outline, position: int) -> list[tuple[str, str]]:
    """What the SCO may not do with single elements of its data model."""
    if outline.course is None:
        return []
    return list(access(outline.course.tree.activities[position]).items())


def _outline(attempt: Attempt, outline: Outline, valid: ValidRequests | None) -> list[Json]:
    """Every item with its status; of a sequenced course the available ones, in their order."""
    places: list[int] = list(range(len(outline.activities)))
    if outline.course is not None and valid is not None:
        by_identifier = outline.course.tree.by_identifier
        places = [by_identifier[entry.identifier].index for entry in valid.contents]
    return [
        _line(outline.activities[place], folders.status(attempt, outline, place))
        for place in places
    ]


def _line(activity: Activity, status: str) -> Json:
    return {
        "identifier": activity.identifier,
        "title": activity.title,
        "level": activity.level,
        "launchable": activity.launchable,
        "status": status,
    }


def _requests(
    attempt: Attempt, outline: Outline, position: int | None, valid: ValidRequests | None
) -> Json:
    if outline.course is None or valid is None:
        return {"navigation": {} if position is None else _simple(outline, position)}
    return {
        "navigation": _controls(attempt, outline, valid),
        "valid": {
            "continue": valid.continue_,
            "previous": valid.previous,
            "choice": [entry.identifier for entry in valid.contents if entry.choice],
            "jump": [entry.identifier for entry in valid.contents if entry.jump],
        },
        "hidden": _hidden(attempt, outline),
        "visible": [entry.identifier for entry in valid.contents if entry.visible],
    }


def _simple(outline: Outline, position: int) -> dict[str, bool]:
    """The controls of SCORM 1.2: what can be done now."""
    return {
        "continue": outline.after(position) is not None,
        "previous": outline.before(position) is not None,
        "choice": True,
        **dict.fromkeys(ENDING, True),
    }


def _hidden(attempt: Attempt, outline: Outline) -> list[str]:
    """The controls that the current activity hides."""
    current = attempt.sequencing.current if attempt.sequencing else None
    if current is None or outline.course is None:
        return []
    return sorted(outline.course.tree.by_identifier[current].definition.hidden_controls)


def _controls(attempt: Attempt, outline: Outline, valid: ValidRequests) -> dict[str, bool]:
    """The controls of a sequenced course: what is valid and not hidden by the current activity."""
    state = attempt.sequencing
    if state is None or state.current is None:
        return dict.fromkeys(("continue", "previous", *ENDING), False)
    running = state.activities[state.current].active
    hidden = _hidden(attempt, outline)
    works = {
        "continue": valid.continue_,
        "previous": valid.previous,
        "exit": running,
        "abandon": running,
        "exitAll": True,
        "suspendAll": running,
        "abandonAll": True,
    }
    return {name: able and name not in hidden for name, able in works.items()}
