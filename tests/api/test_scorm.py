"""A zip over REST becomes a lesson that can be launched, or a report of what is wrong with it."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from api.origins import content_application
from api.services import Services
from tests.api.callers import Api

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1"
    xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="o"><organization identifier="o"><title>Exits</title>
    <item identifier="i" identifierref="r"><title>Exits</title></item></organization>
  </organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html">
    <file href="index.html"/></resource></resources>
</manifest>
"""


def package(**files: str) -> bytes:
    """A SCORM 1.2 zip; `files` are added to or replace the manifest and the page."""
    content = {"imsmanifest.xml": MANIFEST, "index.html": "<p>Exits</p>", **files}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return packed.getvalue()


def form(zipped: bytes | None, *, last: bool = True, **fields: str) -> FormData:
    """The multipart body; `last`, the file comes after the fields."""
    data = FormData()
    parts = list(fields.items())
    file = [("file", zipped)] if zipped is not None else []
    for name, value in [*parts, *file] if last else [*file, *parts]:
        if isinstance(value, bytes):
            data.add_field(name, value, filename="exits.zip", content_type="application/zip")
        else:
            data.add_field(name, value)
    return data


@pytest.fixture
async def module(admin: Api) -> dict[str, Any]:
    """A module of a published course."""
    course = await admin.make("/courses", title="Fire", status="published")
    return await admin.make(f"/courses/{course['id']}/modules", title="One")


def _fields(module: dict[str, Any]) -> dict[str, str]:
    return {
        "course_id": module["relationships"]["course"]["data"]["id"],
        "module_id": module["id"],
    }


async def _nothing_is_left(services: Services) -> None:
    names = await services.database.list_collection_names(filter={"name": {"$regex": "package"}})
    for name in names:
        assert await services.database[name].count_documents({}) == 0, name
    assert await services.database.lessons.count_documents({}) == 0
    kept = services.settings.data.rglob("*")
    assert [path for path in kept if path.is_file()] == []


@pytest.mark.parametrize("last", [True, False])
async def test_a_zip_becomes_a_lesson_wherever_the_file_stands(
    admin: Api, module: dict[str, Any], last: bool
) -> None:
    body = form(package(), last=last, **_fields(module), title="Ways out")
    answer = await admin.call("POST", "/scorm/upload", data=body)
    assert answer.status == 201, await answer.text()
    made = await answer.json()
    (stored,) = made["included"]
    assert made["data"]["attributes"]["content_type"] == "scorm"
    assert made["data"]["relationships"]["package"]["data"]["id"] == stored["id"]
    assert stored["attributes"]["filename"] == "exits.zip"
    listed = await admin.get(f"/modules/{module['id']}/lessons")
    assert [each["id"] for each in listed["data"]] == [made["data"]["id"]]
    if last:
        assert made["data"]["attributes"]["title"] == "Ways out"


