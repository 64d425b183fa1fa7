"""Questions of the bank. Quizzes draw copies, so that changing one rewrites no attempt."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from msgspec import Struct, structs, to_builtins

from content import category_tree, words
from content.documents import Document, Page, Paging, encode
from content.errors import NotFound, RuleBroken
from content.identity import new_id, now
from content.quizzes import authoring, paper
from content.quizzes.bank import categories
from content.quizzes.drafts import QuestionDraft
from content.quizzes.markup import plain
from content.quizzes.paper import Asked
from content.quizzes.questions import AnyQuestion, type_of
from content.store import Store


class BankQuestion(Document, frozen=True, kw_only=True):
    """A question in a category. `words` are what it is found by."""

    kind: ClassVar[str] = "bank_question"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    name: str
    category_id: str | None = None
    type: str
    tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    question: AnyQuestion
    archived_at: datetime | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """A question to be put into the bank; without a name it goes by its text."""

    draft: QuestionDraft
    category_id: str | None = None
    name: str = ""


class BankFilter(Struct, frozen=True, kw_only=True):
    """Which questions: all that is given must hold; a category stands for those below it too."""

    category_id: str | None = None
    type: str | None = None
    tag: str | None = None
    search: str | None = None


async def create(store: Store, organization_id: str, entry: Entry) -> BankQuestion:
    """A new question. Raises RuleBroken, NotFound (question_category)."""
    if entry.category_id is not None:
        await categories.get(store, organization_id, entry.category_id)
    return await store.of(BankQuestion).insert(_made(organization_id, entry))


async def add(store: Store, organization_id: str, entries: Sequence[Entry]) -> list[BankQuestion]:
    """Put many sound questions in at once, in this order. Raises RuleBroken."""
    ids = sorted(new_id("question") for _ in entries)
    made = [_made(organization_id, *each) for each in zip(entries, ids, strict=True)]
    if made:
        await store.of(BankQuestion).collection.insert_many(map(encode, made))
    return made


async def get(store: Store, organization_id: str, question_id: str) -> BankQuestion:
    """The question, unless it is archived. Raises NotFound."""
    found = await store.of(BankQuestion).get(organization_id, question_id)
    if found.archived_at is not None:
        raise NotFound(BankQuestion.kind, question_id)
    return found


async def find(
    store: Store, organization_id: str, filters: BankFilter, paging: Paging
) -> Page[BankQuestion]:
    """One page of questions. Raises RuleBroken for a wrong page or sort."""
    query = await _query(store, organization_id, filters)
    return await store.of(BankQuestion).page(organization_id, query, paging)


async def everything(store: Store, organization_id: str, filters: BankFilter) -> list[BankQuestion]:
    """All that match, oldest first."""
    query = await _query(store, organization_id, filters)
    return await store.of(BankQuestion).all(organization_id, query, [("created_at", 1), ("_id", 1)])


async def ids(store: Store, organization_id: str, filters: BankFilter) -> list[str]:
    """The ids of all that match, in their order."""
    query = {"organization_id": organization_id, **await _query(store, organization_id, filters)}
    cursor = store.of(BankQuestion).collection.find(query, {"_id": 1}, sort=[("_id", 1)])
    return [each["_id"] async for each in cursor]


async def update(
    store: Store,
    organization_id: str,
    question_id: str,
    changes: dict[str, Any],
    expected_version: int | None = None,
) -> BankQuestion:
    """Change fields of a question (as a draft has them), its name or its category.

    Raises RuleBroken, NotFound, VersionMismatch.
    """
    present = await get(store, organization_id, question_id)
    changes = dict(changes)
    category_id = changes.pop("category_id", present.category_id)
    if category_id is not None and category_id != present.category_id:
        await categories.get(store, organization_id, category_id)
    name = changes.pop("name", present.name)
    entry = Entry(draft=_merged(present.question, changes), category_id=category_id, name=name)
    made = _made(organization_id, entry, question_id)
    kept = ("name", "category_id", "type", "tags", "words", "question")
    fields = to_builtins({each: getattr(made, each) for each in kept}, builtin_types=(datetime,))
    expected = present.version if expected_version is None else expected_version
    return await store.of(BankQuestion).change(organization_id, question_id, fields, expected)


async def archive(
    store: Store, organization_id: str, question_id: str, expected_version: int | None = None
) -> BankQuestion:
    """Take a question out of the bank. Raises NotFound, VersionMismatch."""
    await get(store, organization_id, question_id)
    fields = {"archived_at": now()}
    return await store.of(BankQuestion).change(
        organization_id, question_id, fields, expected_version
    )


def written(question: BankQuestion) -> dict[str, Any]:
    """The question as its author wrote it."""
    fields = paper.written(Asked(0, question.question, ()))
    del fields["index"]
    return fields


def _merged(question: AnyQuestion, changes: dict[str, Any]) -> QuestionDraft:
    """The question's draft with other fields; those of another type's are dropped with the type."""
    before = paper.written(Asked(0, question, ()))
    del before["index"]
    if changes.get("type", before["type"]) != before["type"]:
        common = ("id", "question", "points", "explanation", "media", "tags", "partial_credit")
        before = {name: before[name] for name in common if name in before}
    for one, other in (("blanks", "correct_answers"), ("answers", "correct_answer")):
        if one in changes or other in changes:
            before.pop(one, None)
            before.pop(other, None)
    return msgspec.convert({**before, **changes, "id": question.id}, QuestionDraft)


def _made(organization_id: str, entry: Entry, question_id: str | None = None) -> BankQuestion:
    """The document. Raises RuleBroken."""
    question_id, moment = question_id or new_id("question"), now()
    made = authoring.make(structs.replace(entry.draft, id=question_id), "question")
    if made.question is None:
        raise RuleBroken(made.findings)
    question, text = made.question, plain(made.question.question)
    name = entry.name.strip() or text[:100] or type_of(question)
    return BankQuestion(
        id=question_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        name=name[:200],
        category_id=entry.category_id,
        type=type_of(question),
        tags=question.tags,
        words=tuple(words.words([name, text, *question.tags])),
        question=question,
    )


async def _query(store: Store, organization_id: str, filters: BankFilter) -> dict[str, Any]:
    query: dict[str, Any] = {"archived_at": None}
    if filters.category_id is not None:
        known = await categories.everything(store, organization_id)
        query["category_id"] = {"$in": sorted(category_tree.below(known, filters.category_id))}
    if filters.type is not None:
        query["type"] = filters.type
    if filters.tag is not None:
        query["tags"] = filters.tag
    return query | words.having(filters.search or "")
