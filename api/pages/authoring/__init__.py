"""The author's pages: courses, their outline, lessons and packages."""

from api.pages.authoring import (
    assignments,
    courses,
    lessons,
    modules,
    outline,
    preview,
    publishing,
    settings,
    uploads,
)

PAGES = (courses, outline, modules, lessons, settings, publishing, assignments, uploads, preview)