BROKEN = {
    "no zip": b"this is no zip",
    "empty": b"",
    "truncated": package()[:-200],
    "no manifest": package(**{"imsmanifest.xml": "<nothing/>"}),
    "outside": package(**{"../evil.html": "x"}),
    "bomb": package(**{"zeros.bin": "0" * 200_000_000}),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_cannot_be_taken_is_refused_with_a_report_and_leaves_nothing(
    admin: Api, services: Services, module: dict[str, Any], kind: str
) -> None:
    body = form(BROKEN[kind], **_fields(module))
    answer = await admin.call("POST", "/scorm/upload", data=body)
    assert answer.status in (413, 422), await answer.text()
    refused = await answer.json()
    assert all(error["detail"] for error in refused["errors"])
    assert all(error["source"] == {"pointer": "/file"} for error in refused["errors"])
    assert len(refused["meta"]["report"]) >= len(refused["errors"])
    await _nothing_is_left(services)


async def test_every_missing_field_is_told_and_the_file_is_not_kept(
    admin: Api, services: Services
) -> None:
    answer = await admin.call("POST", "/scorm/upload", data=form(package(), colour="red"))
    assert answer.status == 422
    pointers = {error["source"]["pointer"] for error in (await answer.json())["errors"]}
    assert pointers == {"/course_id", "/module_id", "/colour"}
    await _nothing_is_left(services)


@pytest.mark.parametrize("last", [True, False])
async def test_an_unknown_module_leaves_nothing(admin: Api, services: Services, last: bool) -> None:
    body = form(package(), last=last, course_id="course_1", module_id="module_1")
    answer = await admin.call("POST", "/scorm/upload", data=body)
    assert answer.status == 404
    assert (await answer.json())["errors"][0]["code"] == "module_not_found"
    await _nothing_is_left(services)


async def test_a_module_of_another_course_is_refused(
    admin: Api, services: Services, module: dict[str, Any]
) -> None:
    fields = _fields(module) | {"course_id": "course_1"}
    answer = await admin.call("POST", "/scorm/upload", data=form(package(), **fields))
    assert answer.status == 422
    assert (await answer.json())["errors"][0]["source"] == {"pointer": "/course_id"}
    await _nothing_is_left(services)


async def test_a_body_that_is_no_form_is_415_or_400(admin: Api) -> None:
    assert (await admin.call("POST", "/scorm/upload", json={})).status == 415
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    cut = await admin.call("POST", "/scorm/upload", data=b"no boundary", headers=headers)
    assert cut.status == 400


async def _lesson(admin: Api, module: dict[str, Any]) -> dict[str, Any]:
    answer = await admin.call("POST", "/scorm/upload", data=form(package(), **_fields(module)))
    lesson: dict[str, Any] = (await answer.json())["data"]
    return lesson


async def test_a_launch_needs_an_enrollment_and_leads_to_the_player(
    admin: Api, learner: Api, services: Services, module: dict[str, Any]
) -> None:
    lesson = await _lesson(admin, module)
    path = f"/lessons/{lesson['id']}/launch"
    refused = await learner.call("POST", path, json={})
    assert refused.status == 403
    assert (await refused.json())["errors"][0]["code"] == "enrollment_required"
    person = (await learner.get("/auth/me"))["data"]["id"]
    course_id = _fields(module)["course_id"]
    enrollment = await admin.make("/enrollments", user_id=person, course_id=course_id)
    launched = await learner.make(path, return_path="/courses/1")
    attributes = launched["attributes"]
    assert attributes["registration"] == enrollment["attributes"]["registration"]
    origin = services.settings.content_origin
    assert attributes["url"].startswith(f"{origin}/runtime/launch/")
    player = attributes["url"].removeprefix(origin)
    async with TestClient(TestServer(content_application(services))) as content:
        page = await content.get(player)
        assert page.status == 200
        assert page.content_type == "text/html"
        assert (await content.get("/health/ready")).status == 200
        assert (await content.get("/api/v1/courses")).status == 404


async def test_a_lesson_is_shown_in_the_frame_or_in_a_window_of_its_own(
    admin: Api, learner: Api, services: Services, module: dict[str, Any]
) -> None:
    """As the lesson says, or else as the launch does."""
    lesson = await _lesson(admin, module)
    person = (await learner.get("/auth/me"))["data"]["id"]
    await admin.make("/enrollments", user_id=person, course_id=_fields(module)["course_id"])

    async def shown(**wish: str) -> str:
        launched = await learner.make(f"/lessons/{lesson['id']}/launch", **wish)
        return services.runtime.read(launched["attributes"]["url"].rpartition("/")[2]).display

    assert lesson["attributes"]["display"] == await shown() == "frame"
    changed = await admin.call("PATCH", f"/lessons/{lesson['id']}", json={"display": "window"})
    assert (await changed.json())["data"]["attributes"]["display"] == await shown() == "window"
    assert await shown(display="frame") == "frame"
    wrong = await admin.call("PATCH", f"/lessons/{lesson['id']}", json={"display": "moon"})
    assert wrong.status == 422


async def test_an_expired_enrollment_does_not_launch(
    admin: Api, learner: Api, module: dict[str, Any]
) -> None:
    lesson = await _lesson(admin, module)
    person = (await learner.get("/auth/me"))["data"]["id"]
    course_id = _fields(module)["course_id"]
    past = "2020-01-01T00:00:00Z"
    await admin.make("/enrollments", user_id=person, course_id=course_id, expires_at=past)
    answer = await learner.call("POST", f"/lessons/{lesson['id']}/launch", json={})
    assert answer.status == 403
    assert (await answer.json())["errors"][0]["code"] == "enrollment_expired"


@pytest.mark.parametrize("written", ["https://evil.example", "//evil.example", "/\\evil", "x"])
async def test_a_launch_comes_back_to_this_server_alone(
    learner: Api, module: dict[str, Any], written: str
) -> None:
    answer = await learner.call("POST", "/lessons/x/launch", json={"return_path": written})
    assert answer.status == 422


TAKEN = ("singlescobasic.zip", "RuntimeMinimumCalls_SCORM12.zip")
REFUSED = ("invalid.zip", "badscorm.zip", "validaicc.zip")


def _shared(name: str) -> bytes:
    for folder in Path(__file__).resolve().parents:
        found = folder / "shared" / "packages" / name
        if found.is_file():
            return found.read_bytes()
    pytest.skip(f"shared/packages/{name} is not beside the checkout")


@pytest.mark.parametrize("name", TAKEN)
async def test_packages_of_real_tools_are_taken(
    admin: Api, module: dict[str, Any], name: str
) -> None:
    answer = await admin.call("POST", "/scorm/upload", data=form(_shared(name), **_fields(module)))
    assert answer.status == 201, await answer.text()


@pytest.mark.parametrize("name", REFUSED)
async def test_broken_packages_are_refused_with_a_report(
    admin: Api, services: Services, module: dict[str, Any], name: str
) -> None:
    answer = await admin.call("POST", "/scorm/upload", data=form(_shared(name), **_fields(module)))
    assert answer.status == 422, await answer.text()
    await _nothing_is_left(services)
