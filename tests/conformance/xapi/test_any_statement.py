"""Whatever is sent: both validators agree, and the server takes it or says what is wrong."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.validation import accepts, check_statement
from lrs.validation.explanation import explain
from lrs.versions import VERSIONS
from tests.conformance.xapi.client import Client
from tests.conformance.xapi.statements import mutated, statements
from tests.lrs.conftest import Statement

OVER_ONE_SERVER = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_valid_by_construction_is_accepted(version: str) -> None:
    """By the fast validator, the explaining one and the rules."""

    @settings(parent=OVER_ONE_SERVER, max_examples=150)
    @given(statements(version))
    def check(statement: object) -> None:
        assert accepts("statement", statement, version)
        assert explain("statement", statement, version) == []
        assert check_statement(statement, version) == []

    check()


@pytest.mark.parametrize("version", VERSIONS)
def test_both_validators_agree_on_one_mutation(version: str) -> None:
    """What the fast one refuses is explained, and nothing else is."""

    @settings(parent=OVER_ONE_SERVER, max_examples=200)
    @given(mutated(statements(version)))
    def check(statement: object) -> None:
        refused = explain("statement", statement, version)
        assert accepts("statement", statement, version) == (refused == [])
        assert all(finding.requirement and finding.rule for finding in refused)

    check()


async def test_any_batch_is_taken_or_explained(client: Client) -> None:
    """Never a status of 500: what the checks accept is stored and found, all else refused."""
    valid = statements(client.version)
    drawn: list[list[Statement]] = []

    @OVER_ONE_SERVER
    @given(
        st.lists(valid, min_size=1, max_size=3) | st.lists(mutated(valid), min_size=1, max_size=2)
    )
    def draw(batch: list[Statement]) -> None:
        drawn.append(batch)

    draw()
    for batch in drawn:
        if any(check_statement(each, client.version) for each in batch):
            assert all((await client.refusal(batch)).values())
            continue
        ids = await client.store(*({**each, "id": str(uuid.uuid4())} for each in batch))
        for statement_id in ids:
            response = await client.send("GET", statementId=statement_id)
            assert response.status == 200
