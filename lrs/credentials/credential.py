"""A credential as plain data, and the rules that it keeps."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import orjson

from lrs.credentials.authority import authority_findings
from lrs.credentials.authorization import token_of
from lrs.credentials.scopes import SCOPES, unknown
from lrs.errors import Finding
from lrs.store import Document

_LONGEST_NAME = 200


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks: an xAPI client of an organization, and what it may do.

    `scopes` are those granted and all that they include. `authority` is the agent that its
    statements are recorded under.
    """

    organization_id: str
    name: str
    key: str
    scopes: frozenset[str]
    authority: Mapping[str, Any]


class CredentialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A credential as it is kept, without its secrets; times are UTC.

    `overlap_ends_at` is when the secrets of before the last rotation end; None: none is left.
    `last_used_at` is right to about a minute.
    """

    id: str
    organization_id: str
    name: str
    key: str
    scopes: tuple[str, ...]
    authority: Mapping[str, Any]
    created_at: datetime
    rotated_at: datetime
    overlap_ends_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    version: int

    def status(self, at: datetime) -> str:
        """Return active, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else "active"


class IssuedCredential(msgspec.Struct, frozen=True):
    """A key and a new secret, which can be shown only now."""

    key: str
    secret: str
    id: str = ""

    @property
    def token(self) -> str:
        """Both as one word, for clients that send `Authorization: Bearer`."""
        return token_of(self.key, self.secret)


def findings_of(
    name: str,
    scopes: Collection[str],
    authority: Mapping[str, Any] | None,
    expires_at: datetime | None,
) -> list[Finding]:
    """Return all that is wrong with a new credential."""
    findings = []
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        findings.append(Finding(detail=f"must have 1 to {_LONGEST_NAME} letters", where="/name"))
    if not scopes:
        findings.append(Finding(detail=f"must be some of {', '.join(SCOPES)}", where="/scopes"))
    findings += [
        Finding(detail=f'"{each}" is none of {", ".join(SCOPES)}', where="/scopes")
        for each in unknown(scopes)
    ]
    if expires_at is not None and expires_at <= now():
        findings.append(Finding(detail="must be in the future", where="/expires_at"))
    return findings + ([] if authority is None else authority_findings(authority))


def ending(kept: Sequence[Document], at: datetime, overlap: timedelta) -> list[Document]:
    """Return the secrets that go on beside a new one: none of them past the overlap's end."""
    end = at + overlap
    shortened = [
        {**each, "ends_at": end if each["ends_at"] is None else min(each["ends_at"], end)}
        for each in kept
    ]
    return [each for each in shortened if each["ends_at"] > at]


def in_force(document: Document | None, at: datetime) -> list[str]:
    """Return the hashes of the secrets that are valid."""
    kept = document["secrets"] if document else []
    return [each["hash"] for each in kept if each["ends_at"] is None or each["ends_at"] > at]


def to_record(document: Document) -> CredentialRecord:
    kept = document["secrets"]
    ends = [each["ends_at"] for each in kept if each["ends_at"] is not None]
    return CredentialRecord(
        id=document["_id"],
        organization_id=document["organization_id"],
        name=document["name"],
        key=document["key"],
        scopes=tuple(document["scopes"]),
        authority=orjson.loads(document["authority"]),
        created_at=document["created_at"],
        rotated_at=kept[0]["created_at"] if kept else document["created_at"],
        overlap_ends_at=max(ends, default=None),
        expires_at=document["expires_at"],
        revoked_at=document["revoked_at"],
        last_used_at=document["last_used_at"],
        version=document["version"],
    )


def now() -> datetime:
    """Return the present, as precise as BSON keeps it."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
