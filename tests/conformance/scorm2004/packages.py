"""The packages of ADL's cases: each manifest, with files made for it, as a PackageSource."""

from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from scorm_runtime.manifest.reader import read_manifest
from scorm_runtime.manifest.tree import Manifest
from scorm_runtime.packages import FileNotInPackage

_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def files_of(document: bytes) -> list[str]:
    """Every file that the manifest names."""
    root = etree.fromstring(document)
    found = ["imsmanifest.xml"]
    for element in root.iter("{*}resource", "{*}file"):
        if (href := element.get("href")) is None:
            continue
        bases = [each.get(_BASE, "") for each in element.iterancestors()]
        own = element.get(_BASE, "")
        found.append(unquote("".join([*reversed(bases), own, href.split("?")[0]])))
    return found


def package(manifest: Path) -> Manifest:
    """The manifest of a case, read as that of a whole package."""
    document = manifest.read_bytes()
    reading = read_manifest(document, "imsmanifest.xml", files_of(document))
    assert reading.manifest is not None, reading.findings
    return reading.manifest


class Shelf:
    """A PackageSource of manifests by package id; every file of theirs is the same page."""

    def __init__(self, page: Path | None = None) -> None:
        self.packages: dict[str, Manifest] = {}
        self.page = page

    def put(self, manifest: Path) -> str:
        """Take a case's package in; its id."""
        self.packages[manifest.stem] = package(manifest)
        return manifest.stem

    async def manifest(self, organization_id: str, package_id: str) -> Manifest:
        """A package's manifest."""
        return self.packages[package_id]

    async def file(self, organization_id: str, package_id: str, path: str) -> Path:
        """The page."""
        if self.page is None:
            raise FileNotInPackage(path)
        return self.page
