"""Lists: from the query's page to content's, and from content's page to a document."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from api.rest.bodies import PageQuery
from api.rest.documents import Attributes, Resource, ResourcePage
from content.documents import Page, Paging

A = TypeVar("A", bound=Attributes)
T = TypeVar("T")


def paging(query: PageQuery, sort: str | None = None) -> Paging:
    """The page that a query asks for."""
    return Paging(page=query.page, per_page=query.per_page, sort=sort)


def page_of(found: Page[T], show: Callable[[T], Resource[A]]) -> ResourcePage[A]:
    """A page of content's things as resources."""
    items = [show(item) for item in found.items]
    return ResourcePage(items, found.total, found.page, found.per_page)


def page_within(
    query: PageQuery, everything: Sequence[T], show: Callable[[T], Resource[A]]
) -> ResourcePage[A]:
    """A page cut from a list that is short by nature, such as a course's modules."""
    start = (query.page - 1) * query.per_page
    items = [show(item) for item in everything[start : start + query.per_page]]
    return ResourcePage(items, len(everything), query.page, query.per_page)
