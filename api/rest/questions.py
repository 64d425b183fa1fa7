"""Questions in requests and answers: those of quizzes and those of the question bank."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from api.rest.bodies import Body

Kind = Literal[
    "multiple_choice",
    "multiple_answer",
    "true_false",
    "fill_blank",
    "matching",
    "ordering",
    "numeric",
    "essay",
]


class OptionBody(Body):
    """An option to choose from."""

    text: str
    correct: bool = False
    feedback: str = ""
    id: str | None = None


class PairBody(Body):
    """What belongs together."""

    left: str
    right: str
    left_id: str | None = None
    right_id: str | None = None


class BlankBody(Body):
    """The right answers to one gap; `*` stands for any characters."""

    correct_answers: list[str]
    case_sensitive: bool = False
    id: str | None = None


class ItemBody(Body):
    """An item to be put in order, or a right side that belongs to no left one."""

    text: str
    id: str | None = None


class AcceptedBody(Body):
    """Numbers that are right: `value` within `tolerance`, or all from `min` to `max`."""

    value: float | None = None
    tolerance: float = 0.0
    tolerance_type: Literal["absolute", "percent"] = "absolute"
    min: float | None = None
    max: float | None = None


class UnitBody(Body):
    """A unit; `factor` is how much of the unit of factor 1 it is."""

    unit: str
    factor: float = 1.0


class CriterionBody(Body):
    """One line of a rubric."""

    criteria: str
    max_points: float
    description: str = ""


class FeedbackBody(Body):
    """What a learner is told about a right, a wrong and a partly right answer."""

    correct: str = ""
    incorrect: str = ""
    partial: str = ""


class MediaBody(Body):
    """A picture, sound or film beside the question."""

    url: str
    kind: Literal["image", "audio", "video"] = "image"
    alt: str = ""


class QuestionBody(Body):
    """A question; each type has its own fields, and another's have no meaning in it.

    multiple_choice, multiple_answer: `options`. true_false: `correct_answer`. fill_blank: a run of
    underscores for each blank in `question`; `correct_answers` of the only blank, or a list for
    each; or `blanks`. matching: `pairs`, `distractors`. ordering: `items` in the right order.
    numeric: `correct_answer` with `tolerance`, or `answers`; `units`. essay: `min_words`,
    `max_words`, `rubric`. With the `id` of a question this is its next version.
    """

    type: Kind
    question: str
    id: str | None = None
    points: float = Field(default=1.0, allow_inf_nan=False)
    partial_credit: Literal["none", "proportional", "penalised"] = "proportional"
    explanation: str = ""
    feedback: FeedbackBody = FeedbackBody()
    media: MediaBody | None = None
    tags: list[str] = []
    options: list[OptionBody] = []
    correct_answer: bool | float | None = None
    correct_answers: list[str | list[str]] = []
    case_sensitive: bool = False
    blanks: list[BlankBody] = []
    pairs: list[PairBody] = []
    distractors: list[str | ItemBody] = []
    items: list[str | ItemBody] = []
    answers: list[AcceptedBody] = []
    tolerance: float = 0.0
    tolerance_type: Literal["absolute", "percent"] = "absolute"
    units: list[UnitBody] = []
    unit_required: bool = False
    min_words: int | None = None
    max_words: int | None = None
    rubric: str | list[CriterionBody] = ""
    index: int | None = Field(default=None, exclude=True, description="Not read: the order counts.")


class ItemView(BaseModel):
    """An item to choose, to match or to put in order."""

    id: str
    text: str


class Said(BaseModel):
    """What is not known, or may not be seen, is left out."""

    @model_serializer(mode="wrap")
    def _said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, describe: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Its own fields: the serializer's return type tells nothing of them."""
        told: Any = {name: each for name, each in schema.items() if name != "serialization"}
        return describe(told)


class QuestionView(Said):
    """A question. What its type has no use for, and what may not be seen, is left out.

    `index` is its place in the quiz or the attempt, and indexes in an answer count what is here
    as it is here; ids may be used wherever indexes may.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    index: int | None = None
    type: Kind
    question: str
    points: float
    partial_credit: str | None = None
    explanation: str | None = None
    feedback: dict[str, str] | None = None
    media: dict[str, str] | None = None
    tags: list[str] | None = None
    options: list[dict[str, Any]] | None = None
    correct_answer: Any = None
    correct_answers: list[str] | None = None
    case_sensitive: bool | None = None
    blanks: list[dict[str, Any]] | None = None
    pairs: list[dict[str, Any]] | None = None
    distractors: list[ItemView] | None = None
    lefts: list[ItemView] | None = None
    rights: list[ItemView] | None = None
    items: list[ItemView] | None = None
    answers: list[dict[str, Any]] | None = None
    units: list[Any] | None = None
    unit_required: bool | None = None
    min_words: int | None = None
    max_words: int | None = None
    rubric: Any = None


def views(questions: Sequence[dict[str, Any]]) -> list[QuestionView]:
    """Questions, as content shows them, as they are answered."""
    return [QuestionView.model_validate(each) for each in questions]
