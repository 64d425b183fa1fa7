"""From a certificate and a look to the document that is printed."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

import segno
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_percent

from content.certificates import certificates, lettering
from content.certificates.certificates import Certificate
from content.certificates.designs import Look
from content.certificates.markup import PLACEHOLDER
from content.printing import Printable

USUAL_LANGUAGE: Final = "en-GB"
FITS: Final = 26
"""So many letters of a name fit a line in the size that designs give it."""
FITS_TITLE: Final = 80
"""So many of a title fit two or three."""
SIZES: Final = {
    "A3": (297, 420),
    "A4": (210, 297),
    "A5": (148, 210),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
}
"""Of each paper the short and the long side, in millimetres."""
STAMPS: Final = {
    certificates.REVOKED: "Revoked",
    certificates.REPLACED: "Superseded",
}
_STAMP: Final = (
    ".lyceum-stamp { position: fixed; top: calc(var(--page-height) / 2 - 16mm); left: 0; width:"
    " var(--page-width); text-align: center; font: 700 54pt 'Noto Sans'; letter-spacing: 0.1em;"
    " color: #b3261e; opacity: 0.75; transform: rotate(-18deg); z-index: 9 }"
)


def values(certificate: Certificate, look: Look, verification_url: str) -> dict[str, str]:
    """Each variable's HTML."""
    locale, zone = _locale(language_of(certificate, look)), ZoneInfo(certificate.time_zone)
    text = {
        "student_name": certificate.recipient_name,
        "course_name": certificate.title,
        "completion_date": _day(certificate.completed_at or certificate.issued_at, locale, zone),
        "instructor_name": certificate.instructor_name,
        "organization_name": certificate.issuer,
        "certificate_number": certificate.number,
        "issue_date": _day(certificate.issued_at, locale, zone),
        "expiry_date": _day(certificate.expires_at, locale, zone),
        "score": _score(certificate.score, locale),
        "verification_url": verification_url,
    }
    own = {name: _said(value) for name, value in certificate.custom_fields.items()}
    return {
        **{name: escape(value) for name, value in {**own, **text}.items()},
        "qr_code": _qr(verification_url),
        "logo": _image(look.logo, certificate.issuer),
        "signature": _image(look.signature, "Signature"),
    }


def fill(html: str, said: Mapping[str, str]) -> str:
    """The HTML with its variables filled in; those that nothing is said of are empty."""
    return PLACEHOLDER.sub(lambda match: said.get(match[1], ""), html)


def printable(
    certificate: Certificate, look: Look, verification_url: str, status: str
) -> Printable:
    """The certificate to print; one that was taken back has a stamp across it.

    Its styles know `--page-width`, `--page-height`, `--paper-scale` (1 for A4, 0.705 for A5),
    `--tall` (1 for portrait, else 0), `--name-scale` and `--title-scale` (less than 1 for what is
    long), `--tracking` (0 where the organization's name has joined letters, else 1). What has the
    class `if-NAME` is there when the variable is.
    """
    said = values(certificate, look, verification_url)
    stamp = STAMPS.get(status, "")
    return Printable(
        title=", ".join(filter(None, (certificate.title, certificate.recipient_name))),
        html=fill(look.html, said) + (f"<p class='lyceum-stamp'>{stamp}</p>" if stamp else ""),
        css=_measures(look, certificate) + look.css + _absent(look.html, said) + _STAMP,
        paper=look.paper,
        orientation=look.orientation,
        language=language_of(certificate, look),
    )


def language_of(certificate: Certificate, look: Look) -> str:
    """In which language dates are written: the person's where the look is in it or in none."""
    own, written = certificate.language, look.language
    return own if written is None or own.split("-")[0] == written.split("-")[0] else written


def _measures(look: Look, certificate: Certificate) -> str:
    short, long = SIZES[look.paper]
    wide, high = (long, short) if look.orientation == "landscape" else (short, long)
    known = {
        "page-width": f"{wide}mm",
        "page-height": f"{high}mm",
        "paper-scale": f"{short / SIZES['A4'][0]:.3f}",
        "tall": int(look.orientation == "portrait"),
        "name-scale": f"{_scale(FITS, certificate.recipient_name):.3f}",
        # Half as high, a line holds twice as much: what is four times as long takes as much room.
        "title-scale": f"{_scale(FITS_TITLE, certificate.title) ** 0.5:.3f}",
        "tracking": int(not lettering.is_joined(certificate.issuer)),
    }
    said = " ".join(f"--{name}: {value};" for name, value in known.items())
    return f":root {{ {said} }} @page {{ margin: 0 }}\n"


def _scale(fits: int, text: str) -> float:
    return max(min(1, fits / max(lettering.width(text), 1)), 0.25 if fits == FITS_TITLE else 0.4)


def _absent(html: str, said: Mapping[str, str]) -> str:
    classes = set(re.findall(r"\bif-([a-z][a-z0-9_]*)", html))
    empty = sorted(name for name in classes if not said.get(name))
    return "".join(f"\n.if-{name} {{ display: none !important }}" for name in empty) + "\n"


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(USUAL_LANGUAGE, sep="-")


def _day(moment: datetime | None, locale: Locale, zone: ZoneInfo) -> str:
    return "" if moment is None else format_date(moment.astimezone(zone), "long", locale)


def _score(score: float | None, locale: Locale) -> str:
    return (
        ""
        if score is None
        else format_percent(round(score / 100, 3), locale=locale, decimal_quantization=False)
    )


def _said(value: object) -> str:
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)


def _image(address: str, said: str) -> str:
    return f'<img src="{address}" alt="{escape(said)}">' if address else ""


def _qr(address: str) -> str:
    code = segno.make(address, error="m", micro=False).svg_data_uri(border=0, omitsize=True)
    return f'<img class="qr" src="{escape(code)}" alt="Verify at {escape(address)}">'
