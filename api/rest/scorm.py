"""/scorm/upload: a zip becomes a package and a lesson that plays it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.multipart import MultipartReader
from pydantic import BaseModel

from api.permissions import Permission
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.lessons import LessonAttributes, lesson_resource
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from content import packages
from content.courses import modules
from content.courses.modules import Module
from content.lessons import lessons
from content.lessons.lessons import Lesson, LessonDraft
from content.packages import Package, PackageDraft

table = RouteTable()

CHUNK_BYTES = 256 * 2**10
FIELD_BYTES = 4096
FIELDS = ("course_id", "module_id", "title")


class PackageFindingAttributes(Attributes):
    """One thing that was forgiven or noted on the way in."""

    type_name = "package_finding"

    severity: str
    code: str
    message: str
    advice: str
    file: str | None
    line: int | None
    where: str | None


class PackageAttributes(Attributes):
    """A package as it was imported; sizes in bytes."""

    type_name = "package"

    title: str
    filename: str
    edition: str
    sha256: str
    size: int
    unpacked_size: int
    entries: int
    findings: tuple[PackageFindingAttributes, ...]
    created_at: datetime


class UploadForm(BaseModel):
    """A SCORM package, and where its lesson goes; the course is checked where it is given."""

    file: bytes
    module_id: str
    course_id: str
    title: str = ""


class Form:
    """The fields of an upload, and the package once its file was read."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.package: Package | None = None
        self.findings: list[Finding] = []


def package_resource(package: Package) -> Resource[PackageAttributes]:
    """The package as a resource."""
    return Resource(package.id, PackageAttributes.model_validate(package), version=package.version)


@table.route(
    "POST",
    "/scorm/upload",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("module_not_found", "package_refused", "package_too_large"),
    upload=True,
    form=UploadForm,
    limit="uploads",
)
async def upload(call: Call) -> Resource[LessonAttributes]:
    """Import a SCORM zip: multipart with file, course_id, module_id and, if wanted, title.

    The answer is the lesson, with the package and its findings included.
    """
    form = Form()
    try:
        await _read(call, form)
        module = await _module(call, form)
        if form.package is None or module is None:
            raise refuse(422, "validation_error", "The upload is incomplete", form.findings)
        lesson = await _lesson(call, module, form.package)
    except BaseException:
        await _forget(call, form)
        raise
    made = lesson_resource(lesson)
    included = [package_resource(form.package)]
    return Resource(made.id, made.attributes, made.related, made.version, included=included)


@table.route(
    "GET",
    "/packages/{package_id}",
    permission=Permission.COURSES_WRITE,
    errors=("package_not_found",),
)
async def get_package(call: Call, package_id: str) -> Resource[PackageAttributes]:
    """Show a package, with what was forgiven on the way in."""
    store = call.services.content
    return package_resource(await packages.get(store, call.organization_id, package_id))


async def _read(call: Call, form: Form) -> None:
    """Read the parts in whatever order they come; the file is imported as it arrives."""
    try:
        async for part in await _multipart(call.request):
            await _part(call, form, part)
    except (ValueError, AssertionError) as error:
        finding = Finding(f"The multipart body is malformed: {error}")
        raise refuse(400, "validation_error", "The body is malformed", [finding]) from None


async def _multipart(request: web.Request) -> MultipartReader:
    if request.content_type != "multipart/form-data":
        finding = Finding("must be multipart/form-data", "Content-Type", "header")
        raise refuse(415, "unsupported_media_type", "The media type is not taken", [finding])
    return await request.multipart()


async def _part(call: Call, form: Form, part: Any) -> None:
    name = part.name if isinstance(part, BodyPartReader) else None
    if name == "file" and form.package is None:
        await _module(call, form, early=True)
        form.package = await _import(call, form, part)
    elif name in FIELDS and name not in form.fields:
        form.fields[name] = await _text(part)
    else:
        shown = name or "(without a name)"
        form.findings.append(Finding("is not known here, or given twice", f"/{shown}"))
        await part.release()


async def _import(call: Call, form: Form, part: BodyPartReader) -> Package:
    services = call.services
    filename = (part.filename or "package.zip").replace("\\", "/").rpartition("/")[2]
    draft = PackageDraft(filename=filename[:255], title=form.fields.get("title", ""))
    return await packages.create(
        services.content,
        call.organization_id,
        draft,
        _chunks(part),
        folder=services.settings.data / "uploads",
        limits=services.package_limits,
    )


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK_BYTES):
        yield chunk


async def _text(part: BodyPartReader) -> str:
    raw = b""
    async for chunk in _chunks(part):
        raw += chunk
        if len(raw) > FIELD_BYTES:
            raise ValueError(f"the field {part.name} is longer than {FIELD_BYTES} bytes")
    return raw.decode().strip()


async def _module(call: Call, form: Form, *, early: bool = False) -> Module | None:
    """The module that the lesson goes into; `early`, only what is known already is checked."""
    module_id, course_id = (form.fields.get(name) for name in ("module_id", "course_id"))
    if not early:
        given = {"file": form.package, "course_id": course_id, "module_id": module_id}
        form.findings += [
            Finding("is required", f"/{name}") for name, value in given.items() if not value
        ]
    if not module_id:
        return None
    module = await modules.get(call.services.content, call.organization_id, module_id)
    if course_id and module.course_id != course_id:
        finding = Finding("is not the course of this module", "/course_id")
        raise refuse(422, "validation_error", "The upload breaks a rule", [finding])
    return module if not form.findings else None


async def _lesson(call: Call, module: Module, package: Package) -> Lesson:
    draft = LessonDraft(title=package.title, content_type="scorm", package_id=package.id)
    return await lessons.create(call.services.content, call.organization_id, module.id, draft)


async def _forget(call: Call, form: Form) -> None:
    if form.package is not None:
        await packages.delete(call.services.content, call.organization_id, form.package.id)
