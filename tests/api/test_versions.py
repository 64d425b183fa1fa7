"""If-Match: nobody's change is lost, on any resource that can be changed."""

from tests.api.callers import Api
from tests.api.world import World, changing

# Tells what somebody did: there is nothing of anybody's to be lost.
REPORTS = ("/lessons/{lesson_id}/progress",)


async def test_every_change_honours_if_match(admin: Api) -> None:
    world = World()
    await world.populate(admin)
    assert world.refused == {}, "tests/api/world.py does not know what a rule asks for"
    answered = {}
    for route in changing():
        headers = {"If-Match": '"999-0123456789abcdef"'}
        path, body = world.path(route), world.body(route)
        options = {"json": body, "params": world.query(route), "headers": headers}
        answer = await admin.call(route.method, path, **options)
        if route.path in REPORTS:
            continue
        if answer.status != 404 or "none" not in path:
            answered[f"{route.method} {route.path}"] = answer.status
    assert len(answered) > len(list(changing())) * 0.9
    assert {name: status for name, status in answered.items() if status != 412} == {}


async def test_a_change_of_what_was_read_is_made(admin: Api) -> None:
    target = {"name": "Peer", "endpoint": "https://lrs.example.org/xapi", "key": "k", "secret": "s"}
    for path, made in (("/categories", {"name": "Safety"}), ("/xapi/forwarding-targets", target)):
        place = f"{path}/{(await admin.make(path, **made))['id']}"
        tag = (await admin.call("GET", place)).headers["ETag"]
        stale = await admin.call("DELETE", place, headers={"If-Match": '"7"'})
        assert stale.status == 412
        assert (await stale.json())["errors"][0]["code"] == "version_mismatch"
        odd = await admin.call("DELETE", place, headers={"If-Match": "odd"})
        assert odd.status == 400
        assert (await admin.call("DELETE", place, headers={"If-Match": tag})).status == 204
