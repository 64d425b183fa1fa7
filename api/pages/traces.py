"""/attempts/…/trace: what sequencing was asked in an attempt, and which of its rules decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from api import resetting
from api.pages.desk import at_desk
from api.pages.wording import minute
from api.permissions import Permission
from content.people import people
from scorm_runtime.navigation import Move
from scorm_runtime.sequencing import EXPLANATIONS

table = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What one process of the specification, by its number, decided about an activity."""

    process: str
    outcome: str
    about: str


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One navigation request and what came of it."""

    number: int
    at: str
    request: str
    came: str
    decisions: list[DecisionRow]


@table.get("/attempts/{attempt_id}/trace")
async def trace(request: web.Request) -> web.Response:
    """Show the latest navigation requests of an attempt, the newest first."""
    desk = await at_desk(request, Permission.PROGRESS_READ)
    services, organization_id = desk.services, desk.organization_id
    attempt_id = desk.named("attempt_id")
    attempt, enrollment = await resetting.found(services, organization_id, attempt_id)
    person = await people.get(services.content, organization_id, enrollment.person_id)
    outline = await services.runtime.outline(attempt.launch)
    titles = {each.identifier: each.title for each in outline.activities if each.title}
    moves = await services.runtime.history.moves(organization_id, attempt_id)
    return desk.show(
        "trace.html",
        person=person,
        attempt=attempt,
        moves=[row(each, titles) for each in reversed(moves)],
    )


def row(move: Move, titles: Mapping[str, str]) -> MoveRow:
    """A request as a row; activities by their titles."""

    def named(identifier: str | None) -> str:
        return "" if identifier is None else titles.get(identifier, identifier)

    return MoveRow(
        number=move.number,
        at=minute(move.at),
        request=" ".join(filter(None, (move.request, named(move.target)))),
        came=_came(move, named(move.delivered)),
        decisions=[
            DecisionRow(each.process, each.outcome, named(each.activity)) for each in move.trace
        ],
    )


def _came(move: Move, delivered: str) -> str:
    if move.exception is not None:
        return f"{move.exception}: {EXPLANATIONS.get(move.exception, 'refused')}"
    if delivered:
        return f"launches {delivered}"
    return "ends the session" if move.ended else "leaves nothing open"
