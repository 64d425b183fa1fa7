"""Zips that are refused: each with a report of every finding, and with nothing left behind."""

import copy
import io
import stat
import zipfile

import pytest
from library_room import Library, errors
from pymongo.errors import WriteError
from zips import COURSE, MANIFEST, chunks, with_entry, zipped

from content import packages
from content.errors import ContentError, NotFound, PackageRefused, PackageTooLarge, RuleBroken
from content.packages import PackageDraft, PackageLimits

MIB = 1024 * 1024


@pytest.mark.parametrize(
    "name",
    [
        "../evil.html",
        "a/../../evil.html",
        "..\\evil.html",
        "a\\..\\..\\evil.html",
        "/etc/evil",
        "\\evil",
        "\\\\server\\share\\evil",
        "C:\\evil.html",
        "c:evil.html",
        "..",
        "a/..",
    ],
)
async def test_a_path_out_of_the_package_is_refused(library: Library, name: str) -> None:
    assert errors(await library.refusal(with_entry(name))) == ["name_outside"]


@pytest.mark.parametrize("name", ["a\0b.html", "a\nb.html", "a\x7f.html", "\x1b[31m.html"])
async def test_control_characters_in_a_name_are_refused(library: Library, name: str) -> None:
    report = await library.refusal(with_entry(name))
    assert errors(report) == ["name_unsafe"]
    assert report[0].message.isprintable()


@pytest.mark.parametrize("name", ["a" * 256, "é" * 128, "/".join(["folder"] * 200)])
async def test_a_name_that_no_disk_takes_is_refused(library: Library, name: str) -> None:
    assert errors(await library.refusal(with_entry(name))) == ["name_too_long"]


async def test_a_symbolic_link_is_refused(library: Library) -> None:
    link = with_entry("link", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)
    assert errors(await library.refusal(link)) == ["entry_symlink"]


@pytest.mark.parametrize("kind", [stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
async def test_a_special_file_is_refused(library: Library, kind: int) -> None:
    assert errors(await library.refusal(with_entry("dev", mode=kind | 0o666))) == ["entry_special"]


async def test_an_encrypted_entry_is_refused(library: Library) -> None:
    assert errors(await library.refusal(with_entry("a", flag_bits=0x1))) == ["entry_encrypted"]


@pytest.mark.parametrize("method", [9, 12, 14, 95, 99])
async def test_a_rare_compression_is_refused(library: Library, method: int) -> None:
    report = await library.refusal(with_entry("a", compress_type=method))
    assert errors(report) == ["entry_method"]


async def test_a_file_that_is_a_folder_too_is_refused(library: Library) -> None:
    report = await library.refusal(zipped({**COURSE, "js": b"", "a/b": b"", "a/b/": b""}))
    assert errors(report) == ["name_conflict", "name_conflict"]


async def test_a_zip_bomb_is_refused_by_its_ratio(library: Library) -> None:
    limits = PackageLimits(ratio_from=MIB)
    bomb = zipped({**COURSE, "bomb.bin": bytes(8 * MIB)})
    assert errors(await library.refusal(bomb, limits)) == ["ratio_too_high"]


async def test_a_zip_that_lies_about_its_size_is_read_no_further_than_it_says(
    library: Library,
) -> None:
    report = await library.refusal(with_entry("bomb.bin", bytes(8 * MIB), file_size=10))
    assert errors(report) == ["entry_corrupt"]


async def test_entries_that_share_their_bytes_are_a_bomb(library: Library) -> None:
    target = io.BytesIO(zipped({**COURSE, "bomb.bin": bytes(MIB)}))
    with zipfile.ZipFile(target, "a") as archive:
        for n in range(200):
            again = copy.copy(archive.getinfo("bomb.bin"))
            again.filename = f"{n}.bin"
            archive.filelist.append(again)
        archive.writestr("last.txt", b"")
    limits = PackageLimits(ratio_from=MIB)
    assert "ratio_too_high" in errors(await library.refusal(target.getvalue(), limits))


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (PackageLimits(upload=100), "upload_too_large"),
        (PackageLimits(unpacked=100), "unpacked_too_large"),
        (PackageLimits(entries=2), "too_many_entries"),
    ],
)
async def test_a_package_beyond_the_limits_is_too_large(
    library: Library, limits: PackageLimits, code: str
) -> None:
    with pytest.raises(PackageTooLarge) as refused:
        await library.add(zipped(COURSE), limits)
    assert errors(refused.value.report) == [code]
    assert refused.value.code == "package_too_large"
    assert await library.left() == {}


