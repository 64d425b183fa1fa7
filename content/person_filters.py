"""Which people are meant: by role, by what is known of them, by the beginnings of their words."""

import re
import unicodedata
from datetime import datetime
from typing import Any

from msgspec import Struct

_AT_MOST_TERMS = 8
_AFTER_ALL = "\U0010ffff"


class PersonFilter(Struct, frozen=True, kw_only=True):
    """Which people: all that is given must hold.

    `search` is the beginnings of words of the name or the e-mail address. Of a range the first
    moment counts and the last does not.
    """

    role: str | None = None
    status: str | None = None
    email: str | None = None
    external_id: str | None = None
    department: str | None = None
    location: str | None = None
    group: str | None = None
    search: str | None = None
    created_since: datetime | None = None
    created_until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None


def words_of(name: str, email: str) -> tuple[str, ...]:
    """What a person is found by: the words of the name and of the address, in one spelling."""
    local = email.partition("@")[0]
    words = [*_folded(name).split(), _folded(email), *re.split(r"[._+\-]", _folded(local))]
    return tuple(dict.fromkeys(word for word in words if word))


def query_of(filters: PersonFilter) -> dict[str, Any]:
    """MongoDB's query of all but the e-mail address."""
    given = {
        "roles": filters.role,
        "status": filters.status,
        "external_id": filters.external_id,
        "department": filters.department,
        "location": filters.location,
        "groups": filters.group,
        "created_at": _range(filters.created_since, filters.created_until),
        "updated_at": _range(filters.updated_since, filters.updated_until),
    }
    query: dict[str, Any] = {name: sought for name, sought in given.items() if sought is not None}
    terms = _folded(filters.search or "").split()[:_AT_MOST_TERMS]
    return {**query, "$and": [_beginning(term) for term in terms]} if terms else query


def _range(since: datetime | None, until: datetime | None) -> dict[str, datetime] | None:
    bounds = {"$gte": since, "$lt": until}
    return {operator: moment for operator, moment in bounds.items() if moment is not None} or None


def _beginning(term: str) -> dict[str, Any]:
    """Words that begin so: a range, which an index serves."""
    return {"words": {"$elemMatch": {"$gte": term, "$lt": term + _AFTER_ALL}}}


def _folded(text: str) -> str:
    """The text without case, accents and punctuation around words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    return re.sub(r"[\s,;()\"]+", " ", plain).strip()
