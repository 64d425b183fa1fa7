"""Engagement over REST: notes, bookmarks, captions, block answers, course reviews."""

from typing import Any

import pytest
from aiohttp import FormData

from api.services import Services
from content.people import erasure
from content.store import COLLECTIONS, VOTES
from tests.api.callers import PASSWORD, Api, add_person, signed_in
from tests.api.test_assignments import Class, grade, work
from tests.api.test_assignments import room as room
from tests.api.test_files import PNG, code_of, upload
from tests.content.lessons.test_webvtt import FILE
from tests.tasks import until


async def _code(who: Api, method: str, path: str, **body: Any) -> tuple[int, str]:
    answer = await who.call(method, path, json=body)
    return answer.status, await code_of(answer)


async def _stranger(room: Class, services: Services) -> Api:
    await add_person(services, "eve@example.org", "learner")
    return await signed_in(room.learner.client, "eve@example.org", PASSWORD)


@pytest.mark.parametrize(
    ("noun", "new", "changed", "wrong"),
    [
        (
            "notes",
            {"content": "Effects run late", "quote": "useEffect", "position": 12.5},
            {"content": "Effects run later"},
            {"content": " ", "position": -1},
        ),
        ("bookmarks", {"label": "The demo", "position": 90}, {"label": ""}, {"position": -1}),
    ],
)
async def test_notes_and_bookmarks_are_ones_own(
    room: Class, services: Services, noun: str, new: Any, changed: Any, wrong: Any
) -> None:
    path = f"/lessons/{room.lesson_id}/{noun}"
    made = await room.learner.make(path, **new)
    assert made["attributes"].items() >= new.items()
    own = f"{path}/{made['id']}"
    patched = await room.learner.call("PATCH", own, json=changed)
    assert (await patched.json())["data"]["attributes"].items() >= {**new, **changed}.items()
    refused = await room.learner.call("POST", path, json=wrong)
    assert refused.status == 422
    assert len((await refused.json())["errors"]) == len(wrong)
    for query in ("", f"?course_id={room.course_id}", f"?lesson_id={room.lesson_id}"):
        listed = await room.learner.get(f"/my/{noun}{query}")
        assert [each["id"] for each in listed["data"]] == [made["id"]]
    assert (await room.learner.get(f"/my/{noun}?course_id=course_1"))["data"] == []
    assert (await room.instructor.get(path))["data"] == []
    for method in ("GET", "PATCH", "DELETE"):
        assert (await room.instructor.call(method, own, json={})).status == 404
    stranger = await _stranger(room, services)
    assert await _code(stranger, "POST", path, **new) == (403, "enrollment_required")
    assert (await room.learner.call("DELETE", own)).status == 204
    assert (await room.learner.call("GET", own)).status == 404


