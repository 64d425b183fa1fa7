"""Forms: fields named by their place (`settings/passing_score`, `options/0/text`) become the body
that REST takes, and what is wrong with it is told beside the field it is about.

A name that ends in `[]` gathers a list; of any other the last value counts, so that a hidden field
before a box says what it is when it is not ticked. An empty text is nothing where nothing may be
given; a moment without an offset is by the clock of who writes it; names by commas or lines are a
list of texts.
"""

import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from api.pages.asking import Problems
from api.pages.desk import Desk
from api.pages.local_time import moment_of, written_of
from content.errors import Conflict, RuleBroken, VersionMismatch
from content.findings import Finding

M = TypeVar("M", bound=BaseModel)

MOST_FIELDS = 5000
MOST_ENTRIES = 600
IDENTITIES = ("id", "left_id", "right_id")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")
_LIST = re.compile(r"[,\n]")


@dataclass(frozen=True, slots=True)
class Form:
    """The values of a form, by place, and what is wrong with them.

    `stale`: somebody changed the thing meanwhile, and `theirs` is what it is now. `about` tells
    the form from others on its page. `zone` is in whose time moments are written.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    stale: bool = False
    theirs: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    zone: tzinfo = UTC

    @property
    def clock(self) -> str:
        """By what clock moments are written, in words."""
        named = str(self.zone).replace("_", " ")
        return named if named == "UTC" else f"{named} time"

    def named(self, place: str) -> str:
        """The id of a field."""
        return "-".join(filter(None, (self.about, place.replace("/", "-"))))

    def target(self, place: str) -> str:
        """The id of the field that says what stands in a place: a list may be one field."""
        above, _, last = place.rpartition("/")
        held = _at(self.values, above) if above and last.isdecimal() else None
        in_one = isinstance(held, str) or (held and all(isinstance(each, str) for each in held))
        return self.named(above if in_one else place)

    def value(self, place: str, default: Any = "") -> Any:
        """What stands in a field."""
        value = _at(self.values, place)
        return default if value is None else shown(value, self.zone)

    def entries(self, place: str) -> list[Any]:
        """The entries of a list."""
        value = _at(self.values, place)
        return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []

    def ticked(self, place: str, *, default: bool = False) -> bool:
        """Whether a box is ticked."""
        value = _at(self.values, place)
        return default if value is None else value in (True, "true", "on", "1")

    def problems(self, place: str) -> list[str]:
        """What is wrong with a field."""
        return [each.detail for each in self.findings if each.where == place]

    def problems_within(self, place: str) -> list[str]:
        """What is wrong with a field that stands for a list, or with an entry of it."""
        return [
            each.detail
            for each in self.findings
            if each.where == place or each.where.startswith(f"{place}/")
        ]

    def differs(self, place: str) -> str:
        """What another person made of a field meanwhile, where it is not what stands here."""
        now = _at(self.theirs, place)
        if not self.stale or now is None or shown(now, self.zone) == self.value(place):
            return ""
        return str(shown(now, self.zone)) or "nothing"

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        return 409 if self.stale else 422 if self.findings else 200

    def wrong(self, findings: Iterable[Finding]) -> "Form":
        """The form with what was found."""
        return replace(self, findings=(*self.findings, *findings))

    def refused(self, problems: Problems, **fields: str) -> "Form":
        """The form with what REST would not take of it; `fields` name those that are called
        otherwise here.
        """
        return self.wrong(
            Finding(where=fields.get(where, where), detail=detail)
            for where, detail in problems.findings
        )

    def beside(self, theirs: Mapping[str, Any]) -> "Form":
        """The form beside what the thing is now."""
        return replace(self, theirs=theirs)


@dataclass(frozen=True, slots=True)
class Written(Generic[M]):
    """What was sent: the form, the body where it is one, and the version that was changed."""

    form: Form
    body: M | None
    version: int | None = None


async def written(desk: Desk, model: type[M], about: str = "") -> Written[M]:
    """Read a form as the body of a REST route."""
    sent = await desk.request.post()
    values = structured((name, text) for name, text in sent.items() if isinstance(text, str))
    version = str(values.pop("version", ""))
    known = {name: value for name, value in values.items() if name in model.model_fields}
    form = Form(values, about=about, zone=desk.zone)
    try:
        body = typed(model, known, desk.zone)
    except ValidationError as error:
        return Written(form.wrong(found(error)), None)
    return Written(form, body, int(version) if version.isdecimal() else None)


def typed(model: type[M], values: Mapping[str, Any], zone: tzinfo = UTC) -> M:
    """The body of these values, which are texts. Raises pydantic's ValidationError."""
    return model.model_validate(_typed(model, values, zone))


