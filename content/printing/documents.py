"""What is printed: HTML, its styles and its paper."""

from html import escape
from typing import Final

from msgspec import Struct

PAPERS: Final = ("A3", "A4", "A5", "letter", "legal")
ORIENTATIONS: Final = ("landscape", "portrait")
RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
)


class Printable(Struct, frozen=True, kw_only=True):
    """A document to print. `html` is what its body holds; `language` (BCP 47) is that of its text.
    `paper` is the name of one, or a length with an empty `orientation`, for a square.

    Images and fonts are `data:` addresses: nothing is fetched when it is printed.
    """

    title: str
    html: str
    css: str = ""
    paper: str = "A4"
    orientation: str = "portrait"
    language: str = "en"


def page(document: Printable) -> str:
    """The whole HTML document."""
    language = escape(document.language, quote=True)
    return (
        f'<!doctype html><html lang="{language}" dir="{direction(document.language)}"><head>'
        f'<meta charset="utf-8"><title>{escape(document.title)}</title></head>'
        f"<body>{document.html}</body></html>"
    )


def styles(document: Printable) -> tuple[str, str, str]:
    """What holds unless the document says otherwise, the document's own, and its paper."""
    plain = (
        "@page { margin: 18mm } html { font-family: 'Noto Sans', sans-serif; font-size: 10pt }"
        "body { margin: 0 } table { border-collapse: collapse }"
    )
    paper = f"@page {{ size: {document.paper} {document.orientation} }}"
    return plain, document.css, paper


def direction(language: str) -> str:
    """rtl or ltr: how a language is written."""
    return "rtl" if language.lower().split("-")[0] in RIGHT_TO_LEFT else "ltr"
