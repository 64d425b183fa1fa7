"""Archives: statements and attachments leave one store and are the same in another."""

import hashlib
import io
import tarfile
from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from lrs.errors import BadRequest, TooLarge
from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.transfers import archive as archiving
from lrs.transfers import export
from lrs.transfers.archive import Archive, as_tar
from lrs.transfers.importing import Importer, Outcome
from lrs.transfers.tar import TarReader
from lrs.verification import Verification
from tests.lrs.conftest import ORGANIZATION, a_statement
from tests.lrs.messages import Messenger, described, part
from tests.lrs.signing import signed, token_of

OTHER = "organization-2"
IMPORTER = {"objectType": "Agent", "mbox": "mailto:importer@example.com"}
PHOTO, FILM = b"a photo", b"a film" * 300_000
LIMIT = 2**22


async def exported(log: StatementLog, **query: Any) -> bytes:
    through = await export.complete_through(log)
    found = export.statements(log, ORGANIZATION, StatementQuery(**query), through)
    return b"".join([each async for each in as_tar(found, log.attachments, ORGANIZATION)])


async def imported(
    log: StatementLog, content: bytes, *, limit: int = LIMIT, size: int = 1000
) -> list[Outcome]:
    pieces = iter([content[at : at + size] for at in range(0, len(content), size)])

    async def source() -> bytes:
        return next(pieces, b"")

    importer = Importer(log, OTHER, authority=IMPORTER, keep_authority=True)
    archive = Archive(TarReader(source), log.attachments, OTHER, limit)
    lines = archive.lines(2**20)
    outcomes = [each async for some in importer.outcomes(lines) for each in some]
    return sorted(outcomes, key=lambda each: each.line)


async def everything(log: StatementLog, organization_id: str) -> list[dict[str, Any]]:
    found = log.stream(organization_id, StatementQuery(ascending=True))
    statements = [orjson.loads(each) async for each in found]
    return [{name: each[name] for name in each if name != "stored"} for each in statements]


async def attachment(log: StatementLog, organization_id: str, sha2: str) -> bytes | None:
    found = await log.attachments.find(organization_id, [sha2])
    if sha2 not in found:
        return None
    return b"".join([data async for data in log.attachments.read(found[sha2])])


def members(content: bytes) -> dict[str, bytes]:
    """What any other program finds in an archive."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = [each for each in archive if each.isreg()]
        return {each.name: archive.extractfile(each).read() for each in files}  # type: ignore[union-attr]


def packed(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """An archive as another program writes it."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=form) as archive:
        folder = tarfile.TarInfo("statements")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.uname = len(data), "Ä"
            archive.addfile(info, io.BytesIO(data))
    return written.getvalue()


@pytest.fixture
async def sent(xapi: Any) -> Sequence[dict[str, Any]]:
    """Statements with and without attachments, one of them signed, that are recorded."""
    plain = a_statement()
    pictured = a_statement(attachments=[described(PHOTO)])
    long = described(FILM, sha2=hashlib.sha512(FILM).hexdigest().upper())
    filmed = a_statement(attachments=[described(PHOTO), long])
    unsigned = a_statement(attachments=[described(PHOTO)])
    token = token_of(unsigned)
    sealed = signed(unsigned, token)
    messenger = Messenger(xapi)
    film = part(FILM, X_Experience_API_Hash=long["sha2"])
    await messenger.store([plain, pictured], part(PHOTO))
    await messenger.store([filmed], part(PHOTO), film)
    await messenger.store([sealed], part(PHOTO), part(token))
    return [plain, pictured, filmed, sealed]


