"""Every question that enrollments, paths and certificates ask of MongoDB has an index."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from class_room import ClassRoom, open_class_room
from pymongo import AsyncMongoClient, monitoring

from content.certificates import certificates, templates
from content.certificates.certificates import CertificateFilter
from content.courses import courses as course_list
from content.courses.course_search import CourseFilter
from content.documents import Paging
from content.enrollment import bulk_enrollment, cohorts, enrollment_requests, enrollments
from content.enrollment.bulk_enrollment import BulkDraft
from content.enrollment.enrollment_requests import RequestFilter
from content.enrollment.enrollments import EnrollmentFilter
from content.enrollment.expiry import Expiry
from content.errors import NotFound
from content.identity import now
from content.jobs.job_queue import JobQueue
from content.paths import enrollments as path_enrollments
from content.paths import paths
from content.progress import completions
from content.progress.progress import standings
from content.store import Store, prepare
from content.telling.outbox import Outbox
from content.telling.reactions import Reactions

Command = Mapping[str, Any]
PAGE = Paging()
NEWEST = Paging(sort="-enrolled_at")


class Asked(monitoring.CommandListener):
    """Keeps what was asked."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in ("find", "aggregate", "update", "findAndModify"):
            self.commands.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to keep."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to keep."""


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
async def heard(mongodb_uri: str, database: Any, asked: Asked) -> AsyncIterator[Store]:
    """The store of the test's database, over a client that is listened to."""
    await prepare(database)
    async with AsyncMongoClient[dict[str, Any]](
        mongodb_uri, tz_aware=True, event_listeners=[asked]
    ) as client:
        yield Store(client[database.name])


def stages(plan: Any) -> Iterator[str]:
    """The stages of a plan, wherever they are in it."""
    if isinstance(plan, Mapping):
        if "stage" in plan:
            yield plan["stage"]
        for each in plan.values():
            yield from stages(each)
    elif isinstance(plan, list):
        for each in plan:
            yield from stages(each)


async def test_no_question_reads_a_whole_collection(heard: Store, asked: Asked) -> None:
    room = await open_class_room(heard)
    asked.commands.clear()
    for ask in questions(heard, room):
        with suppress(NotFound):
            await ask()
    database, scanning = heard.database, []
    for command in [*asked.commands]:
        plain = {name: each for name, each in command.items() if name not in ("lsid", "$db")}
        plain = {name: each for name, each in plain.items() if not name.startswith("$")}
        plain.pop("txnNumber", None)
        explained = await database.command({"explain": plain, "verbosity": "queryPlanner"})
        if "COLLSCAN" in stages(explained):
            scanning.append(plain)
    assert scanning == []
    assert len(asked.commands) > 40


def questions(store: Store, room: ClassRoom) -> Iterator[Callable[[], Awaitable[Any]]]:
    """What the routes ask, each of a kind once."""
    one, person, course = room.organization.id, room.person.id, room.course.id

    for status in (None, "active", "completed", "expired", "cancelled"):
        for scope in ({}, {"course_id": course}, {"person_id": person}, {"cohort_id": "cohort"}):
            filters = EnrollmentFilter(status=status, **scope)
            yield lambda filters=filters: enrollments.find(store, one, filters, NEWEST)
    yield lambda: enrollments.latest(store, one, person, course)
    yield lambda: enrollments.current(store, one, person, course)
    yield lambda: standings(store, one, [room.enrollment.id])
    yield lambda: completions.missing(store, one, [person], [course])
    yield lambda: completions.required_by_paths(store, one, person, course)
    yield lambda: course_list.find(store, one, CourseFilter(status="published"), PAGE)
    yield lambda: Expiry(store, Outbox(store, _never)).sweep(now())
    yield lambda: _react(store)
    yield lambda: JobQueue(store, ["work"]).take()
    yield lambda: course_list.find(store, one, CourseFilter(slug="hygiene"), PAGE)
    yield lambda: _bulk(store, one, BulkDraft(course_id=course, person_ids=(person, "user_x")))

    for scope in ({}, {"status": "pending"}, {"person_id": person}, {"course_id": course}):
        wanted = RequestFilter(**scope)
        yield lambda wanted=wanted: enrollment_requests.find(store, one, wanted, PAGE)
    yield lambda: cohorts.find(store, one, PAGE)
    yield lambda: cohorts.everybody(store, one, "cohort")
    yield lambda: paths.find(store, one, PAGE)
    yield lambda: paths.minutes(store, one, [course])
    yield lambda: path_enrollments.get(store, one, "path", person)

    for scope in (
        {},
        {"person_id": person},
        {"course_id": course},
        {"path_id": "p"},
        {"number": "n"},
    ):
        for status in (None, "valid", "revoked"):
            held = CertificateFilter(status=status, **scope)
            yield lambda held=held: certificates.find(store, one, held, PAGE)
    yield lambda: templates.find(store, one, PAGE)
    yield lambda: certificates.forget(store, one, person)


async def _bulk(store: Store, organization_id: str, draft: BulkDraft) -> None:
    async for _ in bulk_enrollment.enroll_many(store, organization_id, draft):
        pass


async def _react(store: Store) -> None:
    await Reactions(store, {}).react()


async def _never(organization_id: str, statements: object) -> None:
    raise AssertionError(organization_id, statements)
