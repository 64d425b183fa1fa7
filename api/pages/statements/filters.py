"""What a reader looks for: the fields of the form, as they stand in the page's address.

An address says everything, so it can be kept and sent on. The fields become the parameters of
GET /statements, and those a query: what the page shows is what an xAPI client is given.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from lrs.errors import BadRequest
from lrs.http.statement_parameters import read_query
from lrs.query import StatementQuery

PATH = "/statements"
VERSION = "1.0.3"
ALWAYS_SHOWN = ("actor", "home_page", "verb", "activity")
FLAGS = ("related_agents", "related_activities")
FURTHER = ("registration", "since", "until", *FLAGS, "voided", "ids")
FIELDS = ALWAYS_SHOWN + FURTHER
VOIDED: dict[str, bool | None] = {"": False, "any": None, "only": True}
MOST_IDS = 50
A_PAGE = 25

_UUID = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])", re.I)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?")
_DIGEST = re.compile(r"[0-9a-f]{40}", re.I)
_FIELD_OF = {"agent": "actor"}

Bound = Literal["since", "until"]


@dataclass(frozen=True, slots=True)
class Filters:
    """The fields as they were written, without empty ones."""

    written: Mapping[str, str]

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Filters":
        """Return the fields among an address's parameters."""
        written = {name: parameters.get(name, "").strip() for name in FIELDS}
        return cls({name: value for name, value in written.items() if value})

    def get(self, name: str) -> str:
        """Return a field; empty where it is not filled."""
        return self.written.get(name, "")

    def is_local_time(self, name: str) -> bool:
        """Say whether a field holds a time as a browser's own time field writes it."""
        return "T" in self.get(name) and _MINUTE.fullmatch(self.get(name)) is not None

    def address(self, path: str = PATH, **changes: str) -> str:
        """Return the page's address with some fields changed, or taken away by ""."""
        values = {name: value for name, value in {**self.written, **changes}.items() if value}
        return f"{path}?{urlencode(values)}" if values else path

    def narrowed(self, **changes: str) -> str:
        """Return the address of those among these statements that share something with one."""
        return self.address(**{"ids": "", **changes})


@dataclass(frozen=True, slots=True)
class Search:
    """What the fields mean: a query, or `ids` that are looked up one by one.

    `problems` tells by field what is wrong with it. `parameters` are those of GET /statements.
    """

    query: StatementQuery
    ids: tuple[str, ...]
    parameters: Mapping[str, str]
    problems: Mapping[str, str]


def search(filters: Filters) -> Search:
    """Return what the fields mean."""
    ids, problems = _ids(filters.get("ids"))
    parameters = _parameters(filters, problems)
    query = StatementQuery()
    try:
        query = read_query(parameters, VERSION)
    except BadRequest as error:
        for finding in error.findings:
            problems[_FIELD_OF.get(finding.where, finding.where)] = f"It {finding.detail}."
    if filters.get("voided") not in VOIDED:
        problems["voided"] = "Choose one of the three."
    voided = VOIDED.get(filters.get("voided"))
    return Search(
        query=msgspec.structs.replace(query, voided=voided, limit=A_PAGE),
        ids=ids,
        parameters=parameters,
        problems=problems,
    )


def actor_fields(actor: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that find an agent or group; none for an anonymous group."""
    if "account" in actor:
        account = actor["account"]
        return {"actor": account["name"], "home_page": account["homePage"]}
    for name in ("mbox", "mbox_sha1sum", "openid"):
        if name in actor:
            return {"actor": actor[name].removeprefix("mailto:"), "home_page": ""}
    return {}


def _parameters(filters: Filters, problems: dict[str, str]) -> dict[str, str]:
    """The parameters of GET /statements; what cannot become one is told in `problems`."""
    same = ("verb", "activity", "registration", *FLAGS)
    parameters = {name: filters.get(name) for name in same if filters.get(name)}
    for bound in ("since", "until"):
        if filters.get(bound):
            parameters[bound] = moment(filters.get(bound), "until" if bound == "until" else "since")
    if filters.get("actor"):
        agent = _agent(filters.get("actor"), filters.get("home_page"))
        if agent:
            parameters["agent"] = json.dumps(agent, ensure_ascii=False)
        else:
            problems["actor"] = (
                "It is neither an e-mail address nor an address of the web; "
                "an account's name needs its home page beside it."
            )
    elif filters.get("home_page"):
        problems["actor"] = "The account's name at this home page is missing."
    return parameters


def _agent(actor: str, home_page: str) -> dict[str, Any] | None:
    """The agent that is meant: an account, an e-mail address or its hash, an OpenID."""
    if home_page:
        return {"account": {"homePage": home_page, "name": actor}}
    if _DIGEST.fullmatch(actor):
        return {"mbox_sha1sum": actor}
    if "://" in actor:
        return {"openid": actor}
    address = actor.removeprefix("mailto:")
    return {"mbox": f"mailto:{address}"} if "@" in address else None


def moment(written: str, bound: Bound) -> str:
    """Return a time as xAPI writes it: a day is its first or last moment, without a zone UTC."""
    if _DAY.fullmatch(written):
        return f"{written}T{'00:00:00' if bound == 'since' else '23:59:59.999999'}Z"
    found = _MINUTE.fullmatch(written)
    if found is None:
        return written
    day, minute, second = found.groups()
    return f"{day}T{minute}{second or (':00' if bound == 'since' else ':59.999999')}Z"


def _ids(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The statement ids in any text, each once, and what is wrong with the text."""
    found = tuple(dict.fromkeys(each.lower() for each in _UUID.findall(text)))
    if text and not found:
        return (), {"ids": "There is no statement id in it: an id is a UUID."}
    if len(found) > MOST_IDS:
        return found[:MOST_IDS], {"ids": f"These are {len(found)} ids; {MOST_IDS} can be shown."}
    return found, {}
