"""The texts of questions: HTML from authors, made harmless, and its plain text for statements."""

import html
import re
from typing import Final

import nh3

from content import sanitised

_BREAKS: Final = re.compile(r"</?(?:p|div|br|li|tr|h\d)\b[^>]*>", re.IGNORECASE)


def clean(markup: str) -> str:
    """The markup without anything that acts, and without space around it."""
    return sanitised.clean(markup).strip()


def plain(markup: str) -> str:
    """What a reader sees of the markup, in one line."""
    if "<" in markup or "&" in markup:
        markup = html.unescape(nh3.clean(_BREAKS.sub(" ", markup), tags=set()))
    return " ".join(markup.split())
