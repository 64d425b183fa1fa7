"""The works that jobs can ask for, by name."""

from collections.abc import Mapping

from msgspec import convert

from api import audits, evidence
from api.jobs import Work
from api.report_works import deliver_report, export_report
from api.services import Services
from api.user_import import WORK, import_users
from content.enrollment import bulk_enrollment
from content.enrollment.admission import ENROLLED
from content.enrollment.bulk_enrollment import BulkDraft
from content.jobs.job_queue import Run
from content.jobs.jobs import JobFinding, JobResult

PORTION = 200


async def rebuild_progress(services: Services, run: Run) -> JobResult:
    """Compute an organization's progress from nothing but the log."""
    organization_id = run.job.organization_id
    checkpoint = run.job.checkpoint or {"after": ""}
    done = run.job.done
    total = await services.progress.count(organization_id)
    while True:
        through = await services.progress.rebuild_after(
            organization_id, checkpoint["after"], PORTION
        )
        if not through:
            return JobResult(counts={"enrollments": done})
        done += len(through)
        checkpoint = {"after": through[-1]}
        await run.advance(done, total=max(total, done), checkpoint=checkpoint)


async def enroll_many(services: Services, run: Run) -> JobResult:
    """Enrol many people in a course; whom that cannot be done to is a finding."""
    organization_id, draft = run.job.organization_id, convert(run.given, BulkDraft)
    checkpoint = run.job.checkpoint or {"through": 0, "enrolled": 0}
    through, enrolled = checkpoint["through"], checkpoint["enrolled"]
    places = {each: place for place, each in reversed(list(enumerate(draft.person_ids)))}
    portions = bulk_enrollment.enroll_many(services.content, organization_id, draft, through)
    async for portion in portions:
        refused = [
            JobFinding(
                where=f"/user_ids/{places[each.person_id]}",
                code=each.outcome,
                detail=each.person_id,
            )
            for each in portion
            if each.outcome != ENROLLED
        ]
        through, enrolled = through + len(portion), enrolled + len(portion) - len(refused)
        checkpoint = {"through": through, "enrolled": enrolled}
        await run.advance(through, checkpoint=checkpoint, findings=refused)
    counts = {"enrolled": enrolled, "refused": through - enrolled}
    link = f"/api/v1/courses/{draft.course_id}/enrollments"
    return JobResult(link=link, counts=counts)


WORKS: Mapping[str, Work] = {
    audits.WORK: audits.verify,
    evidence.WORK: evidence.make,
    "enrollments.bulk": enroll_many,
    "progress.rebuild": rebuild_progress,
    WORK: import_users,
    "reports.deliver": deliver_report,
    "reports.export": export_report,
}
