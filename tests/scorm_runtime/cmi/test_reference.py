"""The integrators' page of the data models says what the tables say."""

from pathlib import Path

import pytest

from scorm_runtime.cmi.reference import reference
from scorm_runtime.cmi.scorm12 import Api as Api12
from scorm_runtime.cmi.scorm2004_model import DataModel
from scorm_runtime.cmi.scorm2004_table import table
from scorm_runtime.cmi.table import SCORM12

DOCUMENT = Path(__file__).parents[3] / "docs" / "integrators" / "data-models.md"


def test_the_page_is_what_the_tables_say() -> None:
    renew = "python -m scorm_runtime.cmi.reference > docs/integrators/data-models.md"
    assert DOCUMENT.read_text() == reference(), f"renew it: {renew}"


def rows(standard: str) -> dict[str, list[str]]:
    """The elements of one standard: name to cells."""
    _, _, section = reference().partition(f"## {standard}\n")
    lines = section.partition("### Elements\n")[2].partition("\nAll names")[0].splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if "| `" in line
    ]
    return {row[0].strip("`"): row for row in cells}


@pytest.mark.parametrize("name", [each.name for each in SCORM12.elements])
def test_the_errors_told_of_an_element_of_1_2_are_those_that_it_gives(name: str) -> None:
    row = rows("SCORM 1.2")[name]
    first = name.replace(".n.", ".0.")
    api = Api12({})
    api.initialize("")
    api.get_value(first)
    assert api.last_error in ("0", *row[4].split(", "))
    for value in ("\u0000", "x" * 5000, "0"):
        api.set_value(first, value)
        assert api.last_error in ("0", *row[5].split(", "))


@pytest.mark.parametrize("name", [each.name for each in table("4th Edition").elements])
def test_the_errors_told_of_an_element_of_2004_are_those_that_it_gives(name: str) -> None:
    row = rows("SCORM 2004")[name]
    first = name.replace(".n.", ".0.").replace("{target}", "{target=one}")
    model = DataModel(table("4th Edition"), {})
    assert model.get(first)[1] in ("0", *row[5].split(", "))
    for value in ("\u0000", "-7", "0"):
        assert model.set(first, value) in ("0", *row[6].split(", "))
