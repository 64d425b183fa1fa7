"""Reading parameters of the query: all that is wrong with them is told at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar, cast

import orjson
from multidict import MultiMapping

from lrs.agents import agent_key
from lrs.errors import BadRequest, Finding
from lrs.http.requirements import Broken, Requirements
from lrs.timestamps import parse_timestamp
from lrs.validation import check

_MALFORMED = Broken(malformed="XAPI-00012")
_UNKNOWN, _MISWRITTEN = "XAPI-00324", "XAPI-00325"

T = TypeVar("T")


class WrongValue(Exception):
    """A parameter's value is not what it must be; the message says what it must be."""


class ParameterReader:
    """Reads parameters one by one and gathers what is wrong with them.

    `requirements` tells by name which ones a wrong parameter breaks. `findings` are what is wrong
    already.
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        version: str,
        requirements: Requirements | None = None,
        findings: Iterable[Finding] = (),
    ) -> None:
        self._parameters, self._version = parameters, version
        self._requirements = requirements or {}
        self._findings = list(findings)

    @classmethod
    def of_query(
        cls,
        query: MultiMapping[str],
        allowed: Collection[str],
        version: str,
        requirements: Requirements | None = None,
    ) -> "ParameterReader":
        """Return a reader of a query in which only some names may be, each once."""
        return cls(query, version, requirements, _misnamed(query, allowed) if query else ())

    def __contains__(self, name: str) -> bool:
        return name in self._parameters

    def __call__(self, name: str, parse: Callable[[str, str], T]) -> T | None:
        """Return a parameter's value; None where it is not there, or is wrong."""
        text = self._parameters.get(name)
        if text is None:
            return None
        try:
            return parse(text, self._version)
        except WrongValue as wrong:
            self.refuse(name, f'{wrong}, not "{text[:60]}"', self._broken(name).malformed)
            return None

    def required(self, name: str, parse: Callable[[str, str], T]) -> T:
        """Return a parameter that must be there; what is returned for a missing one is not used."""
        if name not in self._parameters:
            self.refuse(name, "is missing", self._broken(name).missing)
        return cast(T, self(name, parse))

    def alone(self, name: str, beside: Collection[str], requirement: str) -> None:
        """Refuse what is there beside a parameter, save what may be."""
        told = {finding.where for finding in self._findings}
        for other in sorted({*self._parameters} - {name, *beside} - told):
            self.refuse(other, f"cannot stand beside {name}", requirement)

    def refuse(self, name: str, detail: str, requirement: str) -> None:
        """Add a finding about a parameter."""
        self._findings.append(_finding(name, detail, requirement))

    def finish(self) -> None:
        """Go on only where every parameter was right.

        Raises:
            BadRequest: some were not; all of them are told.
        """
        if self._findings:
            raise BadRequest(self._findings)

    def _broken(self, name: str) -> Broken:
        return self._requirements.get(name, _MALFORMED)


def _misnamed(query: MultiMapping[str], allowed: Collection[str]) -> Iterable[Finding]:
    """Yield what is unknown, wrong in case, or there twice."""
    for name in dict.fromkeys(query):
        meant = next((each for each in allowed if each.lower() == name.lower()), None)
        if meant is None:
            yield _finding(name, "is not a parameter here", _UNKNOWN)
        elif meant != name:
            detail = f'is not a parameter here; did you mean "{meant}"?'
            yield _finding(name, detail, _MISWRITTEN)
        elif len(query.getall(name)) > 1:
            yield _finding(name, "is there twice", _UNKNOWN)


def _finding(name: str, detail: str, requirement: str) -> Finding:
    return Finding(
        detail=detail, where=name, kind="parameter", rule="parameters", requirement=requirement
    )


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


def read_actor_key(text: str, version: str) -> str:
    """Return the key of the agent or identified group that a parameter's JSON describes."""
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


def read_boolean(text: str, _version: str) -> bool:
    """Return a parameter that is true or false."""
    if text not in ("true", "false"):
        raise WrongValue("must be true or false")
    return text == "true"
