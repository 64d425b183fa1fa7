"""The navigation behaviour (NB.2.1): whether what the learner asks for makes sense now."""

from collections.abc import Callable
from typing import NamedTuple

from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import Request
from scorm_runtime.sequencing.tree import Activity, common_ancestor


class Requests(NamedTuple):
    """What a navigation request turns into: how to end the current activity, then where to go."""

    termination: Request | None
    sequencing: Request | None


def navigation_request(session: Session, request: Request, target: Activity | None) -> Requests:
    """NB.2.1 Navigation Request Process. Raises SequencingException NB.2.1-1 to -13."""
    if request == "start":
        return _start(session)
    if request == "resumeAll":
        return _resume_all(session)
    if request == "choice":
        return _choice(session, target)
    if request == "jump":
        return _jump(session, target)
    handle = _WITHIN_SESSION.get(request)
    if handle is None:
        raise SequencingException("NB.2.1-13")
    if session.current is None:
        raise SequencingException("NB.2.1-2")
    return handle(session, session.current)


def _start(session: Session) -> Requests:
    if session.current is not None:
        raise SequencingException("NB.2.1-1")
    return Requests(None, "start")


def _resume_all(session: Session) -> Requests:
    if session.current is not None:
        raise SequencingException("NB.2.1-1")
    if session.suspended is None:
        raise SequencingException("NB.2.1-3")
    return Requests(None, "resumeAll")


def _leaving(session: Session, sequencing: Request) -> Requests:
    active = session.current is not None and session.of(session.current).active
    return Requests("exit" if active else None, sequencing)


def _continue(session: Session, current: Activity) -> Requests:
    if current.parent is None or not current.parent.sequencing.control_mode.flow:
        raise SequencingException("NB.2.1-4")
    return _leaving(session, "continue")


def _previous(session: Session, current: Activity) -> Requests:
    if current.parent is None or not current.parent.sequencing.control_mode.flow:
        raise SequencingException("NB.2.1-6")
    if current.parent.sequencing.control_mode.forward_only:
        raise SequencingException("NB.2.1-5")
    return _leaving(session, "previous")


def _choice(session: Session, target: Activity | None) -> Requests:
    if target is None:
        raise SequencingException("NB.2.1-11")
    if target.parent is not None and not target.parent.sequencing.control_mode.choice:
        raise SequencingException("NB.2.1-10")
    current = session.current
    if current is None:
        return Requests(None, "choice")
    for each in current.path_below(common_ancestor(current, target)):
        if session.of(each).active and not each.sequencing.control_mode.choice_exit:
            raise SequencingException("NB.2.1-8")
    return _leaving(session, "choice")


def _jump(session: Session, target: Activity | None) -> Requests:
    if target is None or any(session.siblings(each)[1] < 0 for each in target.path()):
        raise SequencingException("NB.2.1-11")
    return _leaving(session, "jump")


def _ending(request: Request) -> Callable[[Session, Activity], Requests]:
    def end(session: Session, current: Activity) -> Requests:
        if request in ("exit", "abandon") and not session.of(current).active:
            raise SequencingException("NB.2.1-12")
        return Requests(request, "exit")

    return end


_WITHIN_SESSION: dict[str, Callable[[Session, Activity], Requests]] = {
    "continue": _continue,
    "previous": _previous,
    "exit": _ending("exit"),
    "exitAll": _ending("exitAll"),
    "abandon": _ending("abandon"),
    "abandonAll": _ending("abandonAll"),
    "suspendAll": _ending("suspendAll"),
}
