"""The way through the pages: what one's roles open, by area. A page is shown once it is served."""

from collections.abc import Collection
from dataclasses import dataclass

from api.identity.principal import Principal
from api.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of an area, for whoever has the permission; `covers` are addresses that belong to
    it beside those below its own.
    """

    label: str
    href: str
    permission: Permission
    covers: tuple[str, ...] = ()

    def reach(self, path: str) -> int:
        """How much of a path is this page's own address; 0 where it lies elsewhere."""
        if path == self.href:
            return len(path)
        own = (each for each in (self.href, *self.covers) if f"{path}/".startswith(f"{each}/"))
        return max((len(each) for each in own if each != "/"), default=0)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is shown: `current` is what aria-current says, empty for elsewhere."""

    label: str
    href: str
    current: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """The links of an area, and whether the page that is shown belongs to it."""

    label: str
    links: tuple[Link, ...]
    current: bool


TEAM = "/my/team"
"""The page of those who supervise somebody."""

AREAS: dict[str, tuple[Entry, ...]] = {
    "Learning": (
        Entry(
            "Home",
            "/",
            Permission.ENROLLMENTS_READ_OWN,
            (
                "/learn",
                "/quiz-attempts",
                "/discussions",
                "/my/peer-reviews",
                "/my/notes",
                "/my/learning",
            ),
        ),
        Entry("Catalogue", "/catalogue", Permission.COURSES_READ),
        Entry("Paths", "/paths", Permission.PATHS_READ),
        Entry("My requirements", "/my/requirements", Permission.COMPLIANCE_READ_OWN),
        Entry("My team", TEAM, Permission.COMPLIANCE_READ_OWN),
        Entry("Certificates", "/my/certificates", Permission.CERTIFICATES_READ_OWN),
        Entry("Transcript", "/my/transcript", Permission.PROGRESS_READ_OWN),
    ),
    "Teaching": (
        Entry("Overview", "/teaching", Permission.SUBMISSIONS_GRADE),
        Entry("Courses", "/courses", Permission.COURSES_READ_ALL, ("/enrollments", "/attempts")),
        Entry("Cohorts", "/cohorts", Permission.ENROLLMENTS_READ),
        Entry("Categories", "/admin/categories", Permission.COURSES_WRITE),
        Entry("Questions", "/question-bank", Permission.QUIZZES_READ, ("/quizzes",)),
        Entry("Grading", "/grading", Permission.SUBMISSIONS_GRADE),
        Entry("Analytics", "/analytics", Permission.ANALYTICS_READ),
    ),
    "Records": (
        Entry("Compliance", "/compliance", Permission.COMPLIANCE_READ),
        Entry("Reports", "/reports", Permission.ANALYTICS_READ),
        Entry("Ledger", "/ledger", Permission.AUDIT_READ),
        Entry("Statements", "/statements", Permission.STATEMENTS_READ),
    ),
    "Administration": (
        Entry("Overview", "/admin", Permission.SETTINGS_WRITE),
        Entry(
            "People",
            "/admin/people",
            Permission.USERS_READ,
            ("/admin/groups", "/admin/mentor-applications", "/admin/erasures"),
        ),
        Entry("Certificates", "/admin/certificates", Permission.CERTIFICATES_WRITE),
        Entry(
            "Integrations",
            "/admin/api-keys",
            Permission.API_KEYS,
            (
                "/admin/credentials",
                "/admin/webhooks",
                "/admin/forwarding",
                "/admin/identity-providers",
            ),
        ),
        Entry("Jobs", "/admin/jobs", Permission.ANALYTICS_READ),
        Entry("Audit log", "/admin/audit-log", Permission.AUDIT_READ),
        Entry("Settings", "/admin/settings", Permission.SETTINGS_WRITE),
    ),
}


def areas(principal: Principal, path: str, served: Collection[str]) -> list[Area]:
    """What the bar shows on the page of `path`; `served` are the addresses that there are."""
    shown = {
        label: [each for each in entries if each.href in served and principal.may(each.permission)]
        for label, entries in AREAS.items()
    }
    everywhere = [each for entries in shown.values() for each in entries]
    here = max(everywhere, key=lambda each: each.reach(path), default=None)
    if here is not None and not here.reach(path):
        here = None
    return [
        Area(label, tuple(_link(each, here, path) for each in entries), here in entries)
        for label, entries in shown.items()
        if entries
    ]


def _link(entry: Entry, here: Entry | None, path: str) -> Link:
    current = ("page" if path == entry.href else "true") if entry is here else ""
    return Link(entry.label, entry.href, current)
