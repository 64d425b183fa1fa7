"""Which courses are meant: from a filter to a query."""

from typing import Any

from msgspec import Struct

from content import category_tree, words
from content.courses import categories
from content.store import Store


class CourseFilter(Struct, frozen=True, kw_only=True):
    """Which courses: all that is given must hold; without a status, all but the archived ones.

    A category stands for those below it too. Each word of `search` must begin a word of the title,
    the description, a tag or the external id.
    """

    status: str | None = None
    category: str | None = None
    instructor_id: str | None = None
    search: str | None = None
    tag: str | None = None
    language: str | None = None
    slug: str | None = None
    self_enrollment: bool | None = None


async def query(store: Store, organization_id: str, filters: CourseFilter) -> dict[str, Any]:
    """The query for the courses that a filter means."""
    wanted = [filters.status] if filters.status else ["draft", "published"]
    found: dict[str, Any] = {"status": {"$in": wanted}}
    if filters.category is not None:
        known = await categories.everything(store, organization_id)
        wanted = sorted(category_tree.below(known.values(), filters.category))
        found["category_id"] = {"$in": wanted}
    same = {
        "instructor_id": filters.instructor_id,
        "tags": filters.tag and filters.tag.strip().casefold(),
        "language": filters.language,
        "slug": filters.slug,
        "settings.self_enrollment": filters.self_enrollment,
    }
    found |= {name: value for name, value in same.items() if value is not None}
    return found | words.having(filters.search or "")
