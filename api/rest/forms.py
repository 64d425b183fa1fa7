"""Multipart forms: fields in memory, files streamed to where they are kept."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any, Final, Generic, TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.multipart import MultipartReader

from api.rest.problems import Finding, refuse

CHUNK_BYTES: Final = 256 * 2**10
FIELD_BYTES: Final = 64 * 2**10

T = TypeVar("T")
Receive = Callable[[str, AsyncIterator[bytes]], Awaitable[T]]


class Form(Generic[T]):
    """A form as it is read: parts may come in any order, each field once.

    `receive` takes a file's name and bytes as they arrive; what it returns is in `files`, in the
    order of the parts. Whoever reads the form takes the files back when it is refused.
    """

    def __init__(self, fields: Collection[str], receive: Receive[T], *, most_files: int) -> None:
        self.fields: dict[str, str] = {}
        self.files: list[T] = []
        self.findings: list[Finding] = []
        self._known = fields
        self._receive = receive
        self._most_files = most_files

    async def read(self, request: web.Request) -> None:
        """Read every part.

        Raises:
            ProblemRaised: 415 another media type, 400 malformed, 422 parts that are not known.
        """
        try:
            async for part in await _multipart(request):
                await self._part(part)
        except (ValueError, AssertionError) as error:
            finding = Finding(f"The multipart body is malformed: {error}")
            raise refuse(400, "validation_error", "The body is malformed", [finding]) from None
        self.check()

    def require(self, *names: str) -> None:
        """Find fault with fields that are not there, `file` among them."""
        given = {**self.fields, **({"file": "given"} if self.files else {})}
        self.findings += [Finding("is required", f"/{each}") for each in names if each not in given]
        self.check()

    def check(self) -> None:
        """Go on only without findings. Raises ProblemRaised (422)."""
        if self.findings:
            raise refuse(422, "validation_error", "The form breaks a rule", self.findings)

    async def _part(self, part: Any) -> None:
        name = part.name if isinstance(part, BodyPartReader) else None
        if name == "file" and part.filename and len(self.files) < self._most_files:
            self.files.append(await self._receive(part.filename, _chunks(part)))
        elif name is not None and name in self._known and name not in self.fields:
            self.fields[name] = await _text(part)
        else:
            self.findings.append(self._fault(name))
            await part.release()

    def _fault(self, name: str | None) -> Finding:
        where = f"/{name or ''}"
        if name == "file":
            return Finding(f"must be at most {self._most_files} files, each with a name", where)
        detail = "is given twice" if name in self._known else "is not known here"
        return Finding(detail, where)


async def _multipart(request: web.Request) -> MultipartReader:
    if request.content_type != "multipart/form-data":
        finding = Finding("must be multipart/form-data", "Content-Type", "header")
        raise refuse(415, "unsupported_media_type", "The media type is not taken", [finding])
    return await request.multipart()


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK_BYTES):
        yield chunk


async def _text(part: BodyPartReader) -> str:
    raw = bytearray()
    async for chunk in _chunks(part):
        raw += chunk
        if len(raw) > FIELD_BYTES:
            raise ValueError(f"the field {part.name} is longer than {FIELD_BYTES} bytes")
    return raw.decode().strip()
