"""A statement as a row of a page: its sentence, where its parts lead, and the record itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from shlex import quote
from typing import Any
from urllib.parse import urlencode

import orjson
from markupsafe import Markup

from api.pages.statements.filters import PATH, VERSION, Filters, actor_fields
from api.pages.statements.notation import notation
from api.pages.statements.sentences import Sentence, sentence
from api.pages.wording import ago, second
from lrs.statement import VOIDED, StoredStatement
from lrs.timestamps import as_microseconds
from lrs.versions import VERSION_HEADER

XAPI_STATEMENTS = "/xapi/statements"
MOST_INLINE = 16 * 1024
LATE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom rows are made: the languages that are read, the present, and what is looked for.

    `origin` is the server's, as xAPI clients know it.
    """

    languages: Sequence[str]
    now: datetime
    origin: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class Row:
    """A statement on a page. Addresses are empty where a part leads nowhere.

    `stored` is in microseconds; `arrived` is told where that was not when it happened. `notation`
    is None for a record too long for a list. `voids` is the statement that it declares void.
    """

    id: str
    address: str
    stored: int
    moment: datetime
    ago: str
    exact: str
    arrived: str
    sentence: Sentence
    actor_address: str
    verb: str
    verb_address: str
    thing: str
    thing_address: str
    registration: str
    registration_address: str
    voided: bool
    voids: str
    notation: Markup | None
    curl: str


def row(statement: StoredStatement, reader: Reader, *, whole: bool = False) -> Row:
    """Return the statement's row; `whole` with the record however long it is."""
    recorded = orjson.loads(statement.raw)
    late = (statement.stored - statement.timestamp).total_seconds() > LATE_SECONDS
    registration = statement.registration or ""
    filters = reader.filters
    inline = whole or len(statement.raw) <= MOST_INLINE
    actor = actor_fields(recorded["actor"])
    return Row(
        id=statement.statement_id,
        address=f"{PATH}/{statement.statement_id}",
        stored=as_microseconds(statement.stored),
        moment=statement.timestamp,
        ago=ago(statement.timestamp, reader.now),
        exact=second(statement.timestamp),
        arrived=second(statement.stored) if late else "",
        sentence=sentence(recorded, reader.languages),
        actor_address=filters.narrowed(**actor) if actor else "",
        verb=statement.verb,
        verb_address=filters.narrowed(verb=statement.verb),
        thing=recorded["object"].get("id", ""),
        thing_address=_thing_address(recorded["object"], filters),
        registration=registration,
        registration_address=filters.narrowed(registration=registration) if registration else "",
        voided=statement.voided,
        voids=(statement.target or "") if statement.verb == VOIDED else "",
        notation=notation(statement.raw) if inline else None,
        curl=curl(reader.origin, {_id_parameter(statement): statement.statement_id}),
    )


def curl(origin: str, parameters: Mapping[str, str]) -> str:
    """Return the command that gets statements; key and secret come from its environment."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    header, address = f"{VERSION_HEADER}: {VERSION}", f"{origin}{XAPI_STATEMENTS}{query}"
    return f'curl -sS -u "$LRS_KEY:$LRS_SECRET" -H {quote(header)} {quote(address)}'


def _id_parameter(statement: StoredStatement) -> str:
    return "voidedStatementId" if statement.voided else "statementId"


def _thing_address(thing: Mapping[str, Any], filters: Filters) -> str:
    """Those with the same object; of a StatementRef, the statement that it names."""
    match thing.get("objectType", "Activity"):
        case "StatementRef":
            return f"{PATH}/{thing['id'].lower()}"
        case "Activity":
            return filters.narrowed(activity=thing["id"])
        case "Agent" | "Group":
            fields = actor_fields(thing)
            return filters.narrowed(**fields) if fields else ""
    return ""
