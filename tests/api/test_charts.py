"""Charts say their numbers three times: drawn, in words, and as a table."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from msgspec import structs

from api.pages.charts import bars, columns, funnel, heat_map, lines, sparkline, stacked
from api.pages.charts.chart import MOST_SERIES, ceiling, shortened
from api.pages.charts.heat_map import step
from api.pages.charts.lines import APART, spread
from api.pages.reports.pictures import picture, spans
from content.reports.definitions import Aggregate, Group, ReportDefinition, columns_of
from content.reports.running import Answer

DAYS = ("1 Nov", "2 Nov", "3 Nov")
MADE = {
    "bars": bars("Courses <by> & co", [("Fire", 80), ("Law", None)], unit="%", whole=100),
    "columns": columns("Scores", [("0", 2), ("50", 6)]),
    "funnel": funnel("Course", [("Enrolled", 40), ("Began", 30), ("Completed", 6)]),
    "stacked": stacked("Standing", [("Works", (3, 1)), ("Empty", (0, 0))], ("Done", "Late")),
    "lines": lines("Days", DAYS, {"Came": (1, None, 4), "Left": (0, 2, 4)}),
    "area": lines("Days", DAYS, {"Came": (1, 2, 4)}, area=True),
    "heat": heat_map("Hours", ("Mon", "Tue"), ("00", "01"), ((0, 4), (1, 8)), unit="statements"),
    "no bars": bars("Nothing", []),
    "no lines": lines("Nothing", (), {}),
    "no heat": heat_map("Nothing", (), (), ()),
    "no funnel": funnel("Nothing", []),
}


@pytest.mark.parametrize("name", MADE)
def test_a_chart_is_a_picture_with_a_title_and_a_description(name: str) -> None:
    chart = MADE[name]
    svg = etree.fromstring(chart.svg)
    known = {each.get("id"): each.text for each in svg.iter() if each.get("id")}
    assert svg.get("role") == "img"
    assert known[svg.get("aria-labelledby")] == chart.title
    assert known[svg.get("aria-describedby")]
    assert all(len(row) == len(chart.head) for row in chart.rows)
    assert "style=" not in chart.svg
    assert "<script" not in chart.svg


def test_bars_are_as_long_as_their_share_of_the_whole() -> None:
    svg = etree.fromstring(MADE["bars"].svg)
    assert [each.get("width") for each in svg.iter("rect") if each.get("class") == "s0"] == [
        "80%",
        "0%",
    ]
    assert MADE["bars"].rows == (("Fire", "80%"), ("Law", "\N{EN DASH}"))


def test_no_data_is_said_and_names_are_cut_by_the_place_they_take() -> None:
    empty = heat_map("Hours", ("Mon",), ("00",), ((0,),))
    for each in (empty, *(MADE[name] for name in MADE if name.startswith("no "))):
        assert "There is nothing to show." in etree.fromstring(each.svg).xpath("string(./*[3])")
    assert shortened("abcdef", 5) == "abcd…"
    assert shortened("危険物の取", 6) == "危険…"
    few = heat_map("Hours", ("Mon",), ("00", "01"), ((1, 2),), unit="statements")
    assert [each.name for each in few.keys] == ["none", "1", "2"]
    many = bars("Lessons", [(f"Lesson {at}", at) for at in range(40)], most=12)
    assert len(etree.fromstring(many.svg).findall(".//{*}g")) == 12
    assert len(many.rows) == 40


def test_time_without_rows_is_time_all_the_same() -> None:
    assert spans("day", ["2028-02-28", "2028-03-01"]) == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert spans("week", ["2026-W52", "2027-W02"]) == [
        "2026-W52",
        "2026-W53",
        "2027-W01",
        "2027-W02",
    ]
    assert spans("month", ["2026-11", "2027-02"]) == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert spans("year", ["2026", "2028"]) == ["2026", "2027", "2028"]
    by_day = {"group": (Group(field="enrolled_at", by="day"),)}
    count = ReportDefinition(
        entity="enrollments", aggregates=(Aggregate(function="count"),), **by_day
    )
    rows = (("2026-11-01", 2), ("2026-11-03", 1))
    found = Answer(columns=columns_of(count), rows=rows, more=True)
    drawn = picture(count, found, ZoneInfo("UTC"))
    assert drawn is not None
    assert [each[1] for each in drawn.rows] == ["2", "0", "1"]
    cut = picture(structs.replace(count, sort=("-count",)), found, ZoneInfo("UTC"))
    assert cut is not None
    assert cut.rows[1][1] == "\N{EN DASH}"


def test_a_funnel_tells_what_is_left_of_the_first_step_and_of_the_one_before() -> None:
    assert MADE["funnel"].rows[2] == ("Completed", "6", "15%", "20%")


def test_the_parts_of_a_stacked_bar_have_patterns_and_fill_it() -> None:
    svg = etree.fromstring(MADE["stacked"].svg)
    parts = [each for each in svg.iter("rect") if each.get("class") == "part"]
    assert [each.get("width") for each in parts] == ["75%", "25%", "0%", "0%"]
    defined = {f"url(#{each.get('id')})" for each in svg.iter("pattern")}
    assert {each.get("fill") for each in parts} == defined
    assert [key.name for key in MADE["stacked"].keys] == ["Done", "Late"]


def test_columns_grow_with_their_values() -> None:
    svg = etree.fromstring(MADE["columns"].svg)
    low, high = (float(each.get("height", "")) for each in svg.iter("rect"))
    assert high == 3 * low


def test_a_line_breaks_where_a_value_is_missing() -> None:
    svg = etree.fromstring(MADE["lines"].svg)
    paths = [each.get("d") for each in svg.iter("path") if "l0" in each.get("class", "").split()]
    assert paths == ["M0 152", "M1000 38"]
    assert "Came: highest 4 at 3 Nov, last 4." in MADE["lines"].svg


def test_names_of_lines_that_end_together_are_moved_apart() -> None:
    placed = spread([100, 100, 101, 205])
    assert all(below - above >= APART for above, below in pairwise(placed))


def test_a_heat_map_has_a_step_for_each_quarter_of_the_most() -> None:
    assert [step(value, 8) for value in (0, 0.1, 2, 2.1, 8)] == [0, 1, 1, 2, 4]
    assert "13 statements in all; most on Tue at 01: 8 statements." in MADE["heat"].svg


def test_a_sparkline_says_its_range_in_its_name() -> None:
    svg = etree.fromstring(sparkline("Active", (3, None, 1, 2)))
    assert svg.get("aria-label") == "Active: from 1 to 3, now 2"
    assert etree.fromstring(sparkline("Active", ())).get("aria-label") == "Active: nothing yet"


def test_scales_end_at_round_numbers() -> None:
    assert [ceiling((value,)) for value in (0, 0.3, 7, 12, 21, 100)] == [1, 0.5, 10, 20, 25, 100]


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="6 series at the most"):
        lines("Many", DAYS, {str(each): (1, 2, 3) for each in range(MOST_SERIES + 1)})
