"""What a page's handler works with: who looks, what is asked, and the services behind."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.identity.principal import Principal
from api.pages.auditing import audited
from api.pages.redirection import onward
from api.pages.rendering import render
from api.pages.viewer import signed_in
from api.permissions import Permission
from api.services import SERVICES, Services
from content.store import Store

SAVED = "Your changes are saved."
REMOVED = "It is taken out of the course. What people learnt in it stays."


@dataclass(frozen=True, slots=True)
class Desk:
    """One request to a page by a person who may see it."""

    request: web.Request
    principal: Principal
    services: Services

    @property
    def store(self) -> Store:
        """Where content is kept."""
        return self.services.content

    @property
    def organization_id(self) -> str:
        """The organization of who looks."""
        return self.principal.organization_id

    def named(self, name: str) -> str:
        """A part of the address."""
        return self.request.match_info[name]

    def asked(self, name: str, default: str = "") -> str:
        """A parameter of the query."""
        return self.request.query.get(name, default).strip()

    async def audit(self, action: str, *targets: str) -> None:
        """Note what was done, under the name that it has over REST."""
        await audited(self.request, self.principal, action, *targets)

    def show(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """The page."""
        return render(self.request, template, self.principal, status, **values)

    def go(self, address: str, told: str = "") -> web.Response:
        """On to another page, which tells what was done."""
        return onward(address, told)


async def at_desk(request: web.Request, permission: Permission) -> Desk:
    """The desk of a person who may. Raises HTTPSeeOther, HTTPForbidden (viewer.signed_in)."""
    principal = await signed_in(request, permission)
    return Desk(request, principal, request.app[SERVICES])
