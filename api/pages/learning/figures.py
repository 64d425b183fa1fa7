"""/my/learning: how much and how regularly one learns, how well, and what could come next."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from api.pages.charts import bars
from api.pages.desk import Desk, at_desk
from api.pages.wording import number
from api.permissions import Permission
from api.rest import analytics
from content.courses.courses import Course

table = web.RouteTableDef()

DAYS_SHOWN = 14


@table.get("/my/learning")
async def my_learning(request: web.Request) -> web.Response:
    """Show one's figures."""
    desk = await at_desk(request, Permission.ANALYTICS_READ_OWN)
    asked = await desk.ask(analytics.user_analytics, user_id=desk.person.id)
    found = asked.attributes
    active = found.learning_activity[-DAYS_SHOWN:]
    return desk.show(
        "learning/figures.html",
        figures_shown=figures_of(found.summary),
        chart=bars(
            "Minutes on the last days that you learnt",
            [(f"{each.date.day} {each.date:%B}", each.time_minutes) for each in active],
            unit="min",
            head=("Day", "Minutes"),
        )
        if active
        else None,
        strengths=found.strengths,
        recommendations=await _recommended(desk, found.recommendations),
    )


def figures_of(summary: Any) -> list[tuple[str, str, str]]:
    """What was done in all: label, value, a word on it."""
    completed = f"{summary.courses_completed} of {summary.courses_enrolled}"
    streak, longest = summary.current_streak_days, summary.longest_streak_days
    score = summary.average_score
    return [
        ("Courses completed", completed, ""),
        ("Time", f"{number(summary.total_time_hours)} h", ""),
        ("Certificates", str(summary.certificates_earned), ""),
        ("Mean score", "\N{EN DASH}" if score is None else f"{number(score)} %", ""),
        ("Days in a row", str(streak), f"longest {longest}" if longest > streak else ""),
    ]


async def _recommended(desk: Desk, found: Sequence[Any]) -> list[tuple[str, str, str]]:
    """The courses that could come next: id, title, why."""
    ids = {"_id": {"$in": [each.course_id for each in found]}}
    courses = await desk.store.of(Course).all(desk.organization_id, ids)
    titles = {each.id: each.title for each in courses}
    return [
        (each.course_id, titles[each.course_id], each.reason)
        for each in found
        if each.course_id in titles
    ]
