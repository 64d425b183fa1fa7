"""The parameters of GET /statements, read into a query (Communication 2.1.3)."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
import orjson

from lrs.agents import agent_key
from lrs.errors import BadRequest, Finding
from lrs.query import StatementQuery
from lrs.timestamps import parse_timestamp
from lrs.validation import check

SINGLE = frozenset({"statementId", "voidedStatementId", "format", "attachments"})
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
LIST = FILTERS | {"format", "attachments"}
ALL = SINGLE | FILTERS | {"more"}

_FORMATS = ("ids", "exact", "canonical")


T = TypeVar("T")


class _Wrong(Exception):
    """A parameter's value is not what it must be; the message says what it must be."""


class Presentation(msgspec.Struct, frozen=True):
    """How statements are to be shown."""

    format: str = "exact"
    attachments: bool = False


def read_query(parameters: Mapping[str, str], version: str) -> StatementQuery:
    """Return the query that the parameters describe.

    Raises:
        BadRequest: values are malformed; all of them are told.
    """
    read = _Reader(parameters, version)
    query = StatementQuery(
        agent=read("agent", _agent),
        verb=read("verb", _iri),
        activity=read("activity", _iri),
        registration=read("registration", _uuid),
        related_agents=read("related_agents", _boolean) or False,
        related_activities=read("related_activities", _boolean) or False,
        since=read("since", _timestamp),
        until=read("until", _timestamp),
        limit=read("limit", _count) or 0,
        ascending=read("ascending", _boolean) or False,
    )
    read.finish()
    return query


def read_presentation(parameters: Mapping[str, str], version: str) -> Presentation:
    """Return how the statements are to be shown.

    Raises:
        BadRequest: values are malformed; all of them are told.
    """
    read = _Reader(parameters, version)
    shown = Presentation(
        format=read("format", _format) or "exact",
        attachments=read("attachments", _boolean) or False,
    )
    read.finish()
    return shown


def read_statement_id(parameters: Mapping[str, str], name: str, version: str) -> str:
    """Return the statement id that a parameter gives.

    Raises:
        BadRequest: it is not a UUID.
    """
    read = _Reader(parameters, version)
    statement_id = read(name, _uuid)
    read.finish()
    return statement_id or ""


class _Reader:
    """Reads parameters one by one and gathers what is wrong with them."""

    def __init__(self, parameters: Mapping[str, str], version: str) -> None:
        self._parameters, self._version = parameters, version
        self._findings: list[Finding] = []

    def __call__(self, name: str, parse: Callable[[str, str], T]) -> T | None:
        text = self._parameters.get(name)
        if text is None:
            return None
        try:
            return parse(text, self._version)
        except _Wrong as wrong:
            self._findings.append(
                Finding(
                    detail=f'{wrong}, not "{text[:60]}"',
                    where=name,
                    kind="parameter",
                    rule="parameters",
                    requirement="XAPI-00012",
                )
            )
            return None

    def finish(self) -> None:
        if self._findings:
            raise BadRequest(self._findings)


def _agent(text: str, version: str) -> str:
    try:
        agent: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _Wrong("must be an agent or identified group as JSON") from None
    if check("actor", agent, version):
        raise _Wrong("must be a valid agent or identified group")
    identifier = agent_key(agent)
    if identifier is None:
        raise _Wrong("must be an agent or a group with an identifier")
    return identifier


def _iri(text: str, version: str) -> str:
    if check("iri", text, version):
        raise _Wrong("must be an IRI with a scheme")
    return text


def _uuid(text: str, version: str) -> str:
    if check("uuid", text, version):
        raise _Wrong("must be a UUID in standard form")
    return text.lower()


def _timestamp(text: str, version: str) -> int:
    if check("timestamp", text, version):
        raise _Wrong("must be an ISO 8601 date and time")
    try:
        return parse_timestamp(text)
    except ValueError:
        raise _Wrong("must be a time of the calendar") from None


def _boolean(text: str, _version: str) -> bool:
    if text not in ("true", "false"):
        raise _Wrong("must be true or false")
    return text == "true"


def _count(text: str, _version: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _Wrong("must be a whole number, 0 or more")
    return int(text)


def _format(text: str, _version: str) -> str:
    if text not in _FORMATS:
        raise _Wrong("must be ids, exact or canonical")
    return text
