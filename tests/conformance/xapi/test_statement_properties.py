"""What every property of a statement must be (Data 2.2, 2.4, 4): each requirement's own table."""

import pytest

from tests.conformance.xapi.client import Client
from tests.conformance.xapi.requirements import ACTIVITY, ALLOWED, NO_ACTIVITY, REFUSED, Row
from tests.lrs.conftest import Statement, a_statement, voiding
from tests.lrs.whole import ADA, DROP, UUID, WHOLE, changed, paths, replaced

BASE: Statement = changed("id", DROP)
OF_A_RECORD = {"id", "stored", "version", "authority"}
PROPERTIES = sorted({row.path.partition("/")[0] for row in REFUSED})


def statements(row: Row) -> list[Statement]:
    """Return the whole statement with each value of a row."""
    return [changed(row.path, value, BASE) for value in row.values]


def as_substatement(statement: Statement) -> Statement:
    """Return a statement about what another tells."""
    told = {name: value for name, value in statement.items() if name not in OF_A_RECORD}
    return a_statement(id=None, object={"objectType": "SubStatement", **told})


def is_free(path: tuple[object, ...]) -> bool:
    """Say whether a path leads into an extension or a language map, where names are free."""
    return any(name in ("extensions", "display", "name", "description") for name in path[:-1])


@pytest.mark.parametrize("name", PROPERTIES)
async def test_a_malformed_property_is_refused(client: Client, name: str) -> None:
    """Of a batch, every bad value is told at its place with the requirement it breaks.

    XAPI-00006, XAPI-00007, XAPI-00009 and XAPI-00011 are these rules in general.
    """
    for row in REFUSED:
        if row.path.partition("/")[0] != name:
            continue
        told = await client.refusal(statements(row))
        for at, value in enumerate(row.values):
            place = f"/{at}/{row.path}"
            near = {
                requirement
                for where, requirement in told.items()
                if where.startswith((place, place.rpartition("/")[0]))
            }
            assert near & {*row.requirements.split()}, (row, value, told)
    assert await client.found() == []


async def test_every_allowed_value_is_taken(client: Client) -> None:
    """A table of values that are easily refused by mistake."""
    for row in ALLOWED:
        response = await client.send("POST", statements(row))
        assert response.status == 200, (row, await response.text())
        assert len({*await response.json()}) == len(row.values)


async def test_a_substatement_follows_the_requirements_of_a_statement(client: Client) -> None:
    """XAPI-00066: each bad value but those of a record's own properties, inside a SubStatement."""
    for row in REFUSED:
        name = row.path.partition("/")[0]
        if name in OF_A_RECORD or row.path == "object":
            continue
        told = await client.refusal([as_substatement(each) for each in statements(row)])
        for at, value in enumerate(row.values):
            place = f"/{at}/object/{row.path}".rpartition("/")[0]
            assert any(where.startswith(place) for where in told), (row, value)


async def test_null_is_refused_wherever_a_property_stands(client: Client) -> None:
    """XAPI-00001: save in extensions."""
    free = [path for path in paths(BASE) if not is_free(path)]
    told = await client.refusal([replaced(BASE, path, None) for path in free])
    assert len(free) > 60
    for at, path in enumerate(free):
        pointer = "".join(f"/{step}" for step in (at, *path))
        assert told.pop(pointer) == "XAPI-00001"


async def test_the_case_of_a_property_matters(client: Client) -> None:
    """XAPI-00008: the property that was meant is told."""
    named = [path for path in paths(BASE) if isinstance(path[-1], str) and not is_free(path)]
    bad = [
        replaced(replaced(BASE, path, DROP), [*path[:-1], path[-1].swapcase()], "x")
        for path in named
    ]
    told = await client.refusal(bad)
    for at, path in enumerate(named):
        pointer = "".join(f"/{step}" for step in (at, *path[:-1], path[-1].swapcase()))
        assert told[pointer] == "XAPI-00008"


async def test_an_unknown_property_is_refused_in_every_object(client: Client) -> None:
    """XAPI-00010, and XAPI-00093 among context activities."""
    last = {path[:-1] for path in paths(BASE) if isinstance(path[-1], str) and not is_free(path)}
    objects = sorted(last, key=str)
    told = await client.refusal([replaced(BASE, [*path, "colour"], "x") for path in objects])
    for at, path in enumerate(objects):
        own = "XAPI-00093" if path[-1:] == ("contextActivities",) else "XAPI-00010"
        assert told["".join(f"/{step}" for step in (at, *path, "colour"))] == own


async def test_revision_and_platform_belong_to_activities(client: Client) -> None:
    """XAPI-00084, XAPI-00085: in a SubStatement as well."""
    expected = {"/context/revision": "XAPI-00084", "/context/platform": "XAPI-00085"}
    for thing in NO_ACTIVITY:
        about = a_statement(object=thing, context={"revision": "1", "platform": "LMS"})
        assert await client.refusal(about) == expected
        if thing["objectType"] != "SubStatement":
            told = await client.refusal(as_substatement(about))
            assert told == {f"/object{where}": rule for where, rule in expected.items()}


async def test_a_voiding_statement_names_a_statement(client: Client) -> None:
    """XAPI-00017, XAPI-00019, XAPI-00020."""
    for thing, requirement in (
        (ACTIVITY, "XAPI-00020"),
        ({"objectType": "Activity", **ACTIVITY}, "XAPI-00017"),
        (ADA, "XAPI-00017"),
    ):
        told = await client.refusal({**voiding(UUID), "object": thing})
        assert requirement in told.values()


async def test_every_finding_is_told_at_once(client: Client) -> None:
    """Schema, rules and repeated ids together, each with place, rule and requirement."""
    bad = {**WHOLE, "verb": {"id": "x"}, "result": {"score": {"min": 2, "max": 1}}}
    assert await client.refusal([bad, {**WHOLE, "timestamp": "2026-02-30T10:00:00Z"}, 7]) == {
        "/0/verb/id": "XAPI-00044",
        "/0/result/score/min": "XAPI-00081",
        "/1/timestamp": "XAPI-00123",
        "/1/id": "XAPI-00142",
        "/2": "XAPI-00006",
    }
