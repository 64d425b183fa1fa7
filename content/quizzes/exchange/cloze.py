"""Embedded answers (Moodle's cloze): `{2:SHORTANSWER:=Paris~=paris}` in a text becomes a blank."""

import re
from typing import Final

from content.quizzes.drafts import BlankDraft
from content.quizzes.exchange import gift_lexis as lexis
from content.quizzes.exchange.found import Unreadable

_FIELD: Final = re.compile(r"\{(\d*):([A-Z_]+):((?:[^{}\\]|\\.)*)\}")
_INSENSITIVE: Final = ("SHORTANSWER", "SA", "MW")
_SENSITIVE: Final = ("SHORTANSWER_C", "SAC", "MWC")
_GAP: Final = "_____"


def read(text: str) -> tuple[str, tuple[BlankDraft, ...], float]:
    """The text with gaps, the blanks, and the points of all. Raises Unreadable."""
    blanks: list[BlankDraft] = []
    points = 0.0
    for weight, kind, answers in _FIELD.findall(text):
        if kind not in (*_INSENSITIVE, *_SENSITIVE):
            raise Unreadable(f"embedded answers of the type {kind} are not known here")
        blanks.append(_blank(answers, case_sensitive=kind in _SENSITIVE))
        points += float(weight or 1)
    if not blanks:
        raise Unreadable("it has no embedded answers")
    return _FIELD.sub(_GAP, text), tuple(blanks), points


def _blank(answers: str, *, case_sensitive: bool) -> BlankDraft:
    right = []
    for each in lexis.split(answers, "~"):
        said = each.removeprefix("~").strip()
        whole = said.startswith(("=", "%100%"))
        if whole:
            text = said.removeprefix("=").removeprefix("%100%")
            cut = lexis.find(text, "#")
            right.append(lexis.unescaped(text if cut < 0 else text[:cut]).strip())
    if not right:
        raise Unreadable("an embedded answer has no right one")
    return BlankDraft(correct_answers=tuple(right), case_sensitive=case_sensitive)
