"""Badges as pictures, with the signed credential in them (Open Badges 3.0, 5.3)."""

import zlib
from html import escape
from typing import Final
from urllib.parse import quote

from content.certificates.badge_words import lines
from content.certificates.certificates import Certificate
from content.printing import Printable

WIDTH: Final = 640
TITLE, ISSUER, GOLD = "#fff", "#cfe6e6", "#e8d9a6"
KEYWORD: Final = b"openbadgecredential"
HEADER: Final = 8 + 25
"""A PNG begins with its signature and the chunk IHDR."""
_STYLES: Final = f"""
@page {{ margin: 0 }}
img {{ display: block; width: 80mm; height: 80mm }}
p {{ position: absolute; left: 0; width: 80mm; margin: 0; text-align: center; line-height: 1 }}
.title {{ color: {TITLE}; font-weight: 700 }}
.issuer {{ color: {ISSUER} }}
.year {{ top: {123.5 / 4:g}mm; font-size: {15 / 4:g}mm; color: {GOLD} }}
"""


def svg(certificate: Certificate, token: str) -> str:
    """A picture with the signed credential in it (5.3.2)."""
    words = "".join(
        f'<text x="160" y="{each.y + 0.36 * each.size:g}" font-size="{each.size}"'
        f' fill="{TITLE if each.is_title else ISSUER}"'
        f' font-weight="{700 if each.is_title else 400}">{escape(each.words)}</text>'
        for each in lines(certificate)
    )
    return _picture(
        certificate,
        f'<openbadges:credential verify="{token}"></openbadges:credential>',
        '<g font-family="Noto Sans, Verdana, sans-serif" text-anchor="middle">'
        f'<text x="160" y="136" font-size="15" fill="{GOLD}">{certificate.issued_at.year}</text>'
        f"{words}</g>",
    )


def printable(certificate: Certificate) -> Printable:
    """The picture without a credential, to be drawn as PNG. Its words are laid over it as text:
    only so are letters joined that are written joined.
    """
    words = "".join(
        f'<p dir="auto" class="{"title" if each.is_title else "issuer"}" style="'
        f'top: {_mm(each.y - each.size / 2)}; font-size: {_mm(each.size)}">{escape(each.words)}</p>'
        for each in lines(certificate)
    )
    return Printable(
        title=certificate.title,
        html=f'<img src="data:image/svg+xml,{quote(_picture(certificate))}" alt="">'
        f'<p class="year">{certificate.issued_at.year}</p>{words}',
        css=_STYLES,
        paper="80mm",
        orientation="",
        language=certificate.language,
    )


def png(picture: bytes, token: str) -> bytes:
    """The PNG with the signed credential in it (5.3.1): uncompressed iTXt, after its header."""
    inside = b"iTXt" + KEYWORD + bytes(5) + token.encode()
    chunk = (len(inside) - 4).to_bytes(4) + inside + zlib.crc32(inside).to_bytes(4)
    return picture[:HEADER] + chunk + picture[HEADER:]


def _picture(certificate: Certificate, credential: str = "", words: str = "") -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"'
        ' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" viewBox="0 0 320 320" role="img"'
        f' aria-label="{escape(certificate.title)}, {escape(certificate.issuer)}">'
        f'{credential}<defs><linearGradient id="ground" x2="0" y2="1"><stop stop-color="#14706f"/>'
        '<stop offset="1" stop-color="#0a3d4a"/></linearGradient></defs>'
        '<path d="M160 6l37 23 44 1 21 38 38 21 1 44 13 27-13 27-1 44-38 21-21 38-44 1-37 23-37-23'
        '-44-1-21-38-38-21-1-44-13-27 13-27 1-44 38-21 21-38 44-1z" fill="url(#ground)"/>'
        f'<circle cx="160" cy="160" r="122" fill="none" stroke="{GOLD}" stroke-width="3"/>'
        f'<path d="M138 92l16 16 30-34" fill="none" stroke="{GOLD}" stroke-width="9"'
        f' stroke-linecap="round" stroke-linejoin="round"/>{words}</svg>'
    )


def _mm(units: float) -> str:
    """A length of the picture on the paper: 320 are 80 mm."""
    return f"{units / 4:g}mm"
