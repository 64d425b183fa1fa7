"""A quiz's paper as a form: what is shown of each question, and the answers that a form gives.

The fields of question 3 are `q3` (several times where several may be chosen or put in order),
`q3.<part>` for each blank or left side, `q3.unit`, and `q3.sure` where the order is the answer.
Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from multidict import MultiMapping

from content.quizzes import paper
from content.quizzes.paper import Asked

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """An option, item, blank or left side: `value` is what is written or chosen for it."""

    id: str
    text: str = ""
    chosen: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A question with what is answered so far."""

    index: int
    id: str
    type: str
    html: str
    points: float
    media: Mapping[str, str] | None
    answered: bool
    parts: Sequence[Part] = ()
    rights: Sequence[Part] = ()
    units: Sequence[str] = ()
    value: str = ""
    unit: str = ""
    words: str = ""
    flagged: bool = False
    problem: str = ""

    @property
    def name(self) -> str:
        """The name of its fields."""
        return f"q{self.index}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form has: answers by question, the questions that are flagged, what is to be done."""

    answers: Sequence[Mapping[str, Any]]
    flags: frozenset[int] = field(default_factory=frozenset)
    wish: str = "save"


def tasks(asked: Sequence[Asked], given: Sequence[Any], flags: frozenset[int]) -> list[Task]:
    """The paper with the answers that were saved, by their places."""
    return [
        _task(paper.shown(each), answer, each.index in flags)
        for each, answer in zip(asked, given, strict=True)
    ]


def sheet(asked: Sequence[Asked], form: MultiMapping[Any]) -> Sheet:
    """The answers that a form gives; a question that is not in it is left as it is."""
    present = {str(each) for each in form.getall("asked", ())}
    flags = frozenset(int(each) for each in form.getall("flag", ()) if str(each).isdecimal())
    answers = []
    for each in asked:
        if str(each.index) in present:
            answer = _answer(paper.shown(each), form, f"q{each.index}")
            answers.append({"question_index": each.index, "answer": answer})
    return moved(Sheet(answers, flags, str(form.get("do", "save"))))


def moved(sent: Sheet) -> Sheet:
    """The sheet with an item moved, where it wishes `move:<question>:<item>:<up or down>`."""
    action, *rest = sent.wish.split(":")
    if action != "move" or len(rest) != 3 or not rest[0].isdecimal():
        return sent
    index, item, way = int(rest[0]), rest[1], rest[2]

    def changed(answer: Mapping[str, Any]) -> Mapping[str, Any]:
        order = answer["answer"]
        if answer["question_index"] != index or not isinstance(order, _Order):
            return answer
        return {**answer, "answer": _Order(_moved(order, item, way), sure=True)}

    return replace(sent, answers=[changed(each) for each in sent.answers])


def given_by(sent: Sheet) -> list[dict[str, Any]]:
    """The answers as REST takes them: an order that nobody stands by is none."""
    return [
        {**each, "answer": None if isinstance(a := each["answer"], _Order) and not a.sure else a}
        for each in sent.answers
    ]


class _Order(list[str]):
    """Items in the order of the form; `sure` where it is the answer."""

    def __init__(self, items: Sequence[str], *, sure: bool) -> None:
        super().__init__(items)
        self.sure = sure


def _moved(order: Sequence[str], item: str, way: str) -> list[str]:
    """The order with one item a place further up or down."""
    found = list(order)
    if item in found:
        place = found.index(item)
        other = place + (1 if way == "down" else -1)
        if 0 <= other < len(found):
            found[place], found[other] = found[other], found[place]
    return found


def _answer(question: Mapping[str, Any], form: MultiMapping[Any], name: str) -> Any:
    match question["type"]:
        case "multiple_choice":
            return str(form.get(name, "")) or None
        case "multiple_answer":
            return [str(each) for each in form.getall(name, ())] or None
        case "true_false":
            return {"true": True, "false": False}.get(str(form.get(name, "")))
        case "fill_blank":
            texts = [str(form.get(f"{name}.{each['id']}", "")) for each in question["blanks"]]
            return texts if any(each.strip() for each in texts) else None
        case "matching":
            chosen = [
                (each["id"], str(form.get(f"{name}.{each['id']}", "")))
                for each in question["lefts"]
            ]
            return [[left, right] for left, right in chosen if right] or None
        case "ordering":
            return _Order(
                [str(each) for each in form.getall(name, ())], sure=f"{name}.sure" in form
            )
        case "numeric":
            unit = str(form.get(f"{name}.unit", ""))
            number = str(form.get(name, "")).strip()
            return f"{number} {unit}".strip() if number else None
    return str(form.get(name, "")) or None


def _task(question: Mapping[str, Any], given: Any, flagged: bool) -> Task:
    made = Task(
        index=question["index"],
        id=question["id"],
        type=question["type"],
        html=question["question"],
        points=question["points"],
        media=question.get("media"),
        answered=given is not None and getattr(given, "sure", True),
        flagged=flagged,
    )
    return replace(made, **_SHOWN[made.type](question, given))


def _options(question: Mapping[str, Any], given: Any) -> dict[str, Any]:
    chosen = [given] if isinstance(given, str) else given or []
    parts = [Part(each["id"], each["text"], each["id"] in chosen) for each in question["options"]]
    return {"parts": parts}


def _truth(question: Mapping[str, Any], given: Any) -> dict[str, Any]:
    return {"parts": [Part("true", "True", given is True), Part("false", "False", given is False)]}


def _blanks(question: Mapping[str, Any], given: Any) -> dict[str, Any]:
    texts = given or [""] * len(question["blanks"])
    pairs = zip(question["blanks"], texts, strict=True)
    return {"parts": [Part(each["id"], value=text) for each, text in pairs]}


def _matches(question: Mapping[str, Any], given: Any) -> dict[str, Any]:
    chosen = dict(given or [])
    parts = [
        Part(each["id"], each["text"], value=chosen.get(each["id"], ""))
        for each in question["lefts"]
    ]
    return {
        "parts": parts,
        "rights": [Part(each["id"], each["text"]) for each in question["rights"]],
    }


def _ordered(question: Mapping[str, Any], given: Any) -> dict[str, Any]:
    texts = {each["id"]: each["text"] for each in question["items"]}
    order = [each for each in given or texts if each in texts]
    return {"parts": [Part(each, texts[each]) for each in order]}


def _number(question: Mapping[str, Any], given: Any) -> dict[str, Any]:
    units = question.get("units", ())
    number, _, unit = str(given or "").rpartition(" ")
    if unit not in units or not number:
        number, unit = str(given or ""), ""
    return {"units": units, "value": number, "unit": unit}


def _essay(question: Mapping[str, Any], given: Any) -> dict[str, Any]:
    least, most = question.get("min_words"), question.get("max_words")
    bounds = [f"at least {least}" if least else "", f"at most {most}" if most else ""]
    said = " and ".join(each for each in bounds if each)
    return {"value": given or "", "words": f"{said.capitalize()} words." if said else ""}


_SHOWN = {
    "multiple_choice": _options,
    "multiple_answer": _options,
    "true_false": _truth,
    "fill_blank": _blanks,
    "matching": _matches,
    "ordering": _ordered,
    "numeric": _number,
    "essay": _essay,
}
