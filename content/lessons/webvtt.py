"""WebVTT (W3C): what a file of captions says, cue by cue, or line by line what is wrong with it."""

import re
from html import unescape
from typing import Final

import webvtt
from msgspec import Struct
from webvtt.errors import MalformedFileError

from content.errors import RuleBroken
from content.findings import Finding

LARGEST: Final = 1024 * 1024
MOST_FINDINGS: Final = 50

_TIMESTAMP: Final = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_TIMING: Final = re.compile(rf"\s*({_TIMESTAMP})[ \t]+-->[ \t]+({_TIMESTAMP})(?:[ \t].*)?")


class Cue(Struct, frozen=True, kw_only=True):
    """One caption: from when to when in seconds, and what is said, without markup."""

    start: float
    end: float
    text: str
    identifier: str | None = None
    voice: str | None = None


def cues(text: str, where: str = "file") -> tuple[Cue, ...]:
    """The cues of a file, in their order.

    Raises:
        RuleBroken: it is no WebVTT; each wrong line is told.
    """
    if wrong := _timings(text, where):
        raise RuleBroken(wrong[:MOST_FINDINGS])
    try:
        read = webvtt.from_string(text)
    except MalformedFileError as error:
        raise RuleBroken([Finding(where=where, detail="must begin with WEBVTT")]) from error
    found = tuple(_cue(each) for each in read.captions)
    if not found:
        raise RuleBroken([Finding(where=where, detail="must have a cue")])
    return found


def _timings(text: str, where: str) -> list[Finding]:
    """Find fault with the lines that tell when a cue is shown."""
    wrong, last = [], 0.0
    for number, line in enumerate(text.splitlines(), start=1):
        if "-->" not in line:
            continue
        match = _TIMING.fullmatch(line)
        if match is None:
            detail = f"line {number}: must be such as 00:01.000 --> 00:02.500"
            wrong.append(Finding(where=where, detail=detail))
            continue
        start, end = seconds(match[1]), seconds(match[2])
        if end <= start:
            wrong.append(Finding(where=where, detail=f"line {number}: must end after it begins"))
        if start < last:
            detail = f"line {number}: must not begin before the cue before it"
            wrong.append(Finding(where=where, detail=detail))
        last = start
    return wrong


def seconds(timestamp: str) -> float:
    """`01:02:03.500` in seconds."""
    total = 0.0
    for part in timestamp.split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def _cue(caption: webvtt.Caption) -> Cue:
    return Cue(
        start=seconds(caption.start),
        end=seconds(caption.end),
        text=unescape(caption.text),
        identifier=caption.identifier,
        voice=caption.voice or None,
    )
