"""Whether a badge in a package is the issuer's, and about the certificate that names it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

import jwt
import orjson

from content.certificates.badges import ALGORITHM

Keys = Mapping[str, jwt.PyJWK]
UNBOUNDED: Final[Any] = {"verify_exp": False, "verify_nbf": False, "verify_aud": False}
"""Whether it had ended by then is another question: its status tells."""


def keys_of(key_set: bytes) -> Keys:
    """The keys of a JWKS, by their names."""
    return {each["kid"]: jwt.PyJWK(each) for each in orjson.loads(key_set)["keys"]}


def wrong(token: bytes, keys: Keys, certificate: Mapping[str, Any]) -> str:
    """What is wrong with a badge; empty where nothing is."""
    try:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        said = jwt.decode(token, key.key, algorithms=[ALGORITHM], options=UNBOUNDED)
    except (jwt.InvalidTokenError, KeyError):
        return "is not signed by a key of the issuer"
    told = said["jti"], said["name"]
    if told != (certificate["credential"], certificate["title"]):
        return f"is about another certificate than {certificate['number']}"
    return ""
