"""Reports over REST: a question put as data, answered, saved, exported, sent, watched."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pypdfium2
import pytest

from api.reporting import Repetition
from api.services import Services
from content import files
from content.identity import now
from content.people import people
from content.people.people import PersonChanges
from content.store import COLLECTIONS, FILE_CHUNKS
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person, signed_in
from tests.api.mailbox import Mailbox, mailbox
from tests.api.surfer import Surfer
from tests.api.teaching import Lectures
from tests.tasks import until

BY_PERSON = {"entity": "enrollments", "columns": ["person", "progress"], "sort": ["person"]}


@pytest.fixture
async def lectures(admin: Api, learner: Api) -> Lectures:
    """A course of three lessons, with the learner in it."""
    begun = await Lectures(admin, learner).begin()
    await begun.enrol()
    return begun


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """Where the server's mail arrives."""
    async with mailbox() as opened:
        yield opened


@pytest.fixture
def set_otherwise(box: Mailbox) -> dict[str, str]:
    """A server that sends mail."""
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": str(box.port),
        "smtp_security": "none",
        "smtp_from": "Lyceum <lms@example.org>",
    }


async def over(caller: Api, job_id: str) -> dict[str, Any]:
    """A job's attributes, once it has come to its end."""

    async def state() -> bool:
        told = (await caller.get(f"/jobs/{job_id}"))["data"]["attributes"]
        return told["state"] in ("done", "failed")

    await until(state)
    found: dict[str, Any] = (await caller.get(f"/jobs/{job_id}"))["data"]["attributes"]
    return found


def reports_in(box: Mailbox) -> list[EmailMessage]:
    """What arrived of the report, without notifications."""
    return [each for each in box.messages if each["Subject"].endswith(": Mine")]


async def run(caller: Api, definition: dict[str, Any], **page: int) -> dict[str, Any]:
    answer = await caller.call(
        "POST", "/analytics/reports/run", json={"definition": definition, **page}
    )
    assert answer.status == 200, await answer.text()
    shown: dict[str, Any] = (await answer.json())["data"]["attributes"]
    return shown


async def test_a_report_is_run_saved_changed_and_exported(lectures: Lectures) -> None:
    admin = lectures.admin
    await lectures.says("completed", 0)
    shown = await run(admin, BY_PERSON)
    assert (shown["rows"], shown["more"]) == ([["Ada", 33.3]], False)
    saved = await admin.make("/analytics/reports", name="Progress", definition=BY_PERSON)
    path = f"/analytics/reports/{saved['id']}"
    assert (await admin.get(path))["data"]["attributes"]["definition"]["sort"] == ["person"]
    answer = await admin.call("GET", f"{path}/rows.csv")
    assert await answer.text() == "Person,Progress in %\r\nAda,33.3\r\n"
    answer = await admin.call("PATCH", path, json={"name": "Who is where", "shared": True})
    assert (await answer.json())["data"]["attributes"]["definition"]["entity"] == "enrollments"
    answer = await admin.call(
        "POST", "/analytics/reports/export", json={"definition": BY_PERSON, "format": "xlsx"}
    )
    assert answer.status == 202
    job = (await answer.json())["data"]["id"]
    done = await over(admin, job)
    assert (done["state"], done["progress"], done["counts"]) == ("done", 100, {"rows": 1})
    answer = await admin.call("GET", done["result"].removeprefix("/api/v1"))
    assert (await answer.read()).startswith(b"PK")
    assert [each["id"] for each in (await admin.get("/analytics/reports"))["data"]] == [saved["id"]]
    assert (await admin.call("DELETE", path)).status == 204
    assert (await admin.get("/analytics/reports"))["data"] == []


async def test_a_report_with_more_than_a_form_usually_shows_is_edited_whole(
    lectures: Lectures, client: Client
) -> None:
    admin = lectures.admin
    words = ['x, "y"', " z", "two\nlines", "A", "B", "C", "D"]
    filters = [{"field": "person", "operator": "not_equals", "value": each} for each in words]
    filters.append({"field": "course", "operator": "one_of", "value": words})
    listed = {
        "entity": "enrollments",
        "columns": ["score", "person"],
        "filters": filters,
        "sort": ["person", "-score", "course"],
    }
    groups = [{"field": each} for each in ("department", "location", "course", "status")]
    grouped = {**listed, "columns": [], "group": groups, "sort": ["course", "-location", "status"]}
    surfer = await Surfer.sign_in(client, *ADMIN)
    for definition in (listed, grouped):
        saved = await admin.make("/analytics/reports", name="Mine", definition=definition)
        before = saved["attributes"]["definition"]
        address = f"/reports/{saved['id']}/edit"
        form = (await surfer.open(address)).form(address)
        assert (await surfer.send(address, form, look="yes")).status == 200
        told = await surfer.send(address, form, name="Renamed")
        assert told.location.startswith(f"/reports/{saved['id']}")
        after = (await admin.get(f"/analytics/reports/{saved['id']}"))["data"]["attributes"]
        assert (after["name"], after["definition"]) == ("Renamed", before)


