"""/organizations: the tenants of this server, for those who run it."""

from datetime import datetime

from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.rest.users import UserAttributes, user_resource
from content import organizations
from content.organizations import Organization, OrganizationChanges, OrganizationDraft
from content.people import people
from content.people.people import PersonDraft

table = RouteTable()


class OrganizationAttributes(Attributes):
    """A tenant. People who sign in name it by `slug`, or reach it by one of `hosts`."""

    type_name = "organization"

    name: str
    slug: str
    hosts: tuple[str, ...]
    public_url: str
    created_at: datetime
    updated_at: datetime


class NewOrganization(Draft):
    """A new tenant. `public_url` names its people and activities in statements for good; it is the
    server's unless said otherwise."""

    name: str
    slug: str = ""
    hosts: tuple[str, ...] = Field((), max_length=20)
    public_url: str | None = None


class ChangedOrganization(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    slug: str = ""
    hosts: tuple[str, ...] = Field((), max_length=20)


class NewAdministrator(Draft):
    """Who is to administer a tenant."""

    name: str
    email: str


class OrganizationQuery(PageQuery):
    """Which page."""

    sort: str | None = None


def _resource(organization: Organization) -> Resource[OrganizationAttributes]:
    attributes = OrganizationAttributes.model_validate(organization)
    return Resource(organization.id, attributes, version=organization.version)


@table.route("GET", "/organizations", permission=Permission.ORGANIZATIONS)
async def list_organizations(
    call: Call, query: OrganizationQuery
) -> ResourcePage[OrganizationAttributes]:
    """List the tenants of this server."""
    store, asked = call.services.content, paging(query, query.sort)
    return page_of(await organizations.page(store, asked), _resource)


@table.route(
    "POST",
    "/organizations",
    permission=Permission.ORGANIZATIONS,
    status=201,
    errors=("slug_taken", "host_taken"),
)
async def create_organization(
    call: Call, body: NewOrganization
) -> Resource[OrganizationAttributes]:
    """Add a tenant; it is empty until it has an administrator."""
    public_url = body.public_url or call.services.settings.public_origin
    told = body.model_dump(exclude={"public_url"})
    draft = OrganizationDraft(**told, public_url=public_url)
    return _resource(await organizations.create(call.services.content, draft))


@table.route(
    "GET",
    "/organizations/{organization_id}",
    permission=Permission.ORGANIZATIONS,
    errors=("organization_not_found",),
)
async def get_organization(call: Call, organization_id: str) -> Resource[OrganizationAttributes]:
    """Show a tenant."""
    return _resource(await organizations.get(call.services.content, organization_id))


@table.route(
    "PATCH",
    "/organizations/{organization_id}",
    permission=Permission.ORGANIZATIONS,
    errors=("organization_not_found", "slug_taken", "host_taken", "version_mismatch"),
)
async def update_organization(
    call: Call, organization_id: str, body: ChangedOrganization
) -> Resource[OrganizationAttributes]:
    """Change what is given of a tenant."""
    changes = OrganizationChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    store = call.services.content
    return _resource(await organizations.update(store, organization_id, changes, version))


@table.route(
    "POST",
    "/organizations/{organization_id}/administrators",
    permission=Permission.ORGANIZATIONS,
    status=201,
    errors=("organization_not_found", "email_taken"),
)
async def add_administrator(
    call: Call, organization_id: str, body: NewAdministrator
) -> Resource[UserAttributes]:
    """Add an administrator to a tenant; `meta.reset_link` is where they set a password."""
    draft = PersonDraft(name=body.name, email=body.email, roles=("admin",))
    person = await people.create(call.services.content, organization_id, draft)
    link = await call.services.password_resets.link(person)
    return user_resource(person, {"reset_link": link.url})
