"""What a client wants of a document: `include=` beside it, and of each type the `fields[type]=`."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from api.rest.problems import Finding, refuse

INCLUDE = "include"
_FIELDS = re.compile(r"fields\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Shape:
    """The relationships to include, and of some types the only attributes and relationships."""

    include: frozenset[str] = frozenset()
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)


SHAPE = web.RequestKey("shape", Shape)


def is_of_shape(parameter: str) -> bool:
    """Whether a query parameter is by its name about the shape of the document."""
    return parameter == INCLUDE or _FIELDS.fullmatch(parameter) is not None


def read_shape(
    request: web.Request,
    included: Collection[str] | None,
    known: Mapping[str, Collection[str]],
) -> Shape:
    """The shape that a request asks for.

    `included` are the relationships that can be included, None where the route reads `include`
    itself; `known` the attributes and relationships of each type that the document can have.

    Raises:
        ProblemRaised: 400, it names what there is not.
    """
    findings: list[Finding] = []
    include: Iterable[str] = ()
    fields: dict[str, frozenset[str]] = {}
    for parameter, value in request.query.items():
        names = [name.strip() for name in value.split(",") if name.strip()]
        match = _FIELDS.fullmatch(parameter)
        if match:
            allowed = known.get(match[1])
            findings += _unknown(parameter, names if allowed is not None else [match[1]], allowed)
            fields[match[1]] = frozenset(names)
        elif parameter == INCLUDE and included is not None:
            findings += _unknown(parameter, names, included)
            include = names
    if findings:
        raise refuse(400, "validation_error", "A query parameter is not right", findings)
    return Shape(frozenset(include), fields)


def _unknown(
    parameter: str, names: Iterable[str], allowed: Collection[str] | None
) -> Iterable[Finding]:
    if allowed is None:
        return [Finding("names no type of this document", parameter, "parameter")]
    told = ", ".join(sorted(allowed)) or "nothing"
    return [
        Finding(f"{name} is not known here; there is {told}", parameter, "parameter")
        for name in names
        if name not in allowed
    ]
