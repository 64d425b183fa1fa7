"""The pages of courses and attempts: who sees them, and what they tell."""

from dataclasses import replace

import pytest

from api.pages.attempts import plain, spelt
from api.services import Services
from scorm_runtime.requests import OpenRequest
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person, signed_in
from tests.api.playing import QUESTION, Playroom, open_playroom
from tests.api.test_scorm import form, package
from tests.scorm_runtime.courses2004 import manifest_text

PAGES = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def room(services: Services, admin: Api, learner: Api) -> Playroom:
    """Ada, who has answered a question."""
    made = await open_playroom(services, admin, learner)
    await made.play("40", *QUESTION)
    return made


async def _cookies(client: Client, email: str, password: str = PASSWORD) -> dict[str, str]:
    """The headers of a person who signed in on the page."""
    origin = str(client.make_url("/")).rstrip("/")
    headers = {**PAGES, "Origin": origin}
    form = {"email": email, "password": password}
    answer = await client.post("/sign-in", data=form, headers=headers, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    cookie = "; ".join(f"{each.key}={each.value}" for each in answer.cookies.values())
    client.session.cookie_jar.clear()
    return {**headers, "Cookie": cookie}


async def _addresses(room: Playroom) -> list[str]:
    (attempt,) = await room.attempts()
    lesson = (await room.admin.get(f"/lessons/{room.lesson_id}"))["data"]
    package_id = lesson["relationships"]["package"]["data"]["id"]
    return [
        "/courses",
        f"/courses/{room.course_id}",
        f"/courses/{room.course_id}/packages/{package_id}",
        f"/enrollments/{room.enrollment_id}/attempts",
        f"/attempts/{attempt['id']}/trace",
        f"/attempts/{attempt['id']}",
    ]


async def test_instructors_and_officers_see_the_pages_and_learners_do_not(
    room: Playroom, services: Services, client: Client
) -> None:
    for role in ("instructor", "compliance_officer"):
        await add_person(services, f"{role}@example.org", role)
    allowed = [
        await _cookies(client, f"{role}@example.org")
        for role in ("instructor", "compliance_officer")
    ]
    refused = await _cookies(client, "ada@example.org")
    for address in await _addresses(room):
        for headers in allowed:
            assert (await client.get(address, headers=headers)).status == 200, address
        assert (await client.get(address, headers=refused)).status == 403, address


async def test_the_history_tells_questions_answers_and_verdicts(
    room: Playroom, client: Client
) -> None:
    headers = await _cookies(client, *ADMIN)
    *_, history, _, detail = await _addresses(room)
    assert "Attempt 1" in await (await client.get(history, headers=headers)).text()
    text = await (await client.get(detail, headers=headers)).text()
    for told in ("exit-sign", "red", "green", "Wrong", "12.5 s", "40 %"):
        assert told in text, told


async def test_an_instructor_reviews_what_the_learner_left_and_the_learner_does_too(
    room: Playroom, services: Services, client: Client
) -> None:
    await add_person(services, "ines@example.org", "instructor")
    detail = (await _addresses(room))[-1]
    told = await services.database.statements.count_documents({})
    headers = await _cookies(client, "ines@example.org")
    answer = await client.post(f"{detail}/review", headers=headers, allow_redirects=False)
    assert answer.status == 303
    seen = services.runtime.read(answer.headers["Location"].rpartition("/")[2])
    own = await room.learner.make(f"{detail}/review", return_path="/")
    mine = services.runtime.read(own["attributes"]["url"].rpartition("/")[2])
    assert (mine.reviewer, mine.mode, mine.credit) == ("", "review", "no-credit")
    assert seen.reviewer not in ("", mine.learner_id)
    assert seen.learner_id == mine.learner_id
    for launch in (seen, mine):
        opened = await services.runtime.open(launch, OpenRequest("tab"))
        assert opened.values["cmi.core.score.raw"] == "40"
    assert await services.database.statements.count_documents({}) == told


async def test_nobody_reviews_what_they_may_not_see(
    room: Playroom, services: Services, client: Client
) -> None:
    await add_person(services, "bob@example.org", "learner")
    detail = (await _addresses(room))[-1]
    headers = await _cookies(client, "bob@example.org")
    assert (await client.post(f"{detail}/review", headers=headers)).status == 403
    bob = await signed_in(client, "bob@example.org", PASSWORD)
    assert (await bob.call("POST", f"{detail}/review", json={})).status == 403
    nothing = await room.admin.call("POST", "/attempts/nothing/review", json={})
    assert nothing.status == 404


async def test_a_reset_on_the_page_is_in_the_audit_log(room: Playroom, client: Client) -> None:
    headers = await _cookies(client, *ADMIN)
    detail = (await _addresses(room))[-1]
    form = {"reason": "<b>the power failed</b>"}
    answer = await client.post(f"{detail}/reset", data=form, headers=headers)
    assert answer.status == 200
    assert "Reset" in await answer.text()
    log = (await room.admin.get("/audit-log"))["data"]
    assert any(each["attributes"]["action"].endswith("/reset") for each in log)


async def test_the_trace_tells_what_sequencing_decided_and_why(
    room: Playroom, client: Client
) -> None:
    lesson = (await room.admin.get(f"/lessons/{room.lesson_id}"))["data"]
    module_id = lesson["relationships"]["module"]["data"]["id"]
    zipped = package(**{"imsmanifest.xml": manifest_text(["one", "two"], "index.html")})
    body = form(zipped, course_id=room.course_id, module_id=module_id)
    answer = await room.admin.call("POST", "/scorm/upload", data=body)
    sequenced = replace(room, lesson_id=(await answer.json())["data"]["id"])
    _, opened = await sequenced.enter()
    headers = await _cookies(client, *ADMIN)
    detail = f"/attempts/{opened.attempt.id}"
    assert f'href="{detail}/trace"' in await (await client.get(detail, headers=headers)).text()
    text = await (await client.get(f"{detail}/trace", headers=headers)).text()
    for told in ("1. start: launches One", "DB.2", "delivered"):
        assert told in text, told


async def test_what_is_not_there_is_404(room: Playroom, client: Client) -> None:
    headers = await _cookies(client, *ADMIN)
    other = await room.admin.make("/courses", title="Another")
    package = (await _addresses(room))[2].rpartition("/")[2]
    for address in (
        "/courses/nothing",
        f"/courses/{other['id']}/packages/{package}",
        "/enrollments/nothing/attempts",
        "/attempts/nothing",
    ):
        assert (await client.get(address, headers=headers)).status == 404, address


async def test_a_policy_is_changed_by_who_writes_courses_alone(
    room: Playroom, services: Services, client: Client
) -> None:
    address = f"/courses/{room.course_id}/lessons/{room.lesson_id}"
    form = {"counts": "first", "renewal": "when_finished", "limit": "2", "mastery_score": ""}
    form["display"] = "window"
    await add_person(services, "officer@example.org", "compliance_officer")
    for email in ("officer@example.org", "ada@example.org"):
        refused = await client.post(address, data=form, headers=await _cookies(client, email))
        assert refused.status == 403
    headers = await _cookies(client, *ADMIN)
    assert (await client.post(address, data=form, headers=headers)).status == 200
    lesson = (await room.admin.get(f"/lessons/{room.lesson_id}"))["data"]["attributes"]
    assert lesson["attempt_policy"] == {
        "counts": "first",
        "limit": 2,
        "renewal": "when_finished",
        "locked_after_pass": False,
        "credit": False,
        "mastery_score": None,
    }
    assert lesson["display"] == "window"
    wrong = {**form, "mastery_score": "much", "display": "the moon"}
    refused = await client.post(address, data=wrong, headers=headers)
    assert refused.status == 422
    assert "It must be 0 to 100." in (page := await refused.text())
    assert "It must be one of the list." in page
    log = (await room.admin.get("/audit-log"))["data"]
    changes = [each for each in log if each["attributes"]["action"].startswith("PATCH")]
    assert [each["attributes"]["subjects"] for each in changes] == [[room.lesson_id]]


@pytest.mark.parametrize(
    ("written", "shown"),
    [("PT0S", "0 s"), ("PT1M2.50S", "1 min 2.5 s"), ("PT2H", "2 h"), ("", ""), ("soon", "")],
)
def test_durations_are_spelt(written: str, shown: str) -> None:
    assert spelt(written) == shown


def test_responses_are_written_as_people_do() -> None:
    assert plain("a[.]1[,]b[.]2") == "a: 1, b: 2"
    assert plain("1[:]5") == "1 to 5"


async def test_a_locked_lesson_says_why_and_has_no_way_in(room: Playroom, client: Client) -> None:
    ada = await _cookies(client, "ada@example.org")
    course = f"/learn/{room.course_id}"
    assert "Review: Exits" in await (await client.get(course, headers=ada)).text()
    lesson = (await room.admin.get(f"/lessons/{room.lesson_id}"))["data"]
    module_id = lesson["relationships"]["module"]["data"]["id"]
    body = {"unlock_at": "2999-01-01T00:00:00Z"}
    assert (await room.admin.call("PATCH", f"/modules/{module_id}", json=body)).status == 200
    page = await (await client.get(course, headers=ada)).text()
    assert "Opens on 1 January 2999, 00:00 UTC." in page
    assert "<button" not in page.partition("<main")[2]
