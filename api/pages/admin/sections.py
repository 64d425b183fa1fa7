"""The groups of the administration's pages: tabs to the pages that belong together."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.identity.principal import Principal
from api.pages.desk import Desk
from api.permissions import Permission


@dataclass(frozen=True, slots=True)
class Section:
    """One tab of a group."""

    path: str
    label: str
    permission: Permission

    def holds(self, path: str) -> bool:
        """Whether a page belongs to it."""
        return path == self.path or path.startswith(f"{self.path}/")


GROUPS: tuple[tuple[Section, ...], ...] = (
    (
        Section("/admin/people", "People", Permission.USERS_READ),
        Section("/admin/groups", "Groups and departments", Permission.USERS_READ),
        Section("/admin/mentor-applications", "Mentor applications", Permission.MENTORS_DECIDE),
        Section("/admin/erasures", "Erasures", Permission.USERS_ERASE),
    ),
    (
        Section("/admin/api-keys", "API keys", Permission.API_KEYS),
        Section("/admin/credentials", "Record store keys", Permission.XAPI_CREDENTIALS),
        Section("/admin/webhooks", "Webhooks", Permission.WEBHOOKS),
        Section("/admin/forwarding", "Forwarding", Permission.STATEMENTS_FORWARD),
        Section("/admin/identity-providers", "Identity providers", Permission.IDENTITY_PROVIDERS),
    ),
)


def tabs_of(principal: Principal, path: str) -> list[tuple[str, str, bool]]:
    """The tabs around a page that somebody may open; none where there is but one."""
    for group in GROUPS:
        if any(each.holds(path) for each in group):
            allowed = [each for each in group if principal.may(each.permission)]
            shown = [(each.label, each.path, each.holds(path)) for each in allowed]
            return shown if len(shown) > 1 else []
    return []


def page(desk: Desk, template: str, status: int = 200, **values: Any) -> web.Response:
    """A page of the administration; no cache keeps it."""
    response = desk.show(
        f"admin/{template}",
        status,
        around=tabs_of(desk.principal, desk.request.path),
        **values,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
