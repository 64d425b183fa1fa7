"""What a notification says and who is told: pure, from an event and the names in it."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from content.telling.events import Event


class Wording(Struct, frozen=True, kw_only=True):
    """How an event is told of. `to` names the field of the event's data, or of its course
    (`instructor_id`), that holds the reader's id; `path` is where the pages show more.
    """

    title: str
    body: str
    to: str = "user_id"
    path: str = "/learn/{course_id}"


OWED: Final = "/my/requirements/{requirement_id}"
WORDINGS: Final[Mapping[str, Wording]] = {
    "announcement.published": Wording(
        title="{title}", body="There is an announcement in {course}."
    ),
    "assignment.due": Wording(title="Your work is due soon", body="{title}, in {course}."),
    "assignment.graded": Wording(
        title="Your work was graded", body="Your submission in {course} was graded."
    ),
    "assignment.submitted": Wording(
        title="Work was handed in",
        body="{person} handed work in, in {course}.",
        to="instructor_id",
        path="/courses/{course_id}",
    ),
    "certificate.issued": Wording(
        title="You earned a certificate", body="Your certificate of {course} is ready."
    ),
    "compliance.due_soon": Wording(
        title="Due soon: {title}", body="You have until {due_at} for {title}.", path=OWED
    ),
    "compliance.overdue": Wording(
        title="Overdue: {title}", body="{title} was due on {due_at}.", path=OWED
    ),
    "compliance.escalated": Wording(
        title="Overdue for {days} days: {title}",
        body="{count} newly overdue for {days} days in {title}.",
        path="/compliance/{requirement_id}?status=overdue",
    ),
    "compliance.team_overdue": Wording(
        title="{person} is overdue: {title}",
        body="{title} was due on {due_at}.",
        path="/my/team/{user_id}",
    ),
    "compliance.evidence_submitted": Wording(
        title="Evidence to judge",
        body="{person} has handed in evidence for {title}.",
        path="/compliance/evidence",
    ),
    "compliance.evidence_approved": Wording(
        title="Your evidence counts", body="Your evidence for {title} was approved.", path=OWED
    ),
    "compliance.evidence_rejected": Wording(
        title="Your evidence was rejected",
        body="Your evidence for {title} was not approved; see why.",
        path=OWED,
    ),
    "compliance.waived": Wording(
        title="You are freed from {title}", body="{title} was waived for you.", path=OWED
    ),
    "compliance.extended": Wording(
        title="More time for {title}", body="You have until {due_at} for {title}.", path=OWED
    ),
    "compliance.revoked": Wording(
        title="A decision was revoked",
        body="Something that was decided about {title} no longer holds.",
        path=OWED,
    ),
    "discussion.replied": Wording(
        title="A reply to your discussion",
        body="Somebody replied to what you wrote in {course}.",
        to="author_id",
    ),
    "enrollment.completed": Wording(
        title="Course completed", body="You have completed {course}. Well done!"
    ),
    "enrollment.created": Wording(
        title="You are enrolled", body="You can begin with {course} now."
    ),
    "enrollment.expired": Wording(
        title="Your enrollment has ended", body="Your time for {course} is over."
    ),
    "report.alert": Wording(
        title="{title}", body="The figure is {value} now.", path="/reports/{report_id}"
    ),
    "report.ready": Wording(
        title="A report is ready", body="{title} was sent.", path="/reports/{report_id}"
    ),
    "quiz.failed": Wording(title="Quiz not passed", body="A quiz in {course} was not passed."),
    "quiz.passed": Wording(title="Quiz passed", body="You passed a quiz in {course}."),
}


class Told(Struct, frozen=True):
    """A notification's words."""

    title: str
    body: str
    path: str


def reader(event: Event, course: Mapping[str, Any]) -> str | None:
    """The id of who is to be told; nobody where who made the change wants nobody told."""
    wording = WORDINGS.get(event.type)
    if wording is None or event.data.get("send_notification") is False:
        return None
    found = event.data.get(wording.to) or course.get(wording.to)
    return found if isinstance(found, str) else None


def told(event: Event, course: str, person: str) -> Told:
    """The words for an event, with the names of its course and of the person it is about."""
    wording, data = WORDINGS[event.type], event.data
    names = {
        **{name: str(value) for name, value in data.items()},
        "course": course or "a course",
        "person": person or "Somebody",
        "title": data.get("title") or "An announcement",
        "value": f"{data.get('value') or 0:g}",
        "due_at": str(data.get("due_at", ""))[:10],
    }
    title, body = wording.title.format_map(names), wording.body.format_map(names)
    return Told(title=title, body=body, path=_path(wording, event))


def _path(wording: Wording, event: Event) -> str:
    """Where the pages show more; the first one where the event does not say of what."""
    try:
        return wording.path.format_map({name: each for name, each in event.data.items() if each})
    except KeyError:
        return "/"
