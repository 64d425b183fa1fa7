"""Reports for somebody: what they may see, files of it, and the figures that are watched."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from api.identity.principal import Principal
from api.permissions import Permission
from api.services import Services
from content import organizations
from content.courses.courses import Course
from content.errors import ContentError, Refused
from content.identity import now
from content.people.people import Person
from content.reports import alerts, running, schedules
from content.reports.alerts import ReportAlert
from content.reports.definitions import Column, ReportDefinition, Scope, columns_of
from content.reports.reports import Report
from content.reports.running import Reader
from content.reports.sharing import Row
from content.reports.writing import as_csv, as_xlsx, printable
from lrs.cancellation import heed_cancellation, rest
from lrs.errors import TooExpensive

log = structlog.get_logger("lyceum.reports")

LOOK_EVERY_SECONDS: Final = 15.0
SECONDS_OF_PRINTING: Final = 120.0


async def reader_of(services: Services, principal: Principal) -> Reader:
    """What somebody may see in reports: all, or what belongs to the courses they teach."""
    organization_id, store = principal.organization_id, services.content
    taught: tuple[str, ...] | None = None
    if not principal.may(Permission.ANALYTICS_READ_ALL):
        found = store.of(Course).collection.find(
            {"organization_id": organization_id, "instructor_id": principal.person.id}, {"_id": 1}
        )
        taught = tuple([each["_id"] async for each in found])
    scope = Scope(
        permissions=frozenset(each.value for each in principal.permissions), course_ids=taught
    )
    organization = await organizations.get(store, organization_id)
    return Reader(organization_id=organization_id, scope=scope, zone=organization.time_zone)


async def reader_named(services: Services, organization_id: str, person_id: str) -> Reader:
    """What somebody may see now. Raises Refused where they may see nothing any more."""
    person = await services.content.of(Person).find(organization_id, person_id)
    principal = Principal(person) if person is not None and person.status == "active" else None
    if principal is None or not principal.may(Permission.ANALYTICS_READ):
        raise Refused("forbidden", "Whose report it is may not read reports any more.")
    return await reader_of(services, principal)


def written(
    services: Services,
    title: str,
    definition: ReportDefinition,
    extension: str,
    rows: AsyncIterator[Row],
    reader: Reader,
) -> AsyncIterator[bytes]:
    """The rows of a report as a file: `csv`, `xlsx` or `pdf`."""
    columns, zone = columns_of(definition), ZoneInfo(reader.zone)
    if extension == "pdf":
        return _printed(services, title, columns, rows, zone)
    if extension == "xlsx":
        return as_xlsx(title, columns, rows, zone)
    return as_csv(columns, rows)


async def _printed(
    services: Services,
    title: str,
    columns: Sequence[Column],
    rows: AsyncIterator[Row],
    zone: ZoneInfo,
) -> AsyncIterator[bytes]:
    """Raises PrintingUnavailable, PrintingBusy, PrintingFailed."""
    document = await printable(title, columns, rows, zone)
    yield await services.press.pdf(document, seconds=SECONDS_OF_PRINTING)


class Repetition:
    """Has scheduled reports sent and watched figures looked at; several servers may at once."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Look every now and then, until cancelled."""
        while True:
            heed_cancellation()
            try:
                await self.sweep(now())
            except Exception:
                await log.aexception("reports wait to be sent and figures to be looked at")
            await rest(LOOK_EVERY_SECONDS)

    async def sweep(self, moment: datetime) -> None:
        """Do what is due by a moment."""
        store = self._services.content
        await schedules.run_due(store, moment)
        for alert in await alerts.due(store, moment):
            heed_cancellation()
            value, trouble = await self._figure(alert, moment)
            await alerts.note(store, alert, value, moment, trouble)

    async def _figure(self, alert: ReportAlert, moment: datetime) -> tuple[float | None, str]:
        """An alert's figure, or why there is none."""
        store, organization_id = self._services.content, alert.organization_id
        try:
            reader = await reader_named(self._services, organization_id, alert.owner_id)
            report = await store.of(Report).get(organization_id, alert.report_id)
            asked = alerts.figure_of(alert, report.definition)
            found = await running.answer(store, asked, reader, moment)
        except (ContentError, TooExpensive) as error:
            return None, str(error)
        # A count of no rows is no row.
        empty = 0.0 if alert.aggregate.function in ("count", "count_distinct") else None
        value = found.rows[0][0] if found.rows else empty
        return (None if value is None else float(value)), ""
