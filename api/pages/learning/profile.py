"""/profile: what one says of oneself, one's password, and where one is signed in."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from aiohttp import web

from api.identity.cookies import clear_session_cookie
from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.permissions import Permission
from api.rest import profile, sessions

table = web.RouteTableDef()

FIELDS = {"name": "Name", "locale": "Language", "time_zone": "Time zone"}
PASSWORDS = {"current_password": "Present password", "password": "New password"}
LOCALES = ("ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt-BR", "uk", "zh")
MOST_SESSIONS = 100
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


@cache
def _zones() -> list[str]:
    """Every time zone, by name."""
    return sorted(available_timezones())


@table.get("/profile")
async def profile_page(request: web.Request) -> web.Response:
    """Show the forms."""
    return await _page(await at_desk(request, Permission.SESSION))


@table.post("/profile")
async def change_profile(request: web.Request) -> web.Response:
    """Keep what one says of oneself."""
    desk = await at_desk(request, Permission.SESSION)
    form = await request.post()
    written = {name: str(form.get(name, "")).strip() for name in FIELDS}
    empty = {name: None for name in ("locale", "time_zone") if not written[name]}
    outcome = await desk.submit(profile.update_profile, written | empty)
    if outcome.problems:
        return await _page(desk, outcome.problems, written)
    return desk.go("/profile", "Your profile is saved.")


@table.post("/profile/password")
async def change_password(request: web.Request) -> web.Response:
    """Set another password; one signs in again with it."""
    desk = await at_desk(request, Permission.SESSION)
    form = await request.post()
    written = {name: str(form.get(name, "")) for name in PASSWORDS}
    outcome = await desk.submit(sessions.change_password, written)
    if outcome.problems:
        return await _page(desk, outcome.problems)
    response = desk.go("/sign-in", "Your password is changed. Sign in with the new one.")
    clear_session_cookie(response)
    return response


@table.post("/profile/sessions/{session_id}/end")
async def end_session(request: web.Request) -> web.Response:
    """Sign out somewhere else."""
    desk = await at_desk(request, Permission.SESSION)
    await desk.ask(sessions.end_session, session_id=desk.named("session_id"))
    return desk.go("/profile", "That session is ended.")


@table.post("/profile/sign-out-everywhere")
async def sign_out_everywhere(request: web.Request) -> web.Response:
    """Sign out everywhere, here too."""
    desk = await at_desk(request, Permission.SESSION)
    await desk.ask(sessions.sign_out_everywhere)
    response = desk.go("/sign-in", "You are signed out everywhere.")
    clear_session_cookie(response)
    return response


async def _page(
    desk: Desk, problems: Problems = NO_PROBLEMS, written: Mapping[str, str] | None = None
) -> web.Response:
    person = desk.person
    found = await desk.ask(sessions.list_sessions, query={"per_page": MOST_SESSIONS})
    known: dict[str, Any] = {name: getattr(person, name) or "" for name in FIELDS}
    wrong = problems.by_field()
    return desk.show(
        "learning/profile.html",
        problems.status,
        person=person,
        written=written or known,
        problems=wrong,
        listed=[
            (name, (FIELDS | PASSWORDS).get(name, "Form"), said) for name, said in wrong.items()
        ],
        sessions=[(each, browser(each.attributes.user_agent)) for each in found.items],
        zones=_zones(),
        locales=LOCALES,
    )


def browser(user_agent: str) -> str:
    """What a browser says it is, in two words; what is none says it itself."""
    names = [word for sign, word in BROWSERS if sign in user_agent][:1]
    systems = [word for sign, word in SYSTEMS if sign in user_agent][:1]
    return " on ".join(names + systems) if names else user_agent or "A program"
