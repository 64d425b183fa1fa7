"""Conditions and ranges of a GET (RFC 9110, 13 and 14): which bytes to send, if any."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from start up to, without, stop."""

    start: int
    stop: int


class NotSatisfiable(Exception):
    """No byte of the content lies in the range that was asked for."""


def unchanged(headers: Mapping[str, str], etag: str, modified_at: datetime) -> bool:
    """RFC 9110, 13.2.2: whether the client's copy is good (If-None-Match, If-Modified-Since)."""
    known = headers.get("If-None-Match")
    if known is not None:
        return known.strip() == "*" or etag in _tags(known)
    since = _moment(headers.get("If-Modified-Since"))
    return since is not None and modified_at.replace(microsecond=0) <= since


def wanted(headers: Mapping[str, str], etag: str, modified_at: datetime, size: int) -> Span | None:
    """RFC 9110, 14.2: the one range to send, None for everything.

    A range that is malformed, of another unit or of several parts is ignored, as is one whose
    If-Range names another version.

    Raises:
        NotSatisfiable: it lies behind the end.
    """
    match = re.fullmatch(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", headers.get("Range", ""))
    if match is None or match[0].strip() == "bytes=-" or not _same(headers, etag, modified_at):
        return None
    first, last = match[1], match[2]
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= stop:
        raise NotSatisfiable
    return Span(start, stop)


def _same(headers: Mapping[str, str], etag: str, modified_at: datetime) -> bool:
    """RFC 9110, 13.1.5: If-Range compares strongly."""
    condition = headers.get("If-Range")
    if condition is None or condition.strip() == etag:
        return True
    return _moment(condition) == modified_at.replace(microsecond=0)


def _tags(header: str) -> set[str]:
    return {each.strip().removeprefix("W/") for each in header.split(",")}


def _moment(header: str | None) -> datetime | None:
    if header is None:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
