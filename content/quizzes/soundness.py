"""What is wrong with a draft of a question.

What its own type has no use for is a finding, as is whatever would make a question that nobody can
answer rightly.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Final, get_args

import msgspec
from msgspec import structs

from content import findings
from content.findings import Finding
from content.quizzes import drafts
from content.quizzes.blanks import example
from content.quizzes.drafts import QuestionDraft
from content.quizzes.markup import clean, plain
from content.quizzes.questions import TYPES, Accepted, PartialCredit

MOST_PARTS: Final = 100
MOST_POINTS: Final = 10_000
LONGEST_PART: Final = 10_000
LONGEST_BLANK: Final = 500
LARGEST: Final = 50_000
MOST_WORDS: Final = 100_000
_GAP: Final = re.compile("_{3,}")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_URL: Final = re.compile(r"(https?://|/)[^\s<>\"]+")

_COMMON: Final = frozenset(
    ("type", "question", "id", "points", "partial_credit", "explanation", "feedback", "media")
) | {"tags"}
_OWN: Final = {
    "multiple_choice": {"options"},
    "multiple_answer": {"options"},
    "true_false": {"correct_answer"},
    "fill_blank": {"correct_answers", "case_sensitive", "blanks"},
    "matching": {"pairs", "distractors"},
    "ordering": {"items"},
    "numeric": {
        "correct_answer",
        "answers",
        "tolerance",
        "tolerance_type",
        "units",
        "unit_required",
    },
    "essay": {"min_words", "max_words", "rubric"},
}


def _finding(where: str, detail: str) -> Finding:
    return Finding(where=where, detail=detail)


def broken(draft: QuestionDraft) -> list[Finding]:
    """Everything that is wrong; each finding is placed within the question."""
    if draft.type not in TYPES:
        return findings.one_of("type", draft.type, TYPES)
    return [*_wrong_in_common(draft), *_foreign(draft), *_RULES[draft.type](draft)]


def _wrong_in_common(draft: QuestionDraft) -> list[Finding]:
    wrong = [
        *findings.text("question", draft.question),
        *findings.text("explanation", draft.explanation),
        *_id("id", draft.id),
        *findings.one_of("partial_credit", draft.partial_credit, get_args(PartialCredit)),
    ]
    if not plain(draft.question) and draft.media is None:
        wrong.append(_finding("question", "must say something"))
    if len(msgspec.json.encode(draft)) > LARGEST:
        detail = f"must have at most {LARGEST} bytes with all that belongs to it"
        wrong.append(_finding("question", detail))
    if not 0 <= draft.points <= MOST_POINTS:
        wrong.append(_finding("points", f"must be from 0 to {MOST_POINTS}"))
    if draft.media is not None and not _URL.fullmatch(draft.media.url):
        wrong.append(_finding("media/url", "must be an address of http or https, or a path"))
    return wrong


def _foreign(draft: QuestionDraft) -> list[Finding]:
    known = _COMMON | _OWN[draft.type]
    given = (
        each.name
        for each in structs.fields(draft)
        if not each.required and getattr(draft, each.name) != each.default
    )
    return [
        _finding(name, f"has no meaning in a {draft.type} question")
        for name in given
        if name not in known
    ]


def _id(where: str, value: str | None) -> list[Finding]:
    if value is None or _ID.fullmatch(value):
        return []
    return [_finding(where, "must have 1 to 64 letters, digits, - or _")]


def _parts(
    where: str, texts: Sequence[str], ids: Sequence[str | None], least: int, *, unlike: bool = True
) -> list[Finding]:
    """What is wrong with a list of texts: too few or many, empty, too long, alike, ids twice."""
    wrong = []
    if not least <= len(texts) <= MOST_PARTS:
        wrong.append(_finding(where, f"must have {least} to {MOST_PARTS} entries"))
    seen: set[str] = set()
    for index, text in enumerate(texts):
        said = clean(text)
        if not said or len(text) > LONGEST_PART:
            detail = f"must have 1 to {LONGEST_PART} characters"
            wrong.append(_finding(f"{where}/{index}", detail))
        elif unlike and said in seen:
            wrong.append(_finding(f"{where}/{index}", "is there twice"))
        seen.add(said)
    for index, each in enumerate(ids):
        wrong += _id(f"{where}/{index}/id", each)
        if each is not None and each in ids[:index]:
            wrong.append(_finding(f"{where}/{index}/id", "is there twice"))
    return wrong


def _wrong_options(draft: QuestionDraft) -> list[Finding]:
    texts, ids = [e.text for e in draft.options], [e.id for e in draft.options]
    wrong = _parts("options", texts, ids, 2)
    if not any(each.correct for each in draft.options):
        wrong.append(_finding("options", "must have one that is correct"))
    return wrong


def _wrong_true_false(draft: QuestionDraft) -> list[Finding]:
    if isinstance(draft.correct_answer, bool):
        return []
    return [_finding("correct_answer", "must be true or false")]


def _wrong_blanks(draft: QuestionDraft) -> list[Finding]:
    if bool(draft.blanks) == bool(draft.correct_answers):
        return [_finding("correct_answers", "must be given, here or in blanks, not in both")]
    given = drafts.blanks(draft)
    named = "blanks" if draft.blanks else "correct_answers"
    if not given:
        return [_finding(named, "must be all texts, for one blank, or all lists, one for each")]
    wrong = _wrong_gaps(draft, named, len(given))
    for index, each in enumerate(given):
        wrong += _id(f"{named}/{index}/id", each.id)
        wrong += _wrong_patterns(f"{named}/{index}", each.correct_answers)
    ids = [each.id for each in given if each.id is not None]
    if len(set(ids)) < len(ids):
        wrong.append(_finding(named, "must have ids of their own"))
    return wrong


def _wrong_gaps(draft: QuestionDraft, named: str, count: int) -> list[Finding]:
    gaps = len(_GAP.findall(draft.question))
    if (gaps or 1) == count:
        return []
    detail = f"must be for {gaps or 1} blanks, as many as the text has; there are {count}"
    return [_finding(named, detail)]


def _wrong_patterns(where: str, patterns: Sequence[str]) -> list[Finding]:
    wrong = [] if patterns else [_finding(where, "must have a right answer")]
    for index, each in enumerate(patterns):
        if len(each) > LONGEST_BLANK:
            detail = f"must have at most {LONGEST_BLANK} characters"
            wrong.append(_finding(f"{where}/{index}", detail))
        elif not example(each):
            wrong.append(_finding(f"{where}/{index}", "must have a character besides *"))
    return wrong


def _wrong_pairs(draft: QuestionDraft) -> list[Finding]:
    lefts = [each.left for each in draft.pairs]
    rights = [each.right for each in draft.pairs]
    others = [drafts.item(each) for each in draft.distractors]
    wrong = _parts("pairs", lefts, [each.left_id for each in draft.pairs], 2)
    wrong += _parts("pairs", rights, [each.right_id for each in draft.pairs], 0, unlike=False)
    wrong += _parts("distractors", [e.text for e in others], [e.id for e in others], 0)
    for index, pair in enumerate(draft.pairs):
        if pair.left_id is not None and pair.left_id == pair.right_id:
            wrong.append(_finding(f"pairs/{index}/right_id", "must not tell what it belongs to"))
    taken = {clean(each) for each in rights}
    if len(taken) + len(others) < 2:
        wrong.append(_finding("pairs", "must have different right sides, or distractors"))
    for index, each in enumerate(others):
        if clean(each.text) in taken:
            wrong.append(_finding(f"distractors/{index}", "is the right side of a pair"))
        if each.id is not None and each.id in {one.right_id for one in draft.pairs}:
            wrong.append(_finding(f"distractors/{index}/id", "is there twice"))
    return wrong


def _wrong_items(draft: QuestionDraft) -> list[Finding]:
    given = [drafts.item(each) for each in draft.items]
    return _parts("items", [each.text for each in given], [each.id for each in given], 2)


def _wrong_number(draft: QuestionDraft) -> list[Finding]:
    simple = draft.correct_answer is not None
    if simple == bool(draft.answers):
        return [_finding("correct_answer", "must be given, here or in answers, not in both")]
    if isinstance(draft.correct_answer, bool):
        return [_finding("correct_answer", "must be a number")]
    wrong = findings.one_of("tolerance_type", draft.tolerance_type, ("absolute", "percent"))
    for index, each in enumerate(draft.answers):
        wrong += _wrong_accepted(f"answers/{index}", each)
    if simple:
        wrong += _wrong_accepted("correct_answer", Accepted(value=draft.correct_answer))
    if not 0 <= draft.tolerance < math.inf:
        wrong.append(_finding("tolerance", "must be 0 or more"))
    return wrong + _wrong_units(draft)


def _wrong_accepted(where: str, accepted: Accepted) -> list[Finding]:
    numbers = (accepted.value, accepted.min, accepted.max, accepted.tolerance)
    if not all(each is None or math.isfinite(each) for each in numbers):
        return [_finding(where, "must have finite numbers")]
    range_given = accepted.min is not None or accepted.max is not None
    if (accepted.value is not None) == range_given:
        return [_finding(where, "must have a value, or a min or max, and not both")]
    if accepted.min is not None and accepted.max is not None and accepted.min > accepted.max:
        return [_finding(where, "must have a min that is not above max")]
    return (
        [] if accepted.tolerance >= 0 else [_finding(where, "must have a tolerance of 0 or more")]
    )


def _wrong_units(draft: QuestionDraft) -> list[Finding]:
    if not draft.units:
        return [_finding("units", "must be named")] if draft.unit_required else []
    wrong = []
    names = [each.unit.strip() for each in draft.units]
    for index, (name, each) in enumerate(zip(names, draft.units, strict=True)):
        if not name or len(name) > 30 or name[0].isdigit() or name[0] in "+-.,":
            wrong.append(_finding(f"units/{index}/unit", "must have 1 to 30 characters, no number"))
        if name in names[:index]:
            wrong.append(_finding(f"units/{index}/unit", "is there twice"))
        if not 0 < each.factor < math.inf:
            wrong.append(_finding(f"units/{index}/factor", "must be more than 0"))
    if all(each.factor != 1 for each in draft.units):
        wrong.append(_finding("units", "must have one of factor 1, in which the answers are"))
    return wrong


def _wrong_essay(draft: QuestionDraft) -> list[Finding]:
    wrong = [
        _finding(name, f"must be from 0 to {MOST_WORDS}")
        for name in ("min_words", "max_words")
        if not 0 <= (getattr(draft, name) or 0) <= MOST_WORDS
    ]
    if draft.max_words is not None and (draft.min_words or 0) > draft.max_words:
        wrong.append(_finding("max_words", "must not be below min_words"))
    if isinstance(draft.rubric, tuple):
        for index, each in enumerate(draft.rubric):
            wrong += findings.title(f"rubric/{index}/criteria", each.criteria)
            if not 0 <= each.max_points <= MOST_POINTS:
                detail = f"must be from 0 to {MOST_POINTS}"
                wrong.append(_finding(f"rubric/{index}/max_points", detail))
    return wrong


_RULES: Final[dict[str, Callable[[QuestionDraft], list[Finding]]]] = {
    "multiple_choice": _wrong_options,
    "multiple_answer": _wrong_options,
    "true_false": _wrong_true_false,
    "fill_blank": _wrong_blanks,
    "matching": _wrong_pairs,
    "ordering": _wrong_items,
    "numeric": _wrong_number,
    "essay": _wrong_essay,
}
