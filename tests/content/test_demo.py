"""The demo package: whole, taken without a finding, the same each time."""

import io
import zipfile

from content import demo
from content.packages.inspection import inspect
from content.packages.limits import PackageLimits


def test_the_demo_package_is_taken_without_a_finding() -> None:
    inspection = inspect(io.BytesIO(demo.fire_safety()), PackageLimits())
    (item,) = inspection.manifest.organization.walk()
    assert inspection.findings == ()
    assert inspection.manifest.title == "Fire safety in five minutes"
    assert (item.kind, item.href, item.mastery_score) == ("sco", "index.html", "60")


def test_the_demo_package_lists_every_file_and_loads_nothing_from_elsewhere() -> None:
    with zipfile.ZipFile(io.BytesIO(demo.fire_safety())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    inspection = inspect(io.BytesIO(demo.fire_safety()), PackageLimits())
    (resource,) = inspection.manifest.resources
    assert {"imsmanifest.xml", resource.path, *resource.files} == set(files)
    assert not any("//" in text for name, text in files.items() if name.endswith((".html", ".css")))


def test_the_demo_package_is_the_same_each_time() -> None:
    assert demo.fire_safety() == demo.fire_safety()
