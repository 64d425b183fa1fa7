"""What a requirement asks for, by name, with the way there; and what may be asked for."""

from dataclasses import dataclass
from typing import Any, Final

from content.compliance.requirements import Requirement
from content.compliance.terms import ACTIVITY, COURSE, PACKAGE, PATH, Target
from content.store import COLLECTIONS, Store

KINDS: Final = {COURSE: "course", PATH: "learning_path", PACKAGE: "package"}
LABELS: Final = {COURSE: "Courses", PATH: "Learning paths", PACKAGE: "Packages"}
MOST_CHOICES: Final = 1000


@dataclass(frozen=True, slots=True)
class Named:
    """A target by its title; `value` is what a form calls it."""

    kind: str
    title: str
    value: str


async def named(store: Store, requirement: Requirement) -> list[Named]:
    """What the requirement asks for, any of which is enough."""
    found: dict[tuple[str, str], str] = {}
    for kind, collection in KINDS.items():
        ids = [each.id for each in requirement.terms.targets if each.kind == kind]
        query: dict[str, Any] = {"organization_id": requirement.organization_id}
        query["_id"] = {"$in": ids}
        if ids:
            cursor = store.database[COLLECTIONS[collection]].find(query, {"title": 1})
            found |= {(kind, each["_id"]): each["title"] async for each in cursor}
    return [
        Named(each.kind, found.get((each.kind, each.id), each.id), value_of(each))
        for each in requirement.terms.targets
    ]


async def choices(store: Store, organization_id: str) -> list[tuple[str, list[Named]]]:
    """What may be asked for, by kind."""
    groups = []
    for kind, collection in KINDS.items():
        query = {"organization_id": organization_id}
        cursor = store.database[COLLECTIONS[collection]].find(query, {"title": 1})
        cursor = cursor.sort([("title", 1)]).limit(MOST_CHOICES)
        options = [Named(kind, each["title"], f"{kind}:{each['_id']}") async for each in cursor]
        if options:
            groups.append((LABELS[kind], options))
    return groups


def value_of(target: Target) -> str:
    """What a form calls a target."""
    return target.id if target.kind == ACTIVITY else f"{target.kind}:{target.id}"
