"""Forms as data: what is asked for, and what of a filled form the REST route is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from api.pages.asking import Problems

Kind = Literal[
    "text", "email", "url", "password", "long", "lines", "choice", "choices", "flag", "day", "ends"
]


@dataclass(frozen=True, slots=True)
class Input:
    """One field. `name` is the attribute that it gives, `a/b` the part b of a.

    `lines` gives one value a line, `choices` those that are ticked, `ends` the end of a day in
    UTC. An empty one gives `empty`, or nothing at all where that is `...`.
    """

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    empty: Any = None
    autocomplete: str = "off"

    @property
    def id(self) -> str:
        """What labels and descriptions refer to."""
        return self.name.replace("/", "-")


@dataclass(frozen=True, slots=True)
class Form:
    """A form to show: its fields, what is written in them, and what is wrong with that."""

    inputs: Sequence[Input]
    written: Mapping[str, Any] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    version: int | None = None

    @property
    def loose(self) -> list[str]:
        """What is wrong and about none of the fields."""
        return self.problems.beside(each.name for each in self.inputs)

    @property
    def given(self) -> dict[str, Any]:
        """What the fields say, as a body."""
        body: dict[str, Any] = {}
        for each in self.inputs:
            value = _given(each, self.written.get(each.name))
            if value is not ...:
                *above, name = each.name.split("/")
                place = body
                for step in above:
                    place = place.setdefault(step, {})
                place[name] = value
        return body

    def refused(self, problems: Problems) -> "Form":
        """The same with what is wrong."""
        return replace(self, problems=problems)

    def offering(self, **options: Mapping[str, str]) -> "Form":
        """The same with these options of some fields."""
        inputs = [
            replace(each, options=options[each.id]) if each.id in options else each
            for each in self.inputs
        ]
        return replace(self, inputs=inputs)


def filled(inputs: Sequence[Input], posted: Any) -> Form:
    """The form as somebody sent it."""
    written = {each.name: _written(each, posted) for each in inputs}
    version = str(posted.get("version", ""))
    return Form(inputs, written, version=int(version) if version.isdecimal() else None)


def showing(inputs: Sequence[Input], attributes: Any, version: int | None) -> Form:
    """The form with what is there already."""
    return Form(inputs, {each.name: _shown(each, attributes) for each in inputs}, version=version)


def without(names: Iterable[str], inputs: Sequence[Input]) -> tuple[Input, ...]:
    """The fields without some."""
    left_out = set(names)
    return tuple(each for each in inputs if each.name not in left_out)


def _written(one: Input, posted: Any) -> Any:
    if one.kind == "flag":
        return one.name in posted
    if one.kind == "choices":
        return [str(each) for each in posted.getall(one.name, ())]
    value = posted.get(one.name, "")
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def _shown(one: Input, attributes: Any) -> Any:
    value = attributes
    for step in one.name.split("/"):
        value = getattr(value, step, None)
    if one.kind == "lines":
        return "\n".join(value or ())
    if one.kind in ("choices", "flag"):
        return value or ()
    return "" if value is None else str(value)


def _given(one: Input, written: Any) -> Any:
    if one.kind in ("choices", "flag"):
        return written
    if not written:
        return one.empty
    if one.kind == "lines":
        return [line.strip() for line in written.splitlines() if line.strip()]
    return _end_of(written) if one.kind == "ends" else written


def _end_of(day: str) -> str:
    """The end of a day in UTC; what is no day is left for the route to refuse."""
    try:
        following = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        return day
    return datetime.combine(following, time(), UTC).isoformat()
