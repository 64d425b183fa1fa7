"""A school to learn in: a course with lessons of every kind, and whoever learns there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.rest import PASSWORD, Rest

LEARNER = "grace@example.org"
TEXT = "<p>Call <b>112</b> first. Then look:</p><ul><li>Is it safe?</li></ul>"
CUES = "WEBVTT\n\n00:00.000 --> 00:02.000\nThirty times, fast and deep"
OPTIONS = [{"text": "Call 112", "correct": True}, {"text": "Wait"}, {"text": "Take a picture"}]
QUESTIONS: list[dict[str, Any]] = [
    {
        "type": "multiple_choice",
        "question": "What comes <b>first</b>?",
        "options": OPTIONS,
        "explanation": "Help needs time to come.",
    },
    {
        "type": "multiple_answer",
        "question": "What do you check?",
        "options": [
            {"text": "Breathing", "correct": True},
            {"text": "Awareness", "correct": True},
            {"text": "The wallet"},
        ],
    },
    {
        "type": "true_false",
        "question": "A child is pressed as deep.",
        "correct_answer": False,
    },
    {
        "type": "fill_blank",
        "question": "Press ____ times, then breathe ____ times.",
        "correct_answers": [["30", "thirty"], ["2", "two", "twice"]],
    },
    {
        "type": "matching",
        "question": "What belongs to what?",
        "pairs": [
            {"left": "Burn", "right": "Cool water"},
            {"left": "Bleeding", "right": "A pressure bandage"},
        ],
        "distractors": ["Butter"],
    },
    {
        "type": "ordering",
        "question": "In which order?",
        "items": ["Look", "Call", "Press"],
    },
    {
        "type": "numeric",
        "question": "How deep do you press?",
        "correct_answer": 5.5,
        "tolerance": 0.5,
        "units": [{"unit": "cm"}],
    },
    {"type": "essay", "question": "What would you do better next time?", "points": 2},
]


@dataclass(frozen=True)
class School:
    """What was made, by its ids."""

    url: str
    admin: Rest
    learner: Rest
    learner_id: str
    course_id: str
    lessons: dict[str, str]
    others: dict[str, str]


async def school(admin: Rest, url: str) -> School:
    """Make the school; the learner is enrolled in nothing that can be learnt here."""
    category = await admin.make("/categories", name="Safety")
    course = await admin.make(
        "/courses",
        title="First aid",
        description="What you do until somebody comes who knows better.",
        status="published",
        category_id=category["id"],
        tags=["safety"],
        language="en",
        settings={"self_enrollment": True, "certificate_enabled": True},
    )
    user = await admin.make(
        "/users", name="Grace Hopper", email=LEARNER, password=PASSWORD, time_zone="Europe/Berlin"
    )
    learner = await Rest.sign_in(admin.session, url, LEARNER, PASSWORD)
    lessons = await _lessons(admin, course["id"])
    others = await _others(admin, user["id"], course["id"])
    return School(url, admin, learner, user["id"], course["id"], lessons, others)


async def _lessons(admin: Rest, course_id: str) -> dict[str, str]:
    first = await admin.make(f"/courses/{course_id}/modules", title="On the spot")
    second = await admin.make(f"/courses/{course_id}/modules", title="More")
    made: dict[str, str] = {}

    async def add(module: dict[str, Any], name: str, kind: str, **more: Any) -> None:
        path = f"/modules/{module['id']}/lessons"
        lesson = await admin.make(path, title=name, content_type=kind, **more)
        made[name] = lesson["id"]

    await add(first, "Look and call", "text", content={"html": TEXT})
    await add(first, "Test yourself", "quiz", prerequisites=[made["Look and call"]])
    film = {
        "video_url": "https://films.example.org/press.mp4",
        "transcript_url": "https://films.example.org/press.txt",
    }
    await add(second, "How to press", "video", content=film, duration_minutes=2)
    papers = {"url": "https://papers.example.org/aid.pdf", "page_count": 12}
    await add(second, "The handbook", "document", content=papers)
    await add(
        second, "A film elsewhere", "embed", content={"url": "https://player.vimeo.com/video/1"}
    )
    await add(second, "Your own plan", "assignment")
    await admin.make(
        "/quizzes",
        title="Test yourself",
        lesson_id=made["Test yourself"],
        passing_score=40,
        time_limit_minutes=30,
        max_attempts=3,
        questions=QUESTIONS,
    )
    await admin.make(
        "/assignments",
        title="Your own plan",
        lesson_id=made["Your own plan"],
        description="<p>Where is the <b>first aid kit</b> where you work?</p>",
        due_date=(datetime.now(UTC) + timedelta(days=5)).isoformat(),
        max_score=10,
        passing_score=50,
        rubric=[
            {"criteria": "The way", "max_points": 6, "description": "Is the way there told?"},
            {"criteria": "The kit", "max_points": 4},
        ],
        allowed_file_types=[".txt", ".pdf"],
        max_file_size_mb=5,
    )
    await admin.make(
        f"/lessons/{made['How to press']}/captions", vtt=CUES, language="en", label="English"
    )
    return made


async def _others(admin: Rest, user_id: str, course_id: str) -> dict[str, str]:
    """Courses that one comes into in other ways, and a duty."""
    fire = await admin.make("/courses", title="Fire safety", status="published")
    advanced = await admin.make(
        "/courses",
        title="First aid for instructors, in German and for those who teach it every day",
        status="published",
        prerequisites=[course_id],
        settings={"self_enrollment": True},
    )
    module = await admin.make(f"/courses/{fire['id']}/modules", title="When it burns")
    path = f"/modules/{module['id']}/lessons"
    await admin.make(path, title="Get out", content_type="text", content={"html": TEXT})
    await admin.make(
        "/compliance/requirements",
        title="First aid for everybody",
        course_id=course_id,
        due_at=(datetime.now(UTC) + timedelta(days=3)).isoformat(),
        audience={"kind": "people", "user_ids": [user_id]},
    )
    return {"fire": fire["id"], "advanced": advanced["id"]}
