"""The pages of authors and instructors, without a script: who may, and what is told."""

import re

import pytest
import pytest_asyncio

from api.pages import authoring, instructing, quizzing
from api.rest import bulk_enrollment
from api.services import Services
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person
from tests.api.surfer import Answer, Surfer
from tests.tasks import until

PAGES = (*authoring.PAGES, *quizzing.PAGES, *instructing.PAGES)


@pytest_asyncio.fixture
async def surfer(client: Client, admin: Api) -> Surfer:
    """An administrator at the pages."""
    return await Surfer.sign_in(client, *ADMIN)


def _addresses() -> list[tuple[str, str]]:
    """Every page, with something in the place of what its address names."""
    return [
        (route.method, re.sub(r"{[^{}:]+}", "any", re.sub(r"{\w+:(\w+)[^}]*}", r"\1", route.path)))
        for page in PAGES
        for route in page.table
    ]


async def test_no_learner_opens_any_of_them_and_nobody_without_signing_in(
    services: Services, client: Client
) -> None:
    await add_person(services, "learner@example.org", "learner")
    learner = await Surfer.sign_in(client, "learner@example.org", PASSWORD)
    stranger = Surfer(client, {**learner.headers, "Cookie": ""})
    assert len(_addresses()) > 60
    for method, address in _addresses():
        ask = learner.open if method == "GET" else learner.send
        assert (await ask(address)).status == 403, (method, address)
        ask = stranger.open if method == "GET" else stranger.send
        assert (await ask(address)).location.startswith("/sign-in"), (method, address)


async def test_a_course_is_made_and_filled_without_a_script(surfer: Surfer, admin: Api) -> None:
    made = await surfer.send("/courses/new", title="Fire safety", description="")
    edit = made.location
    course = edit.removesuffix("/edit")
    await surfer.send(f"{course}/modules", title="Alarm")
    await surfer.send(f"{course}/modules", title="Escape")
    page = await surfer.open(edit)
    first, second = page.page.xpath("//@data-module")
    for title, kind in (("Bell", "text"), ("Siren", "embed")):
        await surfer.send(f"{course}/modules/{first}/lessons", title=title, content_type=kind)
    bell, siren = (await surfer.open(edit)).page.xpath("//@data-lesson")
    assert "The lesson “Bell” has no text yet." in (await surfer.open(edit)).text
    await surfer.send(f"{course}/lessons/{siren}/move", direction="down")
    await surfer.send(f"{course}/modules/{second}/move", direction="up")
    page = await surfer.open(edit)
    assert page.page.xpath("//@data-module") == [second, first]
    assert page.page.xpath("//@data-lesson") == [siren, bell]

    address = f"{course}/lessons/{siren}/edit"
    form = (await surfer.open(address)).form(address)
    refused = await surfer.send(address, form, content__url="https://evil.example/")
    assert (refused.status, "evil.example is not one of the hosts" in refused.text) == (422, True)
    film = "https://www.youtube.com/embed/a"
    sent = await surfer.send(
        address, refused.form(address), content__url=film, content__duration_seconds="90"
    )
    assert sent.status == 303
    shown = await admin.get(f"/lessons/{siren}")
    assert shown["data"]["attributes"]["content"] == {"url": film, "duration_seconds": 90.0}

    address = f"{course}/lessons/{bell}/edit"
    form = (await surfer.open(address)).form(address)
    text = "<p>Leave.</p><script>alert(1)</script>"
    preview = await surfer.send(address, form, content__html=text, preview="1")
    assert "As readers see it" in preview.text
    assert preview.page.xpath("//*[@id='preview']//script") == []
    assert (await surfer.send(address, form, content__html=text)).status == 303
    assert "Leave." in (await surfer.open(f"{course}/preview/{bell}")).text

    address = f"{course}/settings"
    form = (await surfer.open(address)).form(address)
    fields = {"settings__passing_score": "80", "tags": "Fire, Exit", "language": "en"}
    assert (await surfer.send(address, form, **fields)).status == 303
    before = (await admin.get(f"/courses/{course.rpartition('/')[2]}"))["data"]["attributes"]
    assert (before["settings"]["passing_score"], before["tags"]) == (80, ["fire", "exit"])
    stale = await surfer.send(address, form, title="Other", settings__passing_score="70")
    assert (stale.status, "Now it is: 80" in stale.text) == (409, True)
    form = (await surfer.open(address)).form(address)
    assert (await surfer.send(address, form)).status == 303
    after = (await admin.get(f"/courses/{course.rpartition('/')[2]}"))["data"]["attributes"]
    assert {**after, "updated_at": before["updated_at"]} == before

    assert (await surfer.send(f"{course}/publish")).location == edit
    assert "The course is published" in (await surfer.open(edit)).text
    copy = (await surfer.send(f"{course}/duplicate")).location
    assert "Fire safety (copy)" in (await surfer.open(copy)).text


