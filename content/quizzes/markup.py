"""The texts of questions: HTML from authors, made harmless, and its plain text for statements."""

import html
import re
from typing import Final

import nh3

_BREAKS: Final = re.compile(r"</?(?:p|div|br|li|tr|h\d)\b[^>]*>", re.IGNORECASE)
_SPACES: Final = re.compile(r"\s+")


def clean(markup: str) -> str:
    """The markup without anything that acts: scripts, handlers, foreign frames."""
    return nh3.clean(markup).strip()


def plain(markup: str) -> str:
    """What a reader sees of the markup, in one line."""
    text = html.unescape(nh3.clean(_BREAKS.sub(" ", markup), tags=set()))
    return _SPACES.sub(" ", text).strip()
