"""Turns of SCORM 2004: a navigation request is met by sequencing, between two sessions."""

import re
from datetime import datetime
from typing import Final, cast, get_args

from msgspec.structs import replace

from scorm_runtime import sessions2004
from scorm_runtime.cmi import scorm2004_tracking as tracking
from scorm_runtime.navigation import Kind, Move, Navigation
from scorm_runtime.outline import Outline
from scorm_runtime.progress2004 import course_of, rolled_up, state_of
from scorm_runtime.sequencing import Request, Standings, ValidRequests, navigate, valid_requests
from scorm_runtime.sessions import Attempt, Step, Turn, Values
from scorm_runtime.shared import noted
from scorm_runtime.statements import Scene

ENDING: Final = ("exit", "exitAll", "suspendAll", "abandon", "abandonAll")
_ABANDONING: Final = ("abandon", "abandonAll")
_SUSPENDING: Final = ("suspendAll", "resume")
_TARGET: Final = re.compile(r"\{target=(.*)\}(choice|jump)")


def asked(attempt: Attempt, outline: Outline, values: Values) -> Navigation | None:
    """What the SCO of the running session asks for as it ends."""
    if attempt.session is None:
        return None
    model = sessions2004.running_model(attempt, attempt.session, outline, values)
    request = tracking.requested(model)
    if request is None:
        return None
    found = _TARGET.fullmatch(request)
    if found is not None:
        return Navigation(cast(Kind, found[2]), found[1])
    return Navigation(cast(Kind, request))


def turn(
    attempt: Attempt, outline: Outline, values: Values, navigation: Navigation, at: datetime
) -> Turn:
    """End the session that runs, and carry a request out.

    `resume` takes up what was suspended or cut off, launches what was delivered and not launched,
    or else starts. A request that sequencing refuses leaves nothing to launch, and the attempt's
    `problem` says why.
    """
    running = attempt.session is not None
    step = sessions2004.close_session(
        attempt,
        outline,
        values,
        suspend=navigation.kind in _SUSPENDING,
        abandon=navigation.kind in _ABANDONING,
    )
    parked = {step.position: step.values} if running else {}
    made = Turn(step.attempt, None, step.statements, parked)
    over = state_of(step.attempt).current is None
    if over and navigation.kind in ENDING:
        return replace(made, attempt=replace(step.attempt, delivery=None, problem=None))
    if navigation.kind == "resume":
        made = _resumed(made, outline, at, running=running)
    else:
        made = _moved(made, outline, navigation.kind, navigation.item, at)
    delivery = made.attempt.delivery
    if delivery is None:
        return made
    return replace(made, position=course_of(outline).tree.by_identifier[delivery.activity].index)


def _resumed(made: Turn, outline: Outline, at: datetime, *, running: bool) -> Turn:
    attempt = made.attempt
    if attempt.delivery is not None:
        return made
    state = state_of(attempt)
    current = state.current
    if current is not None and (running or state.activities[current].active):
        made = _moved(made, outline, "suspendAll", None, at)
    elif current is not None:
        if _somewhere_to_go(attempt, outline):
            return made
        made = _moved(made, outline, "exitAll", None, at)
    if state_of(made.attempt).suspended is not None:
        return _moved(made, outline, "resumeAll", None, at)
    made = _moved(made, outline, "start", None, at)
    return made if made.attempt.problem is None else _chosen(made, outline, at)


def _chosen(made: Turn, outline: Outline, at: datetime) -> Turn:
    """Choose for the learner where there is one choice: many tools leave flow out of one SCO."""
    tree = course_of(outline).tree
    choices = [
        entry.identifier
        for entry in valid(made.attempt, outline, {}).contents
        if entry.choice and tree.by_identifier[entry.identifier].is_leaf
    ]
    return made if len(choices) != 1 else _moved(made, outline, "choice", choices[0], at)


def valid(attempt: Attempt, outline: Outline, values: Values) -> ValidRequests:
    """What may be requested now, with what the SCO has said if one runs."""
    said = None
    if attempt.session is not None:
        model = sessions2004.running_model(attempt, attempt.session, outline, values)
        said = tracking.report(model)
    return valid_requests(course_of(outline).tree, state_of(attempt), said)


def _somewhere_to_go(attempt: Attempt, outline: Outline) -> bool:
    found = valid(attempt, outline, {})
    return found.continue_ or found.previous or any(entry.choice for entry in found.contents)


def _moved(made: Turn, outline: Outline, request: str, target: str | None, at: datetime) -> Turn:
    """OP.1 for one request, with what it changes of the lesson's progress."""
    attempt, course = made.attempt, course_of(outline)
    before = state_of(attempt)
    outcome = navigate(course.tree, before, _request(request), target)
    shared = attempt.shared
    if attempt.launch.mode == "normal":
        shared = noted(shared, course, before, outcome.state, at)
    attempt = replace(
        attempt,
        sequencing=outcome.state,
        delivery=outcome.delivery,
        moves=attempt.moves + 1,
        problem=outcome.exception,
        shared=shared,
    )
    move = Move(
        number=attempt.moves,
        at=at,
        request=request,
        target=target,
        delivered=outcome.delivery.activity if outcome.delivery else None,
        ended=outcome.ended,
        exception=outcome.exception,
        trace=outcome.trace,
    )
    made = replace(made, attempt=attempt, moves=(*made.moves, move))
    return made if request in ("start", "resumeAll") else _told(made, outline, at)


def _request(kind: str) -> Request:
    if kind not in get_args(Request):
        raise ValueError(kind)
    return cast(Request, kind)


def _told(made: Turn, outline: Outline, at: datetime) -> Turn:
    """Say what the request changed of the lesson, in statements of their own."""
    attempt, course = made.attempt, course_of(outline)
    if attempt.launch.mode != "normal":
        return made
    standings = Standings(course.tree, state_of(attempt))
    root = course.tree.root
    elapsed = attempt.items[root.index].seconds
    activity = outline.activities[root.index]
    scene = Scene(attempt.launch, attempt.id, activity, f"moves/{attempt.moves}", at, elapsed)
    step = rolled_up(Step(attempt, root.index, {}), outline, scene, standings)
    return replace(made, attempt=step.attempt, statements=(*made.statements, *step.statements))
