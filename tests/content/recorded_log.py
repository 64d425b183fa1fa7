"""The statement log, told in the terms of `StoredStatement`: what is to be recorded, when."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lrs.log import StatementLog
from lrs.statement import PROGRESS_EXTENSION, VOIDED, Result, StoredStatement

VERBS = "http://adlnet.gov/expapi/verbs/"
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
AUTHORITY = {"account": {"homePage": "https://lms.example", "name": "credential"}}


def statement(
    organization_id: str,
    actor: str,
    verb: str,
    activity: str | None,
    *,
    registration: str | None = None,
    minute: float = 0,
    statement_id: str | None = None,
    target: str | None = None,
    **result: Any,
) -> StoredStatement:
    """A statement at a minute after START; `verb` is an ADL verb's name."""
    moment = START + timedelta(minutes=minute)
    return StoredStatement(
        organization_id=organization_id,
        statement_id=statement_id or str(uuid.uuid4()),
        stored=moment,
        timestamp=moment,
        actor=actor,
        verb=VERBS + verb,
        activity=activity,
        registration=registration,
        target=target,
        voided=False,
        result=Result(**result) if result else None,
        raw=b"{}",
    )


def voiding(target: StoredStatement) -> StoredStatement:
    """The statement that takes another back."""
    return statement(
        target.organization_id,
        "account:https://lms.example|admin",
        VOIDED.removeprefix(VERBS),
        None,
        target=target.statement_id,
    )


class RecordedLog(StatementLog):
    """The log, with a way in for what `statement` makes."""

    async def take(self, *statements: StoredStatement) -> None:
        """Record them, each by itself."""
        for each in statements:
            await self.record(each.organization_id, [as_sent(each)], authority=AUTHORITY)


def as_sent(said: StoredStatement) -> dict[str, Any]:
    """The statement as a client sends it."""
    sent: dict[str, Any] = {
        "id": said.statement_id,
        "actor": _agent(said.actor),
        "verb": {"id": said.verb},
        "object": {"objectType": "StatementRef", "id": said.target}
        if said.target
        else {"id": said.activity},
        "timestamp": said.timestamp.isoformat(),
    }
    if said.registration:
        sent["context"] = {"registration": said.registration}
    if said.result:
        sent["result"] = _result(said.result)
    return sent


def _agent(key: str) -> Mapping[str, Any]:
    kind, _, value = key.partition(":")
    if kind != "account":
        return {kind: value}
    home_page, _, name = value.partition("|")
    return {"account": {"homePage": home_page, "name": name}}


def _result(result: Result) -> dict[str, Any]:
    told = {"success": result.success, "completion": result.completion}
    bounds = ("scaled", "raw", "min", "max")
    score = {name: getattr(result, name) for name in bounds if getattr(result, name) is not None}
    sent: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if score:
        sent["score"] = score
    if result.duration is not None:
        sent["duration"] = f"PT{result.duration}S"
    if result.progress is not None:
        sent["extensions"] = {PROGRESS_EXTENSION: result.progress}
    return sent
