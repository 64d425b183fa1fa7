"""A file is what its name says, or is not taken."""

import gzip
import io
import zipfile

import pytest

from content.files.intake import LONGEST_NAME, plain_name
from content.files.kinds import KINDS, agrees, kind_of


def _zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "text")
    return packed.getvalue()


PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(100)
SAMPLES = {
    "a.png": b"\x89PNG\r\n\x1a\n" + bytes(60),
    "a.JPG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(60),
    "a.gif": b"GIF89a" + bytes(60),
    "a.webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(60),
    "a.pdf": b"%PDF-1.7\nobj",
    "a.zip": _zip("a.txt"),
    "a.docx": _zip("[Content_Types].xml", "word/document.xml"),
    "a.odt": _zip("mimetype"),
    "a.tar.gz": gzip.compress(b"text"),
    "a.mp4": b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(60),
    "a.mp3": b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(60),
    "a.wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60),
    "a.ogg": b"OggS\x00\x02" + bytes(60),
    "a.webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm",
    "a.7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(60),
    "a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a.rtf": b"{\\rtf1 text}",
    "a.txt": "Grüße\n".encode(),
    "a.csv": "naïve;1\n".encode("latin-1"),
    "a.py": b"import os\n",
    "a.html": b"<!DOCTYPE html><p>text",
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a.md": b"\xff\xfeh\x00i\x00",
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_agrees_with_its_own_name_only(name: str) -> None:
    kind = kind_of(name)
    assert kind is not None
    assert agrees(kind, SAMPLES[name])
    assert not agrees(kind, PROGRAM)
    if kind.signatures:
        assert not agrees(kind, b"plain text that is of no kind")


def test_a_picture_is_no_document_and_no_text() -> None:
    for wrong in (".pdf", ".zip", ".txt", ".mp4", ".jpg"):
        assert not agrees(KINDS[wrong], SAMPLES["a.png"])


@pytest.mark.parametrize("name", ["a.exe", "a", "", ".", "a.png.exe", "a.zip ", "png"])
def test_a_name_of_no_known_kind_has_none(name: str) -> None:
    assert kind_of(name) is None


def test_the_longest_extension_tells_the_kind() -> None:
    found = [kind_of(each) for each in ("a.tar.gz", "a.b.gz", "report.v2.PDF")]
    assert [each.extension for each in found if each] == [".tar.gz", ".gz", ".pdf"]


def test_nothing_that_a_browser_runs_is_shown_inline() -> None:
    programs = ("html", "svg", "xml", "javascript", "xhtml")
    shown = [each.media_type for each in KINDS.values() if each.inline]
    assert not [each for each in shown if any(word in each for word in programs)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\ada\\essay.pdf", "essay.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("", "unnamed"),
        ("x" * 300 + ".tar.gz", "x" * (LONGEST_NAME - 7) + ".tar.gz"),
    ],
)
def test_a_name_is_kept_without_folders_and_controls(given: str, kept: str) -> None:
    assert plain_name(given) == kept
