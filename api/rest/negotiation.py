"""Which media type is answered, and which ones are taken (JSON:API 1.1, RFC 9110)."""

from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from functools import lru_cache

from aiohttp import web

from api.rest.problems import MEDIA_TYPE, Finding, refuse

JSON = "application/json"
ANY = "*/*"
PLAIN_JSON = web.RequestKey("plain_json", bool)
REMEMBERED = 256
"""Headers whose meaning is remembered: clients send few different ones."""
_HARMLESS = ("charset", "profile", "q")


def negotiate(request: web.Request, media: str, *other: str) -> None:
    """Choose the answer's media type. JSON:API documents go by the name of JSON as well.

    Raises:
        ProblemRaised: 406, the client accepts none that the route answers with.
    """
    accepted = _accepted(",".join(request.headers.getall("Accept", [ANY])))
    told = {media, *other}
    if media == ANY or accepted & {ANY, *told, *(each.partition("/")[0] + "/*" for each in told)}:
        return
    if media == MEDIA_TYPE and JSON in accepted:
        request[PLAIN_JSON] = True
        return
    finding = Finding(f"this answers with {' or '.join((media, *other))}", "Accept", "header")
    raise refuse(406, "not_acceptable", "No media type that you accept", [finding])


def check_json(request: web.Request) -> None:
    """Take a body of JSON, under either name and without an extension of JSON:API.

    Raises:
        ProblemRaised: 415, it is another media type.
    """
    media, parameters = _media(request.headers.get("Content-Type", ""))
    if media in (JSON, MEDIA_TYPE) and not (media == MEDIA_TYPE and _extended(parameters)):
        return
    finding = Finding(f"must be {JSON} or {MEDIA_TYPE}", "Content-Type", "header")
    raise refuse(415, "unsupported_media_type", "The media type is not taken", [finding])


def named(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """The answer under the name that the client accepts."""
    if request.get(PLAIN_JSON) and not response.prepared and response.content_type == MEDIA_TYPE:
        response.content_type = JSON
    return response


@lru_cache(REMEMBERED)
def _accepted(header: str) -> frozenset[str]:
    """The media types that may be answered; JSON:API's not with an extension."""
    return frozenset(_acceptable(header))


def _acceptable(header: str) -> Iterator[str]:
    for part in header.split(","):
        media, parameters = _media(part)
        refused = parameters.get("q", "1").strip() in ("0", "0.0", "0.00", "0.000")
        if not refused and not (media == MEDIA_TYPE and _extended(parameters)):
            yield media or ANY


@lru_cache(REMEMBERED)
def _media(written: str) -> tuple[str, Mapping[str, str]]:
    message = Message()
    message["Content-Type"] = written.strip() or ANY
    parameters = message.get_params() or [("", "")]
    media = parameters[0][0].strip().lower()
    return media, {name.lower(): value for name, value in parameters[1:]}


def _extended(parameters: Iterable[str]) -> bool:
    return any(name not in _HARMLESS for name in parameters)
