"""JSON:API documents as typed objects, and the pages of a list as one."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from msgspec import convert

from lyceum_client.connection import Connection, Query

T = TypeVar("T")

LARGEST_PAGE = 100


def flat(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's id and attributes, and of each relationship the id, as `<name>_id`."""
    related = {
        f"{name}_id": each["data"]["id"] if each["data"] else None
        for name, each in resource.get("relationships", {}).items()
    }
    return {**related, **resource["attributes"], "id": resource["id"]}


class Documents:
    """Asks for typed objects."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _one(
        self,
        shape: type[T],
        method: str,
        path: str,
        body: object = None,
        query: Query | None = None,
    ) -> T:
        """The resource of an answer."""
        document = self._connection.ask(method, path, query, body)
        return convert(flat(document["data"]), shape)

    def _all(self, shape: type[T], path: str, query: Query | None = None) -> Iterator[T]:
        """Every resource of a list, page by page as they are wanted."""
        page, pages = 1, 1
        while page <= pages:
            asked = {**(query or {}), "page": page, "per_page": LARGEST_PAGE}
            document = self._connection.ask("GET", path, asked)
            pages, page = document["meta"]["total_pages"], page + 1
            for resource in document["data"]:
                yield convert(flat(resource), shape)

    def _listed(self, shape: type[T], method: str, path: str, body: object) -> list[T]:
        """The resources that an action answers with."""
        document = self._connection.ask(method, path, body=body)
        return [convert(flat(each), shape) for each in document["data"]]

    def _nothing(self, method: str, path: str) -> None:
        """Do what is answered with nothing."""
        self._connection.ask(method, path)
