"""Files over REST: in as a stream, out by range, seen by those who may, run by nobody."""

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from api.application import open_services
from api.origins import lms_application
from api.services import Services
from api.settings import read_settings
from api.store import Database
from content.store import FILE_CHUNKS, FILE_PLACES
from tests.api.callers import PASSWORD, Api, add_person, signed_in
from tests.tasks import until

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def form(content: bytes, name: str = "picture.png", **fields: str) -> FormData:
    """The multipart body of an upload."""
    data = FormData(quote_fields=False)
    data.add_field("file", content, filename=name, content_type="text/html")
    for field, value in fields.items():
        data.add_field(field, value)
    return data


async def upload(who: Api, content: bytes, name: str = "picture.png", **fields: str) -> Any:
    """The file resource of an upload that is taken."""
    answer = await who.call("POST", "/files", data=form(content, name, **fields))
    assert answer.status == 201, await answer.text()
    return (await answer.json())["data"]


async def code_of(answer: Any) -> str:
    """The code of an answer's first error."""
    code: str = (await answer.json())["errors"][0]["code"]
    return code


async def _places(services: Services) -> int:
    names = (FILE_PLACES, FILE_CHUNKS, "files")
    return sum([await services.database[each].count_documents({}) for each in names])


async def test_a_file_is_typed_by_its_content_hashed_and_given_back(learner: Api) -> None:
    file = await upload(learner, PNG, "Fotos\\Über mich.png")
    attributes = file["attributes"]
    assert attributes["filename"] == "Über mich.png"
    assert attributes["media_type"] == "image/png"
    assert attributes["size"] == len(PNG)
    assert attributes["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert (await learner.get(f"/files/{file['id']}"))["data"]["attributes"] == attributes
    content = f"/files/{file['id']}/content"
    answer = await learner.call("GET", content)
    assert (answer.status, await answer.read()) == (200, PNG)
    headers = answer.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["ETag"] == f'"{attributes["sha256"]}"'
    assert headers["Content-Disposition"].startswith('inline; filename="_ber mich.png"')
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    part = await learner.call("GET", content, headers={"Range": "bytes=2-5"})
    assert (part.status, await part.read()) == (206, PNG[2:6])
    assert part.headers["Content-Range"] == f"bytes 2-5/{len(PNG)}"
    head = await learner.call("HEAD", content, headers={"Range": "bytes=2-5"})
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(PNG)))
    same = await learner.call("GET", content, headers={"If-None-Match": headers["ETag"]})
    assert same.status == 304
    behind = await learner.call("GET", content, headers={"Range": f"bytes={len(PNG)}-"})
    assert (behind.status, await code_of(behind)) == (416, "range_not_satisfiable")
    assert behind.headers["Content-Range"] == f"bytes */{len(PNG)}"
    saved = await learner.call("GET", f"{content}?download=1", headers={"Accept": "image/png"})
    assert saved.headers["Content-Disposition"].startswith("attachment; ")


