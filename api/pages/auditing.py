"""What is done on a page stands in the audit log as what is done over REST does."""

from aiohttp import web

from api.identity.principal import Principal
from api.rest.auditing import whence_of
from api.services import SERVICES


async def audited(
    request: web.Request, principal: Principal, action: str, *subjects: str, **counts: int
) -> None:
    """Note what was done, by the name of the operation that would do it, to what, how often."""
    await request.app[SERVICES].audit.append(
        principal.organization_id,
        principal.person.id,
        action,
        list(subjects),
        counts,
        whence=whence_of(request, principal),
    )
