"""Requirements: what an audience must complete, in editions that follow on each other."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType, structs, to_builtins

from content import findings
from content.compliance import audiences, reminding, terms
from content.compliance.audiences import Audience
from content.compliance.reminding import Reminding
from content.compliance.terms import COURSE, Due, Recurrence, Target, Terms
from content.documents import Document, Page, Paging, given
from content.errors import RuleBroken, VersionMismatch
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.people import people
from content.store import COLLECTIONS, Store

MOST_EDITIONS = 500
_KINDS = {"course": "course", "path": "learning_path", "package": "package"}
_ASKED = tuple(each.name for each in structs.fields(Terms))


class Edition(Struct, frozen=True, kw_only=True):
    """What was asked, of whom, from a moment on; `archived`: nothing any more, of nobody."""

    number: int
    in_force_from: datetime
    title: str
    terms: Terms
    audience: Audience
    archived: bool = False
    changed_by: str | None = None


class Requirement(Document, frozen=True, kw_only=True):
    """Targets, any of which an audience must complete, on certain terms.

    Each change adds an edition; the last one is in force. `due_at` repeats the terms' date.
    """

    kind: ClassVar[str] = "requirement"
    sortable: ClassVar[tuple[str, ...]] = ("due_at", "title", "created_at", "updated_at")

    title: str
    description: str = ""
    terms: Terms
    audience: Audience
    due_at: datetime | None = None
    archived_at: datetime | None = None
    reminding: Reminding = Reminding()
    editions: tuple[Edition, ...]

    @property
    def course_id(self) -> str | None:
        """The first course among the targets."""
        return next((each.id for each in self.terms.targets if each.kind == COURSE), None)

    @property
    def edition(self) -> Edition:
        """The edition in force."""
        return self.editions[-1]


class RequirementDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new requirement."""

    title: str
    targets: tuple[Target, ...]
    audience: Audience = Audience()
    description: str = ""
    due: Due = Due()
    recurrence: Recurrence | None = None
    grace_days: int = 0
    due_soon_days: int = 14
    sign_off: str = terms.NO_SIGN_OFF
    reminding: Reminding = Reminding()


class RequirementChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    title: str | UnsetType = UNSET
    targets: tuple[Target, ...] | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET
    description: str | UnsetType = UNSET
    due: Due | UnsetType = UNSET
    recurrence: Recurrence | UnsetType | None = UNSET
    grace_days: int | UnsetType = UNSET
    due_soon_days: int | UnsetType = UNSET
    sign_off: str | UnsetType = UNSET
    reminding: Reminding | UnsetType = UNSET


class RequirementFilter(Struct, frozen=True, kw_only=True):
    """Which requirements: all that is given must hold."""

    course_id: str | None = None
    archived: bool = False


