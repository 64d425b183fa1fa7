"""Packages unpacked on this server's disk: a cache, made from the stored zip when it is needed."""

import asyncio
import re
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import BinaryIO, Final, cast

from content.packages import archives
from content.packages.archive import open_archive
from content.packages.limits import PackageLimits
from content.packages.package import Package
from content.packages.packing import unpack
from content.packages.rules import ARCHIVE
from content.store import PACKAGE_MANIFESTS, Store
from scorm_runtime.manifest.findings import Report
from scorm_runtime.manifest.references import folded
from scorm_runtime.manifest.tree import Manifest
from scorm_runtime.packages import FileNotInPackage, PackageNotFound

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_UNPACKING: Final = ".unpacking-"
_MANIFESTS_KEPT: Final = 256
_NO_LIMITS: Final = PackageLimits(unpacked=2**62, entries=2**31, ratio=2**31)
"""An import was within its limits; they may have been lowered since."""


class PackageFiles:
    """A PackageSource over the store and a folder; several processes may share the folder.

    A package is unpacked beside its place and then renamed into it, so a folder that is there is
    whole. Files lie at `folder/organization/package/path`.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._manifests: dict[tuple[str, str], Manifest] = {}
        self._unpacking: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def manifest(self, organization_id: str, package_id: str) -> Manifest:
        """The package's manifest. Raises PackageNotFound."""
        key = (organization_id, package_id)
        if key not in self._manifests:
            while len(self._manifests) >= _MANIFESTS_KEPT:
                del self._manifests[next(iter(self._manifests))]
            self._manifests[key] = await self._stored_manifest(organization_id, package_id)
        return self._manifests[key]

    async def file(self, organization_id: str, package_id: str, path: str) -> Path:
        """One file. Raises PackageNotFound, FileNotInPackage."""
        root = await self.unpacked(organization_id, package_id)
        parts = _parts(path)
        exact = _exact(root, parts)
        return await asyncio.to_thread(_forgiving, root, parts) if exact is None else exact

    async def unpacked(self, organization_id: str, package_id: str) -> Path:
        """The package's folder, unpacked first when it is not there. Raises PackageNotFound."""
        root = self._root(organization_id, package_id)
        if _is_folder(root):
            return root
        key = (organization_id, package_id)
        task = self._unpacking.get(key)
        if task is None:
            task = asyncio.create_task(self._unpack(organization_id, package_id, root))
            task.add_done_callback(lambda _: self._unpacking.pop(key, None))
            self._unpacking[key] = task
        await asyncio.shield(task)
        return root

    async def discard(self, organization_id: str, package_id: str) -> None:
        """Forget a package's files and manifest on this server."""
        self._manifests.pop((organization_id, package_id), None)
        root = self._root(organization_id, package_id)
        await asyncio.to_thread(shutil.rmtree, root, ignore_errors=True)

    async def prune(self) -> int:
        """Discard the packages that were deleted, by this server or another; how many."""
        count = 0
        for organization_id, package_id in await asyncio.to_thread(_kept, self._folder):
            found = await self._store.of(Package).first(organization_id, {"_id": package_id})
            if found is None:
                await self.discard(organization_id, package_id)
                count += 1
        return count

    async def _stored_manifest(self, organization_id: str, package_id: str) -> Manifest:
        query = {"organization_id": organization_id, "_id": package_id}
        found = await self._store.database[PACKAGE_MANIFESTS].find_one(query)
        if found is None:
            raise PackageNotFound(package_id)
        return await asyncio.to_thread(unpack, found["manifest"])

    async def _unpack(self, organization_id: str, package_id: str, root: Path) -> None:
        if await self._store.of(Package).first(organization_id, {"_id": package_id}) is None:
            raise PackageNotFound(package_id)
        await asyncio.to_thread(root.parent.mkdir, parents=True, exist_ok=True)
        with cast(BinaryIO, tempfile.TemporaryFile(dir=root.parent)) as archive:
            async for chunk in archives.chunks_of(self._store, organization_id, package_id):
                await asyncio.to_thread(archive.write, chunk)
            await asyncio.to_thread(_unpack_into, archive, root)

    def _root(self, organization_id: str, package_id: str) -> Path:
        if not (_ID.fullmatch(organization_id) and _ID.fullmatch(package_id)):
            raise PackageNotFound(package_id)
        return self._folder / organization_id / package_id


def _unpack_into(file: BinaryIO, root: Path) -> None:
    aside = root.parent / f"{_UNPACKING}{uuid.uuid4().hex}"
    archive = open_archive(file, _NO_LIMITS, Report(ARCHIVE))
    if archive is None:
        raise PackageNotFound(root.name)
    aside.mkdir()
    try:
        archive.unpack(aside)
        aside.rename(root)
    except OSError:
        # Another process may have been faster: a folder that holds files is not replaced.
        if not root.is_dir():
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _is_folder(path: Path) -> bool:
    return path.is_dir()


def _kept(folder: Path) -> list[tuple[str, str]]:
    return [(path.parent.name, path.name) for path in folder.glob("*/*") if _ID.match(path.name)]


def _parts(path: str) -> tuple[str, ...]:
    """The steps of a path inside the package. Raises FileNotInPackage when it leads elsewhere."""
    parts = tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))
    if not parts or ".." in parts or any("\0" in part or len(part) > 255 for part in parts):
        raise FileNotInPackage(path)
    return parts


def _exact(root: Path, parts: tuple[str, ...]) -> Path | None:
    path = root.joinpath(*parts)
    try:
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None


def _forgiving(root: Path, parts: tuple[str, ...]) -> Path:
    """The file whose path differs in letter case alone. Raises FileNotInPackage."""
    found = [root]
    for part in parts:
        wanted = folded(part)
        entries = (each for folder in found if folder.is_dir() for each in sorted(folder.iterdir()))
        found = [each for each in entries if folded(each.name) == wanted]
    files = (path for path in found if path.is_file())
    match = next(files, None)
    if match is None:
        raise FileNotInPackage("/".join(parts))
    return match
