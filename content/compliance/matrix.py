"""The matrix: people in the order of names, and where each stands under several requirements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, convert

from content.compliance.entries import Entry, spans_holding
from content.compliance.status import NOT_ASSIGNED
from content.compliance.timeline import Span
from content.documents import Page, Paging
from content.people import people
from content.people.people import Person
from content.people.person_filters import PersonFilter
from content.store import Store

_BY_PERSON = [("organization_id", 1), ("person_id", 1), ("requirement_id", 1)]
NOBODY = Span(status=NOT_ASSIGNED, since=datetime.min)


class Line(Struct, frozen=True, kw_only=True):
    """One person; `spans` are in the order of the requirements that were asked for."""

    person: Person
    spans: tuple[Span, ...]


async def find(
    store: Store,
    organization_id: str,
    requirement_ids: Sequence[str],
    filters: PersonFilter,
    moment: datetime,
    paging: Paging,
) -> Page[Line]:
    """One page of people, with their spans at the moment."""
    found = await people.find(store, organization_id, filters, paging)
    ids = [each.id for each in found.items]
    spans = await _spans(store, organization_id, requirement_ids, ids, moment)
    lines = tuple(
        Line(
            person=each,
            spans=tuple(spans[each.id].get(asked, NOBODY) for asked in requirement_ids),
        )
        for each in found.items
    )
    return Page(items=lines, total=found.total, page=found.page, per_page=found.per_page)


async def _spans(
    store: Store,
    organization_id: str,
    requirement_ids: Collection[str],
    person_ids: Collection[str],
    moment: datetime,
) -> dict[str, dict[str, Span]]:
    query: dict[str, Any] = {
        "organization_id": organization_id,
        "person_id": {"$in": list(person_ids)},
        "requirement_id": {"$in": list(requirement_ids)},
    }
    shown = {"person_id": 1, "requirement_id": 1, "spans": spans_holding(moment)}
    by_person: dict[str, dict[str, Span]] = defaultdict(dict)
    async for each in store.of(Entry).collection.find(query, shown, hint=_BY_PERSON):
        for span in convert(each["spans"], tuple[Span, ...]):
            by_person[each["person_id"]][each["requirement_id"]] = span
    return by_person
