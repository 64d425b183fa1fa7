"""When two statements are the same one (Data 2.3.1): what may differ is left out."""

from collections.abc import Mapping
from typing import Any

import orjson

from lrs.timestamps import parse_timestamp

_ASSIGNED = ("stored", "authority", "version", "id", "timestamp")


def same_statement(sent: bytes, stored: bytes, *, with_timestamp: bool) -> bool:
    """Say whether two statements' JSON tell the same.

    `with_timestamp` is False where the sender gave no timestamp: the stored one was assigned.
    """
    one, other = orjson.loads(sent), orjson.loads(stored)
    if with_timestamp and parse_timestamp(one["timestamp"]) != parse_timestamp(other["timestamp"]):
        return False
    return _immutable(one) == _immutable(other)


def _immutable(statement: Mapping[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in statement.items() if name not in _ASSIGNED}
    if body["object"].get("objectType") == "Activity":
        body["object"] = {
            name: value for name, value in body["object"].items() if name != "objectType"
        }
    return body
