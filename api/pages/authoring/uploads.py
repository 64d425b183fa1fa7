"""/courses/…/upload and …/packages: a package comes in, and the report on it; files of lessons."""

from dataclasses import dataclass

from aiohttp import web

from api.pages.authoring.lessons import lesson_of
from api.pages.desk import SAVED, Desk, at_desk
from api.pages.forms import Form
from api.permissions import Permission
from api.rest import scorm
from api.rest.call import Call
from api.rest.files import receiving
from api.rest.forms import Form as Multipart
from api.rest.problems import ProblemRaised
from content import files, packages
from content.courses import courses, modules
from content.courses.courses import Course
from content.errors import FileRefused, NotFound, PackageRefused
from content.files import Home
from content.findings import Finding as Fault
from content.lessons import lessons
from content.lessons.lessons import Lesson, LessonChanges
from content.packages import Package
from scorm_runtime.manifest.findings import Finding

table = web.RouteTableDef()

MEGABYTE = 2**20
SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a package: `refused` where it was not taken."""

    title: str
    filename: str
    edition: str
    refused: bool
    findings: tuple[Finding, ...]
    size: str = ""
    entries: int = 0

    @property
    def gravest_first(self) -> list[Finding]:
        """The findings as they are listed."""
        return sorted(self.findings, key=lambda each: SEVERITIES.index(each.severity))

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        return {each: sum(one.severity == each for one in self.findings) for each in SEVERITIES}


@table.get("/courses/{course_id}/upload")
async def upload_page(request: web.Request) -> web.Response:
    """Show the form that takes a package."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    return await _form(desk, course, Form())


@table.post("/courses/{course_id}/packages")
async def upload(request: web.Request) -> web.Response:
    """Make a lesson of a package, and show the report on it."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    try:
        made = await scorm.upload(Call(request, desk.services, desk.principal))
    except PackageRefused as error:
        report = Report("", "", "", refused=True, findings=error.report)
        return desk.show(
            "package.html", 422, report=report, course=course, lesson=None, module=None
        )
    except ProblemRaised as error:
        return await _form(desk, course, Form().wrong(_faults(error)))
    await desk.audit("POST /scorm/upload", made.id)
    return desk.go(f"/courses/{course.id}/packages/{made.included[0].id}")


@table.get("/courses/{course_id}/packages/{package_id}")
async def package_report(request: web.Request) -> web.Response:
    """Show what was forgiven and noted as a package was taken, and where it went."""
    desk = await at_desk(request, Permission.COURSES_READ_ALL)
    store, organization_id = desk.store, desk.organization_id
    course = await courses.get(store, organization_id, desk.named("course_id"))
    package_id = desk.named("package_id")
    query = {"course_id": course.id, "package_id": package_id}
    played = await store.of(Lesson).first(organization_id, query)
    if played is None:
        raise NotFound("package", package_id)
    return desk.show(
        "package.html",
        report=_report(await packages.get(store, organization_id, package_id)),
        course=course,
        lesson=played,
        module=await modules.get(store, organization_id, played.module_id),
    )


@table.post("/courses/{course_id}/lessons/{lesson_id}/file")
async def upload_file(request: web.Request) -> web.Response:
    """Take a document in as what a lesson shows."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    try:
        await _keep(desk, lesson)
    except (FileRefused, ProblemRaised) as error:
        course = await courses.get(desk.store, desk.organization_id, lesson.course_id)
        faults = _faults(error) if isinstance(error, ProblemRaised) else [_fault(error)]
        form = Form().wrong(faults)
        return desk.show(
            "authoring/file_refused.html", 422, course=course, lesson=lesson, form=form
        )
    return desk.go(f"/courses/{lesson.course_id}/lessons/{lesson.id}/edit", SAVED)


async def _keep(desk: Desk, lesson: Lesson) -> None:
    """Store the file that is sent and let the lesson show it.

    Raises:
        FileRefused, ProblemRaised: nothing was kept.
    """
    call = Call(desk.request, desk.services, desk.principal)
    sent = Multipart((), receiving(call), most_files=1)
    try:
        await sent.read(desk.request)
        sent.require("file")
        home = Home(course_id=lesson.course_id, lesson_id=lesson.id)
        owner_id = desk.person.id
        kept = await files.keep(desk.store, desk.organization_id, sent.files[0], owner_id, home)
    except BaseException:
        for each in sent.files:
            await files.discard(desk.store, desk.organization_id, each)
        raise
    await desk.audit("POST /files", kept.id)
    changes = LessonChanges(content={"file_id": kept.id})
    await lessons.update(desk.store, desk.organization_id, lesson.id, changes)
    await desk.audit("PATCH /lessons/{lesson_id}", lesson.id)


def size(count: int) -> str:
    """Bytes as people write them."""
    if count < MEGABYTE:
        return f"{max(1, round(count / 1024))} kB"
    return f"{count / MEGABYTE:.1f} MB"


def _report(package: Package) -> Report:
    return Report(
        title=package.title,
        filename=package.filename,
        edition=package.edition,
        refused=False,
        findings=tuple(package.findings),
        size=size(package.size),
        entries=package.entries,
    )


def _faults(error: ProblemRaised) -> list[Fault]:
    found = error.problem.findings
    return [Fault(where=each.where.strip("/") or "file", detail=each.detail) for each in found]


def _fault(error: FileRefused) -> Fault:
    return Fault(where="file", detail=str(error), code=error.code)


async def _form(desk: Desk, course: Course, form: Form) -> web.Response:
    chapters = await modules.within(desk.store, desk.organization_id, course.id)
    limit = desk.services.package_limits.upload
    return desk.show(
        "authoring/upload.html",
        form.status,
        course=course,
        modules=chapters,
        chosen=desk.asked("module"),
        form=form,
        limit=limit,
        limit_words=size(limit),
    )
