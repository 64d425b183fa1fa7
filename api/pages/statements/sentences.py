"""A statement as a sentence: who did what, and how it went.

Words come from the statement's language maps in the reader's language. All of them are foreign
text: whoever puts them on a page escapes them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lrs.statement import PROGRESS_EXTENSION
from lrs.statements.formats import one_language
from lrs.timestamps import parse_duration

MOST_CHARACTERS = 160
MEMBERS_NAMED = 3

_SEPARATOR = re.compile(r"[/#:]")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))

Json = Mapping[str, Any]
Languages = Sequence[str]


@dataclass(frozen=True, slots=True)
class Words:
    """Some of a sentence's words; `language` is their tag, empty where none is known."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The parts of a sentence; the thing stands in `quotes`, two characters or none."""

    actor: str
    verb: Words
    thing: Words
    quotes: str
    outcome: str

    def __str__(self) -> str:
        thing = f"{self.quotes[:1]}{self.thing.text}{self.quotes[1:]}"
        return " ".join(filter(None, (self.actor, self.verb.text, thing, self.outcome)))


def sentence(statement: Json, languages: Languages) -> Sentence:
    """Return a statement's or SubStatement's sentence, for a reader of these languages."""
    thing = statement["object"]
    words, quotes = _thing(thing, languages)
    return Sentence(
        actor=who(statement["actor"]),
        verb=verb_words(statement["verb"]["id"], statement["verb"].get("display"), languages),
        thing=words,
        quotes=quotes,
        outcome=_outcome(statement.get("result", {}), _is_question(thing), statement["verb"]["id"]),
    )


def who(actor: Json) -> str:
    """Return what an agent or group is called; of an anonymous group, its members."""
    named = _clipped(actor.get("name", "")) or _clipped(_identified(actor))
    if named:
        return named
    names = [who(each) for each in actor.get("member", ())]
    if len(names) > MEMBERS_NAMED:
        rest = len(names) - MEMBERS_NAMED + 1
        names = [*names[: MEMBERS_NAMED - 1], f"{rest} others"]
    if names:
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return "a group" if actor.get("objectType") == "Group" else "somebody"


def verb_words(iri: str, display: Mapping[str, str] | None, languages: Languages) -> Words:
    """Return a verb's display; without one, the last word of its IRI."""
    last = _SEPARATOR.split(iri.rstrip("/#:"))[-1]
    said = re.sub(r"[-_]+", " ", unquote(last))
    return _spoken(display, languages) or Words(_clipped(said) or _clipped(iri))


def _identified(actor: Json) -> str:
    mailbox: str = actor.get("mbox", "")
    account: str = actor.get("account", {}).get("name", "")
    digest: str = actor.get("mbox_sha1sum", "")
    openid: str = actor.get("openid", "")
    short = f"e-mail hash {digest[:8]}…" if digest else ""
    return mailbox.removeprefix("mailto:") or account or openid or short


def _thing(thing: Json, languages: Languages) -> tuple[Words, str]:
    """The object's words, and their quotes: a name's, a sentence's or none."""
    match thing.get("objectType", "Activity"):
        case "StatementRef":
            return Words(f"statement {thing['id'][:8]}…"), ""
        case "SubStatement":
            return Words(str(sentence(thing, languages))), "“”"
        case "Agent" | "Group":
            return Words(who(thing)), ""
    definition = thing.get("definition", {})
    named = _spoken(definition.get("name"), languages)
    named = named or (_spoken(definition.get("description"), languages))
    return (named, "‘’") if named else (Words(_clipped(thing["id"])), "")


def _is_question(thing: Json) -> bool:
    return "interactionType" in thing.get("definition", {})


def _spoken(words: Mapping[str, str] | None, languages: Languages) -> Words | None:
    """The wording that suits the reader, else English, else the first; None for none."""
    filled = {tag: text for tag, text in (words or {}).items() if text.strip()}
    if not filled:
        return None
    ((tag, text),) = one_language(filled, [*languages, "en"]).items()
    return Words(_clipped(text), "" if tag.lower() == "und" else tag)


def _outcome(result: Json, is_question: bool, verb: str) -> str:
    response = _clipped(result.get("response", "")) if is_question else ""
    gained = [f"“{response}”" if response else "", _score(result.get("score", {}))]
    gained = [each for each in gained if each]
    parts = [
        f"with {' and '.join(gained)}" if gained else "",
        _progress(result),
        _success(result.get("success"), is_question, verb),
        _duration(result.get("duration")),
    ]
    return ", ".join(filter(None, parts))


def _score(score: Json) -> str:
    if "scaled" in score:
        return f"{_number(round(score['scaled'] * 100, 1))}\N{NO-BREAK SPACE}%"
    if "raw" not in score:
        return ""
    of = f" of {_number(score['max'])}" if "max" in score else ""
    return f"{_number(score['raw'])}{of} {'point' if score['raw'] == 1 and not of else 'points'}"


def _progress(result: Json) -> str:
    progress = result.get("extensions", {}).get(PROGRESS_EXTENSION)
    is_number = isinstance(progress, int | float) and not isinstance(progress, bool)
    return f"{_number(progress)}\N{NO-BREAK SPACE}% done" if is_number else ""


def _success(success: bool | None, is_question: bool, verb: str) -> str:
    """Told unless the verb has told it."""
    if success is None or verb.endswith(("/passed", "/failed")):
        return ""
    if is_question:
        return "correct" if success else "wrong"
    return "passed" if success else "failed"


def _duration(text: str | None) -> str:
    """An ISO 8601 duration by its two largest units, such as `in 1 h 5 min`."""
    if not text:
        return ""
    left = parse_duration(text)
    if 0 < left < 1:
        return "in under 1 s"
    parts = []
    left = round(left)
    for seconds, unit in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {unit}")
    return f"in {' '.join(parts[:2])}" if parts else ""


def _number(value: float) -> str:
    return f"{value:.10g}"


def _clipped(text: str) -> str:
    """One line of bounded length."""
    line = " ".join(text[: 4 * MOST_CHARACTERS].split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"
