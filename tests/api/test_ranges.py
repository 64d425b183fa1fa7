"""RFC 9110, 13 and 14: what a condition and a range ask for."""

from datetime import UTC, datetime

import pytest

from api.rest.ranges import NotSatisfiable, Span, unchanged, wanted
from api.rest.serving import disposition

TAG = '"abc"'
AT = datetime(2026, 3, 1, 12, 0, 0, 345_000, tzinfo=UTC)
WRITTEN = "Sun, 01 Mar 2026 12:00:00 GMT"
EARLIER = "Sun, 01 Mar 2026 11:59:59 GMT"


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=2-5", Span(2, 6)),
        ("bytes=8-", Span(8, 10)),
        ("bytes=-3", Span(7, 10)),
        ("bytes=-30", Span(0, 10)),
        ("bytes=5-500", Span(5, 10)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("", None),
    ],
)
def test_a_range_is_one_span_or_ignored(header: str, span: Span | None) -> None:
    assert wanted({"Range": header}, TAG, AT, 10) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        wanted({"Range": header}, TAG, AT, 10)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [(TAG, True), (WRITTEN, True), ('"other"', False), (f"W/{TAG}", False), (EARLIER, False)],
)
def test_a_range_counts_only_for_the_version_it_names(condition: str, holds: bool) -> None:
    found = wanted({"Range": "bytes=0-1", "If-Range": condition}, TAG, AT, 10)
    assert (found is not None) == holds


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, False),
        ({"If-None-Match": f'"x", {TAG}'}, True),
        ({"If-None-Match": f"W/{TAG}"}, True),
        ({"If-None-Match": "*"}, True),
        ({"If-None-Match": '"x"', "If-Modified-Since": WRITTEN}, False),
        ({"If-Modified-Since": WRITTEN}, True),
        ({"If-Modified-Since": EARLIER}, False),
        ({"If-Modified-Since": "yesterday"}, False),
    ],
)
def test_a_good_copy_is_told_from_an_old_one(headers: dict[str, str], same: bool) -> None:
    assert unchanged(headers, TAG, AT) == same


def test_a_name_is_written_for_old_clients_and_new_ones() -> None:
    written = disposition('Übung "1" 50%.pdf', inline=False)
    assert written == (
        'attachment; filename="_bung _1_ 50_.pdf"; '
        "filename*=UTF-8''%C3%9Cbung%20%221%22%2050%25.pdf"
    )
    assert disposition("a.png", inline=True).startswith("inline; ")
