"""/settings: what an organization decides for its learning management."""

from datetime import datetime

from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, expected_version
from api.rest.route import RouteTable
from content import organizations
from content.organizations import Organization, OrganizationChanges

table = RouteTable()


class SettingsAttributes(Attributes):
    """An organization's settings. Lessons may embed pages of `embed_hosts`; `*` is any host.
    Figures by the hour are in `time_zone`."""

    type_name = "settings"

    name: str
    public_url: str
    embed_hosts: tuple[str, ...]
    time_zone: str
    created_at: datetime
    updated_at: datetime


class ChangedSettings(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    embed_hosts: tuple[str, ...] = Field((), max_length=200)
    time_zone: str = Field("UTC", examples=["Europe/Berlin"])


def settings_resource(organization: Organization) -> Resource[SettingsAttributes]:
    """The settings as a resource."""
    attributes = SettingsAttributes.model_validate(organization)
    return Resource(organization.id, attributes, version=organization.version)


@table.route("GET", "/settings", permission=Permission.COURSES_READ)
async def get_settings(call: Call) -> Resource[SettingsAttributes]:
    """Show the organization's settings."""
    return settings_resource(await organizations.get(call.services.content, call.organization_id))


@table.route(
    "PATCH", "/settings", permission=Permission.SETTINGS_WRITE, errors=("version_mismatch",)
)
async def update_settings(call: Call, body: ChangedSettings) -> Resource[SettingsAttributes]:
    """Change the organization's settings."""
    changes = OrganizationChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    return settings_resource(
        await organizations.update(call.services.content, call.organization_id, changes, version)
    )
