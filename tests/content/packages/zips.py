"""Zips for tests: whole packages, and zips that are up to no good."""

import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from typing import Any

MANIFEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="O1"><organization identifier="O1"><title>A course</title>
<item identifier="I1" identifierref="R1"><title>One</title></item></organization></organizations>
<resources><resource identifier="R1" type="webcontent" adlcp:scormtype="sco" href="index.html"/>
</resources></manifest>"""

COURSE = {"imsmanifest.xml": MANIFEST, "index.html": b"<h1>Hello</h1>", "js/App.js": b"//"}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files in this order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def with_entry(name: str, data: bytes = b"x", *, mode: int = 0, **claims: Any) -> bytes:
    """A course with one more entry, of this file mode; the directory makes these claims of it."""
    target = io.BytesIO(zipped(COURSE))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("x")
        # The constructor cleans a name, and what is set after writing goes to the directory alone.
        entry.filename = name
        entry.external_attr = mode << 16
        archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
        for claim, value in claims.items():
            setattr(entry, claim, value)
    return target.getvalue()


async def chunks(data: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    """The data as a request would bring it."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
