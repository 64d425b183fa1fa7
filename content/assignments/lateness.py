"""Lateness: by how much work is late, and what that costs. Pure."""

from datetime import datetime, timedelta

from content.assignments.assignment import Assignment
from content.errors import Conflict

DAY = timedelta(days=1)
ON_TIME = timedelta(0)


def late_by(assignment: Assignment, submitted_at: datetime) -> timedelta:
    """How long after its due date work came; nothing within the grace."""
    if assignment.due_date is None:
        return ON_TIME
    late = submitted_at - assignment.due_date
    return late if late > timedelta(minutes=assignment.grace_minutes) else ON_TIME


def check_open(assignment: Assignment, submitted_at: datetime) -> None:
    """Let work in that is on time, or may be late. Raises Conflict (assignment_past_due)."""
    if assignment.allow_late_submission or not late_by(assignment, submitted_at):
        return
    due = assignment.due_date.isoformat() if assignment.due_date else ""
    raise Conflict("assignment_past_due", f"{assignment.title} was due at {due}.")


def penalty(assignment: Assignment, submitted_at: datetime) -> float:
    """The points that lateness costs: percents of the highest score, at most all of it.

    A day counts from its beginning: an hour late is one day late.
    """
    late = late_by(assignment, submitted_at)
    if not late:
        return 0.0
    times = -(-late // DAY) if assignment.late_penalty_per == "day" else 1
    percent = min(times * assignment.late_penalty_percent, 100.0)
    return round(assignment.max_score * percent / 100, 2)
