"""/auth/profile: what people say of themselves; /auth/sync: what an identity provider says."""

from datetime import date

from api.permissions import Permission
from api.rest.bodies import Draft
from api.rest.call import Call
from api.rest.documents import Resource, expected_version
from api.rest.route import RouteTable
from api.rest.users import UserAttributes, check_reach, user_resource
from content.people import people, provisioning
from content.people.people import Person, PersonChanges
from content.people.provisioning import Provisioned

table = RouteTable()


class Profile(Draft):
    """What people may say of themselves, as a whole: what is not given is emptied."""

    name: str
    locale: str | None = None
    time_zone: str | None = None
    photo_url: str | None = None


class ProfileChanges(Draft):
    """The same in part: what is not given stays."""

    name: str = ""
    locale: str | None = None
    time_zone: str | None = None
    photo_url: str | None = None


class SyncedUser(Draft):
    """A person as an identity provider knows them: found by `external_id`, else by `email` where
    they have no external id yet; added where there is nobody. What is not given stays."""

    external_id: str
    email: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    status: str = ""
    department: str | None = None
    location: str | None = None
    groups: tuple[str, ...] = ()
    hired_on: date | None = None
    supervisor_id: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    photo_url: str | None = None


@table.route("GET", "/auth/profile", permission=Permission.SESSION)
async def get_profile(call: Call) -> Resource[UserAttributes]:
    """Show who you are."""
    return user_resource(call.principal.person)


@table.route(
    "PUT",
    "/auth/profile",
    permission=Permission.SESSION,
    errors=("user_not_found", "version_mismatch"),
)
async def replace_profile(call: Call, body: Profile) -> Resource[UserAttributes]:
    """Replace what you say of yourself."""
    return await _say(call, PersonChanges(**body.model_dump()))


@table.route(
    "PATCH",
    "/auth/profile",
    permission=Permission.SESSION,
    errors=("user_not_found", "version_mismatch"),
)
async def update_profile(call: Call, body: ProfileChanges) -> Resource[UserAttributes]:
    """Change what you say of yourself."""
    return await _say(call, PersonChanges(**body.model_dump(exclude_unset=True)))


@table.route(
    "POST",
    "/auth/sync",
    permission=Permission.USERS_WRITE,
    errors=("email_taken", "external_id_taken", "last_administrator"),
)
async def sync_user(call: Call, body: SyncedUser) -> Resource[UserAttributes]:
    """Add a person of an identity provider, or bring them up to date; `meta.outcome` tells."""
    changes = PersonChanges(**body.model_dump(exclude_unset=True))
    synced = await sync(call, changes, await check_synced(call, changes))
    return user_resource(synced.person, {"outcome": synced.outcome})


async def check_synced(call: Call, changes: PersonChanges) -> Person | None:
    """The person who is meant, when the caller may change them and give the roles.

    Raises:
        ProblemRaised: 403, some role is above the caller.
        Conflict: email_taken, the address is that of a person with another external id.
    """
    store, organization_id = call.services.content, call.organization_id
    present = await provisioning.find_present(store, organization_id, changes)
    wanted = changes.roles if isinstance(changes.roles, tuple) else ()
    check_reach(call, (*wanted, *(present.roles if present else ())))
    return present


async def sync(call: Call, changes: PersonChanges, present: Person | None) -> Provisioned:
    """Add the person or bring them up to date; who is inactive has no sessions."""
    services = call.services
    synced = await provisioning.provision(services.content, call.organization_id, changes, present)
    if synced.person.status != "active":
        await services.sessions.end_all(synced.person)
    return synced


async def _say(call: Call, changes: PersonChanges) -> Resource[UserAttributes]:
    version = expected_version(call.request)
    person_id, store = call.principal.person.id, call.services.content
    return user_resource(
        await people.update(store, call.organization_id, person_id, changes, version)
    )
