"""The instructor's pages: what waits for grading, people in courses, and what is said there."""

from api.pages.instructing import (
    announcements,
    answers,
    bulk_enrolling,
    cohort_members,
    cohorts,
    discussions,
    enrolling,
    home,
    people,
    queue,
    submissions,
)

PAGES = (
    home,
    queue,
    submissions,
    answers,
    people,
    enrolling,
    bulk_enrolling,
    cohorts,
    cohort_members,
    announcements,
    discussions,
)