async def test_a_printed_report_is_its_owners_alone_until_it_expires(
    lectures: Lectures, services: Services, client: Client
) -> None:
    admin = lectures.admin
    body = {"definition": BY_PERSON, "format": "pdf", "title": "Who is where"}
    answer = await admin.call("POST", "/analytics/reports/export", json=body)
    asked = (await answer.json())["data"]["id"]
    saved = await admin.make("/analytics/reports", name="Who is where", definition=BY_PERSON)
    surfer = await Surfer.sign_in(client, *ADMIN)
    begun = await surfer.send(f"/reports/{saved['id']}/export", format="pdf")
    await add_person(services, "tim@example.org", "instructor")
    tim = await signed_in(client, "tim@example.org", PASSWORD)
    links = []
    for job_id in (asked, begun.location.rpartition("/")[2]):
        job = await over(admin, job_id)
        assert job["state"] == "done", job["errors"]
        links.append(job["result"].removeprefix("/api/v1"))
        answer = await admin.call("GET", links[-1])
        assert answer.headers["Content-Type"] == "application/pdf"
        text = pypdfium2.PdfDocument(await answer.read())[0].get_textpage().get_text_bounded()
        assert all(each in text for each in ("Who is where", "Person", "Ada", "1 row"))
        assert (await tim.call("GET", links[-1])).status == 404
        file = (await admin.get(links[-1].removesuffix("/content")))["data"]["attributes"]
        assert file["expires_at"] == job["result_expires_at"] > now().isoformat()
    assert (await admin.get("/files"))["data"] == []
    page = await surfer.open(begun.location)
    assert page.page.xpath("//a[@download]/@href") == [f"/api/v1{links[1]}"]

    past = {"$set": {"expires_at": now(), "result.expires_at": now()}}
    for kind in ("file", "job"):
        await services.database[COLLECTIONS[kind]].update_many({}, past)
    for swept in (2, 0):
        answer = await admin.call("GET", links[0])
        assert (answer.status, (await answer.json())["errors"][0]["code"]) == (
            404,
            "file_not_found",
        )
        assert await files.sweep_expired(services.content, now()) == swept
    assert await services.database[FILE_CHUNKS].count_documents({}) == 0
    assert (await over(admin, asked))["result"] is None
    assert "Have it written anew" in (await surfer.open(begun.location)).text


async def test_all_that_is_wrong_with_a_report_is_told_at_once(admin: Api) -> None:
    wrong = {"entity": "enrollments", "columns": ["luck"], "sort": ["luck"], "limit": 0}
    for path, body in (("run", {}), ("export", {}), ("", {"name": ""})):
        where = "/analytics/reports" + (f"/{path}" if path else "")
        answer = await admin.call("POST", where, json={"definition": wrong, **body})
        assert answer.status == 422
        pointers = [each["source"]["pointer"] for each in (await answer.json())["errors"]]
        names = [f"/definition/{each}" for each in ("columns/0", "sort/0", "limit")]
        assert pointers == ["/name"] * bool(body) + names


async def test_an_instructor_sees_their_own_courses_alone(
    lectures: Lectures, services: Services, client: Client
) -> None:
    teacher = await add_person(services, "tim@example.org", "instructor")
    tim = await signed_in(client, "tim@example.org", PASSWORD)
    entities = [each["id"] for each in (await tim.get("/analytics/entities"))["data"]]
    assert "enrollments" in entities
    assert "people" not in entities
    assert (await run(tim, BY_PERSON))["rows"] == []
    saved = await lectures.admin.make(
        "/analytics/reports", name="All", definition=BY_PERSON, shared=True
    )
    answer = await tim.call("GET", f"/analytics/reports/{saved['id']}/rows.csv")
    assert "Ada" not in await answer.text()
    course = f"/courses/{lectures.course['id']}"
    await lectures.admin.call("PATCH", course, json={"instructor_id": teacher})
    assert (await run(tim, BY_PERSON))["rows"] == [["Ada", 0]]
    surfer = await Surfer.sign_in(client, "tim@example.org", PASSWORD)
    home = await surfer.open("/teaching")
    assert {"/analytics", "/reports"} <= set(home.page.xpath("//nav//a/@href"))
    page = await surfer.open("/analytics")
    assert page.page.xpath("//main//th//a/@href") == [f"{course}/analytics"]
    assert "Who may need help" in (await surfer.open(f"{course}/analytics")).text
    assert (await tim.call("PATCH", f"/analytics/reports/{saved['id']}", json={})).status == 404


