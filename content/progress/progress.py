"""Progress: what the statement log tells of each enrollment, kept beside it and never instead.

The documents can be deleted and come out the same. They are written with a version check, so that
any number of servers may fold at once; a lost race is folded again over the winner's state.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from msgspec import Struct, structs
from pymongo.errors import DuplicateKeyError

from content import organizations
from content.courses import outline as outlines
from content.courses.courses import Course
from content.courses.outline import Outline, OutlineLesson
from content.documents import Document, encode
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.identity import now
from content.progress import counting, milestones, rollup
from content.progress.attempts import AttemptPolicy, AttemptStanding
from content.progress.fold import FOLD_VERSION, CourseState, fold_all
from content.progress.history import Log, history
from content.progress.matching import match
from content.progress.milestones import Reached, Whose
from content.progress.rollup import ModuleProgress, Standing
from content.store import Store
from content.telling import events
from content.telling.events import Event
from lrs.statement import VOIDED, StoredStatement

BATCH = 500
AT_ONCE = 16
OUTLINES_KEPT = 1000

Edition = tuple[int, int, int]
Listener = Callable[["CourseProgress | None", "CourseProgress"], Awaitable[None]]


class CourseProgress(Document, frozen=True, kw_only=True):
    """The fold of one enrollment, whose id it has.

    `voided` are ids that were taken back: a follower that still comes to such a statement must
    not bring it in again. `outline_version` is the course's that `standing` was rolled up by,
    `fold_version` that of the rules.
    """

    kind: ClassVar[str] = "progress"

    person_id: str
    course_id: str
    outline_version: int
    fold_version: int = 1
    state: CourseState
    standing: Standing
    voided: tuple[str, ...] = ()

    def fits(self, outline: Outline) -> bool:
        """Whether it was folded by the present rules and rolled up by this outline."""
        return (self.fold_version, self.outline_version) == (FOLD_VERSION, outline.version)


class ProgressReport(Struct, frozen=True, kw_only=True):
    """One enrollment's progress in full."""

    enrollment: Enrollment
    outline: Outline
    state: CourseState
    standing: Standing
    modules: tuple[ModuleProgress, ...]

    def attempts_on(self, lesson: OutlineLesson) -> list[AttemptStanding]:
        """How the attempts on a lesson stand, in order."""
        registrations = self.enrollment.timeline.on(lesson.id)
        return counting.standings(
            lesson.policy, registrations, self.state.attempts.get(lesson.id, {})
        )


