"""Compliance: the officer's pages, and each person's own requirements."""

from api.pages.compliance import (
    acts,
    duties,
    grid,
    many,
    mine,
    overview,
    person,
    register,
    requirement_form,
    saved_views,
    team,
    waiting,
)

PAGES = (
    waiting,
    grid,
    saved_views,
    person,
    requirement_form,
    overview,
    register,
    duties,
    acts,
    many,
    mine,
    team,
)
"""The modules of pages, those with a fixed address before those that would swallow it."""