async def test_captions_are_checked_and_make_a_transcript(room: Class) -> None:
    path = f"/lessons/{room.lesson_id}/captions"
    form = FormData()
    form.add_field("file", FILE.encode(), filename="hooks.vtt")
    form.add_field("language", "en")
    form.add_field("is_default", "true")
    answer = await room.instructor.call("POST", path, data=form)
    assert answer.status == 201, await answer.text()
    english = (await answer.json())["data"]
    assert (
        english["attributes"].items()
        >= {
            "label": "en",
            "track_kind": "subtitles",
            "is_default": True,
            "cue_count": 2,
            "duration_seconds": 4.0,
        }.items()
    )
    german = await room.instructor.make(
        path, vtt=FILE, language="de-CH", label="Deutsch", is_default=True
    )
    listed = (await room.learner.get(path))["data"]
    defaults = [(each["attributes"]["label"], each["attributes"]["is_default"]) for each in listed]
    assert defaults == [("Deutsch", True), ("en", False)]
    transcript = (await room.learner.get(f"{path}/{english['id']}/transcript"))["data"]
    assert transcript["attributes"]["cues"][0]["voice"] == "Ada"
    assert transcript["attributes"]["text"].endswith("everybody\nBye")
    file = await room.learner.call("GET", f"{path}/{english['id']}/content")
    assert (file.content_type, await file.text()) == ("text/vtt", FILE.strip())
    again = {"vtt": FILE, "language": "en"}
    assert await _code(room.instructor, "POST", path, **again) == (409, "caption_exists")
    wrong = await room.instructor.call("POST", path, json={"vtt": "x", "language": "English!"})
    assert wrong.status == 422
    bad = FormData()
    bad.add_field("file", b"\xff\xfe\x00", filename="a.vtt")
    bad.add_field("language", "fr")
    refused = await room.instructor.call("POST", path, data=bad)
    assert (refused.status, await code_of(refused)) == (422, "file_type_mismatch")
    own = f"{path}/{german['id']}"
    changed = await room.instructor.call("PATCH", own, json={"vtt": "WEBVTT\n"})
    assert changed.status == 422
    assert (await room.learner.call("DELETE", own)).status == 403
    assert (await room.instructor.call("DELETE", own)).status == 204
    assert await _code(room.learner, "GET", own) == (405, "method_not_allowed")


async def test_answers_to_blocks_are_statements(room: Class, services: Services) -> None:
    path = f"/lessons/{room.lesson_id}/blocks/poll-1/answer"
    assert await _code(room.learner, "GET", path) == (404, "answer_not_found")
    await room.learner.make(path, answer="5")
    made = await room.learner.make(path, answer={"chosen": [1, 2]}, correct=True, score=0.5)
    shown = (await room.learner.get(path))["data"]
    assert shown == made
    assert shown["attributes"]["answer"] == {"chosen": [1, 2]}
    assert (shown["attributes"]["correct"], shown["attributes"]["score"]) == (True, 0.5)
    query = {"verb": "http://adlnet.gov/expapi/verbs/answered"}
    assert await services.database.statements.count_documents(query) == 2
    seen = await room.instructor.get(f"{path}?user_id={room.learner_id}")
    assert seen["data"]["id"] == shown["id"]
    wrong = await room.learner.call("POST", path, json={"answer": "x" * 20_001, "score": 2})
    assert len((await wrong.json())["errors"]) == 2
    stranger = await _stranger(room, services)
    assert await _code(stranger, "POST", path, answer=1) == (403, "enrollment_required")
    assert await _code(stranger, "GET", f"{path}?user_id={room.learner_id}") == (403, "forbidden")


async def test_each_enrolled_person_reviews_a_course_once(room: Class, services: Services) -> None:
    path = f"/courses/{room.course_id}/reviews"
    body = {"course_id": room.course_id, "rating": 4, "comment": "Clear"}
    review = await room.learner.make("/reviews", **body)
    assert await _code(room.learner, "POST", path, rating=5) == (409, "already_reviewed")
    stranger = await _stranger(room, services)
    assert await _code(stranger, "POST", path, rating=5) == (403, "enrollment_required")
    assert (await room.learner.call("POST", path, json={"rating": 6})).status == 422
    own = f"/reviews/{review['id']}"
    assert await _code(room.instructor, "PATCH", own, rating=5) == (403, "forbidden")
    changed = await room.learner.call("PATCH", own, json={"rating": 5})
    assert (await changed.json())["data"]["attributes"]["comment"] == "Clear"
    listed = await stranger.get(path)
    assert listed["data"][0]["attributes"]["author_name"] == "Ada"
    assert listed["meta"]["ratings"] == {
        "average": 5.0,
        "count": 1,
        "distribution": {"5": 1, "4": 0, "3": 0, "2": 0, "1": 0},
    }
    course = (await stranger.get(f"/courses/{room.course_id}"))["data"]["attributes"]
    assert course["rating"] == 5
    assert (await stranger.call("DELETE", own)).status == 403
    assert (await room.instructor.call("DELETE", own)).status == 204
    assert (await stranger.get(path))["meta"]["ratings"]["average"] is None


