"""/users/{id}/erasure and /erasures: deleting a person's data on request."""

from collections.abc import Mapping
from datetime import datetime

from api.erasure_store import Erasure
from api.permissions import Permission
from api.rest.bodies import PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.route import RouteTable

table = RouteTable()


class ErasureAttributes(Attributes):
    """A request, without who it is about. `state` is running, settling or done.

    `counts` says how much was erased, by kind; `asked_by` is a user's id.
    """

    type_name = "erasure"

    state: str
    asked_by: str
    asked_at: datetime
    erased_at: datetime | None
    counts: Mapping[str, int]


def _resource(erasure: Erasure) -> Resource[ErasureAttributes]:
    return Resource(erasure.id, ErasureAttributes.model_validate(erasure))


@table.route(
    "POST",
    "/users/{user_id}/erasure",
    permission=Permission.USERS_ERASE,
    status=202,
    errors=("user_not_found",),
    audited=False,
)
async def erase_user(call: Call, user_id: str) -> Resource[ErasureAttributes]:
    """Erase a person for good; GET /erasures/{id} tells how far it is."""
    asked_by = call.principal.person.id
    return _resource(await call.services.erasures.ask(call.organization_id, user_id, asked_by))


@table.route("GET", "/erasures", permission=Permission.USERS_ERASE)
async def list_erasures(call: Call, query: PageQuery) -> ResourcePage[ErasureAttributes]:
    """List the requests to erase somebody, the newest first."""
    found, total = await call.services.erasures.page(
        call.organization_id, query.start, query.per_page
    )
    return ResourcePage([_resource(each) for each in found], total, query.page, query.per_page)


@table.route(
    "GET",
    "/erasures/{erasure_id}",
    permission=Permission.USERS_ERASE,
    errors=("erasure_not_found",),
)
async def get_erasure(call: Call, erasure_id: str) -> Resource[ErasureAttributes]:
    """Show how far a request is."""
    return _resource(await call.services.erasures.get(call.organization_id, erasure_id))
