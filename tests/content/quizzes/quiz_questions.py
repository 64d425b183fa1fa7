"""Questions for tests: one of each type, and hypothesis strategies for any."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from content.quizzes.authoring import make
from content.quizzes.drafts import QuestionDraft
from content.quizzes.questions import AnyQuestion

EXAMPLES: dict[str, dict[str, Any]] = {
    "multiple_choice": {
        "question": "What hook is used for side effects?",
        "options": [
            {"text": "useState", "correct": False},
            {"text": "useEffect", "correct": True},
            {"text": "useContext", "correct": False},
        ],
    },
    "multiple_answer": {
        "question": "Which are primes?",
        "options": [
            {"text": "2", "correct": True},
            {"text": "4"},
            {"text": "5", "correct": True},
            {"text": "6"},
        ],
    },
    "true_false": {"question": "Hooks can be called inside loops.", "correct_answer": False},
    "fill_blank": {
        "question": "The ____ hook is used to access context values.",
        "correct_answers": ["useContext"],
    },
    "matching": {
        "question": "Match the hook to its purpose:",
        "pairs": [
            {"left": "useState", "right": "Local component state"},
            {"left": "useEffect", "right": "Side effects"},
            {"left": "useRef", "right": "Mutable references"},
        ],
    },
    "ordering": {"question": "From small to large", "items": ["one", "two", "three", "four"]},
    "numeric": {"question": "g?", "correct_answer": 9.81, "tolerance": 0.01},
    "essay": {"question": "Explain.", "min_words": 50, "max_words": 500, "rubric": "Look."},
}
"""One question of each type, as the University Block writes it where it does."""


def question(kind: str, **fields: Any) -> AnyQuestion:
    """The example of a type, with other fields."""
    return drafted({"type": kind, "points": 10, **EXAMPLES[kind], **fields})


def drafted(fields: dict[str, Any]) -> AnyQuestion:
    """The question of a sound draft."""
    made = make(msgspec.convert(fields, QuestionDraft), "question")
    assert made.question is not None, made.findings
    return made.question


_word = st.text(st.characters(categories=("L", "N"), max_codepoint=0x24F), min_size=1, max_size=8)
_points = st.integers(1, 500).map(lambda cents: cents / 4)
_policies = st.sampled_from(["none", "proportional", "penalised"])


@st.composite
def questions(draw: st.DrawFn) -> AnyQuestion:
    """Any question but an essay."""
    kind = draw(st.sampled_from([each for each in EXAMPLES if each != "essay"]))
    common = {
        "type": kind,
        "question": "?",
        "points": draw(_points),
        "partial_credit": draw(_policies),
    }
    return drafted({**common, **draw(_PARTS[kind])})


def _some(least: int, most: int = 6) -> st.SearchStrategy[list[str]]:
    return st.lists(_word, min_size=least, max_size=most, unique=True)


@st.composite
def _options(draw: st.DrawFn) -> dict[str, Any]:
    texts = draw(_some(2))
    right = draw(st.sets(st.sampled_from(range(len(texts))), min_size=1))
    return {"options": [{"text": text, "correct": i in right} for i, text in enumerate(texts)]}


@st.composite
def _blanks(draw: st.DrawFn) -> dict[str, Any]:
    answers = draw(st.lists(_some(1, 3), min_size=1, max_size=4))
    return {"question": " ____ " * len(answers), "correct_answers": answers}


@st.composite
def _pairs(draw: st.DrawFn) -> dict[str, Any]:
    lefts, others = draw(_some(2)), draw(_some(1, 3))
    rights = [draw(st.sampled_from(["a", "b", "c", "d"])) for _ in lefts]
    pairs = [{"left": one, "right": two} for one, two in zip(lefts, rights, strict=True)]
    return {"pairs": pairs, "distractors": [f"other {each}" for each in others]}


@st.composite
def _numbers(draw: st.DrawFn) -> dict[str, Any]:
    value = draw(st.floats(-1e9, 1e9))
    width = draw(st.floats(0, 50))
    kind = draw(st.sampled_from(["absolute", "percent"]))
    return {"correct_answer": value, "tolerance": width, "tolerance_type": kind}


_PARTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "multiple_choice": _options(),
    "multiple_answer": _options(),
    "true_false": st.booleans().map(lambda truth: {"correct_answer": truth}),
    "fill_blank": _blanks(),
    "matching": _pairs(),
    "ordering": _some(2).map(lambda items: {"items": items}),
    "numeric": _numbers(),
}
