"""Which people are meant: by role, by what is known of them, by the beginnings of their words."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from content import words

_NOBODY: dict[str, Any] = {"words": {"$in": []}}


class PersonFilter(Struct, frozen=True, kw_only=True):
    """Which people: all that is given must hold.

    `search` is the beginnings of words of the name or the e-mail address. Of a range the first
    moment counts and the last does not.
    """

    role: str | None = None
    status: str | None = None
    email: str | None = None
    external_id: str | None = None
    supervisor_id: str | None = None
    department: str | None = None
    location: str | None = None
    group: str | None = None
    search: str | None = None
    created_since: datetime | None = None
    created_until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None


def query_of(filters: PersonFilter) -> dict[str, Any]:
    """MongoDB's query of all but the e-mail address."""
    given = {
        "roles": filters.role,
        "status": filters.status,
        "external_id": filters.external_id,
        "supervisor_id": filters.supervisor_id,
        "department": filters.department,
        "location": filters.location,
        "groups": filters.group,
        "created_at": _range(filters.created_since, filters.created_until),
        "updated_at": _range(filters.updated_since, filters.updated_until),
    }
    query: dict[str, Any] = {name: sought for name, sought in given.items() if sought is not None}
    if not filters.search or not filters.search.strip():
        return query
    return {**query, **(words.having(filters.search) or _NOBODY)}


def _range(since: datetime | None, until: datetime | None) -> dict[str, datetime] | None:
    bounds = {"$gte": since, "$lt": until}
    return {operator: moment for operator, moment in bounds.items() if moment is not None} or None
