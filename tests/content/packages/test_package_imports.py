"""Packages that are taken, stored, served and deleted."""

import asyncio
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from gridfs import AsyncGridFSBucket
from library_room import Library, errors, warnings
from zips import COURSE, MANIFEST, with_entry, zipped

from content import packages
from content.courses import courses, modules
from content.courses.courses import CourseDraft
from content.courses.modules import ModuleDraft
from content.documents import Paging
from content.errors import Conflict, NotFound
from content.identity import now
from content.lessons import lessons
from content.lessons.lessons import LessonDraft
from content.packages import PackageFiles, finish_abandoned
from content.packages.jobs import job
from scorm_runtime.packages import FileNotInPackage, PackageNotFound


def shared(name: str) -> bytes:
    """A sample package beside the checkout; skips the test where there is none."""
    for parent in Path(__file__).resolve().parents:
        found = parent / "shared" / "packages" / name
        if found.is_file():
            return found.read_bytes()
    pytest.skip(f"the material shared/packages/{name} is not beside the checkout")


async def test_a_package_is_kept_with_its_manifest_and_files(library: Library) -> None:
    raw = zipped(COURSE)
    package = await library.add(raw)
    assert (package.title, package.edition, package.entries) == ("A course", "scorm12", 3)
    assert package.size == len(raw)
    assert package.unpacked_size == sum(map(len, COURSE.values()))
    assert package.findings == ()
    assert await packages.get(library.store, library.organization_id, package.id) == package
    manifest = await library.files.manifest(library.organization_id, package.id)
    assert [item.href for item in manifest.organization.walk()] == ["index.html"]
    for name, data in COURSE.items():
        path = await library.files.file(library.organization_id, package.id, name)
        assert path.read_bytes() == data


async def test_the_zip_is_stored_as_gridfs(library: Library) -> None:
    raw = with_entry("random.bin", bytes(range(256)) * 8192)
    package = await library.add(raw)
    bucket = AsyncGridFSBucket(library.store.database, "package_archives")
    identity = {"organization_id": library.organization_id, "package_id": package.id}
    stream = await bucket.open_download_stream(identity)
    assert await stream.read() == raw
    assert stream.metadata == {"organization_id": library.organization_id}


@pytest.mark.parametrize(
    "name",
    [
        "RuntimeMinimumCalls_SCORM12.zip",
        "singlescobasic.zip",
        "RuntimeBasicCalls_SCORM20043rdEdition.zip",
    ],
)
async def test_golf_is_imported(library: Library, name: str) -> None:
    package = await library.add(shared(name))
    manifest = await library.files.manifest(library.organization_id, package.id)
    assert package.findings == ()
    for item in manifest.organization.walk():
        if item.path is not None:
            found = await library.files.file(library.organization_id, package.id, item.path)
            assert found.is_file()


async def test_a_package_without_organization_is_imported_with_a_warning(library: Library) -> None:
    package = await library.add(shared("singlescobasic_missingorg.zip"))
    assert warnings(package) == ["organization_missing"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("invalid.zip", "manifest_missing"),
        ("badscorm.zip", "xml_malformed"),
        ("validaicc.zip", "aicc_package"),
        ("cmi5_single_au_basic_framed.zip", "cmi5_package"),
    ],
)
async def test_sample_zips_that_are_no_scorm_are_refused(
    library: Library, name: str, code: str
) -> None:
    assert errors(await library.refusal(shared(name))) == [code]


async def test_a_zip64_is_taken(library: Library) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in COURSE.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(data)
        for n in range(66_000):
            archive.writestr(zipfile.ZipInfo(f"{n}.txt"), b"")
    limits = packages.PackageLimits(entries=70_000)
    assert (await library.add(target.getvalue(), limits)).entries == 66_003


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("media\\film.mp4", "media/film.mp4", ["name_backslash"]),
        ("INDEX.html", "INDEX.html", ["name_case"]),
        ("js//./b.js", "js/b.js", []),
        ("Prüfung.html", "Prüfung.html", []),
        ("日本語/頁.html", "日本語/頁.html", []),
        ("index.html", "index.html", ["name_twice"]),
        ("__MACOSX/._index.html", "__MACOSX/._index.html", []),
        ("-rf", "-rf", []),
        ("aa:b", "aa:b", []),
    ],
)
async def test_odd_names_are_taken(
    library: Library, name: str, path: str, expected: list[str]
) -> None:
    package = await library.add(with_entry(name, b"odd"))
    assert warnings(package) == expected
    found = await library.files.file(library.organization_id, package.id, path)
    assert found.read_bytes() == b"odd"


async def test_utf8_names_are_read_though_the_zip_does_not_say_so(library: Library) -> None:
    raw = with_entry("Pruefung.html").replace(b"Pruefung", "Prüfung".encode())
    package = await library.add(raw)
    found = await library.files.file(library.organization_id, package.id, "Prüfung.html")
    assert found.name == "Prüfung.html"


async def test_a_nested_package_is_served_from_its_folder(library: Library) -> None:
    nested = {f"export/{name}": data for name, data in COURSE.items()}
    package = await library.add(zipped(nested))
    manifest = await library.files.manifest(library.organization_id, package.id)
    (item,) = manifest.organization.walk()
    assert warnings(package) == ["manifest_nested"]
    assert item.href == item.path == "export/index.html"


