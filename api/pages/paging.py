"""The pages of a list, and the addresses of those before and after."""

from dataclasses import dataclass
from math import ceil

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a list stands: pages count from 1; the addresses are empty at its ends."""

    page: int
    last: int
    total: int
    previous: str
    next: str


def page_asked(request: web.Request) -> int:
    """The page that `?page=` names; the first where it names none."""
    written = request.query.get("page", "")
    return max(1, int(written)) if written.isdecimal() and len(written) < 9 else 1


def pages_of(request: web.Request, page: int, total: int, per_page: int) -> Pages:
    """The pages of a list; what else the address asks for is kept in the links."""
    last = max(1, ceil(total / per_page))

    def address(number: int) -> str:
        return str(request.rel_url.update_query(page=number)) if 1 <= number <= last else ""

    return Pages(page, last, total, address(page - 1), address(page + 1))
