"""The kinds of file that are taken, and whether a file is what its name says.

The kind comes from the name's extension and has to agree with the first bytes; what a client
claims in its Content-Type counts for nothing. What a browser could run is never shown inline.
"""

import codecs
from typing import Final

import puremagic
from msgspec import Struct

HEAD: Final = 4096
"""How many bytes from the beginning tell the kind."""

_CONTROLS: Final = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


class FileKind(Struct, frozen=True):
    """One kind: `signatures` are the names that the signature's register has for it; none is text.

    `inline` kinds may be shown by a browser in its window.
    """

    extension: str
    media_type: str
    signatures: frozenset[str] = frozenset()
    inline: bool = False


_ZIP = frozenset({".zip", ".docx"})
_OLE = frozenset({".doc", ".xls", ".ppt", ".msi"})
_WORD = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."


def _shown(extension: str, media_type: str, *signatures: str) -> FileKind:
    return FileKind(extension, media_type, frozenset(signatures or (extension,)), inline=True)


def _packed(extension: str, media_type: str, *signatures: str) -> FileKind:
    return FileKind(extension, media_type, frozenset(signatures or (extension,)))


def _text(extension: str, media_type: str = "text/plain", *, inline: bool = False) -> FileKind:
    return FileKind(extension, media_type, inline=inline)


_KINDS: Final = (
    _shown(".png", "image/png"),
    _shown(".jpg", "image/jpeg"),
    _shown(".jpeg", "image/jpeg", ".jpg"),
    _shown(".gif", "image/gif"),
    _shown(".webp", "image/webp"),
    _shown(".pdf", "application/pdf"),
    _shown(".mp4", "video/mp4", ".mp4", ".m4v", ".mov"),
    _shown(".m4v", "video/mp4", ".mp4", ".m4v"),
    _shown(".mov", "video/quicktime", ".mov", ".qt"),
    _shown(".webm", "video/webm", ".webm", ".mkv"),
    _shown(".ogv", "video/ogg", ".ogg"),
    _shown(".mp3", "audio/mpeg", ".mp3", ".mpga"),
    _shown(".m4a", "audio/mp4", ".m4a", ".mp4"),
    _shown(".ogg", "audio/ogg"),
    _shown(".oga", "audio/ogg", ".ogg"),
    _shown(".opus", "audio/ogg", ".ogg"),
    _shown(".wav", "audio/wav"),
    _shown(".flac", "audio/flac"),
    _packed(".zip", "application/zip", *_ZIP),
    _packed(".tar", "application/x-tar"),
    _packed(".gz", "application/gzip"),
    _packed(".tar.gz", "application/gzip", ".gz"),
    _packed(".tgz", "application/gzip", ".gz"),
    _packed(".bz2", "application/x-bzip2"),
    _packed(".tar.bz2", "application/x-bzip2", ".bz2"),
    _packed(".xz", "application/x-xz"),
    _packed(".tar.xz", "application/x-xz", ".xz"),
    _packed(".7z", "application/x-7z-compressed"),
    _packed(".docx", f"{_WORD}wordprocessingml.document", *_ZIP),
    _packed(".xlsx", f"{_WORD}spreadsheetml.sheet", *_ZIP),
    _packed(".pptx", f"{_WORD}presentationml.presentation", *_ZIP),
    _packed(".odt", f"{_OPEN}text", *_ZIP),
    _packed(".ods", f"{_OPEN}spreadsheet", *_ZIP),
    _packed(".odp", f"{_OPEN}presentation", *_ZIP),
    _packed(".epub", "application/epub+zip", *_ZIP),
    _packed(".doc", "application/msword", *_OLE),
    _packed(".xls", "application/vnd.ms-excel", *_OLE),
    _packed(".ppt", "application/vnd.ms-powerpoint", *_OLE),
    _packed(".rtf", "application/rtf"),
    _text(".txt", inline=True),
    _text(".md", "text/markdown", inline=True),
    _text(".csv", "text/csv", inline=True),
    _text(".vtt", "text/vtt", inline=True),
    _text(".srt", "application/x-subrip"),
    _text(".json", "application/json"),
    _text(".xml", "application/xml"),
    _text(".yaml", "application/yaml"),
    _text(".yml", "application/yaml"),
    _text(".html", "text/html"),
    _text(".htm", "text/html"),
    _text(".svg", "image/svg+xml"),
    _text(".css", "text/css"),
    _text(".js", "text/javascript"),
    _text(".ts"),
    _text(".jsx"),
    _text(".tsx"),
    _text(".ipynb", "application/x-ipynb+json"),
    _text(".tex", "application/x-tex"),
    *(
        _text(each)
        for each in (".py", ".java", ".c", ".h", ".cpp", ".cs", ".go", ".rs", ".rb", ".php")
    ),
    *(_text(each) for each in (".kt", ".swift", ".r", ".sql", ".sh", ".log", ".toml", ".ini")),
)
KINDS: Final = {each.extension: each for each in _KINDS}


def kind_of(filename: str) -> FileKind | None:
    """The kind that a name says, by its longest known extension; None when none is known."""
    steps = filename.lower().split(".")
    endings = ("." + ".".join(steps[first:]) for first in range(1, len(steps)))
    return next((KINDS[each] for each in endings if each in KINDS), None)


def agrees(kind: FileKind, head: bytes) -> bool:
    """Say whether a file that begins so is of the kind."""
    if kind.signatures:
        return bool(kind.signatures & _signatures(head))
    return _is_text(head)


def _signatures(head: bytes) -> set[str]:
    try:
        return {each.extension for each in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _is_text(head: bytes) -> bool:
    """Text has no control characters; UTF-16 and UTF-32 say by a mark that they are text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    return not _CONTROLS & frozenset(head)
