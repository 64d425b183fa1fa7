"""Review: the learner goes through what was done, in the order of their own contents.

No rule of sequencing stands in the way, nothing that a SCO sets is taken, and nothing is told.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from scorm_runtime import attempts, sessions2004, turns2004
from scorm_runtime.launch import Launch
from scorm_runtime.navigation import Navigation
from scorm_runtime.outline import Outline
from scorm_runtime.progress2004 import course_of, state_of
from scorm_runtime.sequencing import State, ValidRequests, valid_requests
from scorm_runtime.sequencing.state import ActivityState
from scorm_runtime.sessions import Attempt, Commit, Session, Step, Turn, Values

REQUEST: Final = "adl.nav.request"


def turn(
    attempt: Attempt, outline: Outline, values: Values, navigation: Navigation, at: datetime
) -> Turn:
    """End the session that runs, and find the item to show. Raises ItemNotFound."""
    session = attempt.session
    past = attempt.past if session is None else (*attempt.past, (session.id, session.number))[-20:]
    parked = {} if session is None else {session.position: values}
    here = attempt.last if session is None else session.position
    position = _target(attempt, outline, navigation, here)
    last = attempt.last if position is None else position
    after = replace(attempt, session=None, past=past, last=last, sequencing=_at(attempt, None))
    return Turn(after, position, parked=parked)


def open_session(
    attempt: Attempt, outline: Outline, session: Session, held: Values, launch: Launch
) -> Step:
    """Show an item as it was left."""
    if outline.course is not None:
        step = sessions2004.open_session(attempt, outline, session, held, launch)
        shown = outline.activities[session.position].identifier
        seen = replace(step.attempt, items=attempt.items, sequencing=_at(attempt, shown))
        return replace(step, attempt=seen, statements=())
    progress = attempt.items[session.position]
    values = attempts.opening_values(outline.activities[session.position], launch, progress, held)
    return Step(replace(attempt, session=session, launch=launch), session.position, values)


def apply_commit(
    attempt: Attempt,
    session: Session,
    outline: Outline,
    values: Values,
    commit: Commit,
    now: datetime,
) -> Step:
    """Acknowledge a commit, and keep of it only where the SCO wants to go."""
    after = replace(
        session,
        number=commit.number,
        touched=now,
        initialized=session.initialized or commit.initialize,
        finished=session.finished or commit.finish,
    )
    asked = {name: value for name, value in commit.changes if name == REQUEST}
    return Step(replace(attempt, session=after), session.position, {**values, **asked})


def asked(attempt: Attempt, outline: Outline, values: Values) -> Navigation | None:
    """Where the SCO wants to go as it ends."""
    return turns2004.asked(attempt, outline, values) if outline.course is not None else None


def valid(attempt: Attempt, outline: Outline, values: Values) -> ValidRequests | None:
    """Where one may go."""
    return None if outline.course is None else _valid(attempt, outline, attempt.session)


def _valid(attempt: Attempt, outline: Outline, session: Session | None) -> ValidRequests:
    """Everything that the learner had before them can be chosen."""
    tree = course_of(outline).tree
    found = valid_requests(tree, state_of(attempt))
    places = _places(attempt, outline)
    shown = {outline.activities[place].identifier for place in places}
    contents = tuple(
        replace(entry, choice=entry.identifier in shown, jump=False) for entry in found.contents
    )
    here = session.position if session is not None else None
    return ValidRequests(
        continue_=_beside(places, here, 1) is not None,
        previous=_beside(places, here, -1) is not None,
        contents=contents,
    )


def _places(attempt: Attempt, outline: Outline) -> Sequence[int]:
    """What can be shown, in the learner's order."""
    if outline.course is None:
        return outline.launchable
    tree = outline.course.tree
    contents = valid_requests(tree, state_of(attempt)).contents
    found = (tree.by_identifier[entry.identifier].index for entry in contents if entry.visible)
    return [place for place in found if outline.activities[place].launchable]


def _target(
    attempt: Attempt, outline: Outline, navigation: Navigation, here: int | None
) -> int | None:
    places = _places(attempt, outline)
    if navigation.kind in turns2004.ENDING or not places:
        return None
    if navigation.kind in ("choice", "jump"):
        return outline.position(navigation.item or "")
    if navigation.kind == "resume":
        return here if here in places else places[0]
    return _beside(places, here, 1 if navigation.kind == "continue" else -1)


def _at(attempt: Attempt, identifier: str | None) -> State | None:
    """The learner's state with one activity shown, which is not active."""
    state = attempt.sequencing
    if state is None:
        return None
    seen = {name: replace(each, active=False) for name, each in state.activities.items()}
    if identifier is not None:
        seen.setdefault(identifier, ActivityState())
    return replace(state, activities=seen, current=identifier, suspended=None)


def _beside(places: Sequence[int], here: int | None, step: int) -> int | None:
    if here not in places:
        return None
    place = places.index(here) + step
    return places[place] if 0 <= place < len(places) else None
