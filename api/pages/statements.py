"""A statement as a person reads it: one line, its moment, and the record itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.pages.wording import minute, number
from lrs.statement import StoredStatement


@dataclass(frozen=True, slots=True)
class Line:
    """A statement on a page; `json` is what was recorded, indented."""

    id: str
    text: str
    moment: str
    json: str


def line(statement: StoredStatement) -> Line:
    """The statement as a line."""
    recorded = orjson.loads(statement.raw)
    return Line(
        id=statement.statement_id,
        text=sentence(recorded),
        moment=minute(statement.timestamp),
        json=orjson.dumps(recorded, option=orjson.OPT_INDENT_2).decode(),
    )


def sentence(statement: Mapping[str, Any]) -> str:
    """Who did what, with the score: `Ada Lovelace passed Fire safety (85 %)`."""
    parts = [_actor(statement["actor"]), _verb(statement["verb"]), _thing(statement["object"])]
    score = statement.get("result", {}).get("score", {})
    if "scaled" in score:
        parts.append(f"({number(round(score['scaled'] * 100, 1))} %)")
    elif "raw" in score:
        parts.append(f"({number(score['raw'])} points)")
    return " ".join(parts)


def _actor(actor: Mapping[str, Any]) -> str:
    known = actor.get("name") or actor.get("mbox", "").removeprefix("mailto:")
    return known or actor.get("account", {}).get("name") or "Somebody"


def _verb(verb: Mapping[str, Any]) -> str:
    return _in_english(verb.get("display", {})) or verb["id"].rstrip("/").rpartition("/")[2]


def _thing(thing: Mapping[str, Any]) -> str:
    if thing.get("objectType") == "StatementRef":
        return f"statement {thing['id']}"
    if "actor" in thing:
        return sentence(thing)
    named = _in_english(thing.get("definition", {}).get("name", {}))
    return named or thing.get("id") or _actor(thing)


def _in_english(words: Mapping[str, str]) -> str:
    """The English wording, else the first of any language."""
    for tag, text in words.items():
        if tag.lower().startswith("en"):
            return text
    return next(iter(words.values()), "")
