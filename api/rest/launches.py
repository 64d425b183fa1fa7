"""/lessons/{id}/launch, /attempts/{id}/review: the way to the player."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api import launching, resetting
from api.launching import Launched, Wish
from api.permissions import Permission
from api.rest.bodies import Body
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.route import RouteTable
from scorm_runtime.launch import Display

table = RouteTable()


ReturnPath = Annotated[
    str, Field(pattern=r"^/([\x21-\x2e\x30-\x5b\x5d-\x7e][\x21-\x7e]*)?$", max_length=500)
]


class LaunchBody(Body):
    """How to play, and the path of this server's page to come back to.

    `new_attempt` asks for a new attempt where the last one is finished; `display` shows the package
    elsewhere than the lesson says.
    """

    new_attempt: bool = False
    display: Display | None = None
    mode: Literal["normal", "browse", "review"] = "normal"
    return_path: ReturnPath = "/"


class ReviewBody(Body):
    """The path of this server's page to come back to."""

    return_path: ReturnPath = "/"


class LaunchAttributes(Attributes):
    """The player's address, for this person's browser alone, and until when it is good."""

    type_name = "launch"
    relationship_types = {"lesson": "lesson"}

    url: str
    mode: str
    registration: str
    attempt: int
    expires_at: datetime


@table.route(
    "POST",
    "/lessons/{lesson_id}/launch",
    permission=Permission.LESSONS_LAUNCH,
    status=201,
    errors=(
        "lesson_not_found",
        "enrollment_required",
        "enrollment_expired",
        "not_launchable",
        "lesson_locked",
        "attempt_not_finished",
        "attempts_exhausted",
    ),
    audited=False,
)
async def launch(call: Call, lesson_id: str, body: LaunchBody) -> Resource[LaunchAttributes]:
    """Launch a lesson that the person is enrolled in."""
    person = call.principal.person
    wish = Wish(body.mode, body.return_path, body.new_attempt, body.display)
    launched = await launching.launch(call.services, person, lesson_id, wish)
    return _resource(launched, body.mode)


@table.route(
    "POST",
    "/attempts/{attempt_id}/review",
    permission=Permission.PROGRESS_READ_OWN,
    status=201,
    errors=("attempt_not_found",),
    audited=False,
)
async def review(call: Call, attempt_id: str, body: ReviewBody) -> Resource[LaunchAttributes]:
    """Go through an attempt, one's own or a learner's, as it was left; nothing is changed."""
    attempt, _ = await resetting.found(call.services, call.organization_id, attempt_id)
    call.own_or(Permission.PROGRESS_READ, attempt.launch.learner_id)
    person = call.principal.person
    launched = await launching.review(call.services, person, attempt, body.return_path)
    return _resource(launched, "review")


def _resource(launched: Launched, mode: str) -> Resource[LaunchAttributes]:
    attributes = LaunchAttributes(
        url=launched.url,
        mode=mode,
        registration=launched.registration,
        attempt=launched.attempt,
        expires_at=launched.expires_at,
    )
    return Resource(launched.lesson.id, attributes, {"lesson": launched.lesson.id})
