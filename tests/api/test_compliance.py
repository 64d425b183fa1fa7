"""Compliance over REST: what is asked, who stands how, now and over time."""

from typing import Any

from tests.api.callers import Api
from tests.tasks import until


async def found(api: Api, path: str) -> list[dict[str, Any]]:
    """What a list holds as soon as it holds something."""
    listed: list[dict[str, Any]] = []

    async def filled() -> bool:
        listed[:] = (await api.get(path))["data"]
        return bool(listed)

    await until(filled)
    return listed


async def test_a_requirement_is_asked_changed_counted_and_shown_in_full(
    admin: Api, learner: Api
) -> None:
    ada = (await learner.get("/auth/me"))["data"]
    asked = await admin.make(
        "/compliance/requirements",
        title="Ladders",
        targets=[
            {"kind": "activity", "id": "https://example.org/ladders"},
            {"kind": "activity", "id": "https://example.org/heights"},
        ],
        audience={
            "kind": "all",
            "of": [
                {"kind": "role", "values": ["learner"]},
                {"kind": "people", "user_ids": [ada["id"]]},
            ],
            "excluding": [{"kind": "group", "values": ["absent"]}],
        },
        due={"days": 30, "after": "assignment"},
        recurrence={"every": 12, "unit": "months", "window_days": 60},
        sign_off="supervisor",
    )
    shown = asked["attributes"]
    assert (shown["edition"], shown["due"]["days"], shown["due_at"]) == (1, 30, None)
    assert shown["audience"]["of"][1]["user_ids"] == [ada["id"]]
    own = f"/compliance/requirements/{asked['id']}"
    (record,) = await found(admin, f"{own}/records")
    assert record["attributes"]["status"] == "assigned"
    (mine,) = (await learner.get("/my/records"))["data"]
    assert mine["attributes"] == record["attributes"]
    (same,) = (await admin.get(f"/compliance/records?user_id={ada['id']}"))["data"]
    assert same["attributes"] == record["attributes"]
    (listed,) = (await admin.get(f"/compliance/records?requirement_id={asked['id']}"))["data"]
    assert listed["id"] == record["id"]
    assert (await admin.call("GET", "/compliance/records")).status == 400
    full = (await admin.get(f"{own}/records/{ada['id']}"))["data"]["attributes"]
    assert [each["status"] for each in full["history"]] == ["assigned", "due_soon", "overdue"]
    assert (await admin.call("GET", f"{own}/records/nobody")).status == 404

    answer = await admin.call("PATCH", own, json={"grace_days": 5, "due_at": None})
    assert (await answer.json())["data"]["attributes"]["edition"] == 2
    editions = (await admin.get(f"{own}/editions"))["data"]
    assert [each["attributes"]["grace_days"] for each in editions] == [0, 5]
    assert editions[1]["attributes"]["due"] == {"at": None, "days": None, "after": "assignment"}

    async def counted() -> bool:
        (summary,) = (await admin.get("/compliance/summary"))["data"]
        return bool(summary["attributes"]["counts"]["assigned"] == 1)

    await until(counted)
    (day,) = (await admin.get(f"/compliance/trends?requirement_id={asked['id']}"))["days"]
    assert day["counts"]["assigned"] == 1
    wrong = "/compliance/trends?since=2026-02-01&until=2026-01-01"
    assert (await admin.call("GET", wrong)).status == 400


async def test_a_requirement_tells_every_finding_at_its_place(admin: Api) -> None:
    body = {
        "title": "",
        "targets": [{"kind": "course", "id": "course_x"}],
        "audience": {"kind": "any", "of": [{"kind": "people", "user_ids": ["nobody"]}]},
        "recurrence": {"every": 1, "month": 2, "day": 30},
        "grace_days": -1,
    }
    answer = await admin.call("POST", "/compliance/requirements", json=body)
    assert answer.status == 422
    pointers = [each["source"]["pointer"] for each in (await answer.json())["errors"]]
    assert pointers == [
        "/title",
        "/grace_days",
        "/recurrence",
        "/recurrence/day",
        "/targets/0/id",
        "/audience/of/0/user_ids/0",
    ]
