"""Marks: whose entries are to be made anew, kept until they are, across crashes.

Whoever learns of a change marks; a registrar takes what is marked. Marking again is marking once,
and what is marked while it is being made anew is made anew once more.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from pymongo import UpdateOne

from content.documents import CODEC
from content.identity import now
from content.store import COMPLIANCE_MARKS, Store

CLAIM: Final = timedelta(minutes=2)
AT_ONCE: Final = 100
SETTLED: Final = timedelta(seconds=3)
"""After so long every server knows of a new edition."""


class Mark(Struct, frozen=True, kw_only=True):
    """A person's entries, or (with `requirement_id`) all entries of a requirement; with `again` of
    those alone of whom statements tell that nobody has looked at.
    """

    id: str
    token: str
    organization_id: str
    person_id: str | None = None
    requirement_id: str | None = None
    again: bool = False


class Marks:
    """The marks of all organizations."""

    def __init__(self, store: Store) -> None:
        self._marks = store.database[COMPLIANCE_MARKS].with_options(codec_options=CODEC)

    async def mark_people(self, organization_id: str, person_ids: Collection[str]) -> None:
        """Have the entries of people made anew, soon."""
        await self._mark(organization_id, [{"person_id": each} for each in sorted(person_ids)])

    async def mark_requirement(self, organization_id: str, requirement_id: str) -> None:
        """Have all entries of a requirement made anew, soon.

        Then, once every server looks at statements by the new edition, what was missed meanwhile.
        """
        marked = {"requirement_id": requirement_id}
        await self._mark(organization_id, [marked])
        await self._mark(organization_id, [{**marked, "again": "again"}], SETTLED)

    async def take(self, moment: datetime) -> list[Mark]:
        """Some of what is due, held for a while against other servers."""
        due = {"due_at": {"$lte": moment}}
        found = await self._marks.find(due, sort=[("due_at", 1)], limit=AT_ONCE).to_list()
        if found:
            taken = {**due, "_id": {"$in": [each["_id"] for each in found]}}
            await self._marks.update_many(taken, {"$set": {"due_at": moment + CLAIM}})
        return [_decoded(each) for each in found]

    async def hold(self, mark: Mark) -> None:
        """Hold one for longer."""
        held = {"_id": mark.id, "token": mark.token}
        await self._marks.update_one(held, {"$set": {"due_at": now() + CLAIM}})

    async def done(self, marks: Sequence[Mark]) -> None:
        """Take marks away, save those that were set again meanwhile."""
        for each in marks:
            await self._marks.delete_one({"_id": each.id, "token": each.token})

    async def waiting(self) -> bool:
        """Whether anything that is marked is due."""
        due = {"due_at": {"$lte": now()}}
        return await self._marks.find_one(due, {"_id": 1}) is not None

    async def _mark(
        self, organization_id: str, what: Iterable[dict[str, str]], after: timedelta = timedelta()
    ) -> None:
        due_at = now() + after
        writes = [
            UpdateOne(
                {"_id": "/".join((organization_id, *each.values()))},
                {
                    "$set": {"due_at": due_at, "token": secrets.token_hex(8)},
                    "$setOnInsert": {"organization_id": organization_id, **each},
                },
                upsert=True,
            )
            for each in what
        ]
        if writes:
            await self._marks.bulk_write(writes, ordered=False)


def _decoded(fields: dict[str, Any]) -> Mark:
    return Mark(
        id=fields["_id"],
        token=fields["token"],
        organization_id=fields["organization_id"],
        person_id=fields.get("person_id"),
        requirement_id=fields.get("requirement_id"),
        again="again" in fields,
    )
