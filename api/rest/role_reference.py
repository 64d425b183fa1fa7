"""The integrators' table of which role may call what, written from the declarations."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from api.permissions import ROLES, Permission
from api.rest.route import Route

_HEAD = """\
# Roles and what they may call

A person holds roles, an API key scopes; each route asks for one permission. ● means that the role
may call it, ○ that it reaches what is the person's own alone. A learner who asks for what is hidden
from them, such as a draft course, gets 404.

This page is written from the server's own declarations by `lyceum roles`.
"""
_OWN = ".own"


def reference(routes: Sequence[Route]) -> str:
    """The page, in Markdown."""
    sections = [_section(noun, list(found)) for noun, found in groupby(routes, lambda r: r.noun)]
    return "\n".join([_HEAD, *sections])


def _section(noun: str, routes: Iterable[Route]) -> str:
    lines = [f"## {noun.replace('_', ' ')}", "", f"| route | permission | {' | '.join(ROLES)} |"]
    lines.append("|---" * (len(ROLES) + 2) + "|")
    for route in routes:
        permission = route.permission.value if route.permission else "anybody"
        cells = [_cell(role, route.permission) for role in ROLES]
        lines.append(f"| `{route.method} {route.path}` | {permission} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _cell(role: str, permission: Permission | None) -> str:
    if permission is None:
        return "●"
    if permission not in ROLES[role]:
        return ""
    return "○" if permission.value.endswith(_OWN) and not _sees_all(role, permission) else "●"


def _sees_all(role: str, permission: Permission) -> bool:
    """Whether the role has the permission for everybody's things as well."""
    everybody = permission.value.removesuffix(_OWN)
    return any(each.value == everybody for each in ROLES[role])
