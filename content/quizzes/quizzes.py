"""Quizzes: questions that a learner answers in one attempt, and the rules of attempts.

The questions of a quiz are an edition: who changes them makes the next one, and attempts keep the
edition they were shown. So nothing that is edited changes what was answered and earned before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs, to_builtins
from pymongo.errors import DuplicateKeyError

from content import findings, organizations
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.lessons import lessons
from content.lessons.lesson_content import QuizContent
from content.lessons.lessons import Lesson
from content.quizzes import authoring, pools, rules
from content.quizzes.drafts import QuestionDraft
from content.quizzes.markup import clean
from content.quizzes.pools import Pool
from content.quizzes.questions import AnyQuestion
from content.quizzes.rules import RuleChanges, Rules
from content.store import Store

MOST_QUESTIONS = 500
LARGEST = 8_000_000


class Quiz(Document, frozen=True, kw_only=True):
    """A quiz, of a lesson or by itself; `edition` counts the versions of its questions."""

    kind: ClassVar[str] = "quiz"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "title")

    title: str
    description: str = ""
    lesson_id: str | None = None
    course_id: str | None = None
    activity_id: str
    rules: Rules
    edition: int = 1
    questions: tuple[AnyQuestion, ...] = ()
    pools: tuple[Pool, ...] = ()
    archived_at: datetime | None = None

    @property
    def total_points(self) -> float:
        """What can be earned."""
        drawn = sum(pool.count * pool.points for pool in self.pools)
        return sum(question.points for question in self.questions) + drawn

    @property
    def question_count(self) -> int:
        """How many questions an attempt has."""
        return len(self.questions) + sum(pool.count for pool in self.pools)

    @property
    def to_be_started(self) -> bool:
        """Whether it cannot be answered in one go."""
        return self.rules.start_required or bool(self.pools)

    @property
    def hidden_until_started(self) -> bool:
        """Whether an attempt is to be started before the questions are seen."""
        return self.to_be_started or self.rules.time_limit_minutes is not None


class Edition(Document, frozen=True, kw_only=True):
    """The questions of a quiz as they were before they were changed."""

    kind: ClassVar[str] = "quiz_edition"

    quiz_id: str
    number: int
    questions: tuple[AnyQuestion, ...]


class QuizDraft(Rules, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new quiz."""

    title: str
    description: str = ""
    lesson_id: str | None = None
    questions: tuple[QuestionDraft, ...] = ()
    pools: tuple[Pool, ...] = ()


