"""A package's zip: what is in it, whether it is safe, and its files unpacked."""

import shutil
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from content.packages.directory import NotAZip, count_entries
from content.packages.limits import PackageLimits
from content.packages.names import check_collisions, check_kind, name_of, safe_path
from scorm_runtime.manifest.document import LARGEST
from scorm_runtime.manifest.findings import Report, in_file

UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile raises over a zip that is damaged or made to look so."""
_AT_ONCE: Final = 1024 * 1024


class EntryUnreadable(Exception):
    """An entry that cannot be read; the report says so already."""


class Archive:
    """An open zip. `files` are its entries by their safe paths, `size` is theirs unpacked."""

    def __init__(self, zip_file: zipfile.ZipFile, report: Report) -> None:
        self.files: dict[str, zipfile.ZipInfo] = {}
        self._zip = zip_file
        self._report = report
        self._unreadable: set[str] = set()
        self._list()
        self.size = sum(entry.file_size for entry in self.files.values())

    def _list(self) -> None:
        files, folders = [], []
        for entry in self._zip.infolist():
            name = name_of(entry)
            path = safe_path(name, self._report)
            readable = check_kind(entry, name, self._report)
            if path is None:
                continue
            if path.endswith("/"):
                folders.append(path[:-1])
                continue
            files.append(path)
            self.files[path] = entry
            if not readable:
                self._unreadable.add(path)
        check_collisions(files, folders, self._report)

    def load(self, path: str) -> bytes:
        """A small file, cut behind the largest size of a manifest. Raises EntryUnreadable."""
        if path in self._unreadable:
            raise EntryUnreadable(path)
        try:
            with self._zip.open(self.files[path]) as source:
                return source.read(LARGEST + 1)
        except UNREADABLE as error:
            self._cannot_read(path, error)
            raise EntryUnreadable(path) from error

    def check_contents(self) -> None:
        """Inflate every file: what it says of its size and its checksum must be true."""
        for path in self.files.keys() - self._unreadable:
            try:
                with self._zip.open(self.files[path]) as source:
                    while source.read(_AT_ONCE):
                        pass
            except UNREADABLE as error:
                self._cannot_read(path, error)

    def unpack(self, folder: Path) -> None:
        """Write every file below an empty folder; the archive must have been found safe."""
        for path, entry in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._zip.open(entry) as source, target.open("xb") as copy:
                shutil.copyfileobj(source, copy, _AT_ONCE)

    def _cannot_read(self, path: str, error: Exception) -> None:
        self._unreadable.add(path)
        problem = str(error) or "it ends too early"
        self._report.add("entry_corrupt", in_file(path), name=path, problem=problem)


def open_archive(file: BinaryIO, limits: PackageLimits, report: Report) -> Archive | None:
    """Open a zip and check all that its directory tells; None when it cannot be opened."""
    try:
        if count_entries(file, limits.entries) > limits.entries:
            report.add("too_many_entries", limit=limits.entries)
            return None
        archive = Archive(zipfile.ZipFile(file), report)
    except NotAZip as error:
        report.add("zip_unreadable", problem=error)
        return None
    except UNREADABLE as error:
        report.add("zip_unreadable", problem=error)
        return None
    _check_size(archive.size, file.seek(0, 2), limits, report)
    return archive


def _check_size(unpacked: int, packed: int, limits: PackageLimits, report: Report) -> None:
    if unpacked > limits.unpacked:
        report.add("unpacked_too_large", size=unpacked, limit=limits.unpacked)
    if unpacked > limits.ratio_from and unpacked > packed * limits.ratio:
        ratio = unpacked // max(packed, 1)
        report.add("ratio_too_high", ratio=ratio, limit=limits.ratio)
