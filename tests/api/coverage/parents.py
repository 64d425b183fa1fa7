"""OptiLearn's API for parents."""

from collections.abc import Sequence

from tests.api.coverage.rows import Row, Seed, Sheet, When

_sheet = Sheet(Seed.PARENTS)

ROWS: Sequence[Row] = (
    *_sheet.awaited(
        When.LATER,
        "guardians and their children",
        "GET /parent/children",
        "GET /parent/children/[childId]/overview",
    ),
    _sheet.code("FORBIDDEN", "forbidden"),
    _sheet.code("VALIDATION_ERROR", "validation_error"),
    _sheet.code("INTERNAL_ERROR", "internal_error"),
)
