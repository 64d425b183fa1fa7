"""The overall sequencing process (OP.1) and the other steps from one state to the next.

Each takes a tree and a state and gives a new state; the one that it was given stays as it was.
"""

from scorm_runtime.sequencing.delivery import content_delivery_environment, delivery_request
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.navigation import navigation_request
from scorm_runtime.sequencing.requests import Result, sequencing_request
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import Delivery, Outcome, Request, State
from scorm_runtime.sequencing.termination import SequencingRequest, termination_request
from scorm_runtime.sequencing.tree import ActivityTree


def navigate(
    tree: ActivityTree, state: State, request: Request, target: str | None = None
) -> Outcome:
    """OP.1 Overall Sequencing Process for one navigation request, to its end."""
    session = Session(tree, state)
    session.note("OP.1", request if target is None else f"{request} {target}")
    delivery, ended, exception = None, False, None
    try:
        delivery, ended = run(session, request, target)
    except SequencingException as error:
        exception = error.code
        session.note("OP.1", str(error))
    if ended:
        session.current = None
        session.note("OP.1", "session ended")
    return Outcome(session.state(), delivery, ended, exception, tuple(session.trace))


def run(session: Session, request: Request, target: str | None) -> tuple[Delivery | None, bool]:
    """OP.1 on a working copy: a delivery or none, and whether the session ended.

    Raises SequencingException; what was done until then is done.
    """
    aim = None if target is None else session.tree.by_identifier.get(target)
    termination, asked = navigation_request(session, request, aim)
    pending: SequencingRequest | None = asked
    if termination is not None:
        pending = termination_request(session, termination) or pending
    if pending is None:
        return None, False
    result: Result = sequencing_request(session, pending, aim)
    if result.deliver is None:
        return None, result.ended
    delivery_request(session, result.deliver)
    return content_delivery_environment(session, result.deliver), False
