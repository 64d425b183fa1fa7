"""The termination behaviour (TB.2): how an activity ends, and what its rules make of that."""

from typing import Literal, NamedTuple

from scorm_runtime.sequencing.attempts import end_attempt, terminate_descendent_attempts
from scorm_runtime.sequencing.checks import sequencing_rules_check
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.rollup import overall_rollup
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import Request
from scorm_runtime.sequencing.tree import Activity

SequencingRequest = Request | Literal["retry"]


class Rule(NamedTuple):
    """What a post-condition rule asks for."""

    termination: Literal["exitParent", "exitAll"] | None = None
    sequencing: SequencingRequest | None = None


_POST: dict[str, Rule] = {
    "retry": Rule(None, "retry"),
    "continue": Rule(None, "continue"),
    "previous": Rule(None, "previous"),
    "exitParent": Rule("exitParent", None),
    "exitAll": Rule("exitAll", None),
    "retryAll": Rule("exitAll", "retry"),
}


def sequencing_exit_action_rules(session: Session, current: Activity) -> Activity:
    """TB.2.1 Sequencing Exit Action Rules Subprocess: the activity that is current afterwards."""
    for each in current.path()[:-1]:
        if sequencing_rules_check(session, each, each.sequencing.rules.exit):
            session.note("TB.2.1", "exit", each)
            terminate_descendent_attempts(session, each)
            end_attempt(session, each)
            session.current = each
            return each
    return current


def sequencing_post_condition_rules(session: Session, current: Activity) -> Rule:
    """TB.2.2 Sequencing Post Condition Rules Subprocess."""
    if session.of(current).suspended:
        return Rule()
    action = sequencing_rules_check(session, current, current.sequencing.rules.post)
    if action is None:
        return Rule()
    session.note("TB.2.2", action, current)
    return _POST[action]


def termination_request(session: Session, request: Request) -> SequencingRequest | None:
    """TB.2.3 Termination Request Process: the sequencing request that replaces the pending one.

    Raises SequencingException TB.2.3-1 to -7.
    """
    current = session.current
    if current is None:
        raise SequencingException("TB.2.3-1")
    if request in ("exit", "abandon") and not session.of(current).active:
        raise SequencingException("TB.2.3-2")
    if request == "exit":
        return _exit(session, current)
    if request == "exitAll":
        return _exit_all(session, current, None)
    if request == "suspendAll":
        return _suspend_all(session, current)
    if request in ("abandon", "abandonAll"):
        return _abandon(session, current, everything=request == "abandonAll")
    raise SequencingException("TB.2.3-7")


def _exit(session: Session, current: Activity) -> SequencingRequest | None:
    end_attempt(session, current)
    current = sequencing_exit_action_rules(session, current)
    while True:
        rule = sequencing_post_condition_rules(session, current)
        if rule.termination == "exitAll":
            return _exit_all(session, current, rule.sequencing)
        if rule.termination == "exitParent":
            if current.parent is None:
                raise SequencingException("TB.2.3-4")
            current = session.current = current.parent
            end_attempt(session, current)
            continue
        if current.parent is None and rule.sequencing != "retry":
            return "exit"
        return rule.sequencing


def _exit_all(
    session: Session, current: Activity, pending: SequencingRequest | None
) -> SequencingRequest:
    root = session.tree.root
    if session.of(current).active:
        end_attempt(session, current)
    terminate_descendent_attempts(session, root)
    end_attempt(session, root)
    session.current = root
    return pending or "exit"


def _suspend_all(session: Session, current: Activity) -> SequencingRequest:
    state = session.of(current)
    if state.active or state.suspended:
        overall_rollup(session, current)
        session.suspended = current
    elif current.parent is not None:
        session.suspended = current.parent
    else:
        raise SequencingException("TB.2.3-3")
    for each in session.suspended.path():
        session.update(each, active=False, suspended=True)
    session.note("TB.2.3", "suspended", session.suspended)
    session.current = session.tree.root
    return "exit"


def _abandon(session: Session, current: Activity, *, everything: bool) -> SequencingRequest | None:
    for each in current.path() if everything else (current,):
        session.update(each, active=False)
    session.note("TB.2.3", "abandoned", current)
    if not everything:
        return None
    session.current = session.tree.root
    return "exit"
