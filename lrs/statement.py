"""A statement as the store keeps it: the bytes that are returned, beside what is asked for."""

from datetime import datetime

import msgspec

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
PROGRESS_EXTENSION = "https://w3id.org/xapi/cmi5/result/extensions/progress"
"""In percent (cmi5, 9.5.5.1)."""
VIDEO_PROGRESS_EXTENSION = "https://w3id.org/xapi/video/extensions/progress"
"""From 0 to 1 (xAPI Video Profile, 6.2)."""


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome that a statement tells; `duration` in seconds, `progress` in percent."""

    success: bool | None = None
    completion: bool | None = None
    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None
    duration: float | None = None
    progress: float | None = None


class StoredStatement(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded statement.

    `stored` and `timestamp` are UTC; `stored` is strictly increasing in one server. `actor` is
    an agent key (`lrs.agents.agent_key`; "" for an anonymous group), `verb` and `activity` are
    IRIs (`activity` None when the object is something else), `registration` and `target` (the id
    of the statement that a StatementRef names) lower-case UUIDs. `attachments` are the hashes
    of those whose bytes came with it. `defines` is False where whoever recorded it may not define
    activities and agents. `raw` is the JSON that GET returns.
    """

    organization_id: str
    statement_id: str
    stored: datetime
    timestamp: datetime
    actor: str
    verb: str
    activity: str | None
    registration: str | None
    target: str | None
    voided: bool
    result: Result | None
    attachments: list[str] = []
    defines: bool = True
    raw: bytes
