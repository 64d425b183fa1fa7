"""Writing Moodle XML. What it has no notation for becomes a comment that says so."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from lxml import etree

from content.quizzes import numbers
from content.quizzes.exchange.found import written_path
from content.quizzes.exchange.gift_lexis import escaped
from content.quizzes.exchange.gift_writer import Filed
from content.quizzes.exchange.xml_document import Element
from content.quizzes.markup import plain
from content.quizzes.questions import (
    AnyQuestion,
    Blank,
    Essay,
    FillBlank,
    Matching,
    MultipleAnswer,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    TrueFalse,
)

_GAP: Final = "___"


def write(filed: Iterable[Filed]) -> bytes:
    """The questions as a Moodle XML file."""
    root = etree.Element("quiz")
    before: tuple[str, ...] = ()
    for name, category, question in filed:
        if category != before:
            marker = etree.SubElement(root, "question", type="category")
            _text(marker, "category", written_path(category))
            before = category
        _question(root, name, question)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _question(root: Element, name: str, question: AnyQuestion) -> None:
    kind, fill_in = _KINDS[type(question)]
    element = etree.SubElement(root, "question", type=kind)
    _text(element, "name", name)
    text = question.question
    if isinstance(question, FillBlank) and _is_cloze(question):
        element.set("type", "cloze")
        text = _cloze(question)
    _text(element, "questiontext", text, format="html")
    _text(element, "generalfeedback", question.explanation, format="html")
    _simple(element, "defaultgrade", f"{question.points:.7g}")
    for tag, said in (
        ("correctfeedback", question.feedback.correct),
        ("partiallycorrectfeedback", question.feedback.partial),
        ("incorrectfeedback", question.feedback.incorrect),
    ):
        if said:
            _text(element, tag, said, format="html")
    fill_in(element, question)
    if question.tags:
        tags = etree.SubElement(element, "tags")
        for each in question.tags:
            _text(tags, "tag", each)


def _text(parent: Element, tag: str, said: str, **attributes: str) -> Element:
    element = etree.SubElement(parent, tag, attributes)
    etree.SubElement(element, "text").text = _xml(said)
    return element


def _simple(parent: Element, tag: str, said: str) -> None:
    etree.SubElement(parent, tag).text = _xml(said)


def _xml(text: str) -> str:
    """The text without the control characters that XML has no place for."""
    return "".join(each for each in text if each in "\t\n\r" or ord(each) >= 0x20)


def _answer(parent: Element, fraction: float, said: str, *, markup: bool = False) -> Element:
    attributes = {"fraction": f"{fraction:.7g}"}
    if markup:
        attributes["format"] = "html"
    return _text(parent, "answer", said, **attributes)


def _choice(element: Element, question: Any) -> None:
    single = isinstance(question, MultipleChoice)
    _simple(element, "single", "true" if single else "false")
    right = sum(option.correct for option in question.options)
    wrong = len(question.options) - right
    for option in question.options:
        worth = 100.0 if single else 100 / right
        cost = 0.0 if single else -100 / max(wrong, 1)
        answer = _answer(element, worth if option.correct else cost, option.text, markup=True)
        if option.feedback:
            _text(answer, "feedback", option.feedback, format="html")


def _truth(element: Element, question: Any) -> None:
    for truth in (True, False):
        right = truth is question.correct_answer
        answer = _answer(element, 100.0 if right else 0.0, str(truth).lower())
        said = question.feedback.correct if right else question.feedback.incorrect
        if said:
            _text(answer, "feedback", said, format="html")


def _short(element: Element, question: Any) -> None:
    if _is_cloze(question):
        return
    (blank,) = question.blanks
    _simple(element, "usecase", "1" if blank.case_sensitive else "0")
    for each in blank.correct_answers:
        _answer(element, 100.0, each)


def _is_cloze(question: FillBlank) -> bool:
    return len(question.blanks) > 1


def _cloze(question: FillBlank) -> str:
    """The text with its gaps filled by embedded answers, each worth the same."""
    parts, rest = [], question.question
    for blank in question.blanks:
        before, _, after = rest.partition(_GAP)
        parts.append(before + _field(blank))
        rest = after.lstrip("_")
    return "".join([*parts, rest])


def _field(blank: Blank) -> str:
    kind = "SHORTANSWER_C" if blank.case_sensitive else "SHORTANSWER"
    answers = "~".join(f"={escaped(each)}" for each in blank.correct_answers)
    return f"{{1:{kind}:{answers}}}"


def _matching(element: Element, question: Any) -> None:
    sides = [(pair.left.text, pair.right.text) for pair in question.pairs]
    sides += [("", item.text) for item in question.distractors]
    for left, right in sides:
        found = _text(element, "subquestion", left, format="html")
        _text(found, "answer", plain(right))


def _ordering(element: Element, question: Any) -> None:
    for number, item in enumerate(question.items, start=1):
        _answer(element, float(number), item.text, markup=True)


def _numeric(element: Element, question: Any) -> None:
    for accepted in question.answers:
        low, high = numbers.bounds(accepted)
        if low is None or high is None:
            element.append(etree.Comment(" a range without a bound cannot be said here "))
            continue
        answer = _answer(element, 100.0, f"{(low + high) / 2:f}")
        _simple(answer, "tolerance", f"{(high - low) / 2:f}")
    if question.units:
        _simple(element, "unitgradingtype", "1" if question.unit_required else "0")
        units = etree.SubElement(element, "units")
        for each in question.units:
            unit = etree.SubElement(units, "unit")
            _simple(unit, "multiplier", f"{1 / each.factor:.12g}")
            _simple(unit, "unit_name", each.unit)


def _essay(element: Element, question: Any) -> None:
    rubric = question.rubric
    if not isinstance(rubric, str):
        rubric = "; ".join(f"{each.criteria} ({each.max_points:g})" for each in rubric)
    _text(element, "graderinfo", rubric, format="plain_text")
    if question.min_words is not None:
        _simple(element, "minwordlimit", str(question.min_words))
    if question.max_words is not None:
        _simple(element, "maxwordlimit", str(question.max_words))


_KINDS: Final[Mapping[type[Question], tuple[str, Callable[[Element, Any], None]]]] = {
    MultipleChoice: ("multichoice", _choice),
    MultipleAnswer: ("multichoice", _choice),
    TrueFalse: ("truefalse", _truth),
    FillBlank: ("shortanswer", _short),
    Matching: ("matching", _matching),
    Ordering: ("ordering", _ordering),
    Numeric: ("numerical", _numeric),
    Essay: ("essay", _essay),
}
