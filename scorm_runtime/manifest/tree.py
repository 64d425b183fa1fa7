"""A manifest as plain data: what to show, what to launch, and what its SCOs are told.

One shape for SCORM 1.2 and 2004. Every path is that of a file inside the package, with `/`, exactly
as the archive spells it, and without a leading `/`.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from scorm_runtime.sequencing.definition import OrganizationDefinition

Edition = Literal["scorm12", "scorm2004-2nd", "scorm2004-3rd", "scorm2004-4th"]
Kind = Literal["sco", "asset", "folder"]


class Resource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an item launches, or files that others share (CAM, resource).

    `path` is the file to launch, None where there is none in the package; `href` its URL reference
    from the root of the package, percent-encoded, with the query and fragment that the manifest
    gives it, or an absolute URL outside of the package.
    """

    identifier: str
    kind: Literal["sco", "asset"] = "asset"
    path: str | None = None
    href: str | None = None
    files: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node of an organization: a SCO, an asset, or a folder, which has nothing to launch.

    `href` is the resource's with the item's parameters joined to it. What the SCO is told is kept
    as written; only SCORM 1.2 has `max_time_allowed` (HHHH:MM:SS.SS), `mastery_score` (0 to 100)
    and `prerequisites`.
    """

    identifier: str
    title: str
    kind: Kind = "folder"
    visible: bool = True
    resource: str | None = None
    path: str | None = None
    href: str | None = None
    parameters: str = ""
    data_from_lms: str | None = None
    time_limit_action: str | None = None
    max_time_allowed: str | None = None
    mastery_score: str | None = None
    prerequisites: str | None = None
    items: tuple["Item", ...] = ()

    def walk(self) -> Iterator["Item"]:
        """This item and all below it, in the order of the table of contents."""
        yield self
        for item in self.items:
            yield from item.walk()


class Organization(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way through the package: a title and a tree of items.

    `activities` is the same tree as SCORM 2004 sequences it, under the same identifiers; None in
    SCORM 1.2.
    """

    identifier: str
    title: str
    items: tuple[Item, ...] = ()
    activities: OrganizationDefinition | None = None

    def walk(self) -> Iterator[Item]:
        """Every item, in the order of the table of contents."""
        for item in self.items:
            yield from item.walk()


class Manifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A package's manifest. `path` is where it lies; `default` names the organization to play."""

    identifier: str
    edition: Edition
    path: str = "imsmanifest.xml"
    default: str
    organizations: tuple[Organization, ...]
    resources: tuple[Resource, ...] = ()

    @property
    def organization(self) -> Organization:
        """The organization to play."""
        return next(each for each in self.organizations if each.identifier == self.default)

    @property
    def title(self) -> str:
        """The title of the organization to play."""
        return self.organization.title
