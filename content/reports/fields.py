"""What a field of a report is: its type, where it lies, and what can be asked of it."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct, structs

Kind = Literal["text", "number", "date", "boolean", "choice"]

EMPTY: Final = ("is_empty", "is_not_empty")
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("equals", "not_equals", "one_of", "contains", "starts_with", *EMPTY),
    "choice": ("equals", "not_equals", "one_of", *EMPTY),
    "number": ("equals", "not_equals", "less", "at_most", "more", "at_least", "between", *EMPTY),
    "date": ("before", "after", "between", "in_last_days", "in_next_days", *EMPTY),
    "boolean": ("is", *EMPTY),
}
"""By the type of a field: how it can be compared."""
AGGREGATES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("count_distinct",),
    "choice": ("count_distinct",),
    "number": ("sum", "avg", "min", "max"),
    "date": ("min", "max"),
    "boolean": ("share",),
}
"""By the type of a field: what can be computed of it for a group; `count` needs none. `share` is
in percent of those who have a value."""
UNITS: Final = ("day", "week", "month", "year")
"""What dates can be grouped by, in the organization's time zone; weeks begin on Mondays."""


class Field(Struct, frozen=True, kw_only=True):
    """One column. `path` is where it lies in the document, below a join's name where it is
    another document's; `computed` is an expression in its place. `made` lies where the entity's
    stages put it.

    Documents are narrowed by what lies in them before they are joined: `path` without a join is
    what an index may serve. Moments that are kept in microseconds say so.
    """

    name: str
    label: str
    kind: Kind
    path: str = ""
    computed: Any = None
    join: str | None = None
    choices: tuple[str, ...] = ()
    microseconds: bool = False
    made: bool = False

    @property
    def value(self) -> Any:
        """An expression for it."""
        if self.computed is not None:
            return self.computed
        if self.microseconds:
            whole = {"$toLong": {"$floor": {"$divide": [f"${self.path}", 1000]}}}
            return {"$toDate": whole}
        return f"${self.path}"

    @property
    def stored(self) -> bool:
        """Whether it lies in the documents of the entity themselves."""
        return self.computed is None and self.join is None and not self.made


class Join(Struct, frozen=True, kw_only=True):
    """Another document for each: that whose id is in `local`."""

    collection: str
    local: str


class Entity(Struct, frozen=True, kw_only=True):
    """Something that there are many of. `needs` is the permission to see it.

    `course` is where a document names its course: who sees only their own courses sees only
    those documents; without it an entity is for those who see everything. `stages` come after the
    first match and make one document for each row.
    """

    name: str
    label: str
    collection: str
    needs: str
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    course: str | None = None
    where: Mapping[str, Any] = {}
    joins: Mapping[str, Join] = {}
    stages: tuple[Mapping[str, Any], ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of a name."""
        return next((each for each in self.fields if each.name == name), None)

    def known(self, name: str) -> Field:
        """The field of a name that is one. Raises KeyError."""
        if (found := self.field(name)) is None:
            raise KeyError(name)
        return found


def text(name: str, label: str, path: str, join: str | None = None) -> Field:
    """A field of words."""
    return Field(name=name, label=label, kind="text", path=path, join=join)


def number(
    name: str, label: str, path: str = "", join: str | None = None, computed: Any = None
) -> Field:
    """A field of numbers."""
    return Field(name=name, label=label, kind="number", path=path, join=join, computed=computed)


def date(name: str, label: str, path: str, join: str | None = None) -> Field:
    """A field of moments."""
    return Field(name=name, label=label, kind="date", path=path, join=join)


def boolean(
    name: str, label: str, path: str = "", join: str | None = None, computed: Any = None
) -> Field:
    """A field that is so or not."""
    return Field(name=name, label=label, kind="boolean", path=path, join=join, computed=computed)


def choice(
    name: str, label: str, choices: tuple[str, ...], path: str = "", computed: Any = None
) -> Field:
    """A field of a fixed vocabulary."""
    return Field(
        name=name, label=label, kind="choice", path=path, choices=choices, computed=computed
    )


def made(field: Field) -> Field:
    """A field that lies where the entity's stages put it."""
    return structs.replace(field, made=True)


def minutes(seconds: Any) -> Any:
    """Seconds, of an expression, as minutes to a tenth."""
    return {"$round": [{"$divide": [seconds, 60]}, 1]}
