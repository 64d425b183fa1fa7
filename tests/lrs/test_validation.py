"""What the schemas and rules refuse, and that both validators say the same of everything."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lrs.validation import accepts, check_statement
from lrs.validation.explanation import explain
from lrs.validation.schemas import merge, statement_schema
from lrs.versions import VERSIONS
from tests.lrs.conftest import Statement, a_statement, voiding
from tests.lrs.whole import ADA, TEAM, UUID, WHOLE, changed, paths, replaced

SPARE = ("", None, 7, -1.5, True, [], {}, "x", "http://a.b", UUID, "en\n", {"a": None}, [None])


@pytest.mark.parametrize(
    ("path", "value", "where", "requirement"),
    [
        ("id", "7", "/id", "XAPI-00027"),
        ("verb/id", "no iri", "/verb/id", "XAPI-00044"),
        ("verb/display", {"a12345678": "x"}, "/verb/display/a12345678", "XAPI-00121"),
        ("actor/mbox", "mailto:ada@example.com", "/actor", "XAPI-00037"),
        ("actor/objectType", "group", "/actor/objectType", "XAPI-00031"),
        ("actor/member", [TEAM], "/actor/member/0/objectType", "XAPI-00032"),
        ("actor/account", {"name": "7"}, "/actor/account", "XAPI-00042"),
        ("object/objectType", "activity", "/object/objectType", "XAPI-00046"),
        ("object/definition/interactionType", "Choice", None, "XAPI-00049"),
        ("object/definition/name", None, "/object/definition/name", "XAPI-00001"),
        ("object/definition/choices", [{"id": "a"}, {"id": "a"}], None, "XAPI-00010"),
        ("object/definition/extensions", {"x": 1}, None, "XAPI-00118"),
        ("object", ADA, "/context/revision", "XAPI-00084"),
        ("object", {"mbox": "mailto:a@b.c"}, "/object/mbox", "XAPI-00065"),
        ("object", {"id": UUID, "objectType": "StatementRef", "x": 1}, "/object/x", "XAPI-00010"),
        ("result/score/scaled", 1.01, "/result/score/scaled", "XAPI-00083"),
        ("result/score/raw", 11, "/result/score/raw", "XAPI-00082"),
        ("result/score/min", 10, "/result/score/min", "XAPI-00081"),
        ("result/duration", "PT", "/result/duration", "XAPI-00124"),
        ("result/success", "true", "/result/success", "XAPI-00074"),
        ("result/Success", True, "/result/Success", "XAPI-00008"),
        ("context/registration", UUID + "0", "/context/registration", "XAPI-00087"),
        ("context/language", "e", "/context/language", "XAPI-00091"),
        ("context/team", ADA, "/context/team/objectType", "XAPI-00088"),
        ("context/contextActivities/child", [], None, "XAPI-00093"),
        ("timestamp", "2026-02-30T10:00:00Z", "/timestamp", "XAPI-00123"),
        ("timestamp", "2026-02-03T10:00:00-00:00", "/timestamp", "XAPI-00123"),
        ("version", "1.1.0", "/version", "XAPI-00101"),
        ("authority", TEAM, "/authority/member", "XAPI-00098"),
        ("attachments/0/sha2", "xyz", "/attachments/0/sha2", "XAPI-00103"),
        ("attachments/0/length", 1.5, "/attachments/0/length", "XAPI-00102"),
    ],
)
def test_a_broken_rule_is_told_with_its_place_and_requirement(
    path: str, value: Any, where: str | None, requirement: str | None
) -> None:
    findings = check_statement(changed(path, value), "1.0.3")
    told = {finding.where: finding.requirement for finding in findings}
    assert (where or f"/{path}") in told or where is None
    assert requirement in told.values()


def test_the_whole_statement_is_accepted_in_both_versions() -> None:
    """Everything that the specification allows is taken."""
    for version in VERSIONS:
        assert check_statement(WHOLE, version) == []


@pytest.mark.parametrize("name", ["id", "stored", "version", "authority"])
def test_a_substatement_has_no_property_of_a_record(name: str) -> None:
    """XAPI-00067 to 00070."""
    inner = a_statement(**{"id": None, "objectType": "SubStatement", name: WHOLE[name]})
    (finding,) = check_statement(a_statement(object=inner), "1.0.3")
    assert finding.where == f"/object/{name}"
    assert finding.requirement in {"XAPI-00067", "XAPI-00068", "XAPI-00069", "XAPI-00070"}


def test_a_substatement_holds_no_substatement() -> None:
    """XAPI-00071."""
    inner = a_statement(id=None, objectType="SubStatement")
    outer = a_statement(id=None, objectType="SubStatement", object=inner)
    findings = check_statement(a_statement(object=outer), "1.0.3")
    assert "XAPI-00071" in {finding.requirement for finding in findings}


def test_a_voiding_statement_needs_a_statement_reference() -> None:
    """XAPI-00017."""
    bad = {**voiding(UUID), "object": {"id": "http://a.b/c"}}
    assert [f.requirement for f in check_statement(bad, "1.0.3")] == ["XAPI-00020"]


def test_context_agents_belong_to_version_2() -> None:
    around = {"contextAgents": [{"objectType": "contextAgent", "agent": ADA}]}
    statement = a_statement(context=around)
    assert check_statement(statement, "2.0.0") == []
    assert check_statement(statement, "1.0.3")[0].where == "/context/contextAgents"


def _mutations() -> Iterator[Statement]:
    """Every value of the whole statement replaced by each spare one, dropped, and joined."""
    for path in paths(WHOLE):
        for value in SPARE:
            yield replaced(WHOLE, path, value)
        yield replaced(WHOLE, [*path[:-1], f"{path[-1]}x"], 1)


@pytest.mark.parametrize("version", list(VERSIONS))
def test_both_validators_agree_on_every_mutation(version: str) -> None:
    """jsonschema-rs accepts exactly what jsonschema finds nothing wrong with."""
    refused = 0
    for statement in _mutations():
        fast = accepts("statement", statement, version)
        assert fast == (not explain("statement", statement, version)), statement
        refused += not fast
    assert refused > 500


def test_the_schemas_are_valid_schemas() -> None:
    for version in VERSIONS:
        Draft202012Validator.check_schema(statement_schema(version))


def test_changes_are_merged_over_a_schema() -> None:
    merged = merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": 4}})
    assert merged == {"a": {"c": 2, "e": 4}, "d": 3}
