"""Saved views: where on the compliance pages somebody wants to come back to, under a name."""

from typing import ClassVar

from content import findings
from content.documents import Document
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store

MOST = 50
LONGEST = 2000


class View(Document, frozen=True, kw_only=True):
    """A path of the pages with its query, as one person named it."""

    kind: ClassVar[str] = "compliance_view"

    person_id: str
    name: str
    address: str


async def of_person(store: Store, organization_id: str, person_id: str) -> list[View]:
    """A person's views, in the order of names."""
    order = [("name", 1), ("_id", 1)]
    return await store.of(View).all(organization_id, {"person_id": person_id}, order)


async def save(store: Store, organization_id: str, person_id: str, name: str, address: str) -> View:
    """Keep a view. Raises RuleBroken."""
    wrong = findings.title("name", name)
    if not address.startswith("/compliance") or len(address) > LONGEST:
        wrong.append(Finding(where="address", detail="must be a compliance page"))
    if len(await of_person(store, organization_id, person_id)) >= MOST:
        wrong.append(Finding(where="name", detail=f"there are {MOST} views already; remove one"))
    if wrong:
        raise RuleBroken(wrong)
    moment = now()
    view = View(
        id=new_id("view"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=person_id,
        name=name.strip(),
        address=address,
    )
    return await store.of(View).insert(view)


async def remove(store: Store, organization_id: str, person_id: str, view_id: str) -> None:
    """Forget a view of this person. Raises NotFound."""
    query = {"organization_id": organization_id, "_id": view_id, "person_id": person_id}
    gone = await store.of(View).collection.delete_one(query)
    if not gone.deleted_count:
        raise NotFound(View.kind, view_id)
