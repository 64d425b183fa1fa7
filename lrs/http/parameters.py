"""The parameters of GET /statements, read into a query (Communication 2.1.3)."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import msgspec
import orjson

from lrs.agents import agent_key
from lrs.errors import BadRequest, Finding
from lrs.http.requirements import Broken, Requirements
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
EXPORT = (FILTERS - {"ascending"}) | {"after"}
LIST = FILTERS | {"format", "attachments"}
ALL = SINGLE | FILTERS | {"more"}

_DIGITS = 9
"""Of a count; a longer one is more than any page holds all the same."""

_FORMATS = ("ids", "exact", "canonical")


_MALFORMED = Broken(malformed="XAPI-00012")

T = TypeVar("T")


class WrongValue(Exception):
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


def _query(read: "ParameterReader") -> StatementQuery:
    return StatementQuery(
        agent=read("agent", _agent),
        verb=read("verb", read_iri),
        activity=read("activity", read_iri),
        registration=read("registration", read_uuid),
        related_agents=read("related_agents", _boolean) or False,
        related_activities=read("related_activities", _boolean) or False,
        since=read("since", read_timestamp),
        until=read("until", read_timestamp),
        limit=read("limit", _count) or 0,
        ascending=read("ascending", _boolean) or False,
    )


def read_presentation(parameters: Mapping[str, str], version: str) -> Presentation:
    """Return how the statements are to be shown.

    Raises:
        BadRequest: values are malformed; all of them are told.
    """
    read = ParameterReader(parameters, version)
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
    read = ParameterReader(parameters, version)
    statement_id = read(name, read_uuid)
    read.finish()
    return statement_id or ""


class ParameterReader:
    """Reads parameters one by one and gathers what is wrong with them.

    `requirements` tells by name which ones a wrong parameter breaks.
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        version: str,
        requirements: Requirements | None = None,
    ) -> None:
        self._parameters, self._version = parameters, version
        self._requirements = requirements or {}
        self._findings: list[Finding] = []

    def __call__(self, name: str, parse: Callable[[str, str], T]) -> T | None:
        text = self._parameters.get(name)
        if text is None:
            return None
        try:
            return parse(text, self._version)
        except WrongValue as wrong:
            self._findings.append(
                Finding(
                    detail=f'{wrong}, not "{text[:60]}"',
                    where=name,
                    kind="parameter",
                    rule="parameters",
                    requirement=self._requirements.get(name, _MALFORMED).malformed,
                )
            )
            return None

    def required(self, name: str, parse: Callable[[str, str], T]) -> T:
        """Return a parameter that must be there; what is returned for a missing one is not used."""
        if name not in self._parameters:
            self._findings.append(
                Finding(
                    detail="is missing",
                    where=name,
                    kind="parameter",
                    rule="parameters",
                    requirement=self._requirements.get(name, _MALFORMED).missing,
                )
            )
        return cast(T, self(name, parse))

    def finish(self) -> None:
        """Go on only where every parameter was right.

        Raises:
            BadRequest: some were not; all of them are told.
        """
        if self._findings:
            raise BadRequest(self._findings)


def read_agent(text: str, version: str) -> dict[str, Any]:
    """Return the agent, who is no group, that a parameter's JSON describes."""
    try:
        agent: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise WrongValue("must be an agent as JSON") from None
    if check("agent", agent, version):
        raise WrongValue("must be a valid agent")
    found: dict[str, Any] = agent
    return found


def read_agent_key(text: str, version: str) -> str:
    """Return the key of the agent that a parameter's JSON describes."""
    return agent_key(read_agent(text, version)) or ""


def read_text(text: str, _version: str) -> str:
    """Return a parameter's text, which must not be empty."""
    if not text:
        raise WrongValue("must not be empty")
    return text


def _agent(text: str, version: str) -> str:
    try:
        agent: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise WrongValue("must be an agent or identified group as JSON") from None
    if check("actor", agent, version):
        raise WrongValue("must be a valid agent or identified group")
    identifier = agent_key(agent)
    if identifier is None:
        raise WrongValue("must be an agent or a group with an identifier")
    return identifier


def read_iri(text: str, version: str) -> str:
    """Return a parameter that is an IRI."""
    if check("iri", text, version):
        raise WrongValue("must be an IRI with a scheme")
    return text


def read_uuid(text: str, version: str) -> str:
    """Return a parameter that is a UUID, in lower case."""
    if check("uuid", text, version):
        raise WrongValue("must be a UUID in standard form")
    return text.lower()


def read_timestamp(text: str, version: str) -> int:
    """Return a parameter's time in microseconds since 1970."""
    if check("timestamp", text, version):
        raise WrongValue("must be an ISO 8601 date and time")
    try:
        return parse_timestamp(text)
    except ValueError:
        raise WrongValue("must be a time of the calendar") from None


def _boolean(text: str, _version: str) -> bool:
    if text not in ("true", "false"):
        raise WrongValue("must be true or false")
    return text == "true"


def _count(text: str, _version: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise WrongValue("must be a whole number, 0 or more")
    return int(text[:_DIGITS])


def _format(text: str, _version: str) -> str:
    if text not in _FORMATS:
        raise WrongValue("must be ids, exact or canonical")
    return text
