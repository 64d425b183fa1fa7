"""What the address of a compliance page asks for: as of which day, whose, and saved views."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aiohttp import web

from api.pages.desk import Desk
from content.compliance import views
from content.compliance.views import View

LAST_INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked; `as_of` is None for now."""

    day: date | None
    status: str | None
    department: str | None
    search: str | None

    @property
    def as_of(self) -> datetime | None:
        """The last moment of the day (in UTC)."""
        if self.day is None:
            return None
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC) + (
            timedelta(days=1) - LAST_INSTANT
        )

    @property
    def moment(self) -> datetime:
        """The moment that is asked for: the day's last one, else now."""
        return self.as_of or datetime.now(UTC)


def read(request: web.Request) -> Asked:
    """What is asked; a day that is none, or today, is none."""
    query = request.query
    return Asked(
        day=_day(query.get("as_of", "")),
        status=query.get("status") or None,
        department=query.get("department") or None,
        search=query.get("q", "").strip() or None,
    )


async def views_of(desk: Desk) -> list[View]:
    """The person's saved views."""
    store = desk.store
    return await views.of_person(store, desk.organization_id, desk.person.id)


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return None if day == datetime.now(UTC).date() or not 1990 < day.year < 2200 else day
