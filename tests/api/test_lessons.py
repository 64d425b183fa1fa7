"""/modules and /lessons: lessons of every type, their order, and when modules open."""

from typing import Any

import pytest

from tests.api.callers import Api


class Chapters:
    """A published course with two modules."""

    def __init__(self, admin: Api, course: dict[str, Any], modules: list[dict[str, Any]]) -> None:
        self.admin = admin
        self.course = course
        self.modules = modules

    async def add(self, content_type: str, module: int = 0, **attributes: Any) -> dict[str, Any]:
        """The lesson that was added."""
        path = f"/modules/{self.modules[module]['id']}/lessons"
        fields = {"title": "L", "content_type": content_type, **attributes}
        return await self.admin.make(path, **fields)

    async def faults(self, content_type: str, **attributes: Any) -> set[str]:
        """Where a lesson that cannot be added is wrong."""
        path = f"/modules/{self.modules[0]['id']}/lessons"
        fields = {"title": "L", "content_type": content_type, **attributes}
        answer = await self.admin.call("POST", path, json=fields)
        assert answer.status == 422, await answer.text()
        return {each["source"]["pointer"] for each in (await answer.json())["errors"]}

    async def titles(self, module: int = 0) -> list[str]:
        """The titles of a module's lessons, in order."""
        found = await self.admin.get(f"/modules/{self.modules[module]['id']}/lessons")
        assert [each["attributes"]["position"] for each in found["data"]] == list(
            range(1, len(found["data"]) + 1)
        )
        return [each["attributes"]["title"] for each in found["data"]]


@pytest.fixture
async def chapters(admin: Api) -> Chapters:
    """The course."""
    course = await admin.make("/courses", title="Hooks", status="published")
    path = f"/courses/{course['id']}/modules"
    return Chapters(admin, course, [await admin.make(path, title=each) for each in "AB"])


async def test_lessons_of_every_type(chapters: Chapters) -> None:
    whole: dict[str, dict[str, Any]] = {
        "video": {"video_url": "https://cdn.example.org/v.mp4", "duration_seconds": 1801},
        "text": {"html": "<h2>Rules</h2>", "estimated_reading_minutes": 8},
        "document": {"url": "https://cdn.example.org/a.pdf", "page_count": 7},
        "embed": {"url": "https://player.vimeo.com/video/1"},
        "quiz": {"quiz_id": None},
        "assignment": {"assignment_id": None},
        "scorm": {"package_id": None},
        "xapi": {"launch_url": "https://tool.example.org/launch"},
        "cmi5": {"launch_url": "https://tool.example.org/au"},
    }
    for content_type, content in whole.items():
        lesson = await chapters.add(content_type, content=content)
        shown = lesson["attributes"]["content"]
        assert {name: shown[name] for name in content} == content
    video = await chapters.add("video", content=whole["video"])
    assert video["attributes"]["duration_minutes"] == 31
    assert video["attributes"]["content"]["allow_download"] is False
    module = await chapters.admin.get(f"/modules/{chapters.modules[0]['id']}")
    assert module["data"]["attributes"]["lesson_count"] == 10
    assert module["data"]["attributes"]["duration_minutes"] == 31 + 31 + 8
    course = await chapters.admin.get(f"/courses/{chapters.course['id']}")
    assert course["data"]["attributes"]["lesson_count"] == 10
    assert course["data"]["attributes"]["duration_minutes"] == 70


async def test_a_lesson_is_made_and_listed_by_its_course_too(
    chapters: Chapters, learner: Api
) -> None:
    path = f"/courses/{chapters.course['id']}/lessons"
    second, first = (each["id"] for each in reversed(chapters.modules))
    for title, module_id in (("b", second), ("a", first)):
        await chapters.admin.make(path, title=title, content_type="text", module_id=module_id)
    listed = await learner.get(path)
    assert [each["attributes"]["title"] for each in listed["data"]] == ["a", "b"]
    body = {"title": "c", "content_type": "text", "module_id": "module_x"}
    assert (await chapters.admin.call("POST", path, json=body)).status == 404


async def test_text_is_cleaned_and_its_reading_time_estimated(chapters: Chapters) -> None:
    html = "<p onclick='x()'>" + "word " * 401 + "</p><script>alert(1)</script>"
    lesson = await chapters.add("text", content={"html": html})
    content = lesson["attributes"]["content"]
    assert content["html"].startswith("<p>word")
    assert "script" not in content["html"]
    assert content["estimated_reading_minutes"] == 3
    path = f"/lessons/{lesson['id']}"
    changed = await chapters.admin.call("PATCH", path, json={"content": {"html": "<b>few</b>"}})
    shown = (await changed.json())["data"]["attributes"]
    assert shown["content"] == {"html": "<b>few</b>", "estimated_reading_minutes": 1}
    assert shown["duration_minutes"] == 1


FAULTS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("video", {}, {"/video_url"}),
    (
        "video",
        {"video_url": "ftp://x/y", "duration_seconds": -1},
        {"/video_url", "/duration_seconds"},
    ),
    ("video", {"video_url": 5, "html": "x"}, {"/video_url", "/html"}),
    (
        "video",
        {"video_url": "https://a.example", "duration_seconds": 10**30},
        {"/duration_seconds"},
    ),
    ("text", {"html": "<div>" * 10_001}, {"/html"}),
    ("document", {}, {""}),
    ("document", {"url": "https://a.example", "file_id": "f"}, {""}),
    ("embed", {"url": "http://www.youtube.com/embed/1"}, {"/url"}),
    ("embed", {"url": "https://evil.example/embed/1"}, {"/url"}),
    ("scorm", {"package_id": "package_x"}, {"/package_id"}),
    ("document", {"file_id": "file_x"}, {"/file_id"}),
    ("quiz", {"quiz_id": "quiz_x"}, {"/quiz_id"}),
    ("assignment", {"assignment_id": "assignment_x"}, {"/assignment_id"}),
    ("xapi", {"launch_url": "javascript:x()"}, {"/launch_url"}),
]


