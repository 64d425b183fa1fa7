"""A manifest's bytes as text, whatever its encoding declaration says (XML 1.0, appendix F)."""

import codecs
import re

from scorm_runtime.manifest.findings import Report, in_line

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TEXT_CODECS = ("utf-8", "ascii", "iso8859", "cp", "gb", "big5", "shift_jis", "euc_", "koi8")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,500}?\?>")
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,300}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")


def text_of(document: bytes, report: Report) -> str:
    """The document's text without byte order mark and XML declaration; lines are as they were."""
    marked, document = _without_mark(document)
    if marked:
        report.add("byte_order_mark", encoding=marked.upper())
    wide = marked or _unmarked_wide(document)
    declared = _declared(document, wide)
    text, actual = _decode(document, wide, declared)
    if declared and not _agree(declared, actual):
        report.add("encoding_wrong", in_line(1), declared=declared, actual=actual.upper())
    return _without_declaration(text, report)


def _without_mark(document: bytes) -> tuple[str | None, bytes]:
    for mark, name in _MARKS:
        if document.startswith(mark):
            return name, document[len(mark) :]
    return None, document


def _unmarked_wide(document: bytes) -> str | None:
    """UTF-16 shows by the zero beside the first angle bracket."""
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(document[:2])


def _declared(document: bytes, wide: str | None) -> str | None:
    start = document[:1600]
    if wide and wide != "utf-8":
        start = start.decode(wide, "replace").encode("ascii", "replace")
    found = _DECLARED.match(start)
    return None if found is None else found[1].decode("ascii")


def _decode(document: bytes, known: str | None, declared: str | None) -> tuple[str, str]:
    wanted = known or _text_codec(declared) or "utf-8"
    for codec in (wanted, "utf-8", "cp1252"):
        try:
            return document.decode(codec), codec
        except UnicodeError:
            continue
    return document.decode("latin-1"), "latin-1"


def _text_codec(declared: str | None) -> str | None:
    """A codec for what is declared, when its plain letters are ASCII's."""
    try:
        name = codecs.lookup(declared or "").name
    except LookupError:
        return None
    return name if name.startswith(_TEXT_CODECS) else None


def _agree(declared: str, actual: str) -> bool:
    """UTF-16 declares no byte order, and ASCII is a part of all the others."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return False
    return actual.startswith(name) or (name == "ascii" and actual == "utf-8")


def _without_declaration(text: str, report: Report) -> str:
    found = _DECLARATION.match(text)
    if found is None:
        return text
    if text[0].isspace():
        report.add("text_before_declaration", in_line(1))
    return "\n" * found[0].count("\n") + text[found.end() :]
