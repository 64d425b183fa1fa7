"""Questions as they are kept: one type for each kind, told apart by `type`.

Texts are clean HTML; right answers to blanks are plain text. Ids of options, items and blanks tell
nothing about what is right, so they may be shown to whoever answers.
"""

import secrets
from typing import Final, Literal

from msgspec import Struct

PartialCredit = Literal["none", "proportional", "penalised"]
"""What a partly right answer earns: nothing; the right share; the right less the wrong share."""


class Media(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture, sound or film that belongs to a question."""

    url: str
    kind: Literal["image", "audio", "video"] = "image"
    alt: str = ""


class Feedback(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a learner is told about a right, a wrong and a partly right answer."""

    correct: str = ""
    incorrect: str = ""
    partial: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """Something to be matched or put in order."""

    id: str
    text: str


class Option(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of the answers to choose from."""

    id: str
    text: str
    correct: bool = False
    feedback: str = ""


class Blank(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A gap; each of the answers is right. `*` stands for any characters, `\\*` for itself."""

    id: str
    correct_answers: tuple[str, ...]
    case_sensitive: bool = False


class Pair(Struct, frozen=True, kw_only=True):
    """What belongs together."""

    left: Item
    right: Item


class Accepted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Numbers that are right: `value` within a tolerance, or all from `min` to `max`."""

    value: float | None = None
    tolerance: float = 0.0
    tolerance_type: Literal["absolute", "percent"] = "absolute"
    min: float | None = None
    max: float | None = None


class Unit(Struct, frozen=True, kw_only=True):
    """A unit and how much of the answers' unit it is: for answers in m, cm has factor 0.01."""

    unit: str
    factor: float = 1.0


class Criterion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a rubric."""

    criteria: str
    max_points: float
    description: str = ""


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every question has. `explanation` says, once it may be shown, why it is so."""

    id: str
    question: str
    points: float = 1.0
    partial_credit: PartialCredit = "proportional"
    explanation: str = ""
    feedback: Feedback = Feedback()
    media: Media | None = None
    tags: tuple[str, ...] = ()


class MultipleChoice(Question, frozen=True, kw_only=True, tag="multiple_choice"):
    """One option is to be chosen; where several are right, any of them is."""

    options: tuple[Option, ...]


class MultipleAnswer(Question, frozen=True, kw_only=True, tag="multiple_answer"):
    """Every right option is to be chosen, and no other."""

    options: tuple[Option, ...]


class TrueFalse(Question, frozen=True, kw_only=True, tag="true_false"):
    """A sentence is true or false."""

    correct_answer: bool


class FillBlank(Question, frozen=True, kw_only=True, tag="fill_blank"):
    """Gaps in a text, each a run of underscores; a question without any has one gap."""

    blanks: tuple[Blank, ...]


class Matching(Question, frozen=True, kw_only=True, tag="matching"):
    """Each left one is to be given its right one; `distractors` belong to none."""

    pairs: tuple[Pair, ...]
    distractors: tuple[Item, ...] = ()

    @property
    def rights(self) -> tuple[Item, ...]:
        """All that can be chosen for a left one."""
        return (*(pair.right for pair in self.pairs), *self.distractors)


class Ordering(Question, frozen=True, kw_only=True, tag="ordering"):
    """Items to be put in order; here they are in the right one."""

    items: tuple[Item, ...]


class Numeric(Question, frozen=True, kw_only=True, tag="numeric"):
    """A number is to be given, with a unit where units are named."""

    answers: tuple[Accepted, ...]
    units: tuple[Unit, ...] = ()
    unit_required: bool = False


class Essay(Question, frozen=True, kw_only=True, tag="essay"):
    """A text that a person reads and grades."""

    min_words: int | None = None
    max_words: int | None = None
    rubric: str | tuple[Criterion, ...] = ""


AnyQuestion = (
    MultipleChoice | MultipleAnswer | TrueFalse | FillBlank | Matching | Ordering | Numeric | Essay
)
TYPES: Final[dict[str, type[Question]]] = {
    "multiple_choice": MultipleChoice,
    "multiple_answer": MultipleAnswer,
    "true_false": TrueFalse,
    "fill_blank": FillBlank,
    "matching": Matching,
    "ordering": Ordering,
    "numeric": Numeric,
    "essay": Essay,
}


def type_of(question: Question) -> str:
    """The name of its type."""
    return str(question.__struct_config__.tag)


def shuffled_parts(question: Question) -> tuple[str, ...]:
    """The ids of what is shown in an order of its own: options, right sides, items."""
    match question:
        case MultipleChoice() | MultipleAnswer():
            return tuple(option.id for option in question.options)
        case Matching():
            return tuple(item.id for item in question.rights)
        case Ordering():
            return tuple(item.id for item in question.items)
    return ()


def new_token() -> str:
    """An id within a question, from which nothing follows."""
    return secrets.token_hex(4)
