"""/cohorts/…/take-in: people are taken into a cohort, and each who is not is told why."""

from typing import Any

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form
from api.pages.instructing import named_people
from api.pages.instructing.named_people import MOST_TOLD
from api.permissions import Permission
from api.rest import cohorts
from api.rest.bulk_enrollment import MOST_AT_ONCE
from api.rest.cohorts import MemberOutcome
from content.enrollment.cohorts import ALREADY_MEMBER, JOINED, USER_NOT_FOUND

table = web.RouteTableDef()

ADDRESS = "/cohorts/{cohort_id}/take-in"
WHY = {ALREADY_MEMBER: "is in the cohort already", USER_NOT_FOUND: "is gone"}


@table.get(ADDRESS)
async def form_page(request: web.Request) -> web.Response:
    """Show the form."""
    return await _page(await at_desk(request, Permission.ENROLLMENTS_WRITE), Form())


@table.post(ADDRESS)
async def take_in(request: web.Request) -> web.Response:
    """Take in whom the form names, and tell of each who is not."""
    desk = await at_desk(request, Permission.ENROLLMENTS_WRITE)
    found = await named_people.named(desk)
    if found.form.findings:
        return await _page(desk, found.form)
    results: list[MemberOutcome] = []
    everybody = list(found.people)
    for start in range(0, len(everybody), MOST_AT_ONCE):
        given = {"user_ids": everybody[start : start + MOST_AT_ONCE]}
        outcome = await desk.submit(cohorts.add_members, given)
        if outcome.problems:
            return await _page(desk, found.form.refused(outcome.problems, user_ids="addresses"))
        results += outcome.answer.data.results
    hindered = [
        (each.user_id, WHY.get(each.outcome, each.outcome))
        for each in results
        if each.outcome != JOINED
    ]
    joined = len(results) - len(hindered)
    if not hindered and not found.refused:
        told = f"{joined:,} {'person is' if joined == 1 else 'people are'} taken in."
        return desk.go(f"/cohorts/{desk.named('cohort_id')}", told)
    refused = await named_people.refusals(desk, found, hindered)
    return await _page(desk, found.form, joined=joined, refused=refused)


async def _page(
    desk: Desk, form: Form, *, joined: int | None = None, refused: Any = ()
) -> web.Response:
    return desk.show(
        "instructing/cohort_members.html",
        422 if form.findings or joined == 0 else 200,
        cohort=await desk.ask(cohorts.get_cohort),
        form=form,
        choices=await named_people.choices(desk),
        most=named_people.MOST,
        joined=joined,
        refused=refused[:MOST_TOLD],
        refused_total=len(refused),
    )
