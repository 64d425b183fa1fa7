"""Statements together with their attachments, as a tar archive of any size, out and in.

statements/STORED.ndjson   statements one on a line, the last of them stored then
attachments/SHA2           an attachment, before the first statements that have it; what is longer
                           than 64 digits is cut by slashes, since names in an archive are short

What is stored is what counts: an attachment whose bytes are not those of its name is passed over,
and the statements that need it are told to lack it.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import orjson

from lrs.attachments.declarations import attachments_of, new_hash
from lrs.attachments.store import AttachmentStore
from lrs.errors import TooLarge
from lrs.transfers.export import portions
from lrs.transfers.lines import Line, read_lines
from lrs.transfers.tar import END, TarReader, member_head, padding

ATTACHMENTS = "attachments"

_DIGITS = 64
_MOST_REMEMBERED = 100_000


async def as_tar(
    found: AsyncIterator[bytes], store: AttachmentStore, organization_id: str
) -> AsyncGenerator[bytes]:
    """Yield an archive of the statements and those of their attachments that are stored."""
    brought: set[str] = set()
    async for portion in portions(found):
        there = await store.find(organization_id, _hashes(portion) - brought)
        for sha2, attachment in there.items():
            yield member_head(_name(sha2), attachment.length)
            async for data in store.read(attachment):
                yield data
            yield padding(attachment.length)
        if len(brought) > _MOST_REMEMBERED:
            brought.clear()
        brought |= there.keys()
        lines = b"".join(b"%b\n" % statement for statement in portion)
        stored = orjson.loads(portion[-1])["stored"].replace(":", "")
        yield member_head(f"statements/{stored}.ndjson", len(lines)) + lines + padding(len(lines))
    yield END


class Archive:
    """An archive that is read: its lines, as if they were one file, and its attachments, which
    are stored as they come, `limit` bytes each at most."""

    def __init__(
        self, reader: TarReader, store: AttachmentStore, organization_id: str, limit: int
    ) -> None:
        self._reader, self._store, self._limit = reader, store, limit
        self._organization_id = organization_id

    async def lines(self, longest: int) -> AsyncIterator[Line]:
        """Yield the lines; of one that has more than `longest` bytes nothing is kept.

        Raises:
            BadRequest: it is no archive, or is cut off; what came before is done.
            TooLarge: an attachment is past its limit.
        """
        before = 0
        while (name := await self._reader.next_file()) is not None:
            folder, _, rest = name.partition("/")
            if folder == ATTACHMENTS:
                await self._receive(rest.replace("/", "").lower())
            elif name.endswith(".ndjson"):
                number = 0
                async for line in read_lines(self._reader.data(), longest):
                    number = line.number
                    yield Line(before + number, line.content)
                before += number

    async def _receive(self, sha2: str) -> None:
        computed = new_hash(sha2)
        if computed is None or await self._store.find(self._organization_id, [sha2]):
            return
        upload = self._store.upload(self._organization_id, sha2)
        async for data in self._reader.data():
            if upload.length + len(data) > self._limit:
                raise TooLarge(f"An attachment has more than {self._limit} bytes.")
            computed.update(data)
            await upload.write(data)
        await upload.end()
        if computed.hexdigest() == sha2:
            await self._store.finish([upload])
        else:
            await self._store.take_back(upload)


def _hashes(statements: Sequence[bytes]) -> set[str]:
    return {
        each.sha2
        for raw in statements
        if b'"attachments"' in raw
        for each in attachments_of(orjson.loads(raw))
    }


def _name(sha2: str) -> str:
    cut = (sha2[at : at + _DIGITS] for at in range(0, len(sha2), _DIGITS))
    return "/".join((ATTACHMENTS, *cut))
