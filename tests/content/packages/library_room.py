"""One organization's packages: imported, refused, and what is left of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from zips import chunks

from content import packages
from content.errors import PackageRefused
from content.packages import Package, PackageDraft, PackageFiles, PackageLimits
from content.store import Store
from scorm_runtime.manifest.findings import Finding


class Library(Struct, frozen=True):
    """One organization's packages, with their folders."""

    store: Store
    organization_id: str
    uploads: Path
    files: PackageFiles
    unpacked: Path

    async def add(self, zipped: bytes, limits: PackageLimits | None = None) -> Package:
        """Import a zip."""
        draft = PackageDraft(filename="course.zip")
        return await packages.create(
            self.store,
            self.organization_id,
            draft,
            chunks(zipped),
            folder=self.uploads,
            limits=limits or PackageLimits(),
        )

    async def refusal(
        self, zipped: bytes, limits: PackageLimits | None = None
    ) -> Sequence[Finding]:
        """The report of a zip that is refused, after which nothing must be left of it."""
        with pytest.raises(PackageRefused) as refused:
            await self.add(zipped, limits)
        assert await self.left() == {}
        return refused.value.report

    async def left(self) -> dict[str, int]:
        """What there is of packages, in the database and on disk; names without zeroes."""
        counts: dict[str, int] = {}
        for name in await self.store.database.list_collection_names():
            if name.startswith("package"):
                counts[name] = await self.store.database[name].count_documents({})
        for folder in (self.uploads, self.unpacked):
            counts[folder.name] = sum(path.is_file() for path in folder.rglob("*"))
        return {name: count for name, count in counts.items() if count}


def errors(report: Sequence[Finding]) -> list[str]:
    """The codes of a report's errors."""
    return [finding.code for finding in report if finding.severity == "error"]


def warnings(package: Any) -> list[str]:
    """The codes of what was forgiven."""
    return [finding.code for finding in package.findings if finding.severity == "warning"]
