"""The parameters of GET /statements, read into a query (Communication 2.1.3)."""

from collections.abc import Mapping

import msgspec

from lrs.http.parameters import (
    ParameterReader,
    WrongValue,
    read_actor_key,
    read_boolean,
    read_iri,
    read_timestamp,
    read_uuid,
)
from lrs.http.requirements import Broken, Requirements
from lrs.query import Continuation, StatementQuery

FILTERS = frozenset(
    {
        "agent",
        "verb",
        "activity",
        "registration",
        "related_activities",
        "related_agents",
        "since",
        "until",
        "limit",
        "ascending",
    }
)
EXPORT = (FILTERS - {"ascending"}) | {"after"}
IDS = ("statementId", "voidedStatementId")
PRESENTATION = frozenset({"format", "attachments"})
ALL = FILTERS | PRESENTATION | {*IDS, "more"}
REQUIREMENTS: Requirements = {"more": Broken(malformed="XAPI-00111")}

_BESIDE = {"statementId": "XAPI-00151", "voidedStatementId": "XAPI-00150", "more": "XAPI-00111"}
_FORMATS = ("ids", "exact", "canonical")
_DIGITS = 9
"""Of a count; a longer one is more than any page holds all the same."""


class Presentation(msgspec.Struct, frozen=True):
    """How statements are to be shown."""

    format: str = "exact"
    attachments: bool = False


class SingleStatement(msgspec.Struct, frozen=True):
    """One statement is asked for: by which parameter, and its id."""

    parameter: str
    statement_id: str


Asked = tuple[StatementQuery | SingleStatement, Presentation]


def read_asked(read: ParameterReader) -> Asked:
    """Return what a GET asks for, and how it is to be shown.

    Raises:
        BadRequest: parameters are unknown, malformed, or do not go together; all are told.
    """
    if "more" in read:
        return _read_more(read)
    shown = _presentation(read)
    given = next((name for name in IDS if name in read), None)
    if given is None:
        asked: StatementQuery | SingleStatement = _query(read)
    else:
        asked = SingleStatement(given, read(given, read_uuid) or "")
        read.alone(given, PRESENTATION, _BESIDE[given])
    read.finish()
    return asked, shown


def _read_more(read: ParameterReader) -> Asked:
    continuation = read("more", _continuation) or Continuation(query=StatementQuery())
    read.alone("more", (), _BESIDE["more"])
    read.finish()
    return continuation.query, Presentation(continuation.format, continuation.attachments)


def read_query(parameters: Mapping[str, str], version: str) -> StatementQuery:
    """Return the query that the parameters describe.

    Raises:
        BadRequest: values are malformed; all of them are told.
    """
    read = ParameterReader(parameters, version)
    query = _query(read)
    read.finish()
    return query


def read_export_query(parameters: Mapping[str, str], version: str) -> StatementQuery:
    """Return the query of an export: `after`, the `stored` of a statement, goes on behind it.

    Raises:
        BadRequest: values are malformed; all of them are told.
    """
    read = ParameterReader(parameters, version)
    query, after = _query(read), read("after", read_timestamp)
    read.finish()
    if after is None:
        return query
    return msgspec.structs.replace(query, since=max(after, query.since or 0))


def _query(read: ParameterReader) -> StatementQuery:
    return StatementQuery(
        agent=read("agent", read_actor_key),
        verb=read("verb", read_iri),
        activity=read("activity", read_iri),
        registration=read("registration", read_uuid),
        related_agents=read("related_agents", read_boolean) or False,
        related_activities=read("related_activities", read_boolean) or False,
        since=read("since", read_timestamp),
        until=read("until", read_timestamp),
        limit=read("limit", _count) or 0,
        ascending=read("ascending", read_boolean) or False,
    )


def _presentation(read: ParameterReader) -> Presentation:
    return Presentation(
        format=read("format", _format) or "exact",
        attachments=read("attachments", read_boolean) or False,
    )


def _count(text: str, _version: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise WrongValue("must be a whole number, 0 or more")
    return int(text[:_DIGITS])


def _format(text: str, _version: str) -> str:
    if text not in _FORMATS:
        raise WrongValue("must be ids, exact or canonical")
    return text


def _continuation(text: str, _version: str) -> Continuation:
    try:
        return Continuation.read(text)
    except ValueError:
        raise WrongValue("must be what a page gave") from None
