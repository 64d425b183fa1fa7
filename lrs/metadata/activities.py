"""Activities: one canonical definition out of all that statements tell (Data 2.4.4.1)."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

_MERGED = ("name", "description", "extensions")


def canonical(told: Iterable[bytes]) -> bytes:
    """Return the definition that several leave, each a JSON object, in the order of their telling.

    Languages and extensions are gathered; of everything else the last told holds.
    """
    definition: dict[str, Any] = {}
    for each in told:
        definition = _merge(definition, orjson.loads(each))
    return orjson.dumps(definition)


def _merge(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    gathered = {
        name: {**known[name], **told[name]} for name in _MERGED if name in known and name in told
    }
    return {**known, **told, **gathered}
