"""My team: whoever supervises sees where their people stand and signs, by the relation alone."""

from typing import Any

from api.services import Services
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.tasks import until

TEAM = "/my/team"


async def _team(api: Api) -> list[tuple[str, dict[str, int], int]]:
    found = (await api.get(TEAM))["data"]
    told = [each["attributes"] for each in found]
    return [(each["name"], each["counts"], len(each["awaiting_signature"])) for each in told]


async def test_a_learner_who_supervises_sees_their_team_and_signs_for_it(
    services: Services, client: Client, admin: Api
) -> None:
    names = ("head", "lead", "ada", "stranger")
    ids = {name: await add_person(services, f"{name}@example.org", "learner") for name in names}
    for name, upper in (("ada", "lead"), ("lead", "head")):
        body = {"supervisor_id": ids[upper]}
        await admin.call("PATCH", f"/users/{ids[name]}", json=body)
    course = await admin.make("/courses", title="Hygiene")
    asked: dict[str, Any] = {"course_id": course["id"], "sign_off": "supervisor"}
    only = {"kind": "people", "user_ids": [ids["ada"]]}
    requirement = await admin.make(
        "/compliance/requirements", title="Hygiene", audience=only, **asked
    )
    apis = {name: await signed_in(client, f"{name}@example.org", PASSWORD) for name in names}
    about = {"requirement_id": requirement["id"], "user_id": ids["ada"]}

    async def stands(status: str, awaiting: int) -> None:
        expected = [("Ada", {status: 1}, awaiting)]

        async def so() -> bool:
            return await _team(apis["lead"]) == expected

        await until(so)

    await stands("assigned", 0)
    learnt = {"what": "Elsewhere", "act": "prior_learning", "file_id": None, "approve": True}
    when = {"completed_at": "2024-02-29T12:00:00Z"}
    await admin.make("/compliance/evidence", **about, **learnt, **when)
    await stands("assigned", 1)
    assert [each[0] for each in await _team(apis["head"])] == ["Lead"]
    assert await _team(apis["stranger"]) == []
    records = f"{TEAM}/{ids['ada']}/records"
    for name in ("head", "lead"):
        assert len((await apis[name].get(records))["data"]) == 1
    for name in ("stranger", "ada"):
        assert (await apis[name].call("GET", records)).status == 404
    signature = {"meaning": "I have seen it done", "password": PASSWORD}
    await apis["lead"].make("/compliance/sign-offs", **about, **signature)
    await stands("compliant", 0)