async def test_a_schedule_sends_what_its_owner_may_see_at_that_moment(
    lectures: Lectures, services: Services, client: Client, box: Mailbox
) -> None:
    teacher = await add_person(services, "tim@example.org", "instructor")
    tim = await signed_in(client, "tim@example.org", PASSWORD)
    course = f"/courses/{lectures.course['id']}"
    await lectures.admin.call("PATCH", course, json={"instructor_id": teacher})
    saved = await tim.make("/analytics/reports", name="Mine", definition=BY_PERSON)
    path = f"/analytics/reports/{saved['id']}/schedules"
    timing = {"every": "day", "hour": 7, "time_zone": "Europe/Berlin"}
    ada = lectures.person["id"]
    made = await tim.make(path, timing=timing, recipient_ids=[teacher, ada])
    assert made["attributes"]["next_run_at"]
    moment = now()
    sent = []
    for days in (2, 4):
        await Repetition(services).sweep(moment + timedelta(days=days))
        shown = (await tim.get(f"/analytics/reports/schedules/{made['id']}"))["data"]
        job = await over(tim, shown["relationships"]["last_job"]["data"]["id"])
        assert (job["state"], job["counts"]["sent"]) == ("done", 2)
        sent.append(reports_in(box))
        await lectures.admin.call("PATCH", course, json={"instructor_id": None})
    first, second = sent[0], sent[1][2:]
    assert {each["To"] for each in first} == {"tim@example.org", "ada@example.org"}
    (attached,) = first[0].iter_attachments()
    assert attached.get_filename() == "Mine.csv"
    assert "Ada" in attached.get_content()
    (attached,) = second[0].iter_attachments()
    assert "Ada" not in attached.get_content()

    own, leaves = services.sessions.organization_id, PersonChanges(roles=("learner",))
    await people.update(services.content, own, teacher, leaves)
    await Repetition(services).sweep(moment + timedelta(days=6))
    schedules = services.database[COLLECTIONS["report_schedule"]]
    last = (await schedules.find_one({"_id": made["id"]}) or {})["last_job_id"]
    assert (await over(lectures.admin, last))["errors"][0]["code"] == "forbidden"
    assert len(reports_in(box)) == 4


async def test_a_schedule_is_paused_and_ended(admin: Api) -> None:
    saved = await admin.make("/analytics/reports", name="All", definition=BY_PERSON)
    path = f"/analytics/reports/{saved['id']}/schedules"
    made = await admin.make(path)
    (shown,) = (await admin.get(path))["data"]
    assert shown["attributes"]["next_run_at"] == made["attributes"]["next_run_at"]
    one = f"/analytics/reports/schedules/{made['id']}"
    answer = await admin.call("PATCH", one, json={"paused": True})
    assert (await answer.json())["data"]["attributes"]["next_run_at"] is None
    answer = await admin.call("PATCH", one, json={"timing": {"every": "month", "hour": 24}})
    pointers = [each["source"]["pointer"] for each in (await answer.json())["errors"]]
    assert pointers == ["/timing/hour"]
    assert (await admin.call("DELETE", one)).status == 204
    assert (await admin.call("GET", one)).status == 404


async def test_an_alert_is_told_to_its_owner_once(lectures: Lectures, services: Services) -> None:
    admin = lectures.admin
    saved = await admin.make("/analytics/reports", name="Enrolled", definition=BY_PERSON)
    path = f"/analytics/reports/{saved['id']}/alerts"
    made = await admin.make(
        path, name="Somebody came", aggregate={"function": "count"}, operator="more", threshold=0
    )
    for hours in (1, 2, 3):
        await Repetition(services).sweep(now() + timedelta(hours=hours))
    shown = (await admin.get(f"/analytics/reports/alerts/{made['id']}"))["data"]["attributes"]
    assert (shown["raised"], shown["value"], shown["trouble"]) == (True, 1, "")
    events = services.database[COLLECTIONS["event"]]
    assert await events.count_documents({"type": "report.alert"}) == 1
    answer = await admin.call(
        "PATCH", f"/analytics/reports/alerts/{made['id']}", json={"threshold": 5, "margin": -1}
    )
    assert answer.status == 422
    assert len((await admin.get(path))["data"]) == 1
    answer = await admin.call("DELETE", f"/analytics/reports/alerts/{made['id']}")
    assert answer.status == 204
    assert (await admin.get(path))["data"] == []


async def test_how_a_course_goes_is_told(lectures: Lectures) -> None:
    await lectures.says("completed", 0)
    await lectures.says("terminated", 0, {"duration": "PT10M"})
    path = f"/analytics/courses/{lectures.course['id']}"
    learning = (await lectures.admin.get(f"{path}/learning"))["data"]["attributes"]
    first = learning["funnel"]["lessons"][0]
    assert (first["title"], first["began"], first["completed"]) == ("A", 1, 1)
    assert first["median_minutes"] == 10.0
    assert learning["cohorts"][0]["enrolled"] == 1
    activity = (await lectures.admin.get(f"{path}/activity?period=7d"))["data"]["attributes"]
    assert (activity["total"], len(activity["weekdays"])) == (2, 7)
    assert (await lectures.admin.get(f"{path}/at-risk"))["data"] == []
    assert (await lectures.admin.get(f"{path}/questions"))["data"]["attributes"]["quizzes"] == []
    assert (await lectures.admin.call("GET", f"{path}/activity?period=1h")).status == 400
