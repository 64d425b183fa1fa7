"""The delivery behaviour (DB): the last check, and what a delivery changes."""

from scorm_runtime.sequencing.attempts import begin_attempt, terminate_descendent_attempts
from scorm_runtime.sequencing.checks import check_activity
from scorm_runtime.sequencing.exceptions import SequencingException
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import Delivery
from scorm_runtime.sequencing.tree import Activity, common_ancestor


def delivery_request(session: Session, activity: Activity) -> None:
    """DB.1.1 Delivery Request Process. Raises SequencingException DB.1.1-1, DB.1.1-3."""
    if not activity.is_leaf:
        raise SequencingException("DB.1.1-1")
    if any(check_activity(session, each) for each in activity.path()):
        raise SequencingException("DB.1.1-3")


def content_delivery_environment(session: Session, activity: Activity) -> Delivery:
    """DB.2 Content Delivery Environment Process. Raises SequencingException DB.2-1."""
    if session.current is not None and session.of(session.current).active:
        raise SequencingException("DB.2-1")
    clear_suspended_activity(session, activity)
    terminate_descendent_attempts(session, activity)
    resumed = session.of(activity).suspended
    for each in activity.path():
        if not session.of(each).active:
            begin_attempt(session, each)
    session.current = activity
    session.note("DB.2", "resumed" if resumed else "delivered", activity)
    return Delivery(activity.identifier, resumed)


def clear_suspended_activity(session: Session, activity: Activity) -> None:
    """DB.2.1 Clear Suspended Activity Subprocess."""
    suspended, session.suspended = session.suspended, None
    if suspended is None or suspended is activity:
        return
    ancestor = common_ancestor(suspended, activity)
    for each in (*suspended.path_below(ancestor)[1:], ancestor):
        children = session.available(each)
        if each.is_leaf or not any(session.of(child).suspended for child in children):
            session.update(each, suspended=False)
