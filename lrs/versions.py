"""The versions of the Experience API that are spoken, and how they differ, as data.

A client names its version in the header X-Experience-API-Version (Communication 3.3).
"""

import re

import msgspec

from lrs.errors import BadRequest, Finding

VERSION_HEADER = "X-Experience-API-Version"

_PROFILES = frozenset({"activity_profile", "agent_profile"})


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the standard.

    `accepts` is the pattern of the header values that mean it; `schema_changes` the file that
    is merged over the first version's schemas; `assigned` what a statement without a version
    is given; `in_utc` says that timestamps are converted to UTC. `guarded_documents` are the
    kinds of document that a PUT without If-Match and If-None-Match does not replace,
    `preconditioned_documents` those that it does not make either.
    """

    number: str
    accepts: str
    assigned: str
    schema_changes: str | None = None
    alternate_syntax: bool = False
    in_utc: bool = False
    guarded_documents: frozenset[str] = _PROFILES | {"state"}
    preconditioned_documents: frozenset[str] = frozenset()


VERSIONS = {
    version.number: version
    for version in (
        Version(
            number="1.0.3",
            accepts=r"1\.0(\.[0-9]{1,3})?",
            assigned="1.0.0",
            alternate_syntax=True,
            guarded_documents=_PROFILES,
            preconditioned_documents=_PROFILES,
        ),
        Version(
            number="2.0.0",
            accepts=r"2\.0(\.[0-9]{1,3})?",
            assigned="2.0.0",
            schema_changes="statement-2.0.0.json",
            in_utc=True,
        ),
    )
}
LATEST = "2.0.0"
UNNAMED = "0.9"
"""The version of a request without the header: the last that had none (Communication 3.3)."""

_ACCEPTED = [(re.compile(version.accepts), version) for version in VERSIONS.values()]
_known: dict[str, Version] = {}


def negotiate(header: str | None) -> Version:
    """Return the version that the header's value asks for.

    Raises:
        BadRequest: the header is missing, or names no version that is spoken.
    """
    if header is None:
        raise BadRequest([_finding(f"The header is missing. Send one of {_spoken()}.")])
    if header in _known:
        return _known[header]
    for pattern, version in _ACCEPTED:
        if pattern.fullmatch(header):
            _known[header] = version
            return version
    raise BadRequest([_finding(f'"{header[:40]}" is not spoken here. Send one of {_spoken()}.')])


def _spoken() -> str:
    return ", ".join(VERSIONS)


def _finding(detail: str) -> Finding:
    return Finding(
        detail=detail,
        where=VERSION_HEADER,
        kind="header",
        rule="version",
        requirement="XAPI-00331",
    )
