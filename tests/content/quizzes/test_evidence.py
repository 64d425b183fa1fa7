"""Evidence: after any reviews the log says of an attempt what holds, and nothing else."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from quiz_questions import question

from content.courses.courses import Course
from content.lessons.lessons import Lesson
from content.people.people import Person
from content.quizzes import evidence, marking, review
from content.quizzes.attempts import QuizAttempt, Review
from content.quizzes.evidence import Stage, Told
from content.quizzes.marking import Answer
from content.quizzes.paper import AS_WRITTEN, lay_out
from content.quizzes.quizzes import Quiz
from content.quizzes.rules import Rules
from lrs.statement import VOIDED

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
COMMON: dict[str, Any] = {"organization_id": "o", "created_at": NOON, "updated_at": NOON}
ASKED = lay_out([question("true_false"), question("essay"), question("multiple_choice")])
RULES = Rules(passing_score=60)
QUIZ = Quiz(
    id="quiz",
    **COMMON,
    title="Quiz",
    activity_id="https://lms.example/l",
    rules=RULES,
    questions=tuple(each.question for each in ASKED),
)
PERSON = Person(
    id="ann",
    **COMMON,
    name="Ann",
    email="ann@example.org",
    roles=("learner",),
    status="active",
    home_page="https://lms.example",
    agents=(),
)
LESSON = Lesson(
    id="lesson",
    **COMMON,
    course_id="course",
    module_id="module",
    title="Lesson",
    content_type="quiz",
    position=1,
    activity_id="https://lms.example/l",
)
COURSE = Course(
    id="course", **COMMON, title="Course", status="published", activity_id="https://lms.example/c"
)
STAGE = Stage(person=PERSON, quiz=QUIZ, lesson=LESSON, course=COURSE)


def _submitted() -> QuizAttempt:
    attempt = QuizAttempt(
        id="attempt",
        **COMMON,
        quiz_id=QUIZ.id,
        person_id=PERSON.id,
        lesson_id=LESSON.id,
        course_id=COURSE.id,
        enrollment_id="enrollment",
        registration="7cf5941a-9631-4741-83eb-28beb8ff28e2",
        attempt_number=1,
        edition=1,
        rules=RULES,
        layout=AS_WRITTEN,
        lines=marking.blank(ASKED),
        started_at=NOON,
    )
    answers = [Answer(answer=each, question_index=n) for n, each in enumerate([False, "Text", 1])]
    lines = marking.filled_in(attempt.lines, marking.read(ASKED, answers))
    return marking.graded(structs.replace(attempt, lines=lines), ASKED, NOON)


class Log:
    """Statements as a record store keeps them: what is voided counts no more."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def record(self, told: Told) -> None:
        for each in told.statements:
            assert each["id"] not in self.kept
            if each["verb"]["id"] == VOIDED:
                del self.kept[each["object"]["id"]]
            else:
                self.kept[each["id"]] = each

    def says(self) -> dict[str, dict[str, Any]]:
        """What is said of the lesson itself, by the last part of the verb."""
        of_lesson = [e for e in self.kept.values() if e["object"]["id"] == LESSON.activity_id]
        said = {each["verb"]["id"].rpartition("/")[2]: each["result"] for each in of_lesson}
        assert len(said) == len(of_lesson)
        del said["terminated"]
        return said


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10)), max_size=8))
def test_the_log_says_what_holds_after_any_reviews(reviews: list[tuple[int, int]]) -> None:
    attempt, log = _submitted(), Log()
    told = evidence.submitted(STAGE, attempt, ASKED)
    log.record(told)
    for place, points in reviews:
        attempt = structs.replace(attempt, said=told.said)
        made = Review(points_earned=points, by="bob", at=NOON)
        attempt = review.reviewed(attempt, place, made)
        told = evidence.regraded(STAGE, attempt, ASKED, PERSON)
        log.record(told)
    found, said = attempt.outcome, log.says()
    assert ("scored" in said) == (found.pending_review == 0)
    assert ("passed" in said, "failed" in said) == (found.passed is True, found.passed is False)
    assert ("completed" in said) == (found.passed is True)
    if "scored" in said:
        assert said["scored"]["score"]["raw"] == found.points_earned
    assert {each.statement_id for each in told.said} <= log.kept.keys()


def test_telling_again_tells_the_same() -> None:
    first = evidence.submitted(STAGE, _submitted(), ASKED)
    assert evidence.submitted(STAGE, _submitted(), ASKED) == first


def test_a_review_that_changes_nothing_says_nothing_of_the_outcome_again() -> None:
    attempt = _submitted()
    told = evidence.submitted(STAGE, attempt, ASKED)
    attempt = structs.replace(attempt, said=told.said)
    same = review.reviewed(attempt, 0, Review(points_earned=10, by="bob", at=NOON))
    verbs = [
        each["verb"]["id"].rpartition("/")[2]
        for each in evidence.regraded(STAGE, same, ASKED, PERSON).statements
    ]
    assert verbs == ["scored"]
