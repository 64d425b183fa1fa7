"""An upload on its way to disk: a file without a name, gone with the process that writes it."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable
from pathlib import Path
from typing import BinaryIO, Final, cast

from content.packages.inspection import refusal
from content.packages.rules import ARCHIVE
from scorm_runtime.manifest.findings import Report

_AT_ONCE: Final = 1024 * 1024


class Upload:
    """Bytes received so far; use as a context manager, which closes and so removes the file."""

    def __init__(self, folder: Path, limit: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = cast(BinaryIO, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115
        self.size = 0
        self._limit = limit
        self._hash = hashlib.sha256()

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    @property
    def sha256(self) -> str:
        """The digest of what was received, in hexadecimal."""
        return self._hash.hexdigest()

    async def receive(self, chunks: AsyncIterable[bytes]) -> None:
        """Take all of it. Raises PackageTooLarge as soon as the limit is passed, PackageRefused."""
        waiting, size = [], 0
        async for chunk in chunks:
            self.size += len(chunk)
            if self.size > self._limit:
                raise _refused("upload_too_large", limit=self._limit)
            waiting.append(chunk)
            size += len(chunk)
            if size >= _AT_ONCE:
                await asyncio.to_thread(self._write, waiting)
                waiting, size = [], 0
        await asyncio.to_thread(self._write, waiting)
        if not self.size:
            raise _refused("upload_empty")

    def _write(self, chunks: list[bytes]) -> None:
        for chunk in chunks:
            self.file.write(chunk)
            self._hash.update(chunk)


def _refused(code: str, **words: object) -> Exception:
    report = Report(ARCHIVE)
    report.add(code, **words)  # type: ignore[arg-type]
    return refusal(report.findings)
