"""docs/api-coverage.md, as the table says it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.api.coverage.rows import Kind, Row, Seed, When
from tests.api.coverage.shown import SHOWN
from tests.api.coverage.table import ROWS

ADDRESS = Path(__file__).resolve().parents[3] / "docs" / "api-coverage.md"
TITLES = {
    Kind.ENDPOINT: "Endpoints",
    Kind.EVENT: "Events",
    Kind.CODE: "Codes of errors",
    Kind.LIMIT: "Rate limits",
    Kind.CALL: "Client library",
}
HEAD = """# What is asked for, and where it is answered

Five documents of learning management systems say what the API has to do. Each endpoint, event,
code of errors, rate limit and call of a client library that they name is here, with our route
(under `/api/v1` save where the path says otherwise), and the test that shows it, under `tests/`.
The conventions that hold for all of them, whatever a document's own are, are in
[rest.md](integrators/rest.md).

This page is written by `python -m tests.api.coverage` from the table in `tests/api/coverage`, and
`tests/api/test_coverage.py` holds it to the truth: each route is served, each test is there and
calls the route or names the event or code, and nothing that the documents name is missing.

**part 5** brings waivers, reports and PDF; **later** parts the rest.
"""


def document() -> str:
    """The page."""
    return "\n".join([HEAD, *_counts(), *(line for seed in Seed for line in _chapter(seed))]) + "\n"


def _counts() -> Iterator[str]:
    counts = Counter((row.seed, row.when) for row in ROWS)
    yield f"| document | {' | '.join(When)} |"
    yield f"|---|{'---|' * len(When)}"
    for seed in Seed:
        yield f"| {seed} | {' | '.join(str(counts[seed, when]) for when in When)} |"
    yield ""


def _chapter(seed: Seed) -> Iterator[str]:
    yield f"## {seed}"
    yield ""
    for kind, title in TITLES.items():
        rows = [row for row in ROWS if (row.seed, row.kind) == (seed, kind)]
        if rows:
            yield from _table(title, rows)


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    yield "| asked for | answered by | shown by | |"
    yield "|---|---|---|---|"
    yield from map(_line, rows)
    yield ""


def _line(row: Row) -> str:
    if row.when is not When.NOW:
        return f"| `{row.asked}` | **{row.when}** | | {row.remark} |"
    answers = "<br>".join(f"`{each}`" for each in row.answers)
    tests = dict.fromkeys(SHOWN[each] for each in row.answers)
    shown = "<br>".join(f"`{each}`" for each in tests)
    return f"| `{row.asked}` | {answers} | {shown} | {row.remark} |"