async def test_what_was_exported_is_the_same_in_another_store(
    log: StatementLog,
    sent: Sequence[dict[str, Any]],
    database: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "_PORTION_BYTES", 1)
    content = await exported(log)
    assert [each.status for each in await imported(log, content)] == ["accepted"] * 4
    assert await everything(log, OTHER) == await everything(log, ORGANIZATION)
    for statement in sent:
        for each in statement.get("attachments", ()):
            sha2 = each["sha2"].lower()
            assert await attachment(log, OTHER, sha2) == await attachment(log, ORGANIZATION, sha2)
    assert [each.status for each in await imported(log, content)] == ["unchanged"] * 4
    assert [each async for each in Verification(database).run()] == []


async def test_any_program_can_read_an_archive_and_write_one(
    log: StatementLog, sent: Sequence[dict[str, Any]]
) -> None:
    files = members(await exported(log))
    attachments = {name: data for name, data in files.items() if name.startswith("attachments/")}
    assert sorted(map(len, attachments.values()))[0] == len(PHOTO)
    assert len(attachments) == 3
    (lines,) = (data for name, data in files.items() if name.endswith(".ndjson"))
    assert [orjson.loads(line)["id"] for line in lines.splitlines()] == [e["id"] for e in sent]
    assert list(files)[-1].startswith("statements/")
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        outcomes = await imported(log, packed(files, form), size=777)
        assert {each.status for each in outcomes} <= {"accepted", "unchanged"}
    assert await everything(log, OTHER) == await everything(log, ORGANIZATION)


async def test_an_export_goes_on_in_the_same_archive(
    log: StatementLog, sent: Sequence[dict[str, Any]]
) -> None:
    first = await exported(log, limit=2)
    (name,) = (each for each in members(first) if each.startswith("statements/"))
    last = orjson.loads(members(first)[name].splitlines()[-1])
    page = await log.get(ORGANIZATION, last["id"])
    assert page is not None
    both = first + await exported(log, cursor=int(page.stored.timestamp() * 1_000_000))
    assert [(e.line, e.status) for e in await imported(log, both)] == [
        (number, "accepted") for number in (1, 2, 3, 4)
    ]
    assert await everything(log, OTHER) == await everything(log, ORGANIZATION)


async def test_an_archive_that_is_cut_is_finished_by_the_whole_one(
    log: StatementLog, sent: Sequence[dict[str, Any]]
) -> None:
    content = await exported(log)
    for size in (100, 600, 5000, len(content) // 2, len(content) - 1100):
        with pytest.raises(BadRequest, match="cut off"):
            await imported(log, content[:size])
    assert {each.status for each in await imported(log, content)} <= {"accepted", "unchanged"}
    assert await everything(log, OTHER) == await everything(log, ORGANIZATION)


async def test_what_is_no_archive_is_told(log: StatementLog) -> None:
    with pytest.raises(BadRequest, match="header that is none"):
        await imported(log, b"x" * 2048)
    assert await imported(log, b"") == []


async def test_bytes_that_are_not_those_of_their_name_are_lacking(
    log: StatementLog, database: Any
) -> None:
    statement = a_statement(attachments=[described(PHOTO)])
    sha2 = statement["attachments"][0]["sha2"]
    files = {f"attachments/{sha2}": b"another", "statements/1.ndjson": orjson.dumps(statement)}
    (outcome,) = await imported(log, packed(files))
    assert outcome.status == "invalid"
    assert sha2 in outcome.findings[0].detail
    assert await attachment(log, OTHER, sha2) is None
    assert await database["attachments.chunks"].count_documents({}) == 0


async def test_an_attachment_past_its_limit_is_refused(
    log: StatementLog, sent: Sequence[dict[str, Any]]
) -> None:
    with pytest.raises(TooLarge):
        await imported(log, await exported(log), limit=len(FILM) - 1)


async def test_an_attachment_is_brought_once_as_far_as_is_remembered(
    log: StatementLog, sent: Sequence[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_PORTION_BYTES", 1)
    once = await exported(log)
    monkeypatch.setattr(archiving, "_MOST_REMEMBERED", 0)
    again = await exported(log)
    assert once.count(PHOTO) == 1
    assert again.count(PHOTO) > 1
