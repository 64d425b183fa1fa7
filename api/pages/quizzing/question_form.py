"""A question as a form writes it, and the form of a question as it is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web
from msgspec import convert, structs
from pydantic import ValidationError

from api.pages import forms
from api.pages.forms import Form
from api.rest.questions import QuestionBody
from content.findings import Finding
from content.quizzes.drafts import QuestionDraft

TYPES = {
    "multiple_choice": ("Multiple choice", "One option is right"),
    "multiple_answer": ("Multiple answer", "Several options are right"),
    "true_false": ("True or false", "A sentence is true or not"),
    "fill_blank": ("Fill in the blank", "Gaps in a text"),
    "matching": ("Matching", "What belongs together"),
    "ordering": ("Ordering", "Items in their order"),
    "numeric": ("Number", "With a tolerance and units"),
    "essay": ("Essay", "A person grades it"),
}
ROWS = {
    "multiple_choice": (("options", 4),),
    "multiple_answer": (("options", 4),),
    "fill_blank": (("blanks", 1),),
    "matching": (("pairs", 4), ("distractors", 1)),
    "ordering": (("items", 4),),
    "numeric": (("answers", 1), ("units", 1)),
    "essay": (("rubric", 2),),
}
"""The lists of each type, and how many rows of them there are at least without a script."""
CREDITED = ("multiple_answer", "fill_blank", "matching", "ordering")
OMITTED_EMPTY = ("tolerance", "tolerance_type", "factor", "points", "max_points", "id")
_TEXTS = (
    (re.compile(r"^(options|items|distractors)/\d+$"), "/text"),
    (re.compile(r"^pairs/\d+$"), "/left"),
    (re.compile(r"^answers/\d+$"), "/value"),
    (re.compile(r"^rubric/\d+$"), "/criteria"),
)
_BLANKS = re.compile(r"^(?:blanks|correct_answers)/(\d+)(?:/\d+)?$")


async def read(request: web.Request) -> tuple[Form, QuestionDraft | None]:
    """What was sent as a question's draft, or the form with what could not be read."""
    sent = await request.post()
    form = Form(
        forms.structured((name, text) for name, text in sent.items() if isinstance(text, str))
    )
    values = {
        name: value for name, value in form.values.items() if name in QuestionBody.model_fields
    }
    try:
        body = forms.typed(QuestionBody, _sent(values))
    except ValidationError as error:
        return form.wrong(forms.found(error)), None
    return form, convert(body.model_dump(exclude_unset=True), QuestionDraft)


def values_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form for a question as its author wrote it (paper.written)."""
    values = {name: value for name, value in written.items() if name != "index"}
    if values["type"] == "fill_blank" and "blanks" not in values:
        values["blanks"] = [
            {
                "correct_answers": values.pop("correct_answers"),
                "case_sensitive": values.pop("case_sensitive"),
            }
        ]
    for each in values.get("blanks", ()):
        each["correct_answers"] = "\n".join(each["correct_answers"])
    for name in ("items", "distractors"):
        values[name] = [
            {"text": each} if isinstance(each, str) else each for each in values.get(name, ())
        ]
    return values


def placed(findings: Iterable[Finding], below: str) -> list[Finding]:
    """Findings on the fields of the form, of a question that was at a place of its quiz."""
    prefix = f"{below}/"
    return [
        structs.replace(each, where=_field(each.where.removeprefix(prefix))) for each in findings
    ]


def rows(form: Form, kind: str) -> dict[str, int]:
    """How many rows each list of the form has: one more than is filled."""
    return {name: max(least, len(form.entries(name)) + 1) for name, least in ROWS.get(kind, ())}


def _field(where: str) -> str:
    if found := _BLANKS.match(where):
        return f"blanks/{found[1]}/correct_answers"
    for pattern, field in _TEXTS:
        if pattern.match(where):
            return where + field
    return where


def _sent(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values as REST takes them."""
    values = _without_empty(values)
    if not values.get("media", {}).get("url"):
        values.pop("media", None)
    for each in values.get("blanks", ()):
        each["correct_answers"] = [
            line.strip() for line in each.get("correct_answers", "").split("\n") if line.strip()
        ]
    return values


def _without_empty(value: Any) -> Any:
    """The value without what was left empty and has a default."""
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: _without_empty(each)
        for name, each in value.items()
        if not (each == "" and name in OMITTED_EMPTY)
    }
