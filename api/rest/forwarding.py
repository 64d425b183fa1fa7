"""/xapi/forwarding-targets: other record stores that get every statement, and how they do."""

from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, ListQuery, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_within
from api.rest.route import RouteTable
from lrs.forwarding.store import DeadLetter
from lrs.forwarding.target import Filter, Target, check_endpoint
from lrs.forwarding.targets import TargetDraft

table = RouteTable()

PATH = "/xapi/forwarding-targets"
ONE = f"{PATH}/{{target_id}}"
LETTERS = f"{ONE}/dead-letters"
PERMISSION = Permission.STATEMENTS_FORWARD
NOT_FOUND = ("not_found",)

Name = Annotated[str, Field(min_length=1, max_length=200)]
Endpoint = Annotated[str, Field(max_length=2000), AfterValidator(check_endpoint)]
Key = Annotated[str, Field(pattern=r"^[!-9;-~]{1,200}$")]
Secret = Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]
XAPIVersion = Literal["1.0.3", "2.0.0"]
IRIs = Annotated[tuple[str, ...], Field(max_length=1000)]


class FilterBody(Body):
    """Which statements: of one of these verbs, about one of these activities; empty: of all."""

    model_config = ConfigDict(from_attributes=True)

    verbs: IRIs = ()
    activities: IRIs = ()

    def filter(self) -> Filter:
        """The same as the record store knows it."""
        return Filter(verbs=self.verbs, activities=self.activities)


class FailureShown(BaseModel):
    """The last failure: `status` is null where there was no answer."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    status: int | None
    reason: str


class TargetAttributes(Attributes):
    """Another record store. Its secret is never shown."""

    type_name = "forwarding_target"

    name: str
    endpoint: str
    xapi_version: str
    key: str
    filter: FilterBody
    enabled: bool


class StatusAttributes(Attributes):
    """How a target is doing; the id is the target's.

    `state` is paused, stalled (it refuses whatever it gets: correct it, and change or retry
    something to go on), retrying, delivering or caught_up; `behind` counts the statements that are
    still to be looked at, 10,000 for that or more; `through` is up to when all is done with.
    """

    type_name = "forwarding_status"
    relationship_types = {"target": "forwarding_target"}

    name: str
    state: str
    behind: int
    through: datetime
    delivered: int
    delivered_at: datetime | None
    dead_letters: int
    attempts: int
    next_attempt_at: datetime | None
    last_failure: FailureShown | None


class NewTarget(Draft):
    """A new target. It gets what was stored after `since`; without it, from now on."""

    name: Name
    endpoint: Endpoint
    key: Key
    secret: Secret
    xapi_version: XAPIVersion = "1.0.3"
    filter: FilterBody = FilterBody()
    enabled: bool = True
    since: AwareDatetime | None = None


class ChangedTarget(Draft):
    """What may be changed; what is not given stays. A change ends the wait for the next attempt."""

    name: Name = ""
    endpoint: Endpoint = ""
    key: Key = ""
    secret: Secret = ""
    xapi_version: XAPIVersion = "1.0.3"
    filter: FilterBody = FilterBody()
    enabled: bool = True


class LetterAttributes(Attributes):
    """A statement that a target refused; `retry` says that it is about to be sent once more."""

    type_name = "dead_letter"

    status: int | None
    reason: str
    refused_at: datetime
    retry: bool


def _resource(target: Target) -> Resource[TargetAttributes]:
    attributes = TargetAttributes(
        name=target.name,
        endpoint=target.endpoint,
        xapi_version=target.xapi_version,
        key=target.key,
        filter=FilterBody.model_validate(target.filter),
        enabled=target.enabled,
    )
    return Resource(target.id, attributes, version=target.version)


async def _status(call: Call, target: Target) -> Resource[StatusAttributes]:
    status = await call.services.targets.status(target)
    position = status.position
    attributes = StatusAttributes(
        name=target.name,
        state=status.state,
        behind=status.behind,
        through=status.through,
        delivered=position.delivered,
        delivered_at=position.delivered_at,
        dead_letters=status.dead_letters,
        attempts=position.attempts,
        next_attempt_at=position.due_at if position.attempts else None,
        last_failure=FailureShown.model_validate(position.failed) if position.failed else None,
    )
    return Resource(target.id, attributes, {"target": target.id})


def _letter(letter: DeadLetter) -> Resource[LetterAttributes]:
    return Resource(letter.statement_id, LetterAttributes.model_validate(letter))


@table.route("GET", PATH, permission=PERMISSION)
async def list_targets(call: Call, query: ListQuery) -> ResourcePage[TargetAttributes]:
    """List the targets, the oldest first."""
    found = await call.services.targets.every(call.organization_id)
    return page_within(query, found, _resource)


@table.route("POST", PATH, permission=PERMISSION, status=201)
async def create_target(call: Call, body: NewTarget) -> Resource[TargetAttributes]:
    """Begin to forward statements to another record store."""
    fields: dict[str, Any] = {name: getattr(body, name) for name in NewTarget.model_fields}
    draft = TargetDraft(**{**fields, "filter": body.filter.filter()})
    return _resource(await call.services.targets.create(call.organization_id, draft))


@table.route("GET", ONE, permission=PERMISSION, errors=NOT_FOUND)
async def get_target(call: Call, target_id: str) -> Resource[TargetAttributes]:
    """Show a target."""
    return _resource(await call.services.targets.get(call.organization_id, target_id))


@table.route("GET", "/xapi/forwarding-status", permission=PERMISSION)
async def list_status(call: Call, query: PageQuery) -> ResourcePage[StatusAttributes]:
    """List how the targets are doing."""
    found = await call.services.targets.every(call.organization_id)
    page = page_within(query, found, _resource)
    wanted = {each.id for each in page.items}
    items = [await _status(call, each) for each in found if each.id in wanted]
    return ResourcePage(items, page.total, page.page, page.per_page)


@table.route("GET", f"{ONE}/status", permission=PERMISSION, errors=NOT_FOUND)
async def get_status(call: Call, target_id: str) -> Resource[StatusAttributes]:
    """Show how a target is doing."""
    target = await call.services.targets.get(call.organization_id, target_id)
    return await _status(call, target)


@table.route("PATCH", ONE, permission=PERMISSION, errors=(*NOT_FOUND, "version_mismatch"))
async def update_target(
    call: Call, target_id: str, body: ChangedTarget
) -> Resource[TargetAttributes]:
    """Change a target, and try it at once."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if "filter" in changes:
        changes["filter"] = body.filter.filter()
    changed = await call.services.targets.update(
        call.organization_id, target_id, changes, expected_version(call.request)
    )
    return _resource(changed)


