"""What is wrong with an input, and the checks that find it.

A check returns a list of findings, so that a rule adds them up and reports them together.
"""

import re
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import UNSET, Struct, UnsetType

LONGEST_TITLE = 500
LONGEST_TEXT = 100_000
LONGEST_IRI = 2048
MOST = 100_000_000
FIRST_YEAR, LAST_YEAR = 1900, 9000

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_ADDRESS = re.compile(r"[^\s<>\"{}|\\^`\x00-\x20]+")
_EMAIL = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;/]+")


class Finding(Struct, frozen=True, kw_only=True):
    """One broken rule: `where` names the field (`title`, `audience/person_ids/3`) or parameter."""

    where: str
    detail: str
    code: str = "validation_error"


def title(where: str, value: str | UnsetType) -> list[Finding]:
    """A title has 1 to 500 characters."""
    if value is UNSET or (value.strip() and len(value) <= LONGEST_TITLE):
        return []
    return [Finding(where=where, detail=f"must have 1 to {LONGEST_TITLE} characters")]


def text(where: str, value: str | UnsetType) -> list[Finding]:
    """A text has at most 100,000 characters."""
    if value is UNSET or len(value) <= LONGEST_TEXT:
        return []
    return [Finding(where=where, detail=f"must have at most {LONGEST_TEXT} characters")]


def iri(where: str, value: str | UnsetType | None) -> list[Finding]:
    """An absolute IRI (with a scheme), as activity ids must be."""
    if value is UNSET or value is None:
        return []
    if len(value) <= LONGEST_IRI and _IRI.fullmatch(value):
        return []
    return [Finding(where=where, detail="must be an absolute IRI, such as https://example.org/a/1")]


def url(
    where: str, value: str | UnsetType | None, schemes: Collection[str] = ("https", "http")
) -> list[Finding]:
    """An address on the web: absolute, with a host, in one of the schemes."""
    if value is UNSET or value is None:
        return []
    if len(value) <= LONGEST_IRI and _ADDRESS.fullmatch(value) and _names_host(value, schemes):
        return []
    return [Finding(where=where, detail=f"must be an address with {' or '.join(schemes)}://")]


def _names_host(address: str, schemes: Collection[str]) -> bool:
    """Whether it is in one of the schemes, with a host and without a password."""
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def email(where: str, value: str | UnsetType) -> list[Finding]:
    """An e-mail address; whether it is reachable only a message can tell."""
    if value is UNSET or (len(value) <= 254 and _EMAIL.fullmatch(value.strip())):
        return []
    return [Finding(where=where, detail="must be an e-mail address")]


def one_of(where: str, value: str | UnsetType, allowed: Collection[str]) -> list[Finding]:
    """A value of a fixed vocabulary."""
    if value is UNSET or value in allowed:
        return []
    return [Finding(where=where, detail=f"must be one of {', '.join(sorted(allowed))}")]


def not_negative(where: str, value: float | UnsetType | None) -> list[Finding]:
    """Zero or more."""
    if value is UNSET or value is None or value >= 0:
        return []
    return [Finding(where=where, detail="must be 0 or more")]


def count(where: str, value: float | UnsetType | None) -> list[Finding]:
    """From zero to a hundred million: what the database keeps, and more than anybody counts."""
    if value is UNSET or value is None or 0 <= value <= MOST:
        return []
    return [Finding(where=where, detail=f"must be from 0 to {MOST}")]


def moment(where: str, value: datetime | UnsetType | None) -> list[Finding]:
    """A date and time with an offset from UTC."""
    if value is UNSET or value is None:
        return []
    if value.tzinfo is None:
        return [Finding(where=where, detail="must have an offset from UTC, such as Z")]
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return [Finding(where=where, detail=f"must be from {FIRST_YEAR} to {LAST_YEAR}")]
    return []
