"""SCORM interactions as xAPI interaction activities (xAPI 1.0.3, part 2, appendix C)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from scorm_runtime.attempts import Values
from scorm_runtime.cmi.scorm2004_interval import seconds as interval_seconds
from scorm_runtime.cmi.timespan import duration_of, seconds_of

TYPE: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
_COMPONENTS: Final = {"choice": "choices", "sequencing": "choices", "likert": "scale"}
_SUCCESS: Final = {"correct": True, "wrong": False, "incorrect": False, "unanticipated": False}
_PREFIX: Final = "cmi.interactions."


class Notation(msgspec.Struct, frozen=True):
    """How an edition of SCORM writes interactions.

    `response` names the learner's response; `items` and `pairs` take a response apart;
    `translations` write it as xAPI does, by the interaction's type; `seconds` reads a latency.
    """

    response: str
    items: Callable[[str], list[str]]
    pairs: Callable[[str], list[tuple[str, str]]]
    translations: Mapping[str, Callable[[str], str]]
    seconds: Callable[[str], float]

    def translate(self, kind: str, text: str) -> str:
        """A response or a pattern as xAPI writes it."""
        translation = self.translations.get(kind)
        return translation(text) if translation else text


class Interaction(msgspec.Struct, frozen=True):
    """One interaction of a SCO as it stands."""

    index: int
    fields: dict[str, str]
    patterns: tuple[str, ...]
    notation: Notation

    @property
    def identifier(self) -> str:
        """The SCO's id of it; one that it left out is its place."""
        return self.fields.get("id") or f"interaction-{self.index}"

    @property
    def outcome(self) -> tuple[str, str]:
        """What the learner answered and how that was judged."""
        return self.fields.get(self.notation.response, ""), self.fields.get("result", "")


def _items(text: str) -> list[str]:
    """`{a,b}` or `a,b` as its parts."""
    return [part.strip() for part in text.strip("{}").split(",") if part.strip()]


def _pairs(text: str) -> list[tuple[str, str]]:
    """`1.a,2.b` as its pairs."""
    return [(one, other) for one, dot, other in (p.partition(".") for p in _items(text)) if dot]


def _true_false(text: str) -> str:
    return "true" if text[:1] in ("1", "t") else "false"


def _sequence(text: str) -> str:
    return "[,]".join(_items(text)) or text


def _matching(text: str) -> str:
    return "[,]".join(f"{one}[.]{other}" for one, other in _pairs(text)) or text


def _items_2004(text: str) -> list[str]:
    """`a[,]b` as its parts."""
    return [part for part in text.split("[,]") if part]


def _pairs_2004(text: str) -> list[tuple[str, str]]:
    """`1[.]a[,]2[.]b` as its pairs."""
    parts = (part.partition("[.]") for part in _items_2004(text))
    return [(one, other) for one, dot, other in parts if dot]


def _seconds_2004(latency: str) -> float:
    return float(interval_seconds(latency))


SCORM12: Final = Notation(
    response="student_response",
    items=_items,
    pairs=_pairs,
    translations={
        "true-false": _true_false,
        "choice": _sequence,
        "sequencing": _sequence,
        "matching": _matching,
    },
    seconds=seconds_of,
)
SCORM2004: Final = Notation(
    response="learner_response",
    items=_items_2004,
    pairs=_pairs_2004,
    translations={},
    seconds=_seconds_2004,
)


def answered(before: Values, after: Values, notation: Notation = SCORM12) -> Iterator[Interaction]:
    """The interactions of `after` whose answer or result is not that of `before`."""
    fields = (f".{notation.response}", ".result")
    touched = {
        int(name[len(_PREFIX) :].partition(".")[0])
        for name, value in after.items()
        if name.startswith(_PREFIX) and name.endswith(fields) and before.get(name) != value
    }
    if touched:
        found = read(after, notation)
        yield from (one for one in found if one.index in touched and any(one.outcome))


def read(values: Values, notation: Notation) -> list[Interaction]:
    """Every interaction in the values, in their order."""
    fields: dict[int, dict[str, str]] = {}
    patterns: dict[int, dict[int, str]] = {}
    for name, value in values.items():
        if not name.startswith(_PREFIX):
            continue
        index, _, rest = name[len(_PREFIX) :].partition(".")
        fields.setdefault(int(index), {})
        if match := re.fullmatch(r"correct_responses\.([0-9]+)\.pattern", rest):
            patterns.setdefault(int(index), {})[int(match[1])] = value
        elif "." not in rest:
            fields[int(index)][rest] = value
    return [
        Interaction(
            index,
            record,
            tuple(pattern for _, pattern in sorted(patterns.get(index, {}).items())),
            notation,
        )
        for index, record in sorted(fields.items())
    ]


def definition(interaction: Interaction) -> dict[str, Any]:
    """The xAPI activity definition: type, correct responses, and the components that were named."""
    defined: dict[str, Any] = {"name": {"und": interaction.identifier}, "type": TYPE}
    kind = interaction.fields.get("type")
    if kind is None:
        return {**defined, "interactionType": "other"}
    defined["interactionType"] = kind
    patterns = [
        interaction.notation.translate(kind, pattern) for pattern in interaction.patterns if pattern
    ]
    if patterns:
        defined["correctResponsesPattern"] = list(dict.fromkeys(patterns))
    if description := interaction.fields.get("description"):
        defined["description"] = {"und": description}
    response, _ = interaction.outcome
    texts = [*interaction.patterns, response]
    return {**defined, **_components(kind, texts, interaction.notation)}


def result(interaction: Interaction) -> dict[str, Any]:
    """The xAPI result: response, success where judged, duration; a numeric result is a score."""
    response, judgement = interaction.outcome
    found: dict[str, Any] = {}
    if response:
        found["response"] = interaction.notation.translate(
            interaction.fields.get("type", ""), response
        )
    if judgement in _SUCCESS:
        found["success"] = _SUCCESS[judgement]
    elif judgement and judgement != "neutral":
        found["score"] = {"raw": float(judgement)}
    if latency := interaction.fields.get("latency"):
        found["duration"] = duration_of(interaction.notation.seconds(latency))
    return found


def _components(kind: str, texts: Iterable[str], notation: Notation) -> dict[str, Any]:
    if kind == "matching":
        pairs = [pair for text in texts for pair in notation.pairs(text)]
        sides = {"source": [one for one, _ in pairs], "target": [other for _, other in pairs]}
        return {side: _named(found) for side, found in sides.items() if found}
    if kind not in _COMPONENTS:
        return {}
    found = [item for text in texts for item in notation.items(text)]
    return {_COMPONENTS[kind]: _named(found)} if found else {}


def _named(identifiers: Iterable[str]) -> list[dict[str, Any]]:
    return [{"id": one, "description": {"und": one}} for one in dict.fromkeys(identifiers)]