async def test_every_fault_of_a_content_is_told(chapters: Chapters) -> None:
    for content_type, content, where in FAULTS:
        found = await chapters.faults(content_type, content=content, title="")
        assert found == {"/title", *(f"/content{each}" for each in where)}, content
    assert await chapters.faults("film") == {"/content_type"}


async def test_an_organization_says_what_may_be_embedded(chapters: Chapters) -> None:
    admin = chapters.admin
    settings = await admin.get("/settings")
    assert "player.vimeo.com" in settings["data"]["attributes"]["embed_hosts"]
    wrong = await admin.call("PATCH", "/settings", json={"embed_hosts": ["https://x"]})
    assert wrong.status == 422
    changed = await admin.call("PATCH", "/settings", json={"embed_hosts": ["tv.example.org"]})
    assert (await changed.json())["data"]["attributes"]["embed_hosts"] == ["tv.example.org"]
    await chapters.add("embed", content={"url": "https://tv.example.org/1"})
    assert await chapters.faults("embed", content={"url": "https://player.vimeo.com/1"}) == {
        "/content/url"
    }


async def test_learners_see_the_content_of_free_previews_alone(
    chapters: Chapters, learner: Api
) -> None:
    content = {"html": "<p>secret</p>"}
    closed = await chapters.add("text", content=content)
    free = await chapters.add("text", content=content, free_preview=True)
    for lesson, seen in ((closed, False), (free, True)):
        shown = (await learner.get(f"/lessons/{lesson['id']}"))["data"]["attributes"]
        assert (shown["content"] is not None) is seen
    course = await learner.get(f"/courses/{chapters.course['id']}?include=lessons")
    assert [each["attributes"]["content"] is not None for each in course["included"]] == [
        False,
        True,
    ]


async def test_lessons_move_within_and_between_modules(chapters: Chapters) -> None:
    made = {each: await chapters.add("text", title=each) for each in "abc"}
    await chapters.add("text", module=1, title="x")

    async def move(title: str, module: int, position: int | None = None) -> None:
        body = {"module_id": chapters.modules[module]["id"], "position": position}
        answer = await chapters.admin.call("POST", f"/lessons/{made[title]['id']}/move", json=body)
        assert answer.status == 200, await answer.text()

    await move("c", 0, 1)
    assert await chapters.titles() == ["c", "a", "b"]
    await move("c", 1, 1)
    await move("a", 1)
    assert (await chapters.titles(), await chapters.titles(1)) == (["b"], ["c", "x", "a"])
    other = await chapters.admin.make("/courses", title="Other")
    module = await chapters.admin.make(f"/courses/{other['id']}/modules", title="M")
    path = f"/lessons/{made['a']['id']}/move"
    refused = await chapters.admin.call("POST", path, json={"module_id": module["id"]})
    assert refused.status == 422


async def test_what_is_deleted_is_archived_and_shown_no_more(chapters: Chapters) -> None:
    _, lesson = [await chapters.add("text", title=each) for each in "ab"]
    assert (await chapters.admin.call("DELETE", f"/lessons/{lesson['id']}")).status == 204
    assert await chapters.titles() == ["a"]
    module = f"/modules/{chapters.modules[1]['id']}"
    assert (await chapters.admin.call("DELETE", module)).status == 204
    left = (await chapters.admin.get(f"/courses/{chapters.course['id']}/modules"))["data"]
    assert [each["id"] for each in left] == [chapters.modules[0]["id"]]
    assert (await chapters.admin.call("DELETE", f"/courses/{chapters.course['id']}")).status == 204
    assert (await chapters.admin.get("/courses"))["data"] == []
    archived = (await chapters.admin.get("/courses?status=archived"))["data"]
    assert [each["id"] for each in archived] == [chapters.course["id"]]


async def test_prerequisites_of_lessons_stay_within_the_course_and_never_circle(
    chapters: Chapters,
) -> None:
    first = await chapters.add("text", title="first")
    second = await chapters.add("text", title="second", prerequisites=[first["id"]])
    path = f"/lessons/{first['id']}"
    for needed in (first["id"], second["id"], "lesson_x"):
        answer = await chapters.admin.call("PATCH", path, json={"prerequisites": [needed]})
        assert answer.status == 422
        (error,) = (await answer.json())["errors"]
        assert error["source"] == {"pointer": "/prerequisites/0"}


async def test_modules_open_at_a_moment_or_some_days_after_enrollment(chapters: Chapters) -> None:
    path = f"/modules/{chapters.modules[1]['id']}"
    drip = {"unlock_at": "2030-01-01T00:00:00Z", "unlock_after_days": 7}
    answer = await chapters.admin.call("PATCH", path, json=drip)
    shown = (await answer.json())["data"]["attributes"]
    assert {name: shown[name] for name in drip} == drip
    for moment in ("2030-01-01T00:00:00", "9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00"):
        wrong = await chapters.admin.call("PATCH", path, json={"unlock_at": moment})
        assert wrong.status == 422, moment
    opened = await chapters.admin.call("PATCH", path, json={"unlock_at": None})
    assert (await opened.json())["data"]["attributes"]["unlock_at"] is None