async def test_an_upload_is_cut_off_at_the_limit(library: Library) -> None:
    taken = 0

    async def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(MIB)

    with pytest.raises(PackageTooLarge):
        await packages.create(
            library.store,
            library.organization_id,
            PackageDraft(filename="a.zip"),
            endless(),
            folder=library.uploads,
            limits=PackageLimits(upload=5 * MIB),
        )
    assert taken == 6
    assert await library.left() == {}


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
async def test_a_truncated_zip_is_refused(library: Library, part: float) -> None:
    raw = zipped(COURSE)
    assert errors(await library.refusal(raw[: int(len(raw) * part)])) == ["zip_unreadable"]


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"", "upload_empty"),
        (b"<html>", "zip_unreadable"),
        (b"PK\x05\x06" + bytes(18), "manifest_missing"),
        (b"PK\x05\x06" + b"\xff" * 18, "zip_unreadable"),
        (zipped({}), "manifest_missing"),
        (zipped({"test.htm": b""}), "manifest_missing"),
        (zipped({"imsmanifest.xml": b"no xml"}), "xml_malformed"),
    ],
)
async def test_what_is_no_package_is_refused(library: Library, upload: bytes, code: str) -> None:
    assert errors(await library.refusal(upload)) == [code]


async def test_a_corrupt_file_is_named(library: Library) -> None:
    raw = bytearray(zipped({**COURSE, "big.bin": bytes(range(256)) * 1000}))
    at = raw.index(b"big.bin") + 100
    raw[at : at + 20] = bytes(20)
    report = await library.refusal(bytes(raw))
    assert [(finding.code, finding.file) for finding in report] == [("entry_corrupt", "big.bin")]


async def test_every_finding_of_zip_and_manifest_is_in_one_report(library: Library) -> None:
    manifest = MANIFEST.replace(b"index.html", b"gone.html").replace(b"O1", b"O2", 1)
    upload = with_entry("../evil")
    rest = zipped({"course/imsmanifest.xml": manifest, "a\\b.html": b"", "A/B.html": b""})
    target = io.BytesIO(rest)
    with zipfile.ZipFile(target, "a") as archive, zipfile.ZipFile(io.BytesIO(upload)) as other:
        entry = other.infolist()[-1]
        archive.writestr(entry, b"")
    report = await library.refusal(target.getvalue())
    assert {finding.code for finding in report} == {
        "name_outside",
        "name_backslash",
        "name_case",
        "manifest_nested",
        "launch_file_missing",
        "default_unknown",
        "nothing_to_launch",
    }
    assert all(finding.message for finding in report)


async def test_an_entity_bomb_in_the_manifest_is_refused(library: Library) -> None:
    bomb = MANIFEST.replace(
        b"?>\n", b'?>\n<!DOCTYPE manifest [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]>\n', 1
    )
    report = await library.refusal(zipped({**COURSE, "imsmanifest.xml": bomb}))
    assert errors(report) == ["entity_declared"]


async def test_a_manifest_of_a_gigabyte_is_refused(library: Library) -> None:
    large = zipped({**COURSE, "imsmanifest.xml": b" " * (9 * MIB)})
    assert errors(await library.refusal(large)) == ["manifest_too_large"]


async def test_an_upload_that_breaks_off_leaves_nothing(library: Library) -> None:
    async def broken() -> object:
        yield zipped(COURSE)
        raise ConnectionResetError

    draft = PackageDraft(filename="a.zip")
    with pytest.raises(ConnectionResetError):
        await packages.create(
            library.store, library.organization_id, draft, broken(), folder=library.uploads
        )
    assert await library.left() == {}


async def test_a_failure_while_storing_leaves_nothing(library: Library) -> None:
    """The database refuses the last step: the document, with which the package would be there."""
    validator = {"title": {"$ne": "A course"}}
    await library.store.database.command({"collMod": "packages", "validator": validator})
    with pytest.raises(WriteError, match="failed validation"):
        await library.add(zipped(COURSE))
    assert await library.left() == {}


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (PackageDraft(filename="a.zip", title=" "), RuleBroken),
        (PackageDraft(filename=""), RuleBroken),
        (PackageDraft(filename="a.zip", title="x" * 501), RuleBroken),
    ],
)
async def test_a_package_needs_a_sensible_name(
    library: Library, draft: PackageDraft, expected: type[ContentError]
) -> None:
    with pytest.raises(expected):
        await packages.create(
            library.store,
            library.organization_id,
            draft,
            chunks(zipped(COURSE)),
            folder=library.uploads,
        )


async def test_an_unknown_organization_imports_nothing(library: Library) -> None:
    with pytest.raises(NotFound):
        await packages.create(
            library.store,
            "nobody",
            PackageDraft(filename="a.zip"),
            chunks(zipped(COURSE)),
            folder=library.uploads,
        )
    assert issubclass(PackageTooLarge, PackageRefused)
