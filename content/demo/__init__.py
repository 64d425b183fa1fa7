"""The demo course's package: "Fire safety in five minutes", SCORM 1.2, made of plain files."""

import io
import zipfile
from importlib.resources import files
from typing import Final

FILENAME: Final = "fire-safety.zip"
_NAMES: Final = (
    "imsmanifest.xml",
    "index.html",
    "style.css",
    "course.js",
    "quiz.js",
    "scorm.js",
    "flame.svg",
)
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


def fire_safety() -> bytes:
    """The package as a zip; the same bytes each time."""
    source, target = files(__name__) / "fire_safety", io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in _NAMES:
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            archive.writestr(entry, (source / name).read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()
