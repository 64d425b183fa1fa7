"""The learner's pages over HTTP: whose they are, what they refuse, and that no script is needed."""

from dataclasses import dataclass
from typing import Any

import pytest

from api.pages.learning.lesson import policy
from api.pages.learning.profile import browser
from api.services import Services
from content import sanitised
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in

QUESTIONS = [
    {"type": "ordering", "question": "In which order?", "items": ["One", "Two", "Three"]},
    {"type": "numeric", "question": "How many?", "correct_answer": 3},
]


@dataclass(frozen=True)
class Reader:
    """A browser that is signed in, without a script."""

    client: Client
    cookie: str

    async def get(self, path: str) -> tuple[int, str]:
        """The status and the text of a page."""
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        answer = await self.client.get(path, headers=headers, allow_redirects=False)
        return answer.status, await answer.text()

    async def post(self, path: str, origin: str = "", **fields: Any) -> tuple[int, str, str]:
        """The status, where it leads and the text."""
        own = str(self.client.make_url("/")).rstrip("/")
        headers = {
            "Cookie": self.cookie,
            "Sec-Fetch-Site": "cross-site" if origin else "same-origin",
            "Origin": origin or own,
        }
        answer = await self.client.post(path, data=fields, headers=headers, allow_redirects=False)
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def _reader(services: Services, client: Client, name: str) -> Reader:
    email = f"{name}@example.org"
    await add_person(services, email, "learner")
    own = {"Origin": str(client.make_url("/")).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    fields = {"email": email, "password": PASSWORD}
    answer = await client.post("/sign-in", data=fields, headers=own, allow_redirects=False)
    client.session.cookie_jar.clear()
    return Reader(client, f"lyceum_session={answer.cookies['lyceum_session'].value}")


async def _course(admin: Api) -> tuple[str, str]:
    """A course that anybody may enrol in, and its lesson with a quiz."""
    settings = {"self_enrollment": True}
    course = await admin.make("/courses", title="Counting", status="published", settings=settings)
    module = await admin.make(f"/courses/{course['id']}/modules", title="All")
    path = f"/modules/{module['id']}/lessons"
    lesson = await admin.make(path, title="A quiz", content_type="quiz")
    await admin.make("/quizzes", title="A quiz", lesson_id=lesson["id"], questions=QUESTIONS)
    return course["id"], lesson["id"]


async def test_a_quiz_is_taken_without_a_script_and_seen_by_nobody_else(
    services: Services, client: Client, admin: Api
) -> None:
    course_id, lesson_id = await _course(admin)
    ada, eve = [await _reader(services, client, name) for name in ("ada", "eve")]
    assert (await ada.get(f"/learn/{course_id}/{lesson_id}"))[0] == 403
    status, where, _ = await ada.post(f"/catalogue/{course_id}/enroll")
    assert (status, where) == (303, f"/learn/{course_id}")
    _, attempt, _ = await ada.post(f"/learn/{course_id}/{lesson_id}/attempts")
    assert (await eve.get(attempt))[0] == 404
    assert (await eve.post(attempt, do="save"))[0] == 404

    status, page = await ada.get(attempt)
    assert status == 200
    shown = [each.split('"')[0] for each in page.split('name="q0" value="')[1:]]
    answers = {"asked": ["0", "1"], "q0": shown, "q1": "3", "flag": "1"}
    moved = f"move:0:{shown[0]}:down"
    assert (await ada.post(attempt, do=moved, **answers))[1] == f"{attempt}?flag=1#q-0"
    _, page = await ada.get(attempt)
    kept = [each.split('"')[0] for each in page.split('name="q0" value="')[1:]]
    assert kept == [shown[1], shown[0], shown[2]]

    status, _, page = await ada.post(attempt, do="review", asked="1", q1="many")
    assert status == 422
    assert "Question 2" in page
    assert 'value="many"' in page
    status, where, _ = await ada.post(attempt, do="review", flag="0", asked="1", q1="3")
    assert (status, where) == (303, f"{attempt}/review?flag=0")
    assert "Every question is answered." in (await ada.get(where))[1]
    assert (await ada.post(f"{attempt}/submit"))[:2] == (303, attempt)
    assert "Result: A quiz" in (await ada.get(attempt))[1]
    assert (await ada.post(attempt, do="save", asked="1", q1="4"))[:2] == (303, attempt)


async def test_an_order_that_nobody_stands_by_is_no_answer(
    services: Services, client: Client, admin: Api
) -> None:
    course_id, lesson_id = await _course(admin)
    ada = await _reader(services, client, "ada")
    await ada.post(f"/catalogue/{course_id}/enroll")
    _, attempt, _ = await ada.post(f"/learn/{course_id}/{lesson_id}/attempts")
    _, page = await ada.get(attempt)
    shown = [each.split('"')[0] for each in page.split('name="q0" value="')[1:]]
    await ada.post(attempt, do="save", asked="0", q0=shown)
    assert "2 of 2 questions are not answered." in (await ada.get(f"{attempt}/review"))[1]
    await ada.post(attempt, do="save", asked="0", q0=shown, **{"q0.sure": "on"})
    assert "1 of 2 questions is not answered." in (await ada.get(f"{attempt}/review"))[1]


async def test_what_is_done_on_a_page_is_in_the_audit_log_as_over_rest(
    services: Services, client: Client, admin: Api
) -> None:
    course_id, _ = await _course(admin)
    ada = await _reader(services, client, "ada")
    await ada.post(f"/catalogue/{course_id}/enroll")
    entries = (await admin.get("/audit-log?action=POST /courses/{course_id}/enroll"))["data"]
    assert [each["attributes"]["action"] for each in entries] == [
        "POST /courses/{course_id}/enroll"
    ]


async def test_a_foreign_pages_form_does_nothing(
    services: Services, client: Client, admin: Api
) -> None:
    course_id, _ = await _course(admin)
    ada = await _reader(services, client, "ada")
    path = f"/catalogue/{course_id}/enroll"
    status, where, _ = await ada.post(path, origin="https://evil.example")
    assert (status, where) == (303, "/sign-in?next=/")
    assert (await admin.get(f"/courses/{course_id}/enrollments"))["data"] == []


@pytest.mark.parametrize(
    "path",
    ["/", "/catalogue", "/my/requirements", "/my/certificates", "/my/transcript", "/profile"],
)
async def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client, path: str) -> None:
    answer = await client.get(path, allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


async def test_a_draft_course_is_not_there_for_learners(
    services: Services, client: Client, admin: Api
) -> None:
    course = await admin.make("/courses", title="A draft")
    ada = await _reader(services, client, "ada")
    for path in (f"/catalogue/{course['id']}", f"/learn/{course['id']}"):
        assert (await ada.get(path))[0] == 404


async def test_somebody_elses_notification_is_not_opened(
    services: Services, client: Client, admin: Api, learner: Api
) -> None:
    course_id, _ = await _course(admin)
    me = (await learner.get("/auth/me"))["data"]
    await admin.make("/enrollments", user_id=me["id"], course_id=course_id)
    told = []
    while not told:
        told = (await learner.get("/notifications"))["data"]
    eve = await _reader(services, client, "eve")
    assert (await eve.post(f"/notifications/{told[0]['id']}/open"))[0] == 404
    assert (await learner.get("/notifications/unread-count"))["unread"] == 1
    await signed_in(client, "ada@example.org", PASSWORD)


def test_a_lesson_lets_in_the_host_that_it_shows_and_no_other() -> None:
    assert "frame-src 'self' https://player.vimeo.com" in policy(
        {"url": "https://player.vimeo.com/video/1"}
    )
    for wrong in ("https://a;b/", "javascript:alert(1)", "https://x' y/", 5, None):
        assert policy({"url": wrong}).endswith("frame-src 'self' ")


def test_what_is_written_in_a_form_stays_text() -> None:
    assert sanitised.plain("One <b>\r\nline\r\n\r\nTwo") == "<p>One &lt;b&gt;<br>line</p><p>Two</p>"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Safari/604", "Safari on an iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", "A program"),
    ],
)
def test_a_browser_is_named_in_two_words(said: str, shown: str) -> None:
    assert browser(said) == shown
