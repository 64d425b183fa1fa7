"""The names of a zip's entries as safe paths inside the package."""

import re
import stat
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from scorm_runtime.manifest.findings import LONGEST_PATH, Report, in_file
from scorm_runtime.manifest.references import folded

LONGEST_PART = 255
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was written; many tools write UTF-8 without saying so."""
    name = entry.orig_filename
    if entry.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def safe_path(name: str, report: Report) -> str | None:
    """The path inside the package; None with an error when it is not to be trusted."""
    if "\\" in name:
        report.add("name_backslash", in_file(name), name=name)
    path = name.replace("\\", "/")
    code = _trouble(path)
    if code is not None:
        report.add(code, in_file(name), name=name)
        return None
    return str(PurePosixPath(path)) + ("/" if path.endswith("/") else "")


def _trouble(path: str) -> str | None:
    parts = path.split("/")
    if _CONTROL.search(path):
        return "name_unsafe"
    if path.startswith("/") or _DRIVE.match(path) or ".." in parts or set(parts) <= {"", "."}:
        return "name_outside"
    if any(len(part.encode("utf-8", "replace")) > LONGEST_PART for part in parts):
        return "name_too_long"
    return "name_too_long" if len(path) > LONGEST_PATH else None


def check_kind(entry: zipfile.ZipInfo, name: str, report: Report) -> bool:
    """Whether the entry is a plain file or folder that can be read."""
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        report.add("entry_encrypted", in_file(name), name=name)
    elif stat.S_ISLNK(mode):
        report.add("entry_symlink", in_file(name), name=name)
    elif mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        report.add("entry_special", in_file(name), name=name)
    elif entry.compress_type not in _METHODS:
        report.add("entry_method", in_file(name), name=name, method=entry.compress_type)
    else:
        return True
    return False


def check_collisions(files: Sequence[str], folders: Iterable[str], report: Report) -> None:
    """Note files of one name, of one name but for letter case, and files that are folders too."""
    parents = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    parents.update(folders)
    first: dict[str, str] = {}
    seen: set[str] = set()
    for path in files:
        other = first.setdefault(folded(path), path)
        if path in parents:
            report.add("name_conflict", in_file(path), name=path)
        elif path in seen:
            report.add("name_twice", in_file(path), name=path)
        elif other != path:
            report.add("name_case", in_file(path), name=path, other=other)
        seen.add(path)
