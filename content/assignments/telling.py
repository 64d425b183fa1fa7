"""What handing in and grading tell: statements on the lesson's activity, and events. Pure."""

from typing import Final

from content.assignments.assignment import Assignment
from content.assignments.submission import Grade, Submission
from content.people import people
from content.people.people import Person
from content.telling.events import Event, event
from content.telling.statements import (
    ADL,
    Scene,
    Statement,
    about_lesson,
    statement_id,
    timestamp,
    verb_of,
)

SUBMIT: Final = "http://activitystrea.ms/schema/1.0/submit"
SCORED, PASSED, FAILED = f"{ADL}scored", f"{ADL}passed", f"{ADL}failed"
COMPLETED, VOIDED = f"{ADL}completed", f"{ADL}voided"


def submitted(scene: Scene, assignment: Assignment, submission: Submission) -> list[Statement]:
    """What a submission tells."""
    told = [about_lesson(scene, SUBMIT, submission.id)]
    if assignment.completed_on == "submitted":
        told.append(completed(scene, submission))
    return told


def scored(scene: Scene, submission: Submission, grade: Grade) -> list[Statement]:
    """What a grading tells of score and verdict; a lesson without credit has neither."""
    if not scene.lesson.attempt_policy.credit:
        return []
    deed = f"{submission.id}/{grade.number}"
    told = [about_lesson(scene, SCORED, deed, {"score": _score(grade)})]
    if grade.passed is not None:
        result = {"success": grade.passed, "score": _score(grade)}
        told.append(about_lesson(scene, PASSED if grade.passed else FAILED, deed, result))
    return told


def completed(scene: Scene, submission: Submission) -> Statement:
    """That the work completes its lesson; told once for a submission."""
    return about_lesson(scene, COMPLETED, submission.id, {"completion": True})


def taken_back(scene: Scene, by: Person, grade: Grade | None) -> list[Statement]:
    """What voids a grade's statements, when the work is graded again."""
    return [_voiding(scene, by, each) for each in grade.statements] if grade else []


def event_of(
    kind: str, assignment: Assignment, submission: Submission, grade: Grade | None = None
) -> Event:
    """The event of a submission, or of its grading."""
    data = {
        "assignment_id": assignment.id,
        "submission_id": submission.id,
        "user_id": submission.person_id,
        "course_id": submission.course_id,
        "lesson_id": submission.lesson_id,
        "number": submission.number,
        "submitted_at": timestamp(submission.submitted_at),
    }
    told, at = submission.id, submission.submitted_at
    if grade is not None:
        told, at = f"{submission.id}/{grade.number}", grade.graded_at
        data |= {
            "score": grade.final_score,
            "max_score": grade.max_score,
            "passed": grade.passed,
            "graded_at": timestamp(grade.graded_at),
        }
    return event(submission.organization_id, kind, told, at, data)


def _score(grade: Grade) -> Statement:
    scaled = round(grade.final_score / grade.max_score, 4)
    return {"scaled": scaled, "raw": grade.final_score, "min": 0, "max": grade.max_score}


def _voiding(scene: Scene, by: Person, target: str) -> Statement:
    return {
        "id": statement_id("voided", target),
        "actor": people.xapi_agent(by),
        "verb": verb_of(VOIDED),
        "object": {"objectType": "StatementRef", "id": target},
        "timestamp": timestamp(scene.at),
    }
