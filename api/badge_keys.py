"""What `lyceum badges` does to a database, beside a running server or without one."""

from api.services import Services
from api.settings import Settings
from api.tenants import done
from content import organizations
from content.certificates.badge_keys import BadgeKey

ROTATED = "badge_key.rotated"
WITHDRAWN = "badge_key.withdrawn"


def keys(settings: Settings, organization_id: str | None) -> list[BadgeKey]:
    """The keys of every organization, or of one. Raises NotInstalled, Refused."""

    async def work(services: Services) -> list[BadgeKey]:
        every = [await services.badge_keys.every(e) for e in await _ids(services, organization_id)]
        return [key for keys in every for key in keys]

    return done(settings, work)


def rotate(settings: Settings, organization_id: str | None) -> list[BadgeKey]:
    """Give every organization, or one, a new key; return these. Raises NotInstalled, Refused."""

    async def work(services: Services) -> list[BadgeKey]:
        made = [await services.badge_keys.rotate(e) for e in await _ids(services, organization_id)]
        for key in made:
            await services.audit.append(key.organization_id, None, ROTATED, [key.id])
        return made

    return done(settings, work)


def withdraw(settings: Settings, organization_id: str | None, key_id: str) -> BadgeKey:
    """Publish a key no more. Raises NotInstalled, Refused: no such key, or it signs."""

    async def work(services: Services) -> BadgeKey:
        owner = organization_id or services.sessions.organization_id
        key = await services.badge_keys.withdraw(owner, key_id)
        await services.audit.append(owner, None, WITHDRAWN, [key.id])
        return key

    return done(settings, work)


async def _ids(services: Services, organization_id: str | None) -> list[str]:
    if organization_id is not None:
        return [(await organizations.get(services.content, organization_id)).id]
    return [each.id for each in await organizations.every(services.content)]
