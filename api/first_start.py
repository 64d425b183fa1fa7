"""The first start over an empty database: an organization, an administrator, an xAPI credential."""

import asyncio
import secrets
from dataclasses import dataclass

from api.errors import NotInstalled
from api.identity.passwords import hash_password
from api.settings import Settings
from api.store import Database, Fields, Store
from content import organizations
from content import store as content_store
from content.organizations import OrganizationDraft
from content.people import people
from content.people.people import PersonDraft
from lrs.credentials import Credentials
from lrs.credentials.authority import BY_KEY, AuthorityTemplate

LEASE_SECONDS = 30
FIRST_ROLES = ("admin", "operator")


@dataclass(frozen=True, slots=True)
class Installation:
    """What the first start fixed for good: the default organization, the key that signs tokens."""

    organization_id: str
    signing_key: bytes


@dataclass(frozen=True, slots=True)
class FirstCredentials:
    """What is printed once."""

    admin_email: str
    admin_password: str
    lrs_key: str
    lrs_secret: str


async def installation(database: Database) -> Installation:
    """The facts of the first start. Raises NotInstalled before it."""
    facts = await Store(database).installation()
    if facts is None or facts.get("completed_at") is None:
        raise NotInstalled
    return _installation(facts)


async def install(
    database: Database, settings: Settings
) -> tuple[Installation, FirstCredentials | None]:
    """Do the first start unless it was done, by this server or another; steps that a crash cut
    short are done again.

    Returns:
        The installation, and the credentials to print where this call was the first start.
    """
    store = Store(database)
    while True:
        facts = await store.installation()
        if facts is not None and facts.get("completed_at") is not None:
            return _installation(facts), None
        if await store.lease_installation(LEASE_SECONDS):
            return await _first_start(database, store, settings)
        await asyncio.sleep(0.2)


async def _first_start(
    database: Database, store: Store, settings: Settings
) -> tuple[Installation, FirstCredentials]:
    content = content_store.Store(database)
    organization_id = await _organization(content, settings)
    credentials = FirstCredentials(
        admin_email=people.normal_email(settings.admin_email),
        admin_password=settings.admin_password or secrets.token_urlsafe(12),
        lrs_key=settings.lrs_key or secrets.token_hex(16),
        lrs_secret=settings.lrs_secret or secrets.token_urlsafe(24),
    )
    await _administrator(store, content, organization_id, credentials)
    await _xapi_credential(database, organization_id, settings, credentials)
    facts = await store.complete_installation(
        {"organization_id": organization_id, "signing_key": secrets.token_bytes(32)}
    )
    return _installation(facts), credentials


async def _organization(content: content_store.Store, settings: Settings) -> str:
    present = await organizations.every(content)
    if present:
        return present[0].id
    draft = OrganizationDraft(name=settings.organization, public_url=settings.public_origin)
    return (await organizations.create(content, draft)).id


async def _administrator(
    store: Store, content: content_store.Store, organization_id: str, given: FirstCredentials
) -> None:
    person = await people.by_email(content, organization_id, given.admin_email)
    if person is None:
        draft = PersonDraft(name="Administrator", email=given.admin_email, roles=FIRST_ROLES)
        person = await people.create(content, organization_id, draft)
    hashed = await hash_password(given.admin_password)
    await store.set_password_hash(organization_id, person.id, hashed)


async def _xapi_credential(
    database: Database, organization_id: str, settings: Settings, given: FirstCredentials
) -> None:
    credentials = Credentials(
        database, home_page=settings.public_origin, authority=authority_template(settings)
    )
    await credentials.remove(organization_id, given.lrs_key)
    await credentials.create(
        organization_id, "First xAPI client", key=given.lrs_key, secret=given.lrs_secret
    )


def authority_template(settings: Settings) -> AuthorityTemplate:
    """What makes the authority of a new xAPI credential."""
    written = settings.authority_template
    return AuthorityTemplate.written(written) if written else BY_KEY


def _installation(facts: Fields) -> Installation:
    return Installation(facts["organization_id"], bytes(facts["signing_key"]))
