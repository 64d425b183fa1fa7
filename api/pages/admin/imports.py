"""/admin/people/import: many people from a CSV file, as a job."""

from typing import Any

from aiohttp import web

from api import user_import
from api.pages.admin.jobs import DONE
from api.pages.admin.jobs import PATH as JOBS
from api.pages.admin.people import PATH
from api.pages.admin.sections import page
from api.pages.asking import Problems
from api.pages.desk import at_desk
from api.permissions import Permission
from content.errors import RuleBroken
from content.jobs import jobs

table = web.RouteTableDef()

ACTION = "POST /users/import"
EXAMPLE = (
    "name,email,roles,department,groups,hired_on,supervisor_email",
    "Ines Okafor,ines@example.org,instructor;learner,Safety,Night shift;First aiders,2024-03-01,",
    "Tom Berg,tom@example.org,learner,Stores,,,ines@example.org",
)
COLUMNS = {
    "name": "Needed for somebody new.",
    "email": "Needed for somebody new. People who are here already are found by it.",
    "external_id": "Finds people who are here already before the address does.",
    "roles": "Several with semicolons between: learner, instructor, compliance_officer, admin…",
    "status": "active or inactive.",
    "department": "",
    "location": "",
    "groups": "Several with semicolons between.",
    "hired_on": "Such as 2024-03-01.",
    "supervisor_email": "Who answers for them: somebody above them in the file, or here.",
    "supervisor_id": "The same by id.",
    "locale": "A language tag, such as en or pt-BR.",
    "time_zone": "Such as Europe/Berlin.",
    "photo_url": "An https address.",
}


@table.get(f"{PATH}/import")
async def form(request: web.Request) -> web.Response:
    """Show what a file may say, and take one."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    return page(desk, "import.html", **_words(Problems()))


@table.post(f"{PATH}/import")
async def begin(request: web.Request) -> web.Response:
    """Have the file's lines imported, and show how far that is."""
    desk = await at_desk(request, Permission.USERS_WRITE)
    services, organization_id = desk.services, desk.organization_id
    sent = (await request.post()).get("file")
    try:
        raw = sent.file.read() if isinstance(sent, web.FileField) else b""
        lines = user_import.read_lines(raw)
    except RuleBroken as refused:
        said = [("file", f"The file {each.detail}") for each in refused.findings]
        problems = Problems("the file cannot be taken", said)
        return page(desk, "import.html", 422, **_words(problems))
    held = sorted(desk.principal.permissions)
    job = await jobs.ask(
        services.content,
        organization_id,
        user_import.WORK,
        {"lines": lines, "held": held},
        asked_by=desk.person.id,
        total=len(lines),
    )
    await desk.audit(ACTION, job.id)
    return desk.go(f"{JOBS}/{job.id}", DONE["begun"])


def _words(problems: Problems) -> dict[str, Any]:
    return {
        "problems": problems,
        "columns": COLUMNS,
        "example": "\n".join(EXAMPLE),
        "most": user_import.MOST,
    }