async def carried_out(form: Form, action: Awaitable[Any]) -> Form | None:
    """None once it is done; else the form with what was wrong with it."""
    try:
        await action
    except RuleBroken as error:
        return form.wrong(error.findings)
    except Conflict as error:
        return form.wrong([Finding(where=error.where, detail=error.detail, code=error.code)])
    except VersionMismatch:
        return replace(form, stale=True)
    return None


def structured(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Fields named by their places as objects and lists; entries close up where some are gone."""
    tree: dict[str, Any] = {}
    for count, (name, text) in enumerate(pairs):
        if count >= MOST_FIELDS:
            break
        _put(tree, name, text.replace("\r\n", "\n").strip())
    return {name: _lists(value) for name, value in tree.items()}


def shown(value: Any, zone: tzinfo = UTC) -> Any:
    """A value as a field has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return written_of(value, zone)
    if isinstance(value, float):
        return f"{value:g}" if value == round(value, 6) and abs(value) < 1e6 else repr(value)
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str | int) else ""


def _put(tree: dict[str, Any], name: str, text: str) -> None:
    if name.endswith("[]"):
        gathered = tree.setdefault(name[:-2], [])
        if text and isinstance(gathered, list):
            gathered.append(text)
        return
    *steps, last = name.split("/")
    for step in steps:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            return
        tree = below
    tree[last] = text


def _lists(value: Any) -> Any:
    """Objects whose keys are all numbers are lists, without the entries that say nothing."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() and len(name) < 6 for name in value):
        places = sorted(value, key=int)[:MOST_ENTRIES]
        return [_lists(value[each]) for each in places if _says(value[each])]
    return {name: _lists(each) for name, each in value.items()}


def _says(entry: Any) -> bool:
    """Whether an entry says anything besides which one it is."""
    if isinstance(entry, dict):
        return any(_says(each) for name, each in entry.items() if name not in IDENTITIES)
    return entry not in ("", "false", [])


def _typed(model: type[BaseModel], values: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """The values as JSON would have them, by the fields' types."""
    fields = model.model_fields
    return {
        name: _value(fields[name].annotation, value, zone) if name in fields else value
        for name, value in values.items()
    }


def _value(annotation: Any, value: Any, zone: tzinfo) -> Any:
    kinds = _kinds(annotation)
    if isinstance(value, str):
        return _text(kinds, value, zone)
    if isinstance(value, list):
        inner = next((get_args(each)[0] for each in kinds if get_args(each)), None)
        return [_value(inner, each, zone) for each in value]
    nested = next((each for each in kinds if _is_model(each)), None)
    return _typed(nested, value, zone) if nested and isinstance(value, Mapping) else value


def _text(kinds: Sequence[Any], text: str, zone: tzinfo) -> Any:
    if not text and NoneType in kinds:
        return None
    if datetime in kinds and _MOMENT.fullmatch(text):
        return _moment(text, zone)
    if str not in kinds and any(get_origin(each) in (list, tuple) for each in kinds):
        return [each.strip() for each in _LIST.split(text) if each.strip()]
    return text


def _moment(text: str, zone: tzinfo) -> datetime | str:
    """The moment that is written; what is none is left for the model to refuse."""
    try:
        return moment_of(text, zone)
    except ValueError:
        return text


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """The types that a value may be of."""
    if get_origin(annotation) in (Union, UnionType):
        return get_args(annotation)
    return (annotation,)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _at(values: Any, place: str) -> Any:
    for step in place.split("/"):
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, list | tuple) and step.isdecimal() and int(step) < len(values):
            values = values[int(step)]
        else:
            return None
    return values


def found(error: ValidationError) -> list[Finding]:
    """What pydantic found, at the places of the form."""
    wrong: dict[str, Finding] = {}
    for each in error.errors():
        steps = [str(step) for step in each["loc"] if not _names_type(step)]
        where = "/".join(steps)
        wrong.setdefault(where, Finding(where=where, detail=_message(each["type"], each["msg"])))
    return list(wrong.values())


def _names_type(step: int | str) -> bool:
    """Whether a step names which of several types was tried, not a place."""
    return isinstance(step, str) and (step in ("bool", "float", "str") or "[" in step)


_MESSAGES = {
    "missing": "is required",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "datetime_from_date_parsing": "must be a date and time",
    "datetime_parsing": "must be a date and time",
}


def _message(kind: str, told: str) -> str:
    words = told.removeprefix("Value error, ").removeprefix("Input should be ")
    return _MESSAGES.get(kind, f"must be {words}" if told != words else words)
