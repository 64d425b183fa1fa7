"""If-Match and If-None-Match: which document a request means to change (RFC 9110, 13.1)."""

import hashlib
import re

import msgspec

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_ANY = "*"


def entity_tag(content: bytes) -> str:
    """Return the SHA-1 of a document's content in hexadecimal (Communication 3.1)."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


class Preconditions(msgspec.Struct, frozen=True):
    """The headers' tags, without quotes; None for a header that was not sent."""

    if_match: frozenset[str] | None = None
    if_none_match: frozenset[str] | None = None

    @property
    def are_given(self) -> bool:
        """Say whether there is one at all."""
        return self.if_match is not None or self.if_none_match is not None

    def hold(self, tag: str | None) -> bool:
        """Say whether they hold for the document with this tag; None: there is no document."""
        if self.if_match is not None and not _matches(self.if_match, tag):
            return False
        return self.if_none_match is None or not _matches(self.if_none_match, tag)


def read_preconditions(if_match: str | None, if_none_match: str | None) -> Preconditions:
    """Return what the two headers' values say."""
    return Preconditions(_tags(if_match), _tags(if_none_match))


def _tags(header: str | None) -> frozenset[str] | None:
    if header is None:
        return None
    if header.strip() == _ANY:
        return frozenset({_ANY})
    quoted = _TAG.findall(header)
    return frozenset(quoted or (part.strip() for part in header.split(",")))


def _matches(tags: frozenset[str], tag: str | None) -> bool:
    return tag is not None and (_ANY in tags or tag in tags)
