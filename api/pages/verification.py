"""/verify: whether a certificate is good, for anybody who holds its code or number."""

import re
from datetime import datetime
from typing import Final
from urllib.parse import quote

from aiohttp import web
from msgspec import Struct

from api.pages.rendering import render
from api.pages.wording import day, minute
from api.rest.limits import count_stranger
from api.rest.verification import numbered
from api.services import SERVICES
from api.store import now
from content.certificates import certificates
from content.certificates.certificates import Certificate
from content.errors import NotFound

table = web.RouteTableDef()

NUMBER: Final = re.compile(r"CERT-\d{4}-\d{7,}", re.IGNORECASE)
LONGEST: Final = 100
PRIVATE: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether it is good: `tone` good, warn or late, and a sentence for everybody."""

    status: str
    tone: str
    heading: str
    sentence: str


@table.get("/verify")
async def ask(request: web.Request) -> web.Response:
    """Show the form that asks for a code or number, or go on to what it was given."""
    sought = request.query.get("certificate", "").strip()
    if sought:
        address = f"/verify/{quote(sought[:LONGEST], safe='')}"
        return web.Response(status=303, headers={"Location": address, **PRIVATE})
    return _private(render(request, "verify.html", None))


@table.get("/verify/{certificate}")
async def verify(request: web.Request) -> web.Response:
    """Say what is written on a certificate, and whether it is good."""
    await count_stranger(request)
    sought = request.match_info["certificate"].strip()[:LONGEST]
    try:
        found = await _found(request, sought)
    except NotFound:
        return _private(render(request, "verify.html", None, 404, sought=sought))
    moment = now()
    return _private(
        render(
            request,
            "verify.html",
            None,
            certificate=found,
            verdict=verdict(found, moment),
            facts=_facts(found),
            checked=minute(moment),
        )
    )


def verdict(certificate: Certificate, moment: datetime) -> Verdict:
    """The status of a certificate in plain words."""
    status = certificates.status_of(certificate, moment)
    said = {
        certificates.VALID: ("good", "Valid", "This certificate is genuine and valid."),
        certificates.EXPIRED: (
            "warn",
            "Expired",
            f"This certificate is genuine, but was valid only until {day(certificate.expires_at)}.",
        ),
        certificates.REVOKED: (
            "late",
            "Revoked",
            f"This certificate was taken back on {day(certificate.revoked_at)}. It is not valid.",
        ),
        certificates.REPLACED: (
            "late",
            "Superseded",
            "A newer certificate was issued in the place of this one, which is not valid any more.",
        ),
    }
    tone, heading, sentence = said[status]
    return Verdict(status=status, tone=tone, heading=heading, sentence=sentence)


def _facts(certificate: Certificate) -> list[tuple[str, str]]:
    """What the certificate says, and nothing more."""
    return [
        ("Awarded to", certificate.recipient_name or "a person whose data was erased"),
        ("For", certificate.title),
        ("Issued by", certificate.issuer),
        ("Issued on", day(certificate.issued_at)),
        ("Valid until", day(certificate.expires_at) or "no end"),
        ("Number", certificate.number),
    ]


async def _found(request: web.Request, sought: str) -> Certificate:
    if NUMBER.fullmatch(sought):
        return await numbered(request, sought.upper())
    return await certificates.by_code(request.app[SERVICES].content, sought)


def _private(response: web.Response) -> web.Response:
    response.headers.update(PRIVATE)
    return response
