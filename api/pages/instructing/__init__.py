"""The instructor's pages: what waits for grading, people in courses, and what is said there."""

from api.pages.instructing import (
    announcements,
    answers,
    discussions,
    enrolling,
    home,
    people,
    queue,
    submissions,
)

PAGES = (home, queue, submissions, answers, people, enrolling, announcements, discussions)
