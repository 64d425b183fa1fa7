"""What a server does beside answering: following, sweeping, reacting, sending."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any, Final

from pymongo.errors import PyMongoError

from api.jobs import JobWorker
from api.notices import Notices
from api.reporting import Repetition
from api.services import Services
from api.webhooks import Sender
from api.works import WORKS
from content import files, organizations
from content.announcements.announcements import Announcement
from content.announcements.announcing import Announcer
from content.assignments import enclosures
from content.assignments.peers import PeerReview
from content.assignments.reminders import Reminders
from content.assignments.submission import Submission
from content.certificates import issuing
from content.certificates.certificates import Certificate
from content.compliance.decisions import Decision
from content.compliance.evidence_packages import package
from content.compliance.reminders import Reminders as DutyReminders
from content.discussions import Discussion, Reply
from content.enrollment.enrollments import Enrollment
from content.enrollment.expiry import Expiry
from content.files import Sweeper
from content.notifications import broadcasts
from content.paths import enrollments as path_enrollments
from content.progress.follower import Follower
from content.quizzes.attempts import QuizAttempt
from content.quizzes.deadlines import Deadlines
from content.telling.outbox import Telling
from content.telling.reactions import Reaction, Reactions
from content.webhooks import deliveries

TELLING: Final[tuple[type[Telling], ...]] = (
    Announcement,
    Certificate,
    Decision,
    Discussion,
    Enrollment,
    PeerReview,
    QuizAttempt,
    Reply,
    Submission,
)
SWEEPS: Final = (files.sweep, files.sweep_expired, enclosures.sweep, package.sweep)


@asynccontextmanager
async def working(services: Services) -> AsyncIterator[None]:
    """All the work beside answering, for as long as this lasts."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_following(services))
        for work in _works(services):
            await stack.enter_async_context(_beside(work))
        yield


def _works(services: Services) -> list[Coroutine[Any, Any, None]]:
    content, outbox, settings = services.content, services.outbox, services.settings
    public_only = settings.webhook_addresses == "public"
    works = [
        services.erasures.run(),
        services.forwarder.run(),
        outbox.run(),
        Announcer(content, outbox).run(),
        Deadlines(content, outbox).run(),
        DutyReminders(content).run(),
        Expiry(content, outbox).run(),
        JobWorker(services, WORKS).run(),
        Reactions(content, _reactions(services)).run(),
        Reminders(content).run(),
        services.registrar.run(),
        Repetition(services).run(),
        Sender(content, services.webhooks, public_only=public_only).run(),
        Sweeper(content, SWEEPS).run(),
        services.ledger.run(partial(_organizations, services)),
    ]
    if services.mailer is not None:
        works.append(Notices(content, services.mailer).run())
    return works


async def _organizations(services: Services) -> list[str]:
    return [each.id for each in await organizations.every(services.content)]


def _reactions(services: Services) -> dict[str, Reaction]:
    """What follows from events: one for each name of `content.telling.events.REACTIONS`."""
    return {
        "certificates": partial(issuing.react, services.content, services.outbox),
        "learning_paths": partial(path_enrollments.react, services.content),
        "notifications": partial(broadcasts.react, services.content),
        "webhooks": partial(deliveries.react, services.content),
    }


@asynccontextmanager
async def _following(services: Services) -> AsyncIterator[None]:
    """Follow the log beside serving; another server takes over when this one stops."""
    follower = Follower(services.content, services.log, services.progress, services.concerns)
    try:
        async with _beside(follower.run()) as task:
            services.lifecycle.follower = task
            yield
    finally:
        with suppress(PyMongoError):
            await follower.release()


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Work beside serving, for as long as this lasts."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
