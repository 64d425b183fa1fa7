"""The exceptions of the record store.

LRSError
├── Refusal                 the request cannot be taken; carries every finding
│   ├── InvalidStatements   400  statements break the specification
│   ├── InvalidPipeline     422  an aggregate query says what is not allowed
│   ├── TooExpensive        422  an aggregate query takes longer or more memory than it may
│   ├── BadRequest          400  a parameter, header or body that is malformed
│   ├── Unauthorized        401  no credential, or not a valid one
│   ├── Forbidden           403  the credential's scopes do not allow it
│   ├── NotFound            404  nothing there
│   ├── StatementConflict   409  another statement already has this id
│   ├── DocumentConflict    409  a document is there, and no header says that it may be replaced
│   ├── PreconditionFailed  412  what is there is not what the caller asks it to be
│   ├── TooLarge            413  a body, batch or nesting past its limit
│   ├── TooSlow             408  a body that did not arrive in time
│   └── RuleBroken          422  a credential that is well-formed, but breaks a rule
├── Overloaded              503  too much is under way; try again after `retry_after` seconds
├── LeaseLost               this process was taken for dead; nothing more is written in its lanes
├── KeyUnreadable           a key of the ledger is not there, or enciphered by another secret
├── KeyReadable             a key of the ledger is said to be lost, and is not
├── BadReceipt              a receipt of the ledger that was altered, or is none
├── DifferentUser           a dead process signed in to MongoDB as somebody else
└── TooManyServers          every slot of the clock is held by a living process
"""

from collections.abc import Sequence
from typing import Literal

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, and where.

    `where` is a JSON pointer into the body ("/0/actor/mbox"), or the name of a query parameter
    or a header, as `kind` says. `rule` is the schema keyword or the name of the rule that was
    broken; `requirement` the specification's requirement id ("XAPI-00035"), where one is known.
    """

    detail: str
    where: str = ""
    kind: Literal["pointer", "parameter", "header"] = "pointer"
    rule: str = ""
    requirement: str | None = None


class LRSError(Exception):
    """The root of what this package raises on purpose."""


class Refusal(LRSError):
    """A request that cannot be taken; `findings` are all the reasons, at least one.

    A text alone is the detail of the class's own finding.
    """

    status = 400
    code = "bad_request"
    title = "The request cannot be taken"
    finding = Finding(detail="", rule="request")

    def __init__(self, findings: Sequence[Finding] | str) -> None:
        self.findings = (
            (msgspec.structs.replace(self.finding, detail=findings),)
            if isinstance(findings, str)
            else tuple(findings)
        )
        super().__init__("; ".join(f"{f.where} {f.detail}".strip() for f in self.findings))


class BadRequest(Refusal):
    """A parameter, header or body that is malformed."""


class InvalidStatements(Refusal):
    """Statements that break the specification."""

    code = "invalid_statement"
    title = "The statement breaks the specification"


class InvalidPipeline(Refusal):
    """An aggregate query that says what is not allowed, or what cannot be computed."""

    status = 422
    code = "invalid_pipeline"
    title = "The pipeline cannot be taken"


class TooExpensive(Refusal):
    """An aggregate query that takes longer than it may, or more memory."""

    status = 422
    code = "too_expensive"
    title = "The query takes too much"


class Unauthorized(Refusal):
    """No credential was sent, or it is not a valid one."""

    status = 401
    code = "auth_required"
    title = "A valid credential is needed"
    finding = Finding(
        detail="",
        where="Authorization",
        kind="header",
        rule="credential",
        requirement="XAPI-00334",
    )


class Forbidden(Refusal):
    """The credential's scopes do not allow the request."""

    status = 403
    code = "forbidden"
    title = "The credential does not allow this"
    finding = Finding(
        detail="", where="Authorization", kind="header", rule="scope", requirement="XAPI-00327"
    )


class NotFound(Refusal):
    """There is nothing under the given identifiers."""

    status = 404
    code = "not_found"
    title = "Nothing is there"


class StatementConflict(Refusal):
    """Another, different statement already has this id."""

    status = 409
    code = "conflict"
    title = "The statement id is taken"


class DocumentConflict(Refusal):
    """A document is there already, and the request does not say which one it replaces."""

    status = 409
    code = "conflict"
    title = "A document is there already"


class PreconditionFailed(Refusal):
    """What is there is not what If-Match or If-None-Match, or a known version, asks for."""

    status = 412
    code = "precondition_failed"
    title = "What is there is not what the request expects"


class TooLarge(Refusal):
    """A body, a batch or a nesting past its limit."""

    status = 413
    code = "too_large"
    title = "The request is too large"
    finding = Finding(detail="", rule="limit", requirement="XAPI-00328")


class RuleBroken(Refusal):
    """A well-formed description of something that cannot be."""

    status = 422
    code = "validation_error"
    title = "The body breaks a rule"


class TooSlow(Refusal):
    """A body that did not arrive in time."""

    status = 408
    code = "too_slow"
    title = "The request takes too long to arrive"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The body did not arrive within {seconds:g} s.")


class Overloaded(LRSError):
    """Too much waits to be written, or is being received.

    Nothing was written; try again after `retry_after` seconds.
    """

    def __init__(self, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__(f"Too much is under way here; try again in {retry_after} s.")


class LeaseLost(LRSError):
    """This process was taken for dead by another one; nothing more is written in its lanes."""


class DifferentUser(LRSError):
    """A dead writer signed in to MongoDB as somebody else: its sessions are not ours to close."""

    def __init__(self) -> None:
        super().__init__(
            "A server that is gone signed in to MongoDB as another user: use one user."
        )


class TooManyServers(LRSError):
    """Every slot of the clock is held by a living process."""

    def __init__(self, slots: int) -> None:
        super().__init__(f"{slots} server processes write this database already; no more can.")


class KeyUnreadable(LRSError):
    """A key of the ledger cannot be used for signing."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"The ledger's key {key_id} cannot be read: it is not there, or was enciphered by "
            "another secret than the present one. Nothing is signed and nobody is erased until "
            "LYCEUM_LEDGER_SECRET is what it was; where it is lost: lyceum audit rotate-key --lost"
        )


class KeyReadable(LRSError):
    """A key was said to be lost, and can sign."""

    def __init__(self, organization_id: str) -> None:
        super().__init__(
            f"The key of {organization_id} is not lost: it can sign, and vouch for a new one."
        )


class BadReceipt(LRSError):
    """A receipt of the ledger that was altered, or is none."""
