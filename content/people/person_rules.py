"""What may be said of a person: each rule a check that returns its findings."""

import re
from collections.abc import Sequence
from typing import Protocol
from zoneinfo import available_timezones

from msgspec import UNSET, UnsetType

from content import findings
from content.findings import Finding

ROLES = (
    "admin",
    "operator",
    "instructor",
    "compliance_officer",
    "mentor",
    "learner",
    "guardian",
)
STATUSES = ("active", "inactive")
LONGEST_WORD = 200
MOST_GROUPS = 100

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class Said(Protocol):
    """A draft or changes: what is not given is UNSET, what is emptied None."""

    @property
    def name(self) -> str | UnsetType: ...
    @property
    def email(self) -> str | UnsetType: ...
    @property
    def roles(self) -> tuple[str, ...] | UnsetType: ...
    @property
    def department(self) -> str | UnsetType | None: ...
    @property
    def location(self) -> str | UnsetType | None: ...
    @property
    def groups(self) -> tuple[str, ...] | UnsetType: ...
    @property
    def locale(self) -> str | UnsetType | None: ...
    @property
    def time_zone(self) -> str | UnsetType | None: ...
    @property
    def external_id(self) -> str | UnsetType | None: ...
    @property
    def photo_url(self) -> str | UnsetType | None: ...


def broken(said: Said) -> list[Finding]:
    """Every rule that is broken."""
    found = findings.title("name", said.name) + findings.email("email", said.email)
    for position, role in enumerate(_several(said.roles)):
        found += findings.one_of(f"roles/{position}", role, ROLES)
    for where in ("department", "location", "external_id"):
        found += _word(where, getattr(said, where))
    groups = _several(said.groups)
    for position, group in enumerate(groups):
        found += _word(f"groups/{position}", group)
    if len(groups) > MOST_GROUPS:
        found.append(Finding(where="groups", detail=f"must be at most {MOST_GROUPS}"))
    return found + _locale(said.locale) + _time_zone(said.time_zone) + _photo(said.photo_url)


def _several(values: tuple[str, ...] | UnsetType) -> Sequence[str]:
    return () if values is UNSET else values


def _word(where: str, value: str | UnsetType | None) -> list[Finding]:
    if value is UNSET or value is None or (value.strip() and len(value) <= LONGEST_WORD):
        return []
    return [Finding(where=where, detail=f"must have 1 to {LONGEST_WORD} characters")]


def _locale(value: str | UnsetType | None) -> list[Finding]:
    if value is UNSET or value is None or _LOCALE.fullmatch(value):
        return []
    return [Finding(where="locale", detail="must be a language tag, such as en or pt-BR")]


def _time_zone(value: str | UnsetType | None) -> list[Finding]:
    if value is UNSET or value is None or value in available_timezones():
        return []
    detail = "must be a time zone of the IANA database, such as Europe/Berlin"
    return [Finding(where="time_zone", detail=detail)]


def _photo(value: str | UnsetType | None) -> list[Finding]:
    if value is UNSET or value is None or value.startswith(("https://", "http://")):
        return findings.iri("photo_url", value)
    return [Finding(where="photo_url", detail="must be an https address")]
