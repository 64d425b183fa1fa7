"""ETags: which version of a resource a client has, and which one it means to change (RFC 9110)."""

import hashlib
import re

from aiohttp import web

from api.rest.problems import Finding, refuse

EXPECTED = web.RequestKey("expected_version", int)
"""The version that a page's form was filled in for: a form sends no headers."""

_VERSION = re.compile(r'(?:W/)?"(\d{1,15})(?:-[0-9a-f]+)?"')


def etag(version: int | None, body: bytes) -> str:
    """The tag of a document: the version that `If-Match` guards, and what was written of it.

    Two documents of one version differ by what they include, and by what is computed in them.
    """
    written = hashlib.blake2b(body, digest_size=8).hexdigest()
    return f'"{written}"' if version is None else f'"{version}-{written}"'


def expected_version(request: web.Request) -> int | None:
    """The version that If-Match, or a page's form, asks for; None without the header or with `*`.

    A proxy that packs answers makes a tag weak: it is taken all the same.

    Raises:
        ProblemRaised: 400, the header names no version of ours.
    """
    if EXPECTED in request:
        return request[EXPECTED]
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    match = _VERSION.fullmatch(header)
    if match is None:
        finding = Finding("must be the ETag of this resource", "If-Match", "header")
        raise refuse(400, "validation_error", "A header is malformed", [finding])
    return int(match[1])


def is_known(request: web.Request, tag: str) -> bool:
    """Whether If-None-Match names the tag."""
    known = request.headers.get("If-None-Match", "")
    tags = [each.strip().removeprefix("W/") for each in known.split(",")]
    return known.strip() == "*" or tag in tags
