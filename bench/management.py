"""Learning management per second: `python -m bench.management [--requests N] [--markdown FILE]`.

Lists of courses, one person's progress, and the enrollment of ten thousand people at once, over
all of Lyceum with one server process.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import structs
from pymongo import AsyncMongoClient

from api.mongod import Mongod
from bench.processes import Server, load, server
from bench.rows import COLUMNS, Row, markdown, show
from bench.server import ADMIN_EMAIL, ADMIN_PASSWORD
from content import organizations
from content.documents import encode
from content.identity import new_id
from content.people import people
from content.people.people import PersonDraft
from content.store import Store

COURSES: Final = 200
LESSONS: Final = 12
LEARNERS: Final = 500
CROWD: Final = 10_000
CONNECTIONS: Final = 64
READS, WRITES = 1_500, 800


class School:
    """An organization with courses and people, over REST."""

    def __init__(self, server: Server) -> None:
        self._base = f"http://127.0.0.1:{server.port}/api/v1"
        sign_in = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        self.token = ""
        self.token = self.post("/auth/sign-in", sign_in)["data"]["attributes"]["access_token"]
        self.courses = [self._course(each) for each in range(COURSES)]
        module = self.post(f"/courses/{self.courses[0]}/modules", {"title": "One"})["data"]["id"]
        for each in range(LESSONS):
            body = {"title": f"Lesson {each}", "content_type": "xapi"}
            self.post(f"/modules/{module}/lessons", body)

    def post(self, path: str, body: Any) -> Any:
        """The answer to a POST."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(  # noqa: S310
            self._base + path, json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return json.load(answer)

    def enrolment(self, course: str, person_ids: list[str]) -> dict[str, Any]:
        """A bulk enrollment, as a load sends it."""
        body = {"course_id": course, "user_ids": person_ids}
        return {"path": "/api/v1/enrollments/bulk", "body": body}

    def _course(self, number: int) -> str:
        body = {"title": f"Course {number}", "description": "x" * 300, "status": "published"}
        course_id: str = self.post("/courses", body)["data"]["id"]
        return course_id


async def crowd(uri: str, size: int) -> list[str]:
    """Add people without signing them up one by one; their ids."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client["composed"])
        (organization,) = await organizations.every(store)
        draft = PersonDraft(name="Ann Lee", email="ann@example.org")
        one = await people.create(store, organization.id, draft)
        many = [
            structs.replace(one, id=new_id("user"), email=f"p{n}@x.org", agents=(f"mbox:{n}",))
            for n in range(size)
        ]
        await store.database.people.insert_many(map(encode, many))
        return [each.id for each in many]


def measure(uri: str, requests: int) -> Iterator[Row]:
    """Yield the table's rows, as they are measured."""
    with server(uri, "composed", "composed") as composed:
        everybody, school = asyncio.run(crowd(uri, CROWD)), School(composed)
        learners = everybody[:LEARNERS]
        school.post("/enrollments/bulk", {"course_id": school.courses[0], "user_ids": learners})
        page = [{"path": "/api/v1/courses?status=published&per_page=20"}]
        yield _reads(composed, school, f"GET 20 of {COURSES} courses", page, requests)
        of = f"/api/v1/progress/{school.courses[0]}/users"
        each = [{"path": f"{of}/{person_id}"} for person_id in learners]
        yield _reads(composed, school, f"GET progress in {LESSONS} lessons", each, requests)
        yield _crowd(composed, school, everybody)


def _reads(
    composed: Server, school: School, figure: str, asked: list[dict[str, Any]], requests: int
) -> Row:
    plan = {"asked": asked, "token": school.token}
    load(composed, "rest", len(asked), 8, **plan)
    report = load(composed, "rest", requests, CONNECTIONS, **plan)
    held = lambda r: bool(r["per_second"] >= READS)  # noqa: E731
    return Row(f"{figure}, {CONNECTIONS} connections", report, "/s", f"{READS:,}/s", held)


def _crowd(composed: Server, school: School, everybody: list[str]) -> Row:
    asked = [school.enrolment(school.courses[1], everybody)]
    report = load(composed, "rest", 1, 1, asked=asked, token=school.token)
    return Row(
        f"POST one enrollment of {CROWD:,} people",
        report,
        "people/s",
        f"{WRITES:,}/s",
        lambda r: bool(r["per_second"] * CROWD >= WRITES),
        factor=CROWD,
    )


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.management", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000, help="for each figure")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        for row in measure(db.uri, arguments.requests):
            rows.append(row.cells())
            print(f"{row.figure}: {row.measured}", file=sys.stderr)
    show("Learning management", COLUMNS, rows)
    if arguments.markdown:
        arguments.markdown.write_text(f"{markdown(COLUMNS, rows)}\n")


if __name__ == "__main__":
    main()
