"""The queue of who grades: submissions and answers that wait for a person, the oldest first."""

from collections.abc import Mapping
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Literal

from msgspec import Struct

from content.assignments.submission import Submission
from content.documents import Page, Paging
from content.quizzes.attempts import QuizAttempt
from content.store import Store

Kind = Literal["submission", "attempt"]
KINDS: Mapping[Kind, type[Submission | QuizAttempt]] = {
    "submission": Submission,
    "attempt": QuizAttempt,
}
WAITS: Mapping[Kind, Mapping[str, Any]] = {
    "submission": {"status": "submitted"},
    "attempt": {"outcome.pending_review": {"$gt": 0}},
}
_KEPT = ("person_id", "course_id", "lesson_id", "submitted_at", "outcome.pending_review")


class Waiting(Struct, frozen=True, kw_only=True):
    """Somebody's work that waits: a submission, or an attempt with answers to be read."""

    kind: Kind
    id: str
    person_id: str
    course_id: str | None
    lesson_id: str | None
    submitted_at: datetime
    answers: int = 1

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in the queue."""
        return (self.submitted_at, self.id)


class Queue(Struct, frozen=True):
    """What waits in an organization, of one course or of all (None)."""

    store: Store
    organization_id: str
    course_id: str | None = None

    async def page(self, paging: Paging) -> Page[Waiting]:
        """A page of the queue, and how much waits in all."""
        total, through = await self.count(), paging.skipped + paging.per_page
        found = await self._nearest({}, 1, through) if paging.skipped < total else []
        items = tuple(found[paging.skipped :])
        return Page(items=items, total=total, page=paging.page, per_page=paging.per_page)

    async def count(self) -> int:
        """How much waits."""
        return sum([await self._of(kind).count_documents(self._query(kind)) for kind in KINDS])

    async def courses(self) -> set[str]:
        """The courses, of all, that something waits in."""
        everything = Queue(self.store, self.organization_id)
        found = [
            await self._of(kind).distinct("course_id", everything._query(kind)) for kind in KINDS
        ]
        return {each for ids in found for each in ids if each}

    async def after(self, submitted_at: datetime, own: str) -> Waiting | None:
        """What waits next behind a place in the queue."""
        found = await self._nearest(_beyond("$gt", submitted_at, own), 1, 1)
        return found[0] if found else None

    async def before(self, submitted_at: datetime, own: str) -> Waiting | None:
        """What waits next before a place in the queue."""
        found = await self._nearest(_beyond("$lt", submitted_at, own), -1, 1)
        return found[0] if found else None

    async def _nearest(self, range_: Mapping[str, Any], way: int, most: int) -> list[Waiting]:
        """The first of both kinds that lie in a range, in one order."""
        found = [await self._some(kind, range_, way, most) for kind in KINDS]
        in_order = merge(*found, key=lambda each: each.place, reverse=way < 0)
        return list(islice(in_order, most))

    async def _some(
        self, kind: Kind, range_: Mapping[str, Any], way: int, most: int
    ) -> list[Waiting]:
        order = [("submitted_at", way), ("_id", way)]
        query = {**self._query(kind), **range_}
        cursor = self._of(kind).find(query, dict.fromkeys(_KEPT, 1), sort=order, limit=most)
        return [_waiting(kind, each) async for each in cursor]

    def _query(self, kind: Kind) -> dict[str, Any]:
        scope: dict[str, Any] = {"organization_id": self.organization_id, **WAITS[kind]}
        return scope if self.course_id is None else {**scope, "course_id": self.course_id}

    def _of(self, kind: Kind) -> Any:
        return self.store.of(KINDS[kind]).collection


def _beyond(side: str, submitted_at: datetime, own: str) -> dict[str, Any]:
    """What lies on one side of a place."""
    at_once = {"submitted_at": submitted_at, "_id": {side: own}}
    bound = {f"{side}e": submitted_at}
    return {"submitted_at": bound, "$or": [{"submitted_at": {side: submitted_at}}, at_once]}


def _waiting(kind: Kind, fields: Mapping[str, Any]) -> Waiting:
    return Waiting(
        kind=kind,
        id=fields["_id"],
        person_id=fields["person_id"],
        course_id=fields.get("course_id"),
        lesson_id=fields.get("lesson_id"),
        submitted_at=fields["submitted_at"],
        answers=fields.get("outcome", {}).get("pending_review", 1),
    )
