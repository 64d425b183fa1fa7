"""/reports: questions that are put by forms, and what comes of them."""

from api.pages.reports import builder, repeating, shown

PAGES = (builder, repeating, shown)