async def test_what_a_browser_could_run_is_only_saved(learner: Api) -> None:
    for name in ("page.html", "drawing.svg", "script.js"):
        file = await upload(learner, b"<svg onload='alert(1)'/>", name)
        answer = await learner.call("GET", f"/files/{file['id']}/content")
        assert answer.headers["Content-Disposition"].startswith("attachment; "), name
        assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_cannot_be_taken_is_refused_and_leaves_nothing(
    learner: Api, admin: Api, services: Services
) -> None:
    refused = {
        "file_type_mismatch": form(b"MZ\x90\x00\x03\x00" + bytes(99), "essay.pdf"),
        "file_type_not_allowed": form(b"MZ", "virus.exe"),
        "file_empty": form(b"", "essay.txt"),
        "validation_error": form(PNG, colour="red"),
        "course_not_found": form(PNG, course_id="course_1"),
        "lesson_not_found": form(PNG, lesson_id="lesson_1"),
    }
    for code, body in refused.items():
        answer = await admin.call("POST", "/files", data=body)
        assert (answer.status, await code_of(answer)) == (
            404 if code.endswith("not_found") else 422,
            code,
        )
    attached = await learner.call("POST", "/files", data=form(PNG, course_id="course_1"))
    assert (attached.status, await code_of(attached)) == (403, "forbidden")
    bare = FormData()
    bare.add_field("course_id", "course_1")
    bare.add_field("colour", b"x", filename="x.txt")
    missing = await admin.call("POST", "/files", data=bare)
    assert missing.status == 422
    assert (await admin.call("POST", "/files", json={})).status == 415
    cut = await admin.call(
        "POST",
        "/files",
        data=b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf',
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert cut.status == 400
    assert await _places(services) == 0


async def test_an_upload_whose_connection_breaks_leaves_nothing(
    learner: Api, services: Services
) -> None:
    server = learner.client.server
    _, writer = await asyncio.open_connection(server.host, server.port)
    head = (
        "POST /api/v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n"
        f"Authorization: {learner.headers['Authorization']}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    writer.write(head.encode() + b"x" * 2_000_000)
    await writer.drain()

    async def some_is_there() -> bool:
        return await services.database[FILE_CHUNKS].count_documents({}) > 1

    async def nothing_is_left() -> bool:
        return await _places(services) == 0

    await until(some_is_there)
    writer.close()
    await until(nothing_is_left)


async def test_a_file_past_the_limit_is_413(services: Services, database: Database) -> None:
    await add_person(services, "bea@example.org", "learner")
    flags = {"data": str(services.settings.data), "max_file": "64KiB"}
    async with (
        open_services(read_settings({}, flags), database) as bounded,
        TestClient(TestServer(lms_application(bounded))) as client,
    ):
        who = await signed_in(client, "bea@example.org", PASSWORD)
        answer = await who.call("POST", "/files", data=form(b"x" * 65_537, "a.txt"))
        assert (answer.status, await code_of(answer)) == (413, "file_too_large")
        await upload(who, b"x" * 65_536, "a.txt")


async def test_files_are_seen_by_their_owner_the_course_and_those_who_teach(
    admin: Api, learner: Api, services: Services
) -> None:
    course = await admin.make("/courses", title="Fire", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="One")
    path = f"/modules/{module['id']}/lessons"
    lesson = await admin.make(path, title="Exits", content_type="document")
    shared = await upload(admin, PNG, lesson_id=lesson["id"])
    private = await upload(admin, PNG)
    own = await upload(learner, PNG)
    assert shared["relationships"]["course"]["data"]["id"] == course["id"]
    in_lesson = f"/files?lesson_id={lesson['id']}"
    shut = await learner.call("GET", f"/files/{shared['id']}")
    assert (shut.status, await code_of(shut)) == (403, "enrollment_required")
    hidden = await learner.call("GET", f"/files/{private['id']}/content")
    assert (hidden.status, await code_of(hidden)) == (404, "file_not_found")
    assert (await learner.call("GET", in_lesson)).status == 403
    person = (await learner.get("/auth/me"))["data"]["id"]
    await admin.make("/enrollments", user_id=person, course_id=course["id"])
    assert (await learner.call("GET", f"/files/{shared['id']}/content")).status == 200
    assert [each["id"] for each in (await learner.get(in_lesson))["data"]] == [shared["id"]]
    assert [each["id"] for each in (await learner.get("/files"))["data"]] == [own["id"]]
    assert (await admin.get("/files"))["meta"]["total"] == 3
    others = await learner.call("GET", f"/files?course_id={course['id']}&user_id=user_1")
    assert others.status == 403
    assert (await learner.call("DELETE", f"/files/{shared['id']}")).status == 403
    assert (await learner.call("DELETE", f"/files/{private['id']}")).status == 404
    assert (await learner.call("DELETE", f"/files/{own['id']}")).status == 204
    assert (await admin.call("DELETE", f"/files/{shared['id']}")).status == 204
    assert await _places(services) == 3


async def test_a_file_that_a_lesson_consists_of_is_open_with_the_lesson(
    admin: Api, learner: Api
) -> None:
    course = await admin.make("/courses", title="Fire", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="One")
    file = await upload(admin, PNG)
    path = f"/modules/{module['id']}/lessons"
    content = {"file_id": file["id"]}
    await admin.make(path, title="Exits", content_type="document", content=content)
    own = f"/files/{file['id']}"
    refused = await learner.call("GET", f"{own}/content")
    assert (refused.status, await code_of(refused)) == (403, "enrollment_required")
    used = await admin.call("DELETE", own)
    assert (used.status, await code_of(used)) == (409, "file_in_use")
    copy = (await admin.make(f"/courses/{course['id']}/duplicate"))["id"]
    person = (await learner.get("/auth/me"))["data"]["id"]
    await admin.make("/enrollments", user_id=person, course_id=copy)
    assert (await learner.call("GET", f"{own}/content")).status == 200


async def test_a_link_works_without_signing_in_until_it_expires(
    learner: Api, services: Services
) -> None:
    file = await upload(learner, PNG)
    link = (await learner.make(f"/files/{file['id']}/links", expires_in=60))["attributes"]
    path = link["url"].removeprefix(services.settings.public_origin)
    answer = await learner.client.get(path, headers={"Range": "bytes=0-3"})
    assert (answer.status, await answer.read()) == (206, PNG[:4])
    forged = await learner.client.get(f"{path}x")
    assert (forged.status, await code_of(forged)) == (401, "auth_required")
    long = await learner.call("POST", f"/files/{file['id']}/links", json={"expires_in": 10**6})
    assert long.status == 422
    organization_id = services.sessions.organization_id
    late = services.downloads.sign(organization_id, file["id"], LONG_AGO, 60)
    expired = await learner.client.get(f"/api/v1/downloads/{file['id']}?token={late}")
    assert (expired.status, await code_of(expired)) == (401, "auth_required")
    assert (await learner.call("DELETE", f"/files/{file['id']}")).status == 204
    assert (await learner.client.get(path)).status == 404


async def test_presigned_uploads_are_said_to_be_none(learner: Api) -> None:
    answer = await learner.call("POST", "/upload", json={"filename": "a.pdf"})
    assert (answer.status, await code_of(answer)) == (501, "presigned_upload_unavailable")
