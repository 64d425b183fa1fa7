"""/my/requirements: the trainings that one must have, by when, and how one stands."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from api.pages.learning.due import DONE, way
from api.pages.learning.visit import Visit, visit
from api.pages.wording import Badge, badge, number
from api.permissions import Permission
from api.rest import my
from content.compliance import requirements
from content.enrollment import enrollments

table = web.RouteTableDef()

MOST = 100
NO_DATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement and how somebody stands; `href` is where it is done."""

    title: str
    description: str
    href: str
    badge: Badge
    record: Any
    score: str

    @property
    def open(self) -> bool:
        """Whether something is to be done."""
        return self.badge.status not in DONE


@table.get("/my/requirements")
async def my_requirements(request: web.Request) -> web.Response:
    """Show one's requirements, those with something to do first."""
    seen = await visit(request, Permission.COMPLIANCE_READ_OWN)
    found = await seen.ask(my.my_records, query={"per_page": MOST})
    lines = [await _line(seen, each) for each in found.items]
    lines.sort(key=lambda each: (not each.open, each.record.due_at or NO_DATE))
    return seen.page(
        "learning/requirements.html", lines=lines, open=sum(each.open for each in lines)
    )


async def _line(seen: Visit, resource: Any) -> Line:
    record, store, organization_id = resource.attributes, seen.store, seen.organization_id
    sought = str(resource.related["requirement"])
    requirement = await requirements.get(store, organization_id, sought)
    mine = await enrollments.held(store, organization_id, seen.person.id, [requirement.course_id])
    score = "" if record.score is None else f"{number(record.score)} %"
    href, shown = way(requirement, mine), badge(record.status)
    return Line(requirement.title, requirement.description, href, shown, record, score)
