"""The verbs that were used of late, for the reader to pick from."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from api.pages.statements.sentences import Languages, verb_words
from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.statement import StoredStatement

LOOKED_AT = 200
MOST_VERBS = 12
KEPT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb and its display in every language."""

    iri: str
    display: Mapping[str, str]

    def words(self, languages: Languages) -> str:
        """Return what the verb is called in one of these languages."""
        return verb_words(self.iri, self.display, languages).text


def verbs_of(statements: Sequence[StoredStatement]) -> list[Verb]:
    """Return the statements' verbs, the most used first."""
    counts: dict[str, int] = {}
    latest: dict[str, StoredStatement] = {}
    for statement in statements:
        counts[statement.verb] = counts.get(statement.verb, 0) + 1
        latest.setdefault(statement.verb, statement)
    most_used = sorted(counts, key=lambda iri: -counts[iri])[:MOST_VERBS]
    return [Verb(iri, _display(latest[iri])) for iri in most_used]


def _display(statement: StoredStatement) -> Mapping[str, str]:
    verb: dict[str, Any] = orjson.loads(statement.raw)["verb"]
    display: Mapping[str, str] = verb.get("display", {})
    return display


class RecentVerbs:
    """Each organization's verbs, looked up again after half a minute."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, list[Verb]]] = {}

    async def of(self, log: StatementLog, organization_id: str) -> list[Verb]:
        """Return the verbs of an organization's latest statements."""
        until, verbs = self._known.get(organization_id, (0.0, []))
        if not verbs or time.monotonic() > until:
            page = await log.find(organization_id, StatementQuery(limit=LOOKED_AT))
            verbs = verbs_of(page.statements)
            self._known[organization_id] = (time.monotonic() + KEPT_SECONDS, verbs)
        return verbs
