"""Compliance: the officer's pages, and each person's own requirements."""

from api.pages.compliance import acts, duties, mine, overview, waiting

PAGES = (waiting, overview, duties, acts, mine)
"""The modules of pages, those with a fixed address before those that would swallow it."""