async def test_what_is_in_a_locked_lesson_is_closed_as_well(room: Class) -> None:
    assignment = await room.assign()
    lesson = f"/lessons/{room.lesson_id}"
    track = await room.instructor.make(f"{lesson}/captions", vtt=FILE, language="en")
    file = await upload(room.instructor, PNG, lesson_id=room.lesson_id)
    content = f"/files/{file['id']}/content"
    assert (await room.learner.call("GET", content)).status == 200
    module_id = (await room.instructor.get(lesson))["data"]["relationships"]["module"]["data"]["id"]
    later = {"unlock_at": "2100-01-01T00:00:00Z"}
    opened = await room.instructor.call("PATCH", f"/modules/{module_id}", json=later)
    assert opened.status == 200, await opened.text()
    for method, path, body in (
        ("GET", content, {}),
        ("GET", f"{lesson}/captions/{track['id']}/transcript", {}),
        ("POST", f"{lesson}/notes", {"content": "Early"}),
        ("POST", f"{lesson}/blocks/poll/answer", {"answer": 1}),
        ("POST", f"/assignments/{assignment['id']}/submissions", {"text": "Early"}),
    ):
        assert await _code(room.learner, method, path, **body) == (403, "lesson_locked"), path
    assert (await room.instructor.call("GET", content)).status == 200
    await room.instructor.make(
        f"/assignments/{assignment['id']}/submissions", text="By post", user_id=room.learner_id
    )


async def _told(services: Services) -> bool:
    """Whether all that happened has reached whoever is to hear of it."""
    return await services.database["events"].count_documents({"due_at": {"$type": "date"}}) == 0


async def test_a_persons_handiwork_is_erased_with_them(room: Class, services: Services) -> None:
    store, organization_id = services.content, services.sessions.organization_id
    assignment = await room.assign()
    body = work(("a.png", PNG), text="Ada's own words")
    path = f"/assignments/{assignment['id']}/submissions"
    submission = (await (await room.learner.call("POST", path, data=body)).json())["data"]
    await grade(room, submission, total_score=50)
    await upload(room.learner, PNG)
    await room.learner.make(f"/lessons/{room.lesson_id}/notes", content="Mine")
    await room.learner.make(f"/lessons/{room.lesson_id}/bookmarks", label="Mine")
    await room.learner.make("/reviews", course_id=room.course_id, rating=1)
    threads = f"/courses/{room.course_id}/discussions"
    asked = await room.learner.make(threads, title="Ada asks", content="Ada's words")
    told = await room.instructor.make(threads, title="News", content="Words")
    await room.instructor.make(f"/discussions/{asked['id']}/replies", content="An answer")
    await room.learner.make(f"/discussions/{told['id']}/replies", content="Ada's reply")
    assert (await room.learner.call("POST", f"/discussions/{told['id']}/upvote")).status == 200

    await until(lambda: _told(services))
    counts = await erasure.erase_training(store, organization_id, room.learner_id)
    assert counts.items() >= {"files": 2, "submissions": 1, "posts": 2, "course_reviews": 1}.items()
    for name in {*COLLECTIONS.values(), VOTES} - {COLLECTIONS["user"]}:
        left = [str(each) async for each in services.database[name].find()]
        assert not [each for each in left if room.learner_id in each or "Ada's" in each], name
    thread = (await room.instructor.get(f"/discussions/{told['id']}"))["data"]["attributes"]
    assert (thread["reply_count"], thread["upvotes"]) == (0, 0)
    emptied = (await room.instructor.get(f"/discussions/{asked['id']}/replies"))["data"]
    assert [each["attributes"]["content"] for each in emptied] == ["An answer"]
    course = (await room.instructor.get(f"/courses/{room.course_id}"))["data"]["attributes"]
    assert course["rating"] is None
