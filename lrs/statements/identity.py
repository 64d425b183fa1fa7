"""When two statements are the same one (Data 2.3.1; IEEE 9274.1.1, 4.2): what may differ goes."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from lrs.statements.parts import Json, convert
from lrs.timestamps import parse_timestamp

_ASSIGNED = ("stored", "authority", "version", "id", "timestamp")
_BEYOND_HUNDREDTHS = re.compile(r"([.,]\d\d)\d+(?=S)")


def same_statement(sent: bytes, stored: bytes, *, with_timestamp: bool) -> bool:
    """Say whether two statements' JSON tell the same.

    `with_timestamp` is False where the sender gave no timestamp: the stored one was assigned.
    Version 2 compares neither timestamps nor attachments, and durations to the hundredth of a
    second; the first version compares durations as text.
    """
    one, other = orjson.loads(sent), orjson.loads(stored)
    if not other.get("version", "").startswith("2"):
        return _same_time(one, other, with_timestamp) and _immutable(one) == _immutable(other)
    return _immutable_in_2(one) == _immutable_in_2(other)


def _same_time(one: Json, other: Json, with_timestamp: bool) -> bool:
    if not with_timestamp:
        return True
    return parse_timestamp(one["timestamp"]) == parse_timestamp(other["timestamp"])


def _immutable_in_2(statement: Mapping[str, Any]) -> Json:
    kept = _immutable(statement)
    for part in (kept, kept["object"]):
        part.pop("attachments", None)
        part.pop("timestamp", None)
        if "duration" in part.get("result", {}):
            shortened = _BEYOND_HUNDREDTHS.sub(r"\1", part["result"]["duration"])
            part["result"] = {**part["result"], "duration": shortened}
    return kept


def _immutable(statement: Mapping[str, Any]) -> Json:
    body = {name: value for name, value in statement.items() if name not in _ASSIGNED}
    kept = convert(body, _agent, _activity, _verb)
    thing = kept["object"]
    for part in (kept, thing):
        if "context" in part:
            part["context"] = _context(part["context"])
    if "timestamp" in thing:
        thing["timestamp"] = parse_timestamp(thing["timestamp"])
    if thing.get("objectType") == "StatementRef":
        kept["object"] = {**thing, "id": thing["id"].lower()}
    return kept


def _context(context: Json) -> Json:
    kept = dict(context)
    if "registration" in kept:
        kept["registration"] = kept["registration"].lower()
    if "statement" in kept:
        kept["statement"] = {**kept["statement"], "id": kept["statement"]["id"].lower()}
    return kept


def _agent(agent: Json) -> Json:
    """An agent's type may be left out; the members of a group have no order."""
    kept = {"objectType": "Agent", **agent}
    if "mbox" in kept:
        name, _, host = kept["mbox"].rpartition("@")
        kept["mbox"] = f"{name}@{host.lower()}"
    if "mbox_sha1sum" in kept:
        kept["mbox_sha1sum"] = kept["mbox_sha1sum"].lower()
    if "member" in kept:
        kept["member"] = sorted((_agent(each) for each in kept["member"]), key=_order)
    return kept


def _order(agent: Json) -> bytes:
    return orjson.dumps(agent, option=orjson.OPT_SORT_KEYS)


def _activity(activity: Json) -> Json:
    """The definition of an activity is not part of the statement."""
    return {"id": activity["id"]}


def _verb(verb: Json) -> Json:
    return {"id": verb["id"]}
