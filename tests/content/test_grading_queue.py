"""The queue of who grades: both kinds in one order, page by page, and from one to the next."""

from datetime import UTC, datetime, timedelta
from random import Random

from content.documents import Paging
from content.grading.queue import Queue
from content.store import Store

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


async def _wait(store: Store, count: int) -> list[str]:
    """So much work of two courses, some of it of one moment; the ids in the order of the queue."""
    random, places = Random(6), []
    for number in range(count):
        at, work = BEGAN + timedelta(hours=random.randrange(count // 2)), f"{number:03}"
        places.append((at, work))
        fields = {"_id": work, "organization_id": "o", "person_id": "p", "submitted_at": at}
        fields |= {"course_id": f"course {number % 2}", "lesson_id": None}
        fields |= dict.fromkeys(("assignment_id", "quiz_id"), work)
        fields |= dict.fromkeys(("number", "attempt_number"), 1)
        waits = {"status": "submitted"} if number % 3 else {"outcome": {"pending_review": 2}}
        collection = "submissions" if number % 3 else "quiz_attempts"
        await store.database[collection].insert_one({**fields, **waits})
    return [work for _, work in sorted(places)]


async def test_all_that_waits_is_reached_page_by_page_and_from_one_to_the_next(
    store: Store,
) -> None:
    order = await _wait(store, 25)
    queue, pages = Queue(store, "o"), []
    for number in (1, 2, 3, 4):
        found = await queue.page(Paging(page=number, per_page=10))
        pages.append([each.id for each in found.items])
        assert found.total == 25
    assert pages == [order[:10], order[10:20], order[20:], []]
    assert await queue.courses() == {"course 0", "course 1"}

    everything = (await queue.page(Paging(per_page=100))).items
    around = [None, *everything, None]
    for before, each, after in zip(around, everything, around[2:], strict=False):
        assert await queue.before(*each.place) == before
        assert await queue.after(*each.place) == after

    ones = Queue(store, "o", "course 1")
    found = await ones.page(Paging(per_page=100))
    assert [each.id for each in found.items] == [each for each in order if int(each) % 2]
    assert await Queue(store, "another").count() == 0
