"""Manifests that others wrote: sample packages, and ADL's LMS test cases."""

import zipfile
from pathlib import Path

import msgspec
import pytest
from lxml import etree
from manifests import accepted, codes

from scorm_runtime.manifest.elements import XML_BASE
from scorm_runtime.manifest.reader import Reading, read_manifest, read_package
from scorm_runtime.manifest.tree import Manifest


def shared(folder: str) -> Path:
    """A folder of the material beside the checkout; skips the test where there is none."""
    for parent in Path(__file__).resolve().parents:
        found = parent / "shared" / folder
        if found.is_dir():
            return found
    pytest.skip(f"the material shared/{folder} is not beside the checkout")


def read(name: str) -> Reading:
    with zipfile.ZipFile(shared("packages") / name) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return read_package(names, archive.read)


def test_golf_in_many_scos() -> None:
    result = read("RuntimeMinimumCalls_SCORM12.zip")
    manifest = accepted(result)
    items = list(manifest.organization.walk())
    assert manifest.edition == "scorm12"
    assert manifest.title == "Golf Explained - Minimum Run-time Calls"
    assert [item.kind for item in items].count("folder") == 4
    assert items[6].href == "shared/assessmenttemplate.html?questions=Playing"
    assert items[6].path == "shared/assessmenttemplate.html"
    assert result.findings == ()


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("singlescobasic.zip", "scorm12"),
        ("RuntimeBasicCalls_SCORM20043rdEdition.zip", "scorm2004-3rd"),
    ],
)
def test_golf_in_one_sco(name: str, edition: str) -> None:
    result = read(name)
    (item,) = accepted(result).organization.walk()
    assert (accepted(result).edition, item.kind) == (edition, "sco")
    assert item.path == "shared/launchpage.html"
    assert result.findings == ()


def test_a_package_without_organization_is_read_with_a_warning() -> None:
    result = read("singlescobasic_missingorg.zip")
    (item,) = accepted(result).organization.walk()
    assert item.path == "sso/launchpage.html"
    assert codes(result) == ["organization_missing"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("invalid.zip", ["manifest_missing"]),
        ("badscorm.zip", ["manifest_nested", "xml_malformed"]),
        ("validaicc.zip", ["aicc_package"]),
        ("cmi5_single_au_basic_framed.zip", ["cmi5_package"]),
    ],
)
def test_what_is_no_scorm_is_refused(name: str, expected: list[str]) -> None:
    result = read(name)
    assert result.manifest is None
    assert codes(result) == expected


def test_every_manifest_of_adls_lms_test_cases_is_read_without_a_finding() -> None:
    for path in sorted(shared("adl-scorm2004-lms").glob("*.xml")):
        document = path.read_bytes()
        result = read_manifest(document, "imsmanifest.xml", files_named_in(document))
        assert result.findings == (), path.name
        assert accepted(result).edition == "scorm2004-4th"
        assert any(item.kind == "sco" for item in accepted(result).organization.walk())
        encoded = msgspec.msgpack.encode(accepted(result))
        assert msgspec.msgpack.decode(encoded, type=Manifest) == accepted(result)


def files_named_in(document: bytes) -> set[str]:
    return {
        f"{resource.get(XML_BASE, '')}{element.get('href')}"
        for resource in etree.fromstring(document).iter("{*}resource")
        for element in resource.iter()
        if element.get("href")
    }
