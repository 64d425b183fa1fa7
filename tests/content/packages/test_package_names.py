"""Names of entries, whatever they are: never out of the folder, and unpacked as they are listed."""

import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from zips import with_entry

from content.packages.archive import open_archive
from content.packages.limits import PackageLimits
from content.packages.names import safe_path
from content.packages.rules import ARCHIVE
from scorm_runtime.manifest.findings import Report, refused

HOSTILE = st.lists(
    st.sampled_from(["..", ".", "/", "\\", "a", "B", "C:", "\0", " ", "é", "~", "%2e", "NUL", "\n"])
).map("".join)
NAMES = HOSTILE | st.text(st.characters(codec="utf-8"), max_size=30)


@settings(deadline=None)
@given(NAMES)
def test_a_safe_path_stays_inside(name: str) -> None:
    path = safe_path(name, Report(ARCHIVE))
    if path is not None:
        root = Path("/root/of/package")
        inside = (root / path).resolve()
        assert inside.is_relative_to(root)
        assert inside != root


@settings(max_examples=60, deadline=None)
@given(NAMES.filter(lambda name: len(name.encode()) < 300))
def test_every_zip_is_refused_or_unpacks_below_its_folder(name: str) -> None:
    report = Report(ARCHIVE)
    archive = open_archive(io.BytesIO(with_entry(name)), PackageLimits(), report)
    assert archive is not None
    archive.check_contents()
    if refused(report.findings):
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "inside"
        root.mkdir()
        archive.unpack(root)
        written = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
        assert written == set(archive.files)
        assert [path.name for path in Path(folder).iterdir()] == ["inside"]
