"""The learner's pages: home, catalogue, courses and lessons, quizzes, records of one's own.

What they show and do is asked of REST's handlers, by the same rules.
"""

from api.pages.learning import (
    catalogue,
    certificates,
    course,
    discussions,
    figures,
    home,
    launch,
    learning_paths,
    lesson,
    mentoring,
    notes,
    notifications,
    peer_reviews,
    profile,
    taking,
    tokens,
    transcript,
)

PAGES = (
    home,
    catalogue,
    course,
    discussions,
    learning_paths,
    lesson,
    notes,
    launch,
    taking,
    certificates,
    transcript,
    figures,
    notifications,
    peer_reviews,
    tokens,
    mentoring,
    profile,
)
"""The modules of pages, those with a fixed address before those with parts."""