class Progress:
    """Folds statements into progress documents; one for each server."""

    def __init__(self, store: Store, log: Log, listener: Listener | None = None) -> None:
        """`listener` is told of each change of a document, right before it is written."""
        self._store = store
        self._listener = listener
        self._log = log
        self._documents = store.of(CourseProgress)
        self._outlines: dict[str, tuple[Edition, Outline]] = {}

    async def observe(self, statements: Sequence[StoredStatement]) -> None:
        """Fold in new statements and take back voided ones, of any organizations."""
        await self._observe(statements, late=False)

    async def catch_up(self, statements: Sequence[StoredStatement]) -> None:
        """As `observe`, for statements recorded some time ago, which may be voided by now."""
        await self._observe(statements, late=True)

    async def _observe(self, statements: Sequence[StoredStatement], *, late: bool) -> None:
        groups: dict[str, list[StoredStatement]] = defaultdict(list)
        for statement in statements:
            groups[statement.organization_id].append(statement)
        for organization_id, group in groups.items():
            await self._fold_in(organization_id, group, late=late)
            for each in group:
                if each.verb == VOIDED and each.target is not None:
                    await self._take_back(organization_id, each.target)

    async def report(self, organization_id: str, enrollment_id: str) -> ProgressReport:
        """The enrollment's progress by the course's present outline. Raises NotFound."""
        enrollment = await enrollments.get(self._store, organization_id, enrollment_id)
        outline = await self._outline(organization_id, enrollment.course_id)
        return await self.report_of(enrollment, outline)

    async def report_of(self, enrollment: Enrollment, outline: Outline) -> ProgressReport:
        """The enrollment's progress by an outline that `outline` gave."""
        document = await self._folded(enrollment, outline)
        return ProgressReport(
            enrollment=enrollment,
            outline=outline,
            state=document.state,
            standing=document.standing,
            modules=rollup.modules(outline, document.state),
        )

    async def attempts(
        self, enrollment: Enrollment, lesson_id: str | None = None
    ) -> dict[str, list[AttemptStanding]]:
        """How the attempts on each lesson (or on one) stand, by the lesson's id, in order."""
        outline = await self._outline(enrollment.organization_id, enrollment.course_id)
        report = await self.report_of(enrollment, outline)
        wanted = (each for each in outline.lessons() if lesson_id in (None, each.id))
        return {each.id: report.attempts_on(each) for each in wanted}

    async def course_attempts(self, enrollment: Enrollment) -> list[AttemptStanding]:
        """How the attempts on the course itself stand: the next one begins after a reset."""
        outline = await self._outline(enrollment.organization_id, enrollment.course_id)
        state = (await self._folded(enrollment, outline)).state
        own = enrollment.course_id
        return counting.standings(
            AttemptPolicy(), enrollment.timeline.on(own), state.attempts.get(own, {})
        )

    async def refold(
        self, enrollment: Enrollment, voided: Iterable[str] = (), *, known: bool = False
    ) -> CourseProgress:
        """Fold the enrollment's statements again from the log.

        `known` says that completions are no news where there was no fold before.
        """
        while True:
            enrollment = await enrollments.get(
                self._store, enrollment.organization_id, enrollment.id
            )
            before = await self._documents.find(enrollment.organization_id, enrollment.id)
            outline = await self._outline(enrollment.organization_id, enrollment.course_id)
            gone = set(voided) | set(before.voided if before else ())
            state = CourseState()
            async for statements in history(self._store, self._log, enrollment):
                kept = (each for each in statements if each.statement_id not in gone)
                state = fold_all(state, outline, kept, enrollment.timeline)
            after = _document(enrollment, before, outline, state, gone)
            if await self._write(before, after, outline, silent=known and before is None):
                return after

    async def refold_course(self, organization_id: str, course_id: str) -> None:
        """Refold the course's enrollments that were rolled up by another outline."""
        outline = await self._outline(organization_id, course_id)
        query = {
            "course_id": course_id,
            "outline_version": outline.version,
            "fold_version": FOLD_VERSION,
        }
        cursor = self._documents.collection.find(
            {"organization_id": organization_id, **query}, {"_id": 1}
        )
        current = {each["_id"] async for each in cursor}
        found = self._store.of(Enrollment).each(organization_id, {"course_id": course_id})
        stale = [each async for each in found if each.id not in current]
        await _few_at_once(self.refold(each) for each in stale)

    async def refold_person(self, organization_id: str, person_id: str) -> None:
        """Refold the person's enrollments, as when another agent means the person now."""
        found = await self._store.of(Enrollment).all(organization_id, {"person_id": person_id})
        await _few_at_once(self.refold(each) for each in found)

    async def rebuild(self, organization_id: str | None = None) -> int:
        """Compute all progress from nothing but the log; return the number of enrollments."""
        if organization_id is None:
            everybody = await organizations.every(self._store)
            return sum([await self.rebuild(each.id) for each in everybody])
        count = 0
        batch: list[Enrollment] = []
        async for each in self._store.of(Enrollment).each(organization_id, {}):
            batch.append(each)
            count += 1
            if len(batch) == BATCH:
                await _few_at_once(self.refold(one, known=True) for one in batch)
                batch = []
        await _few_at_once(self.refold(one, known=True) for one in batch)
        return count

    async def count(self, organization_id: str) -> int:
        """The number of enrollments, which is how much a rebuild has to do."""
        enrolled = self._store.of(Enrollment).collection
        return await enrolled.count_documents({"organization_id": organization_id})

    async def rebuild_after(self, organization_id: str, enrollment_id: str, most: int) -> list[str]:
        """Rebuild the next so many enrollments in the order of their ids; return the ids."""
        cursor = self._store.of(Enrollment).collection.find(
            {"organization_id": organization_id, "_id": {"$gt": enrollment_id}}, sort=[("_id", 1)]
        )
        found = [self._store.of(Enrollment).decode(each) async for each in cursor.limit(most)]
        await _few_at_once(self.refold(each) for each in found)
        return [each.id for each in found]

    async def _fold_in(
        self, organization_id: str, statements: Sequence[StoredStatement], *, late: bool
    ) -> None:
        matched = await match(self._store, organization_id, statements)
        if not matched:
            return
        query = {"_id": {"$in": list(matched)}}
        found = {each.id: each for each in await self._documents.all(organization_id, query)}
        await _few_at_once(
            self._fold_one(enrollment, found.get(enrollment.id), own, late=late)
            for enrollment, own in matched.values()
        )

    async def _fold_one(
        self,
        enrollment: Enrollment,
        before: CourseProgress | None,
        statements: Sequence[StoredStatement],
        *,
        late: bool,
    ) -> None:
        outline = await self._outline(enrollment.organization_id, enrollment.course_id)
        while before is not None and before.fits(outline):
            kept = [each for each in statements if each.statement_id not in before.voided]
            state = fold_all(before.state, outline, kept, enrollment.timeline)
            if late and state != before.state:
                statements, late = await self._unvoided(statements), False
                continue
            after = _document(enrollment, before, outline, state, before.voided)
            if await self._write(before, after, outline):
                return
            before = await self._documents.find(enrollment.organization_id, enrollment.id)
        await self.refold(enrollment)

    async def _unvoided(self, statements: Sequence[StoredStatement]) -> list[StoredStatement]:
        present = [await self._log.get(e.organization_id, e.statement_id) for e in statements]
        return [each for each in present if each is not None and not each.voided]

    async def _take_back(self, organization_id: str, statement_id: str) -> None:
        target = await self._log.get(organization_id, statement_id)
        if target is None:
            return
        matched = await match(self._store, organization_id, [structs.replace(target, voided=False)])
        for enrollment, _ in matched.values():
            document = await self._documents.find(organization_id, enrollment.id)
            if document is None or statement_id not in document.voided:
                await self.refold(enrollment, voided=[statement_id])

    async def _folded(self, enrollment: Enrollment, outline: Outline) -> CourseProgress:
        """The enrollment's fold by the present outline."""
        found = await self._documents.find(enrollment.organization_id, enrollment.id)
        return found if found is not None and found.fits(outline) else await self.refold(enrollment)

    async def outline(self, course: Course) -> Outline:
        """The course's present outline, read again only when something in it has changed."""
        edition = (course.version, course.outline_version, course.revision)
        known = self._outlines.get(course.id)
        if known is not None and known[0] == edition:
            return known[1]
        outline = await outlines.load(self._store, course.organization_id, course.id)
        if len(self._outlines) >= OUTLINES_KEPT:
            self._outlines.clear()
        self._outlines[course.id] = edition, outline
        return outline

    async def _outline(self, organization_id: str, course_id: str) -> Outline:
        return await self.outline(await self._store.of(Course).get(organization_id, course_id))

    async def _write(
        self,
        before: CourseProgress | None,
        after: CourseProgress,
        outline: Outline,
        *,
        silent: bool = False,
    ) -> bool:
        """Store the document unless another server was faster; then False.

        Completions are told of first: after a crash in between they are told again, by the same
        ids.
        """
        if before is not None and _same(before, after):
            return True
        if not silent:
            await events.emit(self._store, _milestones(outline, before, after))
        if self._listener is not None:
            await self._listener(before, after)
        if before is None:
            try:
                await self._documents.insert(after)
            except DuplicateKeyError:
                return False
            return True
        query = {
            "organization_id": before.organization_id,
            "_id": before.id,
            "version": before.version,
        }
        written = await self._documents.collection.replace_one(query, encode(after))
        return written.matched_count == 1


