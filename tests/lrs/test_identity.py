"""When two statements are the same one."""

from typing import Any

import orjson
import pytest

from lrs.statements.identity import same_statement
from tests.lrs.conftest import Statement, a_statement

ADA = {"objectType": "Agent", "mbox": "mailto:ada@example.com"}
BOB = {"objectType": "Agent", "mbox": "mailto:bob@example.com"}
REGISTRATION = "01234567-89ab-4def-8123-456789abcdef"


def same(sent: Statement, stored: Statement, version: str = "1.0.0") -> bool:
    """Compare a sent statement with one that was stored under a version."""
    whole = {**stored, "version": version, "stored": "2026-11-21T10:00:00Z", "authority": ADA}
    return same_statement(
        orjson.dumps(sent), orjson.dumps(whole), with_timestamp="timestamp" in sent
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"actor": {"mbox": "mailto:ada@EXAMPLE.com"}}, {"actor": ADA}),
        (
            {"actor": {"objectType": "Group", "member": [ADA, BOB]}},
            {"actor": {"objectType": "Group", "member": [BOB, ADA]}},
        ),
        (
            {"verb": {"id": "http://a.b/v", "display": {"en": "tried"}}},
            {"verb": {"id": "http://a.b/v"}},
        ),
        (
            {"object": {"id": "http://a.b/1", "definition": {"name": {"en": "One"}}}},
            {"object": {"objectType": "Activity", "id": "http://a.b/1"}},
        ),
        (
            {"context": {"registration": REGISTRATION.upper()}},
            {"context": {"registration": REGISTRATION}},
        ),
        (
            {"context": {"contextActivities": {"parent": {"id": "http://a.b/p"}}}},
            {"context": {"contextActivities": {"parent": [{"id": "http://a.b/p"}]}}},
        ),
        ({"timestamp": "2026-11-21T11:00:00+01:00"}, {"timestamp": "2026-11-21T10:00:00.000Z"}),
        (
            {"object": {"objectType": "StatementRef", "id": REGISTRATION.upper()}},
            {"object": {"objectType": "StatementRef", "id": REGISTRATION}},
        ),
    ],
)
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_exceptions_to_immutability_do_not_count(
    one: dict[str, Any], other: dict[str, Any], version: str
) -> None:
    """Data 2.3.1: order of members, display, definitions, the form of times, and case."""
    base = a_statement()
    assert same({**base, **one}, {**base, **other}, version)
    assert same({**base, **other}, {**base, **one}, version)


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": BOB},
        {"actor": {**ADA, "name": "Ada"}},
        {"verb": {"id": "http://a.b/other"}},
        {"object": {"id": "http://a.b/other"}},
        {"object": BOB},
        {"result": {"success": True}},
        {"result": {"duration": "PT1S"}},
        {"context": {"platform": "LMS"}},
    ],
)
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_everything_else_counts(changed: dict[str, Any], version: str) -> None:
    """Data 2.3.1: a different serialization of any other property is a difference."""
    base = a_statement()
    assert not same({**base, **changed}, base, version)


def test_durations_are_compared_to_the_hundredth_of_a_second_in_version_2() -> None:
    """IEEE 9274.1.1, 4.2.7; the first version compares them as text (Data 2.3.1)."""
    base = a_statement(result={"duration": "P1DT0.1237S"})
    shorter = {**base, "result": {"duration": "P1DT0.12S"}}
    assert same(shorter, base, "2.0.0")
    assert not same(shorter, base, "1.0.3")
    assert not same({**base, "result": {"duration": "P1DT0.13S"}}, base, "2.0.0")


def test_timestamps_count_in_the_first_version_only() -> None:
    """Data 2.3.1 against IEEE 9274.1.1, 4.2."""
    base = a_statement(timestamp="2026-11-21T10:00:00Z")
    later = {**base, "timestamp": "2026-11-21T10:00:01Z"}
    assert not same(later, base, "1.0.0")
    assert same(later, base, "2.0.0")
