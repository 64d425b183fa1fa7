"""What GET /statements asks for, as a MongoDB filter over the `statements` collection."""

from collections.abc import Iterable
from typing import Any

from lrs.query import StatementQuery
from lrs.statements.keys import Kind, key

Document = dict[str, Any]


def where(organization_id: str, query: StatementQuery) -> Document:
    """Return the MongoDB filter of a query; each one is served by an index in stored order."""
    found: Document = {"organization_id": organization_id}
    if query.voided is not None:
        found["voided"] = query.voided
    wanted = list(_wanted_keys(query))
    if len(wanted) == 1:
        found["keys"] = wanted[0]
    elif wanted:
        found["$and"] = [{"keys": each} for each in wanted]
        alone = {"via": {"$elemMatch": {"$and": found["$and"]}}}
        found["$or"] = [{"via": {"$exists": False}}, alone]
    if query.authority is not None:
        found["authority"] = query.authority
    stored = _stored_range(query)
    if stored:
        found["stored"] = stored
    return found


def index_of(query: StatementQuery) -> str:
    """Return the name of the index that serves a query.

    Left to itself MongoDB may take `by_stored` for what is frequent, and again for what is rare.
    """
    if any(True for _ in _wanted_keys(query)):
        return "by_key"
    return "voided_by_stored" if query.voided else "by_stored"


def _wanted_keys(query: StatementQuery) -> Iterable[int | Document]:
    """Yield a condition on `keys` per filter, the most selective first."""
    if query.registration is not None:
        yield key(Kind.REGISTRATION, query.registration)
    if query.agent is not None:
        yield _maybe_related(query.related_agents, Kind.AGENT, query.agent)
    if query.activity is not None:
        yield _maybe_related(query.related_activities, Kind.ACTIVITY, query.activity)
    if query.verb is not None:
        yield key(Kind.VERB, query.verb)
    if query.authority is not None:
        yield _maybe_related(True, Kind.AGENT, query.authority)


def _maybe_related(related: bool, kind: Kind, value: str) -> int | Document:
    direct = key(kind, value)
    return {"$in": [direct, key(Kind(f"related_{kind}"), value)]} if related else direct


def _stored_range(query: StatementQuery) -> Document:
    bounds: Document = {}
    if query.since is not None:
        bounds["$gt"] = query.since
    if query.until is not None:
        bounds["$lte"] = query.until
    if query.cursor is not None:
        if query.ascending:
            bounds["$gt"] = query.cursor
        else:
            bounds["$lt"] = query.cursor
    return bounds