async def create(
    store: Store, organization_id: str, draft: RequirementDraft, by: str | None = None
) -> Requirement:
    """A new requirement, in force at once. Raises RuleBroken."""
    asked = _settled(Terms(**{name: getattr(draft, name) for name in _ASKED}))
    words = (draft.title, draft.description)
    await _check(store, organization_id, words, asked, draft.audience, draft.reminding)
    moment, title = now(), draft.title.strip()
    edition = Edition(
        number=1,
        in_force_from=moment,
        title=title,
        terms=asked,
        audience=draft.audience,
        changed_by=by,
    )
    requirement = Requirement(
        id=new_id("requirement"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        title=title,
        description=draft.description,
        terms=asked,
        audience=draft.audience,
        due_at=asked.due.at,
        reminding=draft.reminding,
        editions=(edition,),
    )
    return await store.of(Requirement).insert(requirement)


async def get(store: Store, organization_id: str, requirement_id: str) -> Requirement:
    """The requirement, archived ones included. Raises NotFound."""
    return await store.of(Requirement).get(organization_id, requirement_id)


async def find(
    store: Store, organization_id: str, filters: RequirementFilter, paging: Paging
) -> Page[Requirement]:
    """One page of requirements in force. Raises RuleBroken for a wrong page or sort."""
    query: dict[str, Any] = {}
    if not filters.archived:
        query["archived_at"] = None
    if filters.course_id is not None:
        query["terms.targets"] = {"$elemMatch": {"kind": COURSE, "id": filters.course_id}}
    return await store.of(Requirement).page(organization_id, query, paging)


async def in_force(store: Store, organization_id: str) -> list[Requirement]:
    """All requirements that are not archived, in the order of their making."""
    order = [("_id", 1)]
    return await store.of(Requirement).all(organization_id, {"archived_at": None}, order)


async def every(store: Store, organization_id: str) -> list[Requirement]:
    """All requirements, archived ones included, in the order of their making."""
    return await store.of(Requirement).all(organization_id, {}, [("_id", 1)])


async def update(
    store: Store,
    organization_id: str,
    requirement_id: str,
    changes: RequirementChanges,
    expected_version: int | None = None,
    by: str | None = None,
) -> Requirement:
    """Change a requirement from now on: what was before stays as it was asked then.

    Raises RuleBroken, NotFound, VersionMismatch.
    """
    fields = given(changes)
    asked = {name: getattr(changes, name) for name in _ASKED if name in fields}

    def changed(requirement: Requirement) -> Requirement:
        return structs.replace(
            requirement,
            title=fields.get("title", requirement.title).strip(),
            description=fields.get("description", requirement.description),
            terms=_settled(structs.replace(requirement.terms, **asked)),
            audience=requirement.audience if changes.audience is UNSET else changes.audience,
            reminding=requirement.reminding if changes.reminding is UNSET else changes.reminding,
        )

    return await _change(store, organization_id, requirement_id, changed, expected_version, by)


async def archive(
    store: Store,
    organization_id: str,
    requirement_id: str,
    expected_version: int | None = None,
    by: str | None = None,
) -> Requirement:
    """Take a requirement out of force. Raises NotFound, VersionMismatch."""

    def archived(requirement: Requirement) -> Requirement:
        return structs.replace(requirement, archived_at=requirement.archived_at or now())

    return await _change(store, organization_id, requirement_id, archived, expected_version, by)


async def _change(
    store: Store,
    organization_id: str,
    requirement_id: str,
    how: Callable[[Requirement], Requirement],
    expected_version: int | None,
    by: str | None,
) -> Requirement:
    """Change it over what it is now, however often somebody else was faster."""
    while True:
        before = await get(store, organization_id, requirement_id)
        after = how(before)
        words = (after.title, after.description)
        await _check(store, organization_id, words, after.terms, after.audience, after.reminding)
        try:
            return await _in_force(store, before, after, expected_version, by)
        except VersionMismatch:
            if expected_version is not None:
                raise


async def _in_force(
    store: Store,
    before: Requirement,
    after: Requirement,
    expected_version: int | None,
    by: str | None,
) -> Requirement:
    """Keep what was changed, with an edition of its own, over the version that it is made of."""
    edition = Edition(
        number=before.edition.number + 1,
        in_force_from=max(now(), before.edition.in_force_from),
        title=after.title,
        terms=after.terms,
        audience=after.audience,
        archived=after.archived_at is not None,
        changed_by=by,
    )
    editions = (*before.editions, edition)
    if len(editions) > MOST_EDITIONS:
        detail = f"has {MOST_EDITIONS} editions; make a new requirement"
        raise RuleBroken([Finding(where="editions", detail=detail)])
    fields = structs.replace(after, due_at=after.terms.due.at, editions=editions)
    names = ("title", "description", "terms", "audience", "due_at", "archived_at", "reminding")
    changes = {name: _plain(getattr(fields, name)) for name in (*names, "editions")}
    expected = before.version if expected_version is None else expected_version
    return await store.of(Requirement).change(before.organization_id, before.id, changes, expected)


def _plain(value: Any) -> Any:
    return to_builtins(value, builtin_types=(datetime,))


def _settled(asked: Terms) -> Terms:
    """The terms with moments as precise as the database keeps them."""
    moment = asked.due.at
    if moment is None or moment.tzinfo is None:
        return asked
    return structs.replace(asked, due=structs.replace(asked.due, at=milliseconds(moment)))


async def _check(
    store: Store,
    organization_id: str,
    words: tuple[str, str],
    asked: Terms,
    audience: Audience,
    plan: Reminding,
) -> None:
    title, description = words
    broken = findings.title("title", title) + findings.text("description", description)
    broken += terms.broken(asked) + audiences.broken(audience) + reminding.broken(plan)
    broken += await _unknown_targets(store, organization_id, asked.targets)
    broken += await _unknown_people(store, organization_id, audience)
    if broken:
        raise RuleBroken(broken)


async def _unknown_targets(
    store: Store, organization_id: str, targets: tuple[Target, ...]
) -> list[Finding]:
    found: list[Finding] = []
    for kind, collection in _KINDS.items():
        ids = [each.id for each in targets if each.kind == kind]
        query = {"organization_id": organization_id, "_id": {"$in": ids}}
        cursor = store.database[COLLECTIONS[collection]].find(query, {"_id": 1}) if ids else None
        known = {each["_id"] async for each in cursor} if cursor is not None else set()
        found += _absent(targets, kind, known)
    return found


def _absent(targets: tuple[Target, ...], kind: str, known: set[Any]) -> Iterator[Finding]:
    for index, each in enumerate(targets):
        if each.kind == kind and each.id not in known:
            detail = f"there is no {kind} {each.id}"
            yield Finding(where=f"targets/{index}/id", detail=detail)


async def _unknown_people(store: Store, organization_id: str, audience: Audience) -> list[Finding]:
    named = list(audiences.named_people(audience))
    if not named:
        return []
    known = await people.known(store, organization_id, {each for _, each in named})
    return [
        Finding(where=where, detail=f"there is no person {each}")
        for where, each in named
        if each not in known
    ]
