"""The tables of findings, and the authors' guide that lists them."""

from collections import Counter
from pathlib import Path

from content.packages.rules import ARCHIVE, SIZE_CODES
from scorm_runtime.manifest import rules

TABLES = (
    ARCHIVE,
    rules.LOCATION,
    rules.DOCUMENT,
    rules.REFERENCES,
    rules.RESOURCES,
    rules.ORGANIZATIONS,
)
GUIDE = Path(__file__).parents[3] / "docs" / "authors" / "packages.md"


def test_a_code_means_one_thing() -> None:
    counts = Counter(code for table in TABLES for code in table)
    assert [code for code, count in counts.items() if count > 1] == []
    assert set(ARCHIVE) >= SIZE_CODES


def test_every_code_is_in_the_authors_guide() -> None:
    guide = GUIDE.read_text()
    missing = [
        code
        for table in TABLES
        for code, rule in table.items()
        if f"| `{code}` ({rule.severity}) |" not in guide
    ]
    assert missing == []


def test_every_error_says_what_to_do() -> None:
    errors = [rule for table in TABLES for rule in table.values() if rule.severity == "error"]
    assert all(rule.advice.endswith(".") or "&amp;" in rule.advice for rule in errors)
