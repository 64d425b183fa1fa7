"""The exceptions of the client.

LyceumError
├── Unreachable         no answer came, as often as it was tried
└── Refused             an answer of 300 or more: status, code and every finding
    ├── Invalid             400, 422: the request breaks rules
    ├── NotSignedIn         401: the key, the password or the address is not good
    ├── Forbidden           403: not for this caller, or not now (lesson_locked…)
    ├── NotFound            404
    ├── Conflict            409: against what is there (already_enrolled…)
    ├── VersionMismatch     412: it was changed meanwhile
    ├── RateLimited         429, after as many tries as are allowed
    └── ServerFailed        500 and more
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct


class LyceumError(Exception):
    """Whatever goes wrong between this program and the server."""


class Unreachable(LyceumError):
    """No answer came."""


class Source(Struct, frozen=True):
    """Where a finding is: one of them is given."""

    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


class Finding(Struct, frozen=True):
    """One thing that is wrong; `code` is stable, `meta` says more."""

    status: str
    code: str
    title: str
    detail: str
    source: Source | None = None
    meta: dict[str, Any] = {}

    @property
    def where(self) -> str:
        """The JSON pointer, parameter or header; empty where it is about the whole request."""
        source = self.source or Source()
        return source.pointer or source.parameter or source.header or ""


class Refused(LyceumError):
    """The server refused. `code` is the first finding's; `request_id` is in the server's log."""

    def __init__(self, status: int, findings: Sequence[Finding], request_id: str | None) -> None:
        told = [" ".join(filter(None, (each.where, each.detail))) for each in findings]
        super().__init__(f"{status} {findings[0].code}: {'; '.join(told)}")
        self.status = status
        self.code = findings[0].code
        self.findings = tuple(findings)
        self.request_id = request_id


class Invalid(Refused):
    """400, 422."""


class NotSignedIn(Refused):
    """401."""


class Forbidden(Refused):
    """403."""


class NotFound(Refused):
    """404."""


class Conflict(Refused):
    """409."""


class VersionMismatch(Refused):
    """412."""


class RateLimited(Refused):
    """429."""


class ServerFailed(Refused):
    """500 and more."""


BY_STATUS: Mapping[int, type[Refused]] = {
    400: Invalid,
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: VersionMismatch,
    422: Invalid,
    429: RateLimited,
}


class _Document(Struct):
    errors: list[Finding]


def refusal(status: int, body: bytes, request_id: str | None) -> Refused:
    """The exception to raise for an answer; one that is not Lyceum's has the code http_error."""
    try:
        findings = msgspec.json.decode(body, type=_Document).errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        findings = []
    if not findings:
        text = body[:200].decode(errors="replace")
        findings = [Finding(str(status), "http_error", "Not an answer of Lyceum", text)]
    kind = BY_STATUS.get(status, ServerFailed if status >= 500 else Refused)
    return kind(status, findings, request_id)