class QuizChanges(RuleChanges, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays. `questions` are all, in their order."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    questions: tuple[QuestionDraft, ...] | UnsetType = UNSET
    pools: tuple[Pool, ...] | UnsetType = UNSET


class QuizFilter(Struct, frozen=True, kw_only=True):
    """Which quizzes: all that is given must hold. `course_ids` narrows to those courses."""

    lesson_id: str | None = None
    course_id: str | None = None


async def create(store: Store, organization_id: str, draft: QuizDraft) -> Quiz:
    """A new quiz. Raises RuleBroken, NotFound, Conflict (quiz_exists: the lesson has one)."""
    questions, wrong = authoring.make_all(draft.questions, "questions")
    wrong += await pools.broken(store, organization_id, draft.pools)
    if broken := [
        *_broken(draft),
        *rules.window(draft.available_from, draft.available_until),
        *wrong,
    ]:
        raise RuleBroken(broken)
    quiz = await _new(store, organization_id, draft, questions)
    try:
        await store.of(Quiz).insert(quiz)
    except DuplicateKeyError as error:
        detail = f"The lesson {draft.lesson_id} has a quiz."
        raise Conflict("quiz_exists", detail, "lesson_id") from error
    await _name_in_lesson(store, quiz, quiz.id)
    return quiz


async def get(store: Store, organization_id: str, quiz_id: str) -> Quiz:
    """The quiz, unless it is archived. Raises NotFound."""
    quiz = await store.of(Quiz).get(organization_id, quiz_id)
    if quiz.archived_at is not None:
        raise NotFound("quiz", quiz_id)
    return quiz


async def named(store: Store, organization_id: str, name: str) -> Quiz:
    """The quiz of this id, or of the lesson of this id. Raises NotFound."""
    found = await store.of(Quiz).find(organization_id, name)
    if found is None:
        found = await of_lesson(store, organization_id, name)
    if found is None or found.archived_at is not None:
        raise NotFound("quiz", name)
    return found


async def of_lesson(store: Store, organization_id: str, lesson_id: str) -> Quiz | None:
    """The lesson's quiz, where it has one."""
    query = {"lesson_id": lesson_id, "archived_at": None}
    return await store.of(Quiz).first(organization_id, query)


async def of_course(store: Store, organization_id: str, course_id: str) -> list[Quiz]:
    """The quizzes of a course's lessons that are not archived, in the order of their making."""
    query = {"course_id": course_id, "archived_at": None}
    return await store.of(Quiz).all(organization_id, query, [("created_at", 1), ("_id", 1)])


async def find(
    store: Store, organization_id: str, filters: QuizFilter, paging: Paging
) -> Page[Quiz]:
    """One page of quizzes. Raises RuleBroken for a wrong page or sort."""
    wanted = {"lesson_id": filters.lesson_id, "course_id": filters.course_id}
    query = {name: value for name, value in wanted.items() if value is not None}
    return await store.of(Quiz).page(organization_id, {**query, "archived_at": None}, paging)


async def edition(store: Store, quiz: Quiz, number: int) -> tuple[AnyQuestion, ...]:
    """The questions of one of the quiz's editions. Raises NotFound."""
    if number == quiz.edition:
        return quiz.questions
    query = {"quiz_id": quiz.id, "number": number}
    found = await store.of(Edition).first(quiz.organization_id, query)
    if found is None:
        raise NotFound(Edition.kind, f"{number} of {quiz.id}")
    return found.questions


async def update(
    store: Store,
    organization_id: str,
    quiz_id: str,
    changes: QuizChanges,
    expected_version: int | None = None,
) -> Quiz:
    """Change a quiz; other questions are its next edition.

    Raises RuleBroken, NotFound, VersionMismatch.
    """
    quiz = await get(store, organization_id, quiz_id)
    fields = _changed(changes)
    wrong: list[Finding] = []
    if isinstance(changes.questions, tuple):
        questions, wrong = authoring.make_all(changes.questions, "questions")
        fields |= {"questions": to_builtins(questions), "edition": quiz.edition + 1}
    if isinstance(changes.pools, tuple):
        wrong += await pools.broken(store, organization_id, changes.pools)
    opens = fields.get("rules.available_from", quiz.rules.available_from)
    closes = fields.get("rules.available_until", quiz.rules.available_until)
    if broken := [*_broken(changes), *rules.window(opens, closes), *wrong]:
        raise RuleBroken(broken)
    if "questions" in fields:
        await _keep_edition(store, quiz)
        expected_version = quiz.version if expected_version is None else expected_version
    return await store.of(Quiz).change(organization_id, quiz_id, fields, expected_version)


async def put(
    store: Store,
    organization_id: str,
    named: str,
    draft: QuizDraft,
    expected_version: int | None = None,
) -> Quiz:
    """Make a quiz be as the draft says; `named` is its id, or that of the lesson that has it or
    is to get it.

    Raises RuleBroken, NotFound, VersionMismatch, Conflict.
    """
    quiz = await of_lesson(store, organization_id, named)
    if quiz is None and await _is_lesson(store, organization_id, named):
        fields = {name: getattr(draft, name) for name in draft.__struct_fields__}
        return await create(store, organization_id, QuizDraft(**{**fields, "lesson_id": named}))
    present = quiz or await get(store, organization_id, named)
    if draft.lesson_id not in (None, present.lesson_id):
        detail = "is not the lesson of this quiz, and a quiz stays with its lesson"
        raise RuleBroken([Finding(where="lesson_id", detail=detail)])
    fields = {name: getattr(draft, name) for name in QuizChanges.__struct_fields__}
    return await update(store, organization_id, present.id, QuizChanges(**fields), expected_version)


async def archive(
    store: Store, organization_id: str, quiz_id: str, expected_version: int | None = None
) -> Quiz:
    """Take a quiz out of use; its attempts stay. Raises NotFound, VersionMismatch."""
    await get(store, organization_id, quiz_id)
    fields = {"archived_at": now()}
    quiz = await store.of(Quiz).change(organization_id, quiz_id, fields, expected_version)
    await _name_in_lesson(store, quiz, None)
    return quiz


async def carry(store: Store, copies: Mapping[str, Lesson]) -> None:
    """Give copies of lessons copies of their quizzes; `copies` are by the ids of the lessons."""
    for lesson_id, copy in copies.items():
        quiz = await of_lesson(store, copy.organization_id, lesson_id)
        if quiz is not None:
            copied = await store.of(Quiz).insert(_copied(quiz, copy))
            await _name_in_lesson(store, copied, copied.id)


def _copied(quiz: Quiz, lesson: Lesson) -> Quiz:
    return structs.replace(
        quiz,
        id=new_id("quiz"),
        version=1,
        created_at=lesson.created_at,
        updated_at=lesson.created_at,
        lesson_id=lesson.id,
        course_id=lesson.course_id,
        activity_id=lesson.activity_id,
        edition=1,
    )


async def _name_in_lesson(store: Store, quiz: Quiz, quiz_id: str | None) -> None:
    """Let the content of a lesson that is a quiz name the quiz it has, or none."""
    content = to_builtins(QuizContent(quiz_id=quiz_id))
    await store.of(Lesson).collection.update_one(
        {"organization_id": quiz.organization_id, "_id": quiz.lesson_id, "content_type": "quiz"},
        {"$set": {"content": content, "updated_at": now()}, "$inc": {"version": 1}},
    )


async def _is_lesson(store: Store, organization_id: str, named: str) -> bool:
    return await store.of(Lesson).first(organization_id, {"_id": named}) is not None


async def _new(
    store: Store, organization_id: str, draft: QuizDraft, questions: tuple[AnyQuestion, ...]
) -> Quiz:
    quiz_id, moment = new_id("quiz"), now()
    activity_id, course_id = await _place(store, organization_id, quiz_id, draft.lesson_id)
    own = {name: getattr(draft, name) for name in Rules.__struct_fields__}
    return Quiz(
        id=quiz_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        title=draft.title.strip(),
        lesson_id=draft.lesson_id,
        course_id=course_id,
        activity_id=activity_id,
        description=clean(draft.description),
        rules=Rules(**{**own, **_moments(draft)}),
        questions=questions,
        pools=draft.pools,
    )


async def _place(
    store: Store, organization_id: str, quiz_id: str, lesson_id: str | None
) -> tuple[str, str | None]:
    """The activity that statements are about, and the course: a lesson's quiz is the lesson."""
    if lesson_id is None:
        organization = await organizations.get(store, organization_id)
        return f"{organization.public_url}/activities/quizzes/{quiz_id}", None
    lesson = await lessons.get(store, organization_id, lesson_id)
    if lesson.archived_at is not None:
        raise NotFound("lesson", lesson_id)
    return lesson.activity_id, lesson.course_id


async def _keep_edition(store: Store, quiz: Quiz) -> None:
    """Keep the questions for the attempts that were shown them, before there are others."""
    kept = Edition(
        id=f"{quiz.id}.{quiz.edition}",
        organization_id=quiz.organization_id,
        created_at=quiz.updated_at,
        updated_at=quiz.updated_at,
        quiz_id=quiz.id,
        number=quiz.edition,
        questions=quiz.questions,
    )
    try:
        await store.of(Edition).insert(kept)
    except DuplicateKeyError:
        return


def _changed(changes: QuizChanges) -> dict[str, Any]:
    """The fields of a stored quiz that the changes set, questions aside."""
    fields = given(changes) | _moments(changes)
    fields.pop("questions", None)
    if isinstance(changes.description, str):
        fields["description"] = clean(changes.description)
    own = Rules.__struct_fields__
    return {f"rules.{name}" if name in own else name: fields[name] for name in fields}


def _moments(changes: QuizDraft | QuizChanges) -> dict[str, datetime]:
    """The moments that are given, as precise as they are kept."""
    named = {name: getattr(changes, name) for name in ("available_from", "available_until")}
    return {
        name: milliseconds(moment)
        for name, moment in named.items()
        if isinstance(moment, datetime) and moment.tzinfo is not None
    }


def _broken(quiz: QuizDraft | QuizChanges) -> list[Finding]:
    broken = (
        findings.title("title", quiz.title)
        + findings.text("description", quiz.description)
        + rules.broken(quiz)
    )
    if isinstance(quiz.questions, UnsetType):
        return broken
    if len(quiz.questions) > MOST_QUESTIONS:
        broken.append(Finding(where="questions", detail=f"must be at most {MOST_QUESTIONS}"))
    if len(msgspec.json.encode(quiz.questions)) > LARGEST:
        detail = f"must have at most {LARGEST} bytes all together"
        broken.append(Finding(where="questions", detail=detail))
    return broken
