"""Questions as authors and imports write them: one shape with the fields of every type."""

from msgspec import Struct

from content.quizzes.questions import (
    Accepted,
    Criterion,
    Feedback,
    Media,
    PartialCredit,
    Unit,
)


class OptionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An option to choose."""

    text: str
    correct: bool = False
    feedback: str = ""
    id: str | None = None


class PairDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What belongs together."""

    left: str
    right: str
    left_id: str | None = None
    right_id: str | None = None


class BlankDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The right answers to one gap."""

    correct_answers: tuple[str, ...]
    case_sensitive: bool = False
    id: str | None = None


class ItemDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item to be put in order, or a right side that belongs to no left one."""

    text: str
    id: str | None = None


class QuestionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question of any type. With an `id` it is another version of the question of that id.

    `correct_answer` is that of true_false and numeric. `correct_answers` are those of a blank, or
    of several, a list for each; `blanks` says the same with more detail, as `answers` does for a
    number. `pairs` and `items` are given as they are right.
    """

    type: str
    question: str
    id: str | None = None
    points: float = 1.0
    partial_credit: PartialCredit = "proportional"
    explanation: str = ""
    feedback: Feedback = Feedback()
    media: Media | None = None
    tags: tuple[str, ...] = ()
    options: tuple[OptionDraft, ...] = ()
    correct_answer: bool | float | None = None
    correct_answers: tuple[str | tuple[str, ...], ...] = ()
    case_sensitive: bool = False
    blanks: tuple[BlankDraft, ...] = ()
    pairs: tuple[PairDraft, ...] = ()
    distractors: tuple[str | ItemDraft, ...] = ()
    items: tuple[str | ItemDraft, ...] = ()
    answers: tuple[Accepted, ...] = ()
    tolerance: float = 0.0
    tolerance_type: str = "absolute"
    units: tuple[Unit, ...] = ()
    unit_required: bool = False
    min_words: int | None = None
    max_words: int | None = None
    rubric: str | tuple[Criterion, ...] = ""


def item(given: str | ItemDraft) -> ItemDraft:
    """The item, which may be given as its text alone."""
    return ItemDraft(text=given) if isinstance(given, str) else given


def blanks(draft: QuestionDraft) -> list[BlankDraft]:
    """The blanks, however they are given; none where texts and lists are mixed."""
    if draft.blanks:
        return list(draft.blanks)
    texts = [each for each in draft.correct_answers if isinstance(each, str)]
    lists = [each for each in draft.correct_answers if not isinstance(each, str)]
    if texts and lists:
        return []
    sensitive = draft.case_sensitive
    return [
        BlankDraft(correct_answers=each, case_sensitive=sensitive)
        for each in (lists or [tuple(texts)])
    ]
