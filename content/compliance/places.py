"""Places: where entries stand in the order of names, so that a page is not sought from the start.

As of a moment that is past, the answer to a question does not change: how many there are in all,
and who stands where. That is kept for some minutes; no longer, as names change and people are
erased.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bson import encode as encode_bson
from msgspec import Struct
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor

from content.identity import now

PAST: Final = timedelta(hours=1)
"""So long ago everything has become known that was recorded then."""
KEPT_SECONDS: Final = 300.0
MOST_QUESTIONS: Final = 500
MOST_PLACES: Final = 100

Fields = Mapping[str, Any]
Hint = Sequence[tuple[str, int]]
FORWARDS: Final = (("name", 1), ("_id", 1))
BACKWARDS: Final = (("name", -1), ("_id", -1))
_KEY: Final = {"name": 1}


class Place(Struct, frozen=True):
    """Before this entry come so many others."""

    before: int
    name: str
    id: str

    def onwards(self) -> dict[str, Any]:
        """What finds it and those after it."""
        return _beside(self, "$gt")

    def backwards(self) -> dict[str, Any]:
        """What finds it and those before it."""
        return _beside(self, "$lt")


class Answer:
    """What is known of a question: how many there are, and some of their places."""

    def __init__(self) -> None:
        self.asked_at = time.monotonic()
        self.total: int | None = None
        self._places: dict[int, Place] = {}

    def note(self, first: int, found: Sequence[Fields]) -> None:
        """Keep the places of a page's first and last entry."""
        for before, entry in ((first, found[0]), (first + len(found) - 1, found[-1])):
            self._places[before] = Place(before, entry["name"], entry["_id"])
        while len(self._places) > MOST_PLACES:
            del self._places[next(iter(self._places))]

    def below(self, number: int) -> Place | None:
        """The nearest known place that is not after this one."""
        known = (each for each in self._places if each <= number)
        return self._places.get(max(known, default=-1))

    def above(self, number: int) -> Place | None:
        """The nearest known place that is not before this one."""
        known = (each for each in self._places if each >= number)
        return self._places.get(min(known, default=-1))


class Answers:
    """The answers of late, those about the past alone."""

    def __init__(self) -> None:
        self._answers: dict[bytes, Answer] = {}

    def to(self, query: Fields, as_of: datetime | None) -> Answer:
        """What is known of this question."""
        if as_of is None or as_of > now() - PAST:
            return Answer()
        key = encode_bson(query)
        answer = self._answers.pop(key, None)
        if answer is None or time.monotonic() - answer.asked_at > KEPT_SECONDS:
            answer = Answer()
        self._answers[key] = answer
        if len(self._answers) > MOST_QUESTIONS:
            del self._answers[next(iter(self._answers))]
        return answer


async def page(
    entries: AsyncCollection[dict[str, Any]],
    query: Fields,
    hint: Hint,
    shown: Fields,
    part: tuple[int, int],
    answer: Answer,
) -> list[dict[str, Any]]:
    """The entries from one number up to another, reached from the nearest place that is known.

    What comes before them is passed by in the index, where it tells all that is asked.
    """
    first, last = part[0], min(part[1], answer.total or 0)
    if last <= first:
        return []
    keys = await _keys(entries.find, query, hint, (first, last), answer)
    if len(keys) == last - first:
        answer.note(first, keys)
    of_page = {
        "organization_id": query["organization_id"],
        "_id": {"$in": [e["_id"] for e in keys]},
    }
    found = {each["_id"]: each async for each in entries.find(of_page, shown)}
    return [found[each["_id"]] for each in keys if each["_id"] in found]


async def _keys(
    find: Callable[..., AsyncCursor[dict[str, Any]]],
    query: Fields,
    hint: Hint,
    part: tuple[int, int],
    answer: Answer,
) -> list[dict[str, Any]]:
    """The names and ids of a page."""
    first, last = part
    below, above = answer.below(first), answer.above(last - 1)
    forwards = first - (below.before if below else 0)
    backwards = (above.before + 1 if above else answer.total or 0) - last
    if forwards <= backwards:
        since = {**query, **(below.onwards() if below else {})}
        cursor = find(since, _KEY, sort=FORWARDS, hint=hint).skip(forwards)
        return await cursor.limit(last - first).to_list()
    until = {**query, **(above.backwards() if above else {})}
    cursor = find(until, _KEY, sort=BACKWARDS, hint=hint).skip(backwards)
    return (await cursor.limit(last - first).to_list())[::-1]


def _beside(place: Place, order: str) -> dict[str, Any]:
    others = [{"name": {order: place.name}}, {"_id": {f"{order}e": place.id}}]
    return {"name": {f"{order}e": place.name}, "$or": others}