async def test_an_assignment_is_written_with_its_rubric_in_ones_own_time(
    surfer: Surfer, admin: Api
) -> None:
    await admin.call("PATCH", "/settings", json={"time_zone": "Europe/Berlin"})
    course = await admin.make("/courses", title="Fire safety")
    module = await admin.make(f"/courses/{course['id']}/modules", title="Alarm")
    lesson = await admin.make(
        f"/modules/{module['id']}/lessons", title="Plan", content_type="assignment"
    )
    address = f"/courses/{course['id']}/lessons/{lesson['id']}/assignment"
    form = (await surfer.open(address)).form(address)
    fields = {
        "due_date": "2027-01-31T12:00", "max_score": "10", "allowed_file_types": ".pdf, .docx",
        "rubric/0/criteria": "Order", "rubric/0/max_points": "4", "rubric/1/criteria": "Words",
        "rubric/1/max_points": "5", "reviewed": "true",
    }  # fmt: skip
    refused = await surfer.send(address, form, **fields)
    assert refused.status == 422
    sent = await surfer.send(address, refused.form(address), rubric__1__max_points="6")
    assert sent.status == 303, sent.text
    before = (await admin.get(f"/assignments?lesson_id={lesson['id']}"))["data"][0]
    assert before["attributes"]["due_date"] == "2027-01-31T11:00:00Z"
    assert "Due (Europe/Berlin time, optional)" in (await surfer.open(address)).text
    assert before["attributes"]["peer_review"]["reviews_per_submission"] == 2
    assert (await surfer.send(address, (await surfer.open(address)).form(address))).status == 303
    after = (await admin.get(f"/assignments?lesson_id={lesson['id']}"))["data"][0]
    kept = {"updated_at": before["attributes"]["updated_at"]}
    assert {**after["attributes"], **kept} == before["attributes"]


async def test_many_people_are_named_by_lines_files_and_groups_and_each_refusal_is_told(
    surfer: Surfer, admin: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cohort is made and filled, and enrolled; others come in by their addresses."""
    made = [await add_person(services, f"{name}@example.org", "learner") for name in "abcd"]
    for person_id in made[2:]:
        await admin.call("PATCH", f"/users/{person_id}", json={"department": "Stores"})
    course = await admin.make("/courses", title="Fire safety", settings={"max_enrollments": 3})
    page = f"/courses/{course['id']}"

    turned = {"starts_at": "2027-02-01T00:00", "ends_at": "2027-01-01T00:00"}
    refused = await surfer.send("/cohorts", name="Spring", **turned)
    assert (refused.status, "must be after starts_at" in refused.text) == (422, True)
    cohort = (await surfer.send("/cohorts", name="Spring", ends_at="2027-06-01T00:00")).location
    assert "Nobody yet" in (await surfer.open(cohort)).text
    nobody = await surfer.send(f"{cohort}/take-in", addresses="", everybody="")
    assert (nobody.status, "must name somebody" in nobody.text) == (422, True)
    lines = "a@example.org\n\nNobody <nobody@example.org>, Bee <B@example.org>\nword"
    some = await surfer.send(f"{cohort}/take-in", addresses=lines)
    assert "2 people are taken in, 2 could not be" in some.text
    assert _rows(some) == [
        ["Line 3", "nobody@example.org", "Belongs to nobody here"],
        ["Line 4", "word", "Is no e-mail address"],
    ]
    assert (await surfer.send(f"{cohort}/enrol", course_id="")).status == 422
    ((*_, people, _, ends),) = _rows(await surfer.open("/cohorts"))
    assert (people, ends) == ("2", "1 June 2027")
    sent = await surfer.send(f"{cohort}/enrol", course_id=course["id"])
    assert sent.location == f"{page}?cohort={cohort.rpartition('/')[2]}"

    address = f"{page}/enrol-many"
    assert "Stores (2)" in (await surfer.open(address)).text
    late = await surfer.send(address, addresses="c@example.org", last_day="2027-13-01")
    assert (late.status, "must be a day" in late.text) == (422, True)
    file = b"Name;E-Mail\nAnn;a@example.org\nX;x@example.org\n"
    some = await surfer.upload(address, file, everybody="department/Stores", last_day="2027-01-31")
    assert "1 person is enrolled, 3 could not be" in some.text
    assert _rows(some) == [
        ["Of the group", "D", "Finds no free place"],
        ["Line 2 of the file", "a@example.org", "Is in the course already"],
        ["Line 3 of the file", "x@example.org", "Belongs to nobody here"],
    ]
    none = await surfer.upload(address, b"Name\nAnn")
    assert (none.status, "must have a column with the heading email" in none.text) == (422, True)
    monkeypatch.setattr(bulk_enrollment, "MOST_AT_ONCE", 0)
    job = (await surfer.send(address, addresses="a@example.org")).location

    async def done() -> bool:
        return "✓ Done" in (await surfer.open(job)).text

    await until(done)
    shown = await surfer.open(job)
    assert _rows(shown) == [["Person 1", "A, a@example.org", "already_enrolled"]]
    assert page in shown.page.xpath("//a/@href")
    assert "3 active" in (await surfer.open(page)).text
    a_member = f"{cohort}/members/{made[0]}/remove"
    assert (await surfer.send(a_member)).location == cohort
    assert (await surfer.send(f"{cohort}/archive")).location == "/cohorts"
    assert "No cohorts yet" in (await surfer.open("/cohorts")).text


def _rows(answer: Answer) -> list[list[str]]:
    """The cells of a page's table."""
    rows = answer.page.xpath("//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
