"""Trees of categories: what lies below what, and where a category may go. Pure."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from content.errors import Conflict
from content.findings import Finding

DEEPEST = 10


class Branch(Protocol):
    """A category below its parent, or (None) at the top."""

    @property
    def id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...


B = TypeVar("B", bound=Branch)


def below(branches: Iterable[Branch], branch_id: str) -> set[str]:
    """The ids of a category and of all below it."""
    found, last = {branch_id}, {branch_id}
    known = list(branches)
    while last:
        last = {each.id for each in known if each.parent_id in last} - found
        found |= last
    return found


def path(branches: Iterable[B], branch_id: str | None) -> list[B]:
    """From the top down to the category."""
    by_id = {each.id: each for each in branches}
    steps: list[B] = []
    found = by_id.get(branch_id or "")
    while found is not None and len(steps) <= DEEPEST:
        steps.append(found)
        found = by_id.get(found.parent_id or "")
    return steps[::-1]


def misplaced(branches: Iterable[Branch], branch_id: str, parent_id: object) -> list[Finding]:
    """What is wrong with a parent for a category; nothing where no parent is given."""
    if not isinstance(parent_id, str):
        return []
    known = list(branches)
    if parent_id not in {each.id for each in known}:
        detail = f"there is no category {parent_id}"
    elif parent_id in below(known, branch_id):
        detail = "lies within this category"
    elif len(path(known, parent_id)) >= DEEPEST:
        detail = f"is {DEEPEST} levels deep already"
    else:
        return []
    return [Finding(where="parent_id", detail=detail)]


def occupied(name: str) -> Conflict:
    """Why a category of this name is not made."""
    detail = f"There is a category {name} at this place already."
    return Conflict("category_exists", detail, "name")