async def standings(
    store: Store, organization_id: str, enrollment_ids: Iterable[str]
) -> Mapping[str, Standing]:
    """The standings of many enrollments, by enrollment id; those not started are not in it."""
    query = {"organization_id": organization_id, "_id": {"$in": list(enrollment_ids)}}
    documents = store.of(CourseProgress)
    found = documents.collection.find(query)
    return {each.id: each.standing for each in [documents.decode(one) async for one in found]}


def _document(
    enrollment: Enrollment,
    before: CourseProgress | None,
    outline: Outline,
    state: CourseState,
    voided: Iterable[str],
) -> CourseProgress:
    moment = now()
    return CourseProgress(
        id=enrollment.id,
        organization_id=enrollment.organization_id,
        version=before.version + 1 if before else 1,
        created_at=before.created_at if before else moment,
        updated_at=moment,
        person_id=enrollment.person_id,
        course_id=enrollment.course_id,
        outline_version=outline.version,
        fold_version=FOLD_VERSION,
        state=state,
        standing=rollup.standing(outline, state),
        voided=tuple(sorted(set(voided))),
    )


def _milestones(
    outline: Outline, before: CourseProgress | None, after: CourseProgress
) -> list[Event]:
    earlier = Reached(state=before.state, standing=before.standing) if before else Reached()
    if not milestones.further(earlier.standing, after.standing):
        return []
    whose = Whose(
        organization_id=after.organization_id,
        enrollment_id=after.id,
        person_id=after.person_id,
        course_id=after.course_id,
    )
    reached = Reached(state=after.state, standing=after.standing)
    return milestones.between(whose, outline, earlier, reached)


def _same(before: CourseProgress, after: CourseProgress) -> bool:
    """Whether only version and moment differ."""
    return before == structs.replace(after, version=before.version, updated_at=before.updated_at)


async def _few_at_once(tasks: Iterable[Awaitable[Any]]) -> None:
    """Await all, so many at a time that other requests still find a connection."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(task: Awaitable[Any]) -> None:
        async with slots:
            await task

    await asyncio.gather(*(one(task) for task in tasks))
