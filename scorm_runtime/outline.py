"""What the player shows of a package: its items in order, and where one may go from each.

SCORM 1.2 has no sequencing: every item with a resource may be chosen, and continue and previous
walk through them in the order of the manifest (CAM 1.2, section 2.3.2). In SCORM 2004 the outline
is the activity tree in preorder, the organization first, and sequencing says where one may go.
"""

import msgspec
from msgspec.structs import replace

from scorm_runtime.course import Course, course_of
from scorm_runtime.errors import ItemNotFound
from scorm_runtime.manifest.tree import Item, Kind, Manifest


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the organization; `href` is a URL reference from the package's root, or absolute.

    A SCO speaks to the API, an asset does not, a folder has nothing to launch.
    """

    identifier: str
    title: str
    level: int = 0
    kind: Kind = "sco"
    href: str = ""
    data_from_lms: str = ""
    mastery_score: str = ""
    max_time_allowed: str = ""
    time_limit_action: str = ""

    @property
    def launchable(self) -> bool:
        """Whether there is something to launch."""
        return self.kind != "folder"


class Outline(msgspec.Struct, frozen=True):
    """A package's title and its items, depth first; `course` is how SCORM 2004 sequences them."""

    title: str
    activities: tuple[Activity, ...]
    course: Course | None = None

    @property
    def launchable(self) -> tuple[int, ...]:
        """The positions of the items that can be launched."""
        return tuple(n for n, activity in enumerate(self.activities) if activity.launchable)

    def position(self, identifier: str) -> int:
        """Where the launchable item stands; raises ItemNotFound."""
        for position in self.launchable:
            if self.activities[position].identifier == identifier:
                return position
        raise ItemNotFound(f"There is nothing to launch at {identifier!r}.", item=identifier)

    def after(self, position: int) -> int | None:
        """The next launchable item."""
        return next((n for n in self.launchable if n > position), None)

    def before(self, position: int) -> int | None:
        """The launchable item before."""
        return next((n for n in reversed(self.launchable) if n < position), None)


def outline_of(manifest: Manifest) -> Outline:
    """The outline of the organization to play; SCORM 1.2's hidden items are left out."""
    course = course_of(manifest.edition, manifest.organization.activities)
    if course is not None:
        return _sequenced(manifest, course)
    activities: list[Activity] = []

    def add(items: tuple[Item, ...], level: int) -> None:
        for item in items:
            if item.visible:
                activities.append(_activity(item, level))
                add(item.items, level + 1)

    add(manifest.organization.items, 0)
    return Outline(manifest.title, tuple(activities))


def _sequenced(manifest: Manifest, course: Course) -> Outline:
    items = {item.identifier: item for item in manifest.organization.walk()}
    bare = Item(identifier="", title="")
    activities = tuple(
        replace(
            _activity(items.get(activity.identifier, bare), activity.depth),
            identifier=activity.identifier,
            title=activity.definition.title or manifest.title,
        )
        for activity in course.tree
    )
    return Outline(manifest.title, activities, course)


def _activity(item: Item, level: int) -> Activity:
    return Activity(
        identifier=item.identifier,
        title=item.title,
        level=level,
        kind=item.kind if item.href else "folder",
        href=item.href or "",
        data_from_lms=item.data_from_lms or "",
        mastery_score=item.mastery_score or "",
        max_time_allowed=item.max_time_allowed or "",
        time_limit_action=item.time_limit_action or "",
    )
