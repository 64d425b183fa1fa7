"""Packages without files: one SCO of SCORM 1.2, one of SCORM 2004, and courses of 5,000 items."""

from pathlib import Path
from typing import Final

from scorm_runtime.manifest.reader import read_manifest
from scorm_runtime.manifest.tree import Manifest
from scorm_runtime.packages import FileNotInPackage

SCORM12: Final = "scorm12"
SCORM2004: Final = "scorm2004"
LARGE: Final = "large"
FLAT: Final = "flat"
CHAPTERS: Final = 50
PAGES: Final = 100
_FLOW = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>'


def _document(version: str, items: str) -> bytes:
    return (
        '<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
        'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
        'xmlns:imsss="http://www.imsglobal.org/xsd/imsss">'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>"
        '<organizations default="o"><organization identifier="o"><title>Bench</title>'
        f"{items}{_FLOW}</organization></organizations><resources>"
        '<resource identifier="r" type="webcontent" adlcp:scormType="sco" href="sco.html"/>'
        "</resources></manifest>"
    ).encode()


def _item(identifier: str) -> str:
    return f'<item identifier="{identifier}" identifierref="r"><title>{identifier}</title></item>'


def _chapter(number: int) -> str:
    pages = "".join(_item(f"page-{number}-{page}") for page in range(PAGES))
    return f'<item identifier="chapter-{number}"><title>{number}</title>{pages}{_FLOW}</item>'


def _read(document: bytes) -> Manifest:
    reading = read_manifest(document, "imsmanifest.xml", ["sco.html"])
    if reading.manifest is None:
        raise ValueError(reading.findings)
    return reading.manifest


class Shelf:
    """A PackageSource of the four; none has files, for nothing is shown."""

    def __init__(self) -> None:
        pages = "".join(_item(f"page-{number}") for number in range(CHAPTERS * PAGES))
        chapters = "".join(_chapter(number) for number in range(CHAPTERS))
        self._packages = {
            SCORM12: _read(_document("1.2", _item("sco"))),
            SCORM2004: _read(_document("2004 4th Edition", _item("sco"))),
            LARGE: _read(_document("2004 4th Edition", chapters)),
            FLAT: _read(_document("2004 4th Edition", pages)),
        }

    async def manifest(self, organization_id: str, package_id: str) -> Manifest:
        """A package's manifest."""
        return self._packages[package_id]

    async def file(self, organization_id: str, package_id: str, path: str) -> Path:
        """There is none."""
        raise FileNotInPackage(path)
