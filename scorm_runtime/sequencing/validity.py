"""Which navigation requests are valid now: for controls, contents and adl.nav.request_valid.

Continue is offered wherever content flows, be it only to end the session. Any other request is
tried out on a copy of the state, as if the content ended here.
"""

from msgspec import Struct

from scorm_runtime.sequencing.contents import Entry, table_of_contents
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.navigation import navigation_request
from scorm_runtime.sequencing.overall import run
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import Request, State, Tracking
from scorm_runtime.sequencing.tracking import take
from scorm_runtime.sequencing.tree import ActivityTree


class ValidRequests(Struct, frozen=True):
    """What the learner, or the content, can ask for now; `contents` is in the tree's order."""

    continue_: bool
    previous: bool
    contents: tuple[Entry, ...]


def valid_requests(
    tree: ActivityTree, state: State, tracking: Tracking | None = None
) -> ValidRequests:
    """Try every request out, with what the running content has reported so far."""
    session = Session(tree, state)
    if tracking is not None and session.current is not None:
        take(session, session.current, tracking)
    return ValidRequests(
        continue_=_makes_sense(session, "continue"),
        previous=_works(session, "previous"),
        contents=table_of_contents(session),
    )


def _makes_sense(session: Session, request: Request) -> bool:
    try:
        navigation_request(session, request, None)
    except SequencingException:
        return False
    return True


def _works(session: Session, request: Request) -> bool:
    try:
        run(session.fork(), request, None)
    except SequencingException:
        return False
    return True
