"""Where the runtime gets its packages from."""

from pathlib import Path
from typing import Protocol

from scorm_runtime.manifest.tree import Manifest


class PackageNotFound(LookupError):
    """The organization has no such package."""


class FileNotInPackage(LookupError):
    """The package has no such file."""


class PackageSource(Protocol):
    """Stored packages; both answers may be kept, for a package never changes."""

    async def manifest(self, organization_id: str, package_id: str) -> Manifest:
        """The package's manifest. Raises PackageNotFound."""
        ...

    async def file(self, organization_id: str, package_id: str, path: str) -> Path:
        """A local copy of one file, by its decoded path inside the package.

        A path is forgiven its letter case and backslashes. Raises PackageNotFound and
        FileNotInPackage, the latter also for a path that leads out of the package.
        """
        ...
