"""A request's statements become plain data that can be written: parsed, checked, filled, read."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import orjson

from lrs.agents import agent_key
from lrs.attachments.declarations import attachments_of, missing
from lrs.errors import BadRequest, Finding, InvalidStatements
from lrs.statement import PROGRESS_EXTENSION, VIDEO_PROGRESS_EXTENSION, Result
from lrs.statements.keys import statement_keys
from lrs.timestamps import in_utc, parse_duration, parse_timestamp
from lrs.validation import check_statement
from lrs.versions import VERSIONS, Version

_ASSIGNED = ("id", "stored", "authority", "version")
_JSON = "XAPI-00014"


class NewStatement(msgspec.Struct, kw_only=True):
    """A valid statement that waits to be stored.

    `head` and `tail` are the JSON that GET will return, before and after the properties that
    are only known when it is written. `timestamp` is None where the client
    gave none. `attachments` are the hashes of those whose bytes came with it. `defines` says
    whether its words about activities and agents count (the scope `define`).
    """

    statement_id: str
    head: bytes
    tail: bytes
    timestamp: int | None
    actor: str
    verb: str
    activity: str | None
    registration: str | None
    target: str | None
    authority: str
    result: Result | None
    keys: list[int]
    attachments: list[str] = []
    defines: bool = True


def parse(body: bytes) -> Any:
    """Return the JSON value of a body.

    Raises:
        BadRequest: it is not JSON, is nested too deeply, or has a key twice in one object.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            [Finding(detail=f"is not JSON: {error}", rule="json", requirement=_JSON)]
        ) from error
    try:
        colons = orjson.dumps(value).count(b":")
    except orjson.JSONEncodeError as error:
        raise BadRequest(
            [Finding(detail="is nested too deeply", rule="depth", requirement=_JSON)]
        ) from error
    if body.count(b":") != colons or b"\\u003" in body:
        _refuse_duplicate_keys(body)
    return value


def _refuse_duplicate_keys(body: bytes) -> None:
    findings: list[Finding] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            twice = sorted({name for name in names if names.count(name) > 1})
            findings.extend(
                Finding(
                    detail=f'has the property "{name[:60]}" twice', rule="json", requirement=_JSON
                )
                for name in twice
            )
        return members

    json.loads(body, object_pairs_hook=once)
    if findings:
        raise BadRequest(findings)


def admit(
    statements: Sequence[Any],
    *,
    authority: Mapping[str, Any],
    version: str,
    pointers: Sequence[str] | None = None,
    parts_follow: bool = False,
) -> list[NewStatement]:
    """Return the statements ready to be written.

    `pointers` says where each stands in the request's body; by default its index. Unless
    `parts_follow`, each attachment has to have a fileUrl.

    Raises:
        InvalidStatements: they break the specification; every finding of all of them.
    """
    places = [f"/{index}" for index in range(len(statements))] if pointers is None else pointers
    findings = [
        finding
        for statement, place in zip(statements, places, strict=True)
        for finding in check_statement(statement, version, place)
    ]
    findings += _repeated_ids(statements, places)
    if not findings and not parts_follow:
        findings = [
            finding
            for statement, place in zip(statements, places, strict=True)
            for finding in missing(list(attachments_of(statement, place)), ())
        ]
    if findings:
        raise InvalidStatements(findings)
    author, author_json = agent_key(authority) or "", orjson.dumps(authority)
    spoken = VERSIONS[version]
    return [_admit(statement, authority, author, author_json, spoken) for statement in statements]


def _repeated_ids(statements: Sequence[Any], places: Sequence[str]) -> list[Finding]:
    if len(statements) == 1:
        return []
    seen: set[str] = set()
    findings = []
    for statement, place in zip(statements, places, strict=True):
        given = statement.get("id") if isinstance(statement, dict) else None
        if not isinstance(given, str):
            continue
        statement_id = given.lower()
        if statement_id in seen:
            findings.append(
                Finding(
                    detail="is in this batch twice",
                    where=f"{place}/id",
                    rule="unique",
                    requirement="XAPI-00142",
                )
            )
        seen.add(statement_id)
    return findings


def _admit(
    statement: Mapping[str, Any],
    authority: Mapping[str, Any],
    author: str,
    author_json: bytes,
    version: Version,
) -> NewStatement:
    statement_id = statement["id"].lower() if "id" in statement else str(uuid.uuid4())
    body = normalized(statement)
    if version.in_utc:
        _convert_to_utc(body)
    thing, context = body["object"], body.get("context", {})
    kind = thing.get("objectType", "Activity")
    registration = context.get("registration")
    return NewStatement(
        statement_id=statement_id,
        head=b'{"id":"%b","authority":%b,"version":"%b"'
        % (
            statement_id.encode(),
            author_json,
            statement.get("version", version.assigned).encode(),
        ),
        tail=orjson.dumps(body)[1:],
        timestamp=parse_timestamp(body["timestamp"]) if "timestamp" in body else None,
        actor=agent_key(body["actor"]) or "",
        verb=body["verb"]["id"],
        activity=thing["id"] if kind == "Activity" else None,
        registration=registration.lower() if registration else None,
        target=thing["id"].lower() if kind == "StatementRef" else None,
        authority=author,
        result=read_result(body["result"]) if "result" in body else None,
        keys=statement_keys(body, authority),
    )


def normalized(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a valid statement tells of itself, in the form that is stored."""
    body = {name: value for name, value in statement.items() if name not in _ASSIGNED}
    _list_context_activities(body)
    return body


def _list_context_activities(statement: dict[str, Any]) -> None:
    """Data 2.4.6.2: a single context activity is returned in an array."""
    context = statement.get("context", {})
    around = context.get("contextActivities", {})
    if any(isinstance(activities, dict) for activities in around.values()):
        listed = {
            role: [activities] if isinstance(activities, dict) else activities
            for role, activities in around.items()
        }
        statement["context"] = {**context, "contextActivities": listed}
    if statement["object"].get("objectType") == "SubStatement":
        statement["object"] = dict(statement["object"])
        _list_context_activities(statement["object"])


def _convert_to_utc(statement: dict[str, Any]) -> None:
    """IEEE 9274.1.1, 4.2.7: a timestamp is converted to UTC, in a SubStatement as well."""
    if "timestamp" in statement:
        statement["timestamp"] = in_utc(statement["timestamp"])
    if "timestamp" in statement["object"]:
        statement["object"] = dict(statement["object"])
        _convert_to_utc(statement["object"])


def read_result(result: Mapping[str, Any]) -> Result:
    """Return the outcome that a statement's `result` tells."""
    score = result.get("score", {})
    duration = result.get("duration")
    return Result(
        success=result.get("success"),
        completion=result.get("completion"),
        scaled=_number(score.get("scaled")),
        raw=_number(score.get("raw")),
        min=_number(score.get("min")),
        max=_number(score.get("max")),
        duration=parse_duration(duration) if duration else None,
        progress=_progress(result.get("extensions", {})),
    )


def _progress(extensions: Mapping[str, Any]) -> float | None:
    percent = _number(extensions.get(PROGRESS_EXTENSION))
    share = _number(extensions.get(VIDEO_PROGRESS_EXTENSION))
    return share * 100 if percent is None and share is not None else percent


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
