"""The works of reports: a file of one, and sending it to those whom its schedule names."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct, convert

from api import reporting
from api.errors import MailNotSent
from api.mail import Attachment, Mail
from api.services import Services
from content import organizations
from content.errors import ContentError
from content.files import contents, intake
from content.files.file import Home, StoredFile
from content.files.intake import FileLimits
from content.identity import now
from content.jobs.job_queue import Run
from content.jobs.jobs import JobFinding, JobResult
from content.people.people import Person
from content.reports import running
from content.reports.definitions import ReportDefinition
from content.reports.reports import Report
from content.reports.schedules import Format, ReportSchedule
from content.reports.sharing import PORTION, Row
from content.telling import events
from lrs.errors import TooExpensive

KEPT: Final = timedelta(days=7)
"""How long a report's file is there to be fetched."""
LARGEST: Final = 500_000_000
LARGEST_ATTACHMENT: Final = 10_000_000


class TooLarge(ContentError):
    """A report that takes longer or more memory than it may."""

    code = "too_expensive"


class Export(Struct, frozen=True, kw_only=True):
    """What is asked for: a report as a file."""

    title: str
    definition: ReportDefinition
    format: Format


async def export_report(services: Services, run: Run) -> JobResult:
    """Write a report into a file of whoever asked for it, as they may see it now."""
    asked = convert(run.given, Export)
    file, rows = await _filed(services, run, asked, run.job.asked_by)
    return _result(file, {"rows": rows})


async def deliver_report(services: Services, run: Run) -> JobResult:
    """Send a scheduled report; whom it could not be sent to is a finding."""
    store, organization_id = services.content, run.job.organization_id
    schedule = await store.of(ReportSchedule).get(organization_id, run.given["schedule_id"])
    report = await store.of(Report).get(organization_id, schedule.report_id)
    asked = Export(title=report.name, definition=report.definition, format=schedule.format)
    checkpoint = run.job.checkpoint or {}
    file, rows = await _delivered(services, run, asked, schedule, checkpoint)
    sent, findings = await _sent(services, run, schedule, report, file, rows)
    await _tell(services, run, schedule, report)
    counts = {"rows": rows, "sent": sent, "not_sent": len(findings)}
    return _result(file, counts)


def _result(file: StoredFile, counts: dict[str, int]) -> JobResult:
    link = f"/api/v1/files/{file.id}/content"
    return JobResult(link=link, counts=counts, expires_at=file.expires_at)


async def _delivered(
    services: Services,
    run: Run,
    asked: Export,
    schedule: ReportSchedule,
    checkpoint: dict[str, Any],
) -> tuple[StoredFile, int]:
    """The file to be sent: that of an attempt before this one, where it came so far."""
    known = checkpoint.get("file_id")
    if known is not None:
        file = await services.content.of(StoredFile).get(run.job.organization_id, known)
        return file, checkpoint["rows"]
    file, rows = await _filed(services, run, asked, schedule.owner_id)
    kept = {"file_id": file.id, "rows": rows, "through": 0}
    await run.advance(run.job.done, checkpoint=kept)
    return file, rows


async def _sent(
    services: Services,
    run: Run,
    schedule: ReportSchedule,
    report: Report,
    file: StoredFile,
    rows: int,
) -> tuple[int, list[JobFinding]]:
    """Send the file to each that has not been sent it; how many, and to whom it was not."""
    recipients = schedule.recipient_ids or (schedule.owner_id,)
    through = (run.job.checkpoint or {}).get("through", 0)
    attachment = await _attachment(services, schedule, file)
    findings: list[JobFinding] = []
    for at, person_id in enumerate(recipients[through:], start=through):
        trouble = await _send(services, report, person_id, rows, attachment)
        told = [JobFinding(where=f"/recipient_ids/{at}", code="not_sent", detail=trouble)]
        new = told if trouble else []
        findings += new
        kept = {"file_id": file.id, "rows": rows, "through": at + 1}
        await run.advance(run.job.done, checkpoint=kept, findings=new)
    return len(recipients) - through - len(findings), findings


async def _send(
    services: Services, report: Report, person_id: str, rows: int, attachment: Attachment | None
) -> str:
    """Send a report to a person; why that did not go, or nothing."""
    if services.mailer is None:
        return "This server sends no mail: set LYCEUM_SMTP_HOST."
    person = await services.content.of(Person).find(report.organization_id, person_id)
    if person is None or person.status != "active":
        return f"{person_id} is not active."
    organization = await organizations.get(services.content, report.organization_id)
    text = (
        f"Hello {person.name},\n\n{report.name}: {rows:,} {'row' if rows == 1 else 'rows'}.\n"
        f"{organization.public_url}/reports/{report.id}\n\n{organization.name}\n"
    )
    mail = Mail(
        to=person.email,
        subject=f"{organization.name}: {report.name}",
        text=text,
        attachments=(attachment,) if attachment else (),
    )
    try:
        await services.mailer.send(mail)
    except MailNotSent as error:
        return str(error)
    return ""


async def _attachment(
    services: Services, schedule: ReportSchedule, file: StoredFile
) -> Attachment | None:
    """The file as it goes with a message; what is too large is fetched by its link."""
    if schedule.delivery != "attachment" or file.size > LARGEST_ATTACHMENT:
        return None
    read = contents.read(services.content, file.organization_id, file.id, 0, file.size)
    data = b"".join([each async for each in read])
    return Attachment(filename=file.filename, media_type=file.media_type, data=data)


async def _tell(services: Services, run: Run, schedule: ReportSchedule, report: Report) -> None:
    data = {"report_id": report.id, "user_id": schedule.owner_id, "title": report.name}
    made = events.event(run.job.organization_id, "report.ready", run.job.id, now(), data)
    await events.emit(services.content, [made])


async def _filed(
    services: Services, run: Run, asked: Export, person_id: str
) -> tuple[StoredFile, int]:
    """Write the rows that a person may see into a file of theirs; tell how far it is."""
    organization_id, moment = run.job.organization_id, now()
    reader = await reporting.reader_named(services, organization_id, person_id)
    store = services.content
    try:
        total = await running.count(store, asked.definition, reader, moment)
        await run.advance(0, total=total)
        rows = _Counted(run, running.every(store, asked.definition, reader, moment))
        name = f"{asked.title.replace('/', '-')}.{asked.format}"
        source = reporting.written(
            services, asked.title, asked.definition, asked.format, rows.each(), reader
        )
        received = await intake.receive(
            store, organization_id, name, source, FileLimits(size=LARGEST)
        )
    except TooExpensive as error:
        raise TooLarge(str(error)) from error
    until = now() + KEPT
    file = await intake.keep(store, organization_id, received, person_id, Home(), expires_at=until)
    return file, rows.count


class _Counted:
    """Counts the rows that pass, and tells the job of each portion."""

    def __init__(self, run: Run, rows: AsyncIterator[Row]) -> None:
        self.count = 0
        self._run = run
        self._rows = rows

    async def each(self) -> AsyncIterator[Row]:
        async for row in self._rows:
            yield row
            self.count += 1
            if self.count % PORTION == 0:
                await self._run.advance(self.count)
