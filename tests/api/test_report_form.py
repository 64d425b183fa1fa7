"""The builder's form shows whole definitions: what is read of it is what was written into it."""

from typing import Any

import pytest
from msgspec import convert

from api.pages.reports import form as forms
from api.pages.reports.form import Form
from content.reports.alerts import figures
from content.reports.definitions import ReportDefinition, Scope
from content.reports.entities import ENTITIES
from content.reports.fields import EMPTY, OPERATORS, Field
from content.reports.soundness import MOST_FILTERS, broken

SCOPE = Scope(permissions=frozenset(each.needs for each in ENTITIES.values()))
TEXTS = ["plain", 'says "no", twice', " around ", '"quoted"', "a, b", "two\nlines", '"']


def sent(form: Form) -> dict[str, str]:
    """What a browser sends of a form."""
    given = {"limit": form.limit}
    for letter, chosen in (("g", form.groups), ("a", form.aggregates), ("s", form.sorts)):
        given |= {f"{letter}{at}": each for at, each in enumerate(chosen)}
    for at, row in enumerate(form.filters):
        value = row.value.replace("\n", "\r\n")
        given |= {f"f{at}_field": row.field, f"f{at}_operator": row.operator, f"f{at}_value": value}
    return given


def values(field: Field, operator: str) -> list[Any]:
    """Values that a field can be compared with in this way."""
    singles: dict[str, list[Any]] = {
        "text": TEXTS,
        "choice": list(field.choices),
        "number": [0, -1, 0.1 + 0.2, 1234567.25, 10**14],
        "date": ["2026-11-21", "2026-11-21T10:00:00+01:00"],
        "boolean": [True, False],
    }
    match operator:
        case operator if operator in EMPTY:
            return [None]
        case "in_last_days" | "in_next_days":
            return [30]
        case "one_of":
            return [singles[field.kind]]
        case "between":
            return [singles[field.kind][:2]]
    return singles[field.kind]


@pytest.mark.parametrize("name", ENTITIES)
def test_what_is_edited_loses_nothing(name: str) -> None:
    entity = ENTITIES[name]
    every = [
        {"field": field.name, "operator": operator, "value": value}
        for field in entity.fields
        for operator in OPERATORS[field.kind]
        for value in values(field, operator)
    ]
    columns = [each.name for each in reversed(entity.fields)]
    texts = [each.name for each in entity.fields if each.kind == "text"][:4]
    group = [{"field": each} for each in texts]
    many = [{"function": e.function, "field": e.field} for e in figures(entity)[:10]]
    asked: list[dict[str, Any]] = [
        {"filters": every[at : at + MOST_FILTERS], "columns": columns, "limit": 7}
        for at in range(0, len(every), MOST_FILTERS)
    ]
    asked.append({"group": group, "aggregates": many, "sort": [f"-{each}" for each in texts]})
    asked.append({"group": group})
    for each in asked:
        definition = convert({"entity": name, **each}, ReportDefinition)
        assert broken(definition, SCOPE) == []
        form = forms.form_of(definition)
        read = forms.read(sent(form), form.columns)
        assert forms.definition_of(read, entity) == definition


def test_there_is_always_a_row_to_spare_and_what_is_wrong_is_told_at_its_row() -> None:
    entity = ENTITIES["enrollments"]
    given = {f"f{at}_field": "person" for at in (0, 2, 7)} | {"a1": "avg:person", "s1": "luck"}
    form = forms.read(given, [])
    assert [len(form.filters), len(form.aggregates), len(form.sorts)] == [9, 3, 3]
    wrong = broken(forms.definition_of(form, entity), SCOPE)
    names = ["f0_operator", "f2_operator", "f7_operator", "a1", "s1"]
    places = forms.places(form, [(each.where, each.detail) for each in wrong])
    assert list(places) == names


def test_only_what_can_be_watched_is_offered() -> None:
    offered = [value for value, _ in forms.figure_options(ENTITIES["enrollments"])]
    assert {"count", "max:score", "share:passed", "count_distinct:person"} <= set(offered)
    assert not {"min:enrolled_at", "max:completed_at"} & set(offered)
