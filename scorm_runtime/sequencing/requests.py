"""The sequencing requests (SB.2.5 to SB.2.8, SB.2.10 to SB.2.13): what is to be delivered next."""

from typing import NamedTuple

from scorm_runtime.sequencing.attempts import end_attempt, terminate_descendent_attempts
from scorm_runtime.sequencing.choice import choice_sequencing_request
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.flow import flow
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.termination import SequencingRequest
from scorm_runtime.sequencing.tree import Activity


class Result(NamedTuple):
    """An activity to deliver, or none; and whether the session ends instead."""

    deliver: Activity | None = None
    ended: bool = False


def sequencing_request(
    session: Session, request: SequencingRequest, target: Activity | None
) -> Result:
    """SB.2.12 Sequencing Request Process. Raises SequencingException SB.2.x."""
    if request == "start":
        return start(session)
    if request == "resumeAll":
        return resume_all(session)
    if request == "choice":
        if target is None:
            raise SequencingException("SB.2.9-1")
        return Result(choice_sequencing_request(session, target))
    handle = {
        "continue": continue_,
        "previous": previous,
        "retry": retry,
        "exit": exit_,
    }.get(request)
    if handle is None and request != "jump":
        raise SequencingException("SB.2.12-1")
    if session.current is None:
        raise SequencingException(_NOT_BEGUN[request])
    if handle is None:
        return Result(target)
    return handle(session, session.current)


_NOT_BEGUN = {
    "continue": "SB.2.7-1",
    "previous": "SB.2.8-1",
    "retry": "SB.2.10-1",
    "exit": "SB.2.11-1",
    "jump": "SB.2.13-1",
}


def start(session: Session) -> Result:
    """SB.2.5 Start Sequencing Request Process."""
    if session.current is not None:
        raise SequencingException("SB.2.5-1")
    root = session.tree.root
    if root.is_leaf:
        return Result(root)
    return _flowed(session, flow(session, root, "forward", consider_children=True))


def resume_all(session: Session) -> Result:
    """SB.2.6 Resume All Sequencing Request Process."""
    if session.current is not None:
        raise SequencingException("SB.2.6-1")
    if session.suspended is None:
        raise SequencingException("SB.2.6-2")
    return Result(session.suspended)


def continue_(session: Session, current: Activity) -> Result:
    """SB.2.7 Continue Sequencing Request Process."""
    if current.parent is not None and not current.parent.sequencing.control_mode.flow:
        raise SequencingException("SB.2.7-2")
    return _flowed(session, flow(session, current, "forward", consider_children=False))


def previous(session: Session, current: Activity) -> Result:
    """SB.2.8 Previous Sequencing Request Process."""
    if current.parent is not None and not current.parent.sequencing.control_mode.flow:
        raise SequencingException("SB.2.8-2")
    return _flowed(session, flow(session, current, "backward", consider_children=False))


def retry(session: Session, current: Activity) -> Result:
    """SB.2.10 Retry Sequencing Request Process."""
    state = session.of(current)
    if state.active or state.suspended:
        raise SequencingException("SB.2.10-2")
    if current.is_leaf:
        return Result(current)
    try:
        return _flowed(session, flow(session, current, "forward", consider_children=True))
    except SequencingException as error:
        session.note("SB.2.10", str(error), current)
        raise SequencingException("SB.2.10-3") from None


def exit_(session: Session, current: Activity) -> Result:
    """SB.2.11 Exit Sequencing Request Process."""
    if session.of(current).active:
        raise SequencingException("SB.2.11-2")
    return Result(ended=current.parent is None)


def _flowed(session: Session, found: Activity | None) -> Result:
    """A walk off the tree's end ends every attempt (SB.2.1, 3.1), the root's too."""
    if found is None:
        terminate_descendent_attempts(session, session.tree.root)
        end_attempt(session, session.tree.root)
    return Result(found, ended=found is None)