@pytest.mark.parametrize("path", ["JS/app.js", "js\\App.js", "/js/App.js", "js/./App.js"])
async def test_a_path_is_forgiven_its_case_and_slashes(library: Library, path: str) -> None:
    package = await library.add(zipped(COURSE))
    found = await library.files.file(library.organization_id, package.id, path)
    assert found.name == "App.js"


@pytest.mark.parametrize(
    "path",
    ["", ".", "js", "gone.html", "../index.html", "js/../../x", "a\0b", "\udcff", "x" * 300, "/"],
)
async def test_what_is_not_in_the_package_is_not_found(library: Library, path: str) -> None:
    package = await library.add(zipped(COURSE))
    with pytest.raises(FileNotInPackage):
        await library.files.file(library.organization_id, package.id, path)


async def test_many_requests_at_once_unpack_once(library: Library) -> None:
    package = await library.add(zipped({**COURSE, "film.bin": bytes(1_000_000)}))
    other = PackageFiles(library.store, library.unpacked)
    sources = [library.files, other] * 10
    found = await asyncio.gather(
        *(source.file(library.organization_id, package.id, "film.bin") for source in sources)
    )
    assert len(set(found)) == 1
    assert [path.name for path in (library.unpacked / library.organization_id).iterdir()] == [
        package.id
    ]


async def test_a_deleted_package_is_gone_everywhere(library: Library) -> None:
    package = await library.add(zipped(COURSE))
    await library.files.file(library.organization_id, package.id, "index.html")
    await packages.delete(library.store, library.organization_id, package.id)
    await library.files.discard(library.organization_id, package.id)
    assert await library.left() == {}
    with pytest.raises(NotFound):
        await packages.get(library.store, library.organization_id, package.id)
    for wanted in (
        library.files.manifest(library.organization_id, package.id),
        library.files.file(library.organization_id, package.id, "index.html"),
    ):
        with pytest.raises(PackageNotFound):
            await wanted


async def test_another_servers_copies_of_a_deleted_package_are_pruned(library: Library) -> None:
    kept, gone = await library.add(zipped(COURSE)), await library.add(zipped(COURSE))
    for package in (kept, gone):
        await library.files.file(library.organization_id, package.id, "index.html")
    await packages.delete(library.store, library.organization_id, gone.id)
    assert await library.files.prune() == 1
    assert [path.name for path in (library.unpacked / library.organization_id).iterdir()] == [
        kept.id
    ]


async def test_a_package_of_a_lesson_is_not_deleted(library: Library) -> None:
    package = await library.add(zipped(COURSE))
    store, organization_id = library.store, library.organization_id
    course = await courses.create(store, organization_id, CourseDraft(title="Course"))
    module = await modules.create(store, organization_id, course.id, ModuleDraft(title="Module"))
    draft = LessonDraft(title="Lesson", content_type="scorm", package_id=package.id)
    lesson = await lessons.create(store, organization_id, module.id, draft)
    with pytest.raises(Conflict) as conflict:
        await packages.delete(store, organization_id, package.id)
    assert conflict.value.code == "package_in_use"
    await lessons.archive(store, organization_id, lesson.id)
    await packages.delete(store, organization_id, package.id)


async def test_another_organization_sees_nothing(library: Library) -> None:
    package = await library.add(zipped(COURSE))
    await library.files.file(library.organization_id, package.id, "index.html")
    with pytest.raises(NotFound):
        await packages.get(library.store, "organization_other", package.id)
    with pytest.raises(NotFound):
        await packages.delete(library.store, "organization_other", package.id)
    for stranger in ("organization_other", "../" + library.organization_id, ""):
        with pytest.raises(PackageNotFound):
            await library.files.manifest(stranger, package.id)
        with pytest.raises(PackageNotFound):
            await library.files.file(stranger, package.id, "index.html")
    page = await packages.find(library.store, "organization_other", Paging())
    assert page.total == 0


async def test_what_a_dead_server_began_is_undone_and_what_it_finished_is_kept(
    library: Library,
) -> None:
    package = await library.add(zipped(COURSE))
    database, begun = library.store.database, {"organization_id": library.organization_id}
    later = now() + timedelta(seconds=1)
    await database["package_jobs"].insert_many(
        [
            {"_id": package.id, **begun, "started_at": now()},
            {"_id": "package_dead", **begun, "started_at": now()},
        ]
    )
    await database["package_manifests"].insert_one({"_id": "package_dead", **begun})
    identity = {**begun, "package_id": "package_dead"}
    await database["package_archives.chunks"].insert_one({"files_id": identity, "n": 0})
    assert await finish_abandoned(library.store) == 0
    assert await finish_abandoned(library.store, before=later) == 2
    assert await library.left() == {
        "packages": 1,
        "package_manifests": 1,
        "package_archives.files": 1,
        "package_archives.chunks": 1,
    }


async def test_a_cancelled_import_leaves_nothing(library: Library) -> None:
    async def importing() -> None:
        async with job(library.store, library.organization_id, "package_1"):
            await library.store.database["package_manifests"].insert_one(
                {"_id": "package_1", "organization_id": library.organization_id}
            )
            started.set()
            await asyncio.Event().wait()

    started = asyncio.Event()
    task = asyncio.create_task(importing())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await library.left() == {}


async def test_the_same_zip_twice_is_two_packages(library: Library) -> None:
    first, second = await asyncio.gather(
        library.add(zipped(COURSE)), library.add(zipped({"imsmanifest.xml": MANIFEST, **COURSE}))
    )
    assert first.id != second.id
    assert first.sha256 == second.sha256
    page = await packages.find(library.store, library.organization_id, Paging())
    assert page.total == 2
