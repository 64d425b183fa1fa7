"""The whole table."""

from collections.abc import Sequence

from tests.api.coverage import akako, course_pipeline, optilearn, parents, university_block
from tests.api.coverage.rows import Row

ROWS: Sequence[Row] = (
    *university_block.ROWS,
    *optilearn.ROWS,
    *parents.ROWS,
    *akako.ROWS,
    *course_pipeline.ROWS,
)
