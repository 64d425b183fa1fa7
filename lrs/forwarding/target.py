"""What is forwarded where, and what to do with what the other side says."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from lrs.statement import VOIDED
from lrs.store import Document

LONGEST_PAUSE = 300.0
LONGEST_ASKED_PAUSE = 3600.0
MOST_REFUSALS = 50
"""So many refusals in a row are no longer the statements' fault."""

_REFUSALS = frozenset({400, 413, 422})


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which statements: what is given must hold. Activities are the statement's object."""

    verbs: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()

    def takes(self, document: Document) -> bool:
        """Say whether a statement's document matches."""
        return _one_of(document["verb"], self.verbs) and _one_of(
            document.get("activity"), self.activities
        )

    def takes_voiding(self, document: Document) -> bool:
        """Say whether it has to be asked what this statement voids: that decides for it."""
        return document["verb"] == VOIDED and bool(self.verbs or self.activities)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Another record store. `version` grows with each change; `secret` is encrypted."""

    id: str
    organization_id: str
    version: int
    name: str
    endpoint: str
    xapi_version: str
    key: str
    secret: bytes
    filter: Filter
    enabled: bool


class Verdict(StrEnum):
    """What an answer means to the statements that were sent."""

    DELIVERED = "delivered"
    SPLIT = "split"
    REFUSED = "refused"
    LATER = "later"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the other side said: a status, None where there was none, and its words."""

    status: int | None
    reason: str
    retry_after: float | None = None


def judge(status: int | None, *, alone: bool) -> Verdict:
    """Say what an answer's status means to one statement (`alone`) or to a batch.

    A statement that is there already is delivered. What is wrong with the statement itself is
    a refusal; whatever else is wrong (the address, the credential, the server) may be right later.
    """
    if status in (200, 204):
        return Verdict.DELIVERED
    if status == 409:
        return Verdict.DELIVERED if alone else Verdict.SPLIT
    if status in _REFUSALS:
        return Verdict.REFUSED if alone else Verdict.SPLIT
    return Verdict.LATER


def pause(attempts: int, asked: float | None) -> float:
    """Return how many seconds to wait after so many failures in a row, or as long as was asked."""
    if asked is not None:
        return min(max(asked, 1.0), LONGEST_ASKED_PAUSE)
    return float(min(2.0 ** min(attempts - 1, 20), LONGEST_PAUSE))


def check_endpoint(endpoint: str) -> str:
    """Return the endpoint without a slash at its end.

    Raises:
        ValueError: it is no http(s) address, or has a user, query or fragment.
    """
    parts = urlsplit(endpoint)
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise ValueError("must be an http(s) address without user, query and fragment")
    return endpoint.rstrip("/")


def batches(
    statements: Sequence[Document], count: int, size: int, attached: Mapping[str, int]
) -> list[list[Document]]:
    """Return statements' documents in runs of at most so many, and bytes where there are more
    than one. `attached` are the lengths of attachments that go along, by hash."""
    runs: list[list[Document]] = []
    room = 0
    for each in statements:
        along = sum(attached.get(sha2, 0) for sha2 in each.get("attachments", ()))
        length = len(each["raw"]) + along
        if not runs or len(runs[-1]) == count or length > room:
            runs.append([])
            room = size
        runs[-1].append(each)
        room -= length
    return runs


def _one_of(value: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted
