"""/compliance/people/{person}: everything that is required of one person."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api.pages.compliance import asked
from api.pages.compliance.register import RecordRow, row
from api.pages.desk import at_desk
from api.permissions import Permission
from content.compliance import records, requirements
from content.people import people

table = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Owed:
    """A requirement and where the person stands under it."""

    title: str
    record: RecordRow


@table.get("/compliance/people/{person_id}")
async def person(request: web.Request) -> web.Response:
    """Show a person's standing under every requirement."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store, organization_id = desk.store, desk.organization_id
    wanted = asked.read(request)
    found = await people.get(store, organization_id, desk.named("person_id"))
    mine = await records.all_of_person(store, organization_id, found.id, wanted.as_of)
    titles = {each.id: each.title for each in await requirements.every(store, organization_id)}
    return desk.show(
        "compliance/person.html",
        person=found,
        owed=[Owed(titles[each.requirement_id], row(each)) for each in mine],
        asked=wanted,
        today=datetime.now(UTC).date(),
    )
