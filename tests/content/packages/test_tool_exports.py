"""What the common authoring tools write is imported, and what is forgiven is said."""

import io
import random
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from library_room import Library, errors, warnings
from zips import COURSE, zipped

from content import packages
from content.packages import PackageDraft
from tests.authoring_tools import EXPORTS

MIB = 1024 * 1024
FILES = 5_000


@pytest.mark.parametrize("name", EXPORTS)
async def test_what_a_tool_writes_is_imported_and_its_pages_are_found(
    library: Library, name: str
) -> None:
    export = EXPORTS[name]
    package = await library.add(zipped(export.files))
    manifest = await library.files.manifest(library.organization_id, package.id)
    launched = [item for item in manifest.organization.walk() if item.href is not None]
    assert package.edition == export.edition
    assert set(warnings(package)) == export.forgiven
    assert [item.href for item in launched] == list(export.launched)
    for item in launched:
        assert item.path is not None
        found = await library.files.file(library.organization_id, package.id, item.path)
        assert b"<title>" in found.read_bytes()


async def test_sequencing_of_a_collection_is_joined_with_the_items_own(library: Library) -> None:
    package = await library.add(zipped(EXPORTS["sequencing_templates"].files))
    manifest = await library.files.manifest(library.organization_id, package.id)
    activities = manifest.organization.activities
    assert activities is not None
    (module,) = activities.root.children
    assert module.sequencing.control_mode.forward_only
    for item in module.children:
        assert item.sequencing.delivery.objective_set_by_content
        assert item.sequencing.limits.attempt_limit == 3


async def test_a_zip_within_a_zip_is_told_by_its_name(library: Library) -> None:
    upload = zipped({"readme.txt": b"", "publish/course.zip": zipped(COURSE)})
    (finding,) = await library.refusal(upload)
    assert (finding.code, finding.file) == ("zip_within", "publish/course.zip")


async def test_a_course_whose_page_lies_beside_its_folder_is_refused_with_the_line(
    library: Library,
) -> None:
    manifest = EXPORTS["slides"].files["imsmanifest.xml"]
    upload = {**COURSE, "imsmanifest.xml": manifest.replace(b"index_lms", b"../index_lms")}
    report = await library.refusal(zipped(upload))
    assert errors(report) == ["href_outside", "nothing_to_launch"]
    assert (report[0].line, report[0].where) == (8, "/manifest/resources/resource")
    assert all(finding.advice for finding in report if finding.severity == "error")


async def test_five_thousand_files_of_200_megabytes_are_taken(
    library: Library, tmp_path: Path
) -> None:
    upload = tmp_path / "large.zip"
    page = random.Random(20261121).randbytes(200 * MIB // FILES)
    with zipfile.ZipFile(upload, "w") as archive:
        for name, data in COURSE.items():
            archive.writestr(name, data)
        for number in range(FILES):
            archive.writestr(f"media/{number % 50}/{number}.bin", page)

    async def chunks() -> AsyncIterator[bytes]:
        with io.FileIO(upload) as source:
            while chunk := source.read(MIB):
                yield chunk

    draft = PackageDraft(filename="large.zip")
    package = await packages.create(
        library.store, library.organization_id, draft, chunks(), folder=library.uploads
    )
    assert package.entries == FILES + len(COURSE)
    assert package.size > 199 * MIB
    last = f"media/49/{FILES - 1}.bin"
    found = await library.files.file(library.organization_id, package.id, last)
    assert found.read_bytes() == page
