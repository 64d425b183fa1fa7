"""Lists: from the query's page to content's, and from content's page to a document."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from api.rest.bodies import PageQuery
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.problems import Finding, refuse
from content.documents import Page, Paging

A = TypeVar("A", bound=Attributes)
T = TypeVar("T")

SORTABLE = (str, int, float, datetime)


def paging(query: PageQuery, sort: str | None = None) -> Paging:
    """The page that a query asks for."""
    return Paging(
        page=query.page,
        per_page=query.per_page,
        sort=sort or getattr(query, "sort", None),
        offset=query.offset,
    )


def page_of(found: Page[T], show: Callable[[T], Resource[A]]) -> ResourcePage[A]:
    """A page of content's things as resources."""
    items = [show(item) for item in found.items]
    return ResourcePage(items, found.total, found.page, found.per_page)


def page_within(
    query: PageQuery, everything: Sequence[T], show: Callable[[T], Resource[A]]
) -> ResourcePage[A]:
    """A page cut from a list that is short by nature, such as a course's modules.

    Raises:
        ProblemRaised: 400, a ListQuery's `sort` names no attribute to sort by.
    """
    start = query.start
    sort = getattr(query, "sort", None)
    if sort:
        items = _sorted([show(item) for item in everything], sort)[start : start + query.per_page]
    else:
        items = [show(item) for item in everything[start : start + query.per_page]]
    return ResourcePage(items, len(everything), query.page, query.per_page)


def _sorted(items: Sequence[Resource[A]], sort: str) -> list[Resource[A]]:
    """The resources by an attribute; those without a value for it come last."""
    name = sort.removeprefix("-")

    def value(item: Resource[A]) -> Any:
        return getattr(item.attributes, name)

    if items and not isinstance(getattr(items[0].attributes, name, ()), SORTABLE):
        kinds = {each: getattr(items[0].attributes, each) for each in _names(items[0])}
        allowed = ", ".join(each for each, kind in kinds.items() if isinstance(kind, SORTABLE))
        finding = Finding(f"must be one of {allowed}, or - before one", "sort", "parameter")
        raise refuse(400, "validation_error", "A query parameter is not right", [finding])
    known = [item for item in items if value(item) is not None]
    known.sort(key=value, reverse=sort.startswith("-"))
    return known + [item for item in items if value(item) is None]


def _names(item: Resource[Any]) -> list[str]:
    return list(type(item.attributes).model_fields)
