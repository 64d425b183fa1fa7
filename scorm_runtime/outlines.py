"""The outlines of the packages that were launched last."""

from typing import Final

from scorm_runtime.launch import Launch
from scorm_runtime.outline import Outline, outline_of
from scorm_runtime.packages import PackageSource

_MOST_KEPT: Final = 256


class Outlines:
    """Reads a package's manifest once, while it is among those that were launched last."""

    def __init__(self, packages: PackageSource) -> None:
        """Read manifests from `packages`."""
        self._packages = packages
        self._outlines: dict[tuple[str, str], Outline] = {}

    async def of(self, launch: Launch) -> Outline:
        """What the player shows of the launched package."""
        key = (launch.organization_id, launch.package_id)
        if key not in self._outlines:
            manifest = await self._packages.manifest(*key)
            if len(self._outlines) >= _MOST_KEPT:
                self._outlines.pop(next(iter(self._outlines)))
            self._outlines[key] = outline_of(manifest)
        return self._outlines[key]