@table.route("DELETE", ONE, permission=PERMISSION, status=204, errors=NOT_FOUND)
async def remove_target(call: Call, target_id: str) -> web.Response:
    """Forward to it no more, and drop its dead letters."""
    await call.services.targets.remove(call.organization_id, target_id)
    return web.Response(status=204)


@table.route("GET", LETTERS, permission=PERMISSION, errors=NOT_FOUND)
async def list_letters(
    call: Call, target_id: str, query: PageQuery
) -> ResourcePage[LetterAttributes]:
    """List the statements that a target refused, in the order of the log."""
    letters, total = await call.services.targets.dead_letters(
        call.organization_id, target_id, query.start, query.per_page
    )
    return ResourcePage([_letter(each) for each in letters], total, query.page, query.per_page)


@table.route("POST", f"{LETTERS}/retry", permission=PERMISSION, status=204, errors=NOT_FOUND)
async def retry_letters(call: Call, target_id: str) -> web.Response:
    """Have everything that a target refused sent once more."""
    await call.services.targets.retry(call.organization_id, target_id)
    return web.Response(status=204)


@table.route(
    "POST", f"{LETTERS}/{{statement_id}}/retry", permission=PERMISSION, status=204, errors=NOT_FOUND
)
async def retry_letter(call: Call, target_id: str, statement_id: str) -> web.Response:
    """Have one statement that a target refused sent once more."""
    await call.services.targets.retry(call.organization_id, target_id, statement_id)
    return web.Response(status=204)


@table.route(
    "DELETE", f"{LETTERS}/{{statement_id}}", permission=PERMISSION, status=204, errors=NOT_FOUND
)
async def dismiss_letter(call: Call, target_id: str, statement_id: str) -> web.Response:
    """Dismiss a dead letter; the statement stays in the log."""
    await call.services.targets.dismiss(call.organization_id, target_id, statement_id)
    return web.Response(status=204)
