"""What a page's handler works with: who looks, what is asked, and the services behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from api.identity.principal import Principal
from api.pages import asking, wording
from api.pages.asking import NOTHING, Outcome
from api.pages.auditing import audited
from api.pages.redirection import onward
from api.pages.rendering import render
from api.pages.viewer import signed_in
from api.permissions import Permission
from api.rest.call import Call
from api.rest.route import Handler
from api.services import SERVICES, Services
from content import organizations
from content.people.people import Person
from content.store import Store

SAVED = "Your changes are saved."
REMOVED = "It is taken out of the course. What people learnt in it stays."


@dataclass(frozen=True, slots=True)
class Desk:
    """One request to a page by a person who may see it.

    `zone` is in whose time moments are told: the person's, else their organization's.
    """

    request: web.Request
    principal: Principal
    zone: tzinfo

    @property
    def services(self) -> Services:
        """What the server is made of."""
        return self.request.app[SERVICES]

    @property
    def store(self) -> Store:
        """Where content is kept."""
        return self.services.content

    @property
    def organization_id(self) -> str:
        """The organization of who looks."""
        return self.principal.organization_id

    @property
    def person(self) -> Person:
        """Who looks."""
        return self.principal.person

    @property
    def call(self) -> Call:
        """The request as REST has it."""
        return Call(self.request, self.services, self.principal)

    def named(self, name: str) -> str:
        """A part of the address."""
        return self.request.match_info[name]

    def asked(self, name: str, default: str = "") -> str:
        """A parameter of the query."""
        return self.request.query.get(name, default).strip()

    async def ask(
        self,
        handler: Handler,
        given: Mapping[str, Any] | None = NOTHING,
        *,
        query: Mapping[str, Any] = NOTHING,
        **at: str,
    ) -> Any:
        """What a route of REST answers to this person (asking.ask).

        `at` are the parameters of its path that are not in the page's own under the same name.

        Raises:
            ProblemRaised and whatever else the route raises.
        """
        return await asking.ask(self.call, handler, given, query, self._at(at))

    async def submit(
        self,
        handler: Handler,
        given: Mapping[str, Any] | None = NOTHING,
        version: int | None = None,
        **at: str,
    ) -> Outcome:
        """What came of a form (asking.submit): what can be mended in it is told, not raised."""
        return await asking.submit(self.call, handler, given, version, self._at(at))

    async def audit(self, action: str, *subjects: str, **counts: int) -> None:
        """Note what was done, under the name that it has over REST."""
        await audited(self.request, self.principal, action, *subjects, **counts)

    def show(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """The page; templates know `day` and `minute`, which tell moments in the desk's zone."""
        told = {"day": self.day, "minute": self.minute, **values}
        return render(self.request, template, self.principal, status, **told)

    def go(self, address: str, told: str = "") -> web.Response:
        """On to another page, which tells what was done."""
        return onward(address, told)

    def day(self, moment: datetime | None) -> str:
        """The day of a moment."""
        return "" if moment is None else wording.day(moment.astimezone(self.zone))

    def minute(self, moment: datetime | None) -> str:
        """A moment to the minute, with the time zone's name."""
        if moment is None:
            return ""
        local = moment.astimezone(self.zone)
        return f"{wording.day(local)}, {local:%H:%M} {local.tzname()}"

    def _at(self, at: Mapping[str, str]) -> Mapping[str, str]:
        return {**self.request.match_info, **at}


async def at_desk(request: web.Request, permission: Permission | None = None) -> Desk:
    """The desk of a person who may. Raises HTTPSeeOther, HTTPForbidden (viewer.signed_in)."""
    principal = await signed_in(request, permission)
    named = principal.person.time_zone or await organizations.time_zone(
        request.app[SERVICES].content, principal.organization_id
    )
    return Desk(request, principal, _zone(named))


def _zone(named: str) -> tzinfo:
    """A time zone by its name; UTC for what is none."""
    try:
        return ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
