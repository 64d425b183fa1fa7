"""/files: uploads, what is known of them, their bytes, and links for browsers."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from aiohttp import web
from msgspec import structs
from pydantic import BaseModel, Field

from api.permissions import Permission
from api.rest.bodies import Body, PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.engagement import SHUT, check_open
from api.rest.forms import Form
from api.rest.lists import page_of, paging
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from api.rest.serving import serve
from api.rest.visibility import may_see
from api.store import now
from content import files
from content.assignments import peers
from content.courses import courses
from content.enrollment.participation import takes_part
from content.errors import NotFound, Refused
from content.files import FileFilter, FileLimits, Home, Received, StoredFile
from content.lessons import lessons

table = RouteTable()

FIELDS = ("course_id", "lesson_id")
REFUSED = (
    "file_empty",
    "file_too_large",
    "file_type_mismatch",
    "file_type_not_allowed",
    "upload_too_slow",
)
LONGEST_LINK = 7 * 86400


class FileAttributes(Attributes):
    """A file: `size` in bytes, `sha256` in hexadecimal. Its bytes are at /files/{id}/content.

    One that was made for its owner alone, by a job, is removed at `expires_at`.
    """

    type_name = "file"
    relationship_types = {
        "owner": "user",
        "course": "course",
        "lesson": "lesson",
        "submission": "submission",
    }

    filename: str
    media_type: str
    size: int
    sha256: str
    content_url: str
    created_at: datetime
    expires_at: datetime | None


class FileForm(BaseModel):
    """A file, and what it belongs to."""

    file: bytes
    course_id: str = ""
    lesson_id: str = ""


class FileQuery(PageQuery):
    """Which files: those of a person, a course or a lesson."""

    user_id: str | None = None
    course_id: str | None = None
    lesson_id: str | None = None
    sort: str | None = None


class ContentQuery(Query):
    """`download` asks the browser to save the file rather than show it."""

    download: bool = False


class LinkQuery(ContentQuery):
    """The `token` is what the link grants."""

    token: str = Field(max_length=2000)


class NewLink(Body):
    """For how many seconds a link is to be good: at most a week."""

    expires_in: int = Field(900, ge=1, le=LONGEST_LINK)


class LinkAttributes(Attributes):
    """A link that leads to the file's bytes without signing in, for whoever holds it."""

    type_name = "file_link"
    relationship_types = {"file": "file"}

    url: str
    expires_at: datetime


def file_resource(file: StoredFile) -> Resource[FileAttributes]:
    """The file as a resource."""
    attributes = FileAttributes(
        filename=file.filename,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        content_url=f"/api/v1/files/{file.id}/content",
        created_at=file.created_at,
        expires_at=file.expires_at,
    )
    related = {
        "owner": file.owner_id or None,
        "course": file.course_id,
        "lesson": file.lesson_id,
        "submission": file.submission_id,
    }
    return Resource(file.id, attributes, related, file.version)


async def readable_file(call: Call, file_id: str) -> StoredFile:
    """The file, if the person may see it; who reviews the work it belongs to sees no owner.

    Raises:
        NotFound: it is not there, or not for this person.
        Refused: it is a lesson's, which is closed to the person.
    """
    store = call.services.content
    file = await files.get(store, call.organization_id, file_id)
    if file.expires_at is not None and file.owner_id != call.principal.person.id:
        raise NotFound("file", file_id)
    if call.principal.may(Permission.FILES_READ):
        return file
    person_id = call.principal.person.id
    if await files.may_read(store, file, person_id):
        return file
    if file.submission_id and await peers.reviews_file(
        store, call.organization_id, file.submission_id, person_id
    ):
        return structs.replace(file, owner_id="")
    await _check_lessons(call, file)
    return file


@table.route("GET", "/files", permission=Permission.FILES_OWN, errors=("lesson_not_found",))
async def list_files(call: Call, query: FileQuery) -> ResourcePage[FileAttributes]:
    """List files; learners see their own, and those of a course or lesson that they are in."""
    filters = FileFilter(
        owner_id=query.user_id, course_id=query.course_id, lesson_id=query.lesson_id
    )
    if not call.principal.may(Permission.FILES_READ):
        filters = await _narrowed(call, query)
    store = call.services.content
    found = await files.find(store, call.organization_id, filters, paging(query, query.sort))
    return page_of(found, file_resource)


@table.route(
    "POST",
    "/files",
    permission=Permission.FILES_OWN,
    status=201,
    errors=("course_not_found", "lesson_not_found", *REFUSED),
    upload=True,
    form=FileForm,
    limit="uploads",
)
async def upload_file(call: Call) -> Resource[FileAttributes]:
    """Upload a file: multipart with file and, if wanted, course_id or lesson_id."""
    form = Form(FIELDS, receiving(call), most_files=1)
    store, organization_id = call.services.content, call.organization_id
    try:
        await form.read(call.request)
        form.require("file")
        home = await _home(call, form.fields)
        owner_id = call.principal.person.id
        return file_resource(
            await files.keep(store, organization_id, form.files[0], owner_id, home)
        )
    except BaseException:
        for received in form.files:
            await files.discard(store, organization_id, received)
        raise


@table.route(
    "POST",
    "/upload",
    permission=Permission.FILES_OWN,
    status=501,
    errors=("presigned_upload_unavailable",),
    audited=False,
)
async def presign_upload(call: Call) -> Resource[LinkAttributes]:
    """Say that files are uploaded by POST /files: this store signs no uploads of its own."""
    finding = Finding("Files lie in the server's own database: send them to POST /api/v1/files.")
    raise refuse(501, "presigned_upload_unavailable", "There are no presigned uploads", [finding])


