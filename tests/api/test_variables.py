"""Variables over REST: defined by authors, set by programs and learners, listed, added up."""

from typing import Any

from api.services import Services
from tests.api.callers import PASSWORD, Api, add_person, signed_in
from tests.api.test_assignments import Class
from tests.api.test_assignments import room as room
from tests.api.test_files import code_of

TRACK = {"name": "Track", "type": "choice", "options": ["day", "evening"], "set_by": "learner"}


async def _variable(room: Class, **attributes: Any) -> str:
    made = await room.instructor.make("/variables", course_id=room.course_id, **attributes)
    variable_id: str = made["id"]
    return variable_id


async def _set(who: Api, variable_id: str, learner_id: str, value: Any, **run: Any) -> Any:
    body = {"variable_id": variable_id, "learner_id": learner_id, "value": value, **run}
    return await who.call("POST", "/variables/set", json=body)


async def _value(who: Api, variable_id: str, learner_id: str, value: Any, **run: Any) -> Any:
    answer = await _set(who, variable_id, learner_id, value, **run)
    assert answer.status == 200, await answer.text()
    return (await answer.json())["data"]


async def _attribute(who: Api, path: str, name: str = "value") -> list[Any]:
    return [each["attributes"][name] for each in (await who.get(path))["data"]]


async def test_authors_define_and_change_variables(room: Class) -> None:
    track = await _variable(room, **TRACK)
    own = f"/variables/{track}"
    same = await room.instructor.call(
        "POST", "/variables", json={**TRACK, "course_id": room.course_id}
    )
    assert (same.status, await code_of(same)) == (409, "variable_exists")
    notes = await _variable(room, name="Notes", type="text", active=False)
    taken = await room.instructor.call("PATCH", f"/variables/{notes}", json={"name": "Track"})
    assert (taken.status, await code_of(taken)) == (409, "variable_exists")
    changed = await room.instructor.call("PATCH", own, json={"options": ["day", "night"]})
    assert (await changed.json())["data"]["attributes"]["options"] == ["day", "night"]
    stale = await room.instructor.call("DELETE", own, headers={"If-Match": '"1"'})
    assert (stale.status, await code_of(stale)) == (412, "version_mismatch")
    listed = f"/variables?course_id={room.course_id}&sort=name"
    assert await _attribute(room.instructor, listed, "name") == ["Notes", "Track"]
    assert await _attribute(room.instructor, f"{listed}&active=false", "name") == ["Notes"]
    of_course = f"/courses/{room.course_id}/variables"
    assert await _attribute(room.learner, of_course, "name") == ["Track"]
    assert len((await room.instructor.get(of_course))["data"]) == 2
    assert (await room.learner.call("GET", "/variables")).status == 403
    assert (await room.learner.call("PATCH", own, json={"active": False})).status == 403
    inactive = await _set(room.instructor, notes, room.learner_id, "x")
    assert (inactive.status, await code_of(inactive)) == (409, "variable_inactive")
    assert (await room.instructor.call("DELETE", own)).status == 204
    assert (await room.learner.call("GET", own)).status == 404


async def test_a_value_holds_by_learner_and_run_and_the_ones_before_are_kept(
    room: Class, admin: Api
) -> None:
    points = await _variable(room, name="Points", type="number")
    key = await admin.make(
        "/api-keys",
        name="Pipeline",
    )
    headers = {"X-API-Key": key["attributes"]["key"]}
    program = Api(admin.client, headers)
    enrolled = (await room.instructor.get(f"/enrollments?course_id={room.course_id}"))["data"]
    run = {"course_run_id": enrolled[0]["id"]}
    for value in (1, 2.5):
        await _value(program, points, room.learner_id, value)
    made = await _value(program, points, room.learner_id, 10, **run)
    assert made["relationships"]["course_run"]["data"]["type"] == "enrollment"
    values = f"/variables/{points}/values?learner_id={room.learner_id}"
    assert await _attribute(program, values) == [10, 2.5]
    assert await _attribute(program, f"{values}&history=true&limit=2&offset=1") == [2.5, 1]
    mine = f"/learners/{room.learner_id}/variables?course_id={room.course_id}"
    assert await _attribute(room.learner, mine, "name") == ["Points", "Points"]
    assert await _attribute(room.learner, f"/variables/{points}/values") == [10, 2.5]
    wrong = await _set(program, points, room.learner_id, "many")
    assert (await wrong.json())["errors"][0]["source"]["pointer"] == "/value"
    nobody = await _set(program, points, "person_1", 1)
    assert (nobody.status, await code_of(nobody)) == (404, "learner_not_found")
    no_run = await _set(program, points, room.learner_id, 1, course_run_id="enrollment_1")
    assert (no_run.status, await code_of(no_run)) == (404, "enrollment_not_found")
    document = await program.get(f"/variables/{points}/aggregate")
    total = document["data"]["attributes"]
    figures = {name: total[name] for name in ("minimum", "maximum", "mean", "median", "sum")}
    assert figures == {"minimum": 2.5, "maximum": 10, "mean": 6.25, "median": 6.25, "sum": 12.5}
    assert (total["count"], total["learners"], total["values"]) == (2, 1, [])


async def test_learners_set_their_own_where_the_variable_lets_them(
    room: Class, services: Services
) -> None:
    track, score = await _variable(room, **TRACK), await _variable(room, name="S", type="number")
    other_id = await add_person(services, "eve@example.org", "learner")
    other = await signed_in(room.learner.client, "eve@example.org", PASSWORD)
    await _value(room.learner, track, room.learner_id, "evening")
    await _value(room.instructor, track, other_id, "evening")
    refused = {
        "variable_read_only": await _set(room.learner, score, room.learner_id, 1),
        "forbidden": await _set(other, track, room.learner_id, "day"),
        "enrollment_required": await _set(other, track, other_id, "day"),
    }
    for code, answer in refused.items():
        assert (answer.status, await code_of(answer)) == (403, code)
    assert await _attribute(other, f"/variables/{track}/values") == ["evening"]
    hidden = f"/variables/{track}/values?learner_id={room.learner_id}"
    assert (await other.call("GET", hidden)).status == 403
    assert (await other.call("GET", f"/learners/{room.learner_id}/variables")).status == 403
    assert (await other.call("GET", f"/variables/{track}/aggregate")).status == 403
    total = (await room.instructor.get(f"/variables/{track}/aggregate"))["data"]["attributes"]
    assert total["values"] == [{"value": "evening", "count": 2}]
    assert (total["learners"], total["median"]) == (2, None)