@table.route(
    "GET", "/files/{file_id}", permission=Permission.FILES_OWN, errors=("file_not_found", *SHUT)
)
async def get_file(call: Call, file_id: str) -> Resource[FileAttributes]:
    """Show what is known of a file."""
    return file_resource(await readable_file(call, file_id))


@table.route(
    "GET",
    "/files/{file_id}/content",
    permission=Permission.FILES_OWN,
    errors=("file_not_found", "range_not_satisfiable", *SHUT),
    media="*/*",
    limit="downloads",
)
async def get_content(call: Call, file_id: str, query: ContentQuery) -> web.StreamResponse:
    """Send a file's bytes, or the range of them that is asked for."""
    file = await readable_file(call, file_id)
    return await serve(call.request, call.services.content, file, download=query.download)


@table.route(
    "POST",
    "/files/{file_id}/links",
    permission=Permission.FILES_OWN,
    status=201,
    errors=("file_not_found", *SHUT),
)
async def create_link(call: Call, file_id: str, body: NewLink) -> Resource[LinkAttributes]:
    """Make a link to a file's bytes that works without signing in until it expires."""
    file, moment = await readable_file(call, file_id), now()
    token = call.services.downloads.sign(call.organization_id, file.id, moment, body.expires_in)
    attributes = LinkAttributes(
        url=f"{call.services.settings.public_origin}/api/v1/downloads/{file.id}?token={token}",
        expires_at=moment + timedelta(seconds=body.expires_in),
    )
    return Resource(f"link_{file.id}", attributes, {"file": file.id})


@table.route(
    "GET",
    "/downloads/{file_id}",
    permission=None,
    errors=("auth_required", "file_not_found", "range_not_satisfiable"),
    media="*/*",
    limit="downloads",
)
async def follow_link(call: Call, file_id: str, query: LinkQuery) -> web.StreamResponse:
    """Send the bytes of the file that a signed link leads to."""
    granted = call.services.downloads.read(query.token)
    if granted.file_id != file_id:
        raise NotFound("file", file_id)
    store = call.services.content
    file = await files.get(store, granted.organization_id, granted.file_id)
    return await serve(call.request, store, file, download=query.download, anywhere=True)


@table.route(
    "DELETE",
    "/files/{file_id}",
    permission=Permission.FILES_OWN,
    status=204,
    errors=("file_not_found", "file_in_use", *SHUT),
)
async def delete_file(call: Call, file_id: str) -> web.Response:
    """Delete a file of one's own, or any with files.write; what was handed in stays."""
    file = await readable_file(call, file_id)
    if file.owner_id != call.principal.person.id:
        call.require(Permission.FILES_WRITE)
    await files.delete(call.services.content, call.organization_id, file_id)
    return web.Response(status=204)


async def _check_lessons(call: Call, file: StoredFile) -> None:
    """Go on only where a lesson with the file is open to the person.

    Raises:
        NotFound: none that the person may know of has it.
        Refused: those are closed.
    """
    store, closed = call.services.content, None
    for lesson in await files.lessons_with(store, file):
        course = await courses.get(store, call.organization_id, lesson.course_id)
        if await may_see(call, course):
            try:
                return await check_open(call, lesson)
            except Refused as refused:
                closed = refused
    raise closed or NotFound("file", file.id)


class Receiving:
    """Takes the files of one request in, within the limits."""

    def __init__(self, call: Call, limits: FileLimits) -> None:
        self._store, self._organization_id = call.services.content, call.organization_id
        self._limits = limits

    async def __call__(self, filename: str, source: AsyncIterator[bytes]) -> Received:
        """Store a file's bytes as they arrive. Raises FileRefused."""
        return await files.receive(
            self._store, self._organization_id, filename, source, self._limits
        )


def receiving(call: Call, limits: FileLimits | None = None) -> Receiving:
    """What a form gives its files to; without limits, the server's own."""
    return Receiving(call, limits or FileLimits(size=call.services.settings.max_file))


async def _narrowed(call: Call, query: FileQuery) -> FileFilter:
    """What a person without files.read may list. Raises ProblemRaised (403)."""
    own = call.principal.person.id
    course_id = await _course_of(call, query)
    if query.user_id in (None, own) and course_id is None:
        return FileFilter(owner_id=own)
    member = course_id is not None and await takes_part(
        call.services.content, call.organization_id, course_id, own
    )
    if query.user_id not in (None, own) or not member:
        call.require(Permission.FILES_READ)
    return FileFilter(owner_id=query.user_id, course_id=course_id, lesson_id=query.lesson_id)


async def _course_of(call: Call, query: FileQuery) -> str | None:
    if query.lesson_id is None:
        return query.course_id
    lesson = await lessons.get(call.services.content, call.organization_id, query.lesson_id)
    return lesson.course_id


async def _home(call: Call, fields: dict[str, str]) -> Home:
    """What the file is to belong to. Raises NotFound, ProblemRaised (403, 422)."""
    course_id, lesson_id = fields.get("course_id") or None, fields.get("lesson_id") or None
    if course_id is None and lesson_id is None:
        return Home()
    call.require(Permission.FILES_WRITE)
    store, organization_id = call.services.content, call.organization_id
    if lesson_id is None:
        course = await courses.get(store, organization_id, course_id or "")
        return Home(course_id=course.id)
    lesson = await lessons.get(store, organization_id, lesson_id)
    if course_id not in (None, lesson.course_id):
        finding = Finding("is not the course of this lesson", "/course_id")
        raise refuse(422, "validation_error", "The form breaks a rule", [finding])
    return Home(course_id=lesson.course_id, lesson_id=lesson.id)
