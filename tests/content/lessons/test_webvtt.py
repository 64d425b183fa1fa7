"""WebVTT is read cue by cue, or told what is wrong with it line by line."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.courses.reviews import summed
from content.errors import RuleBroken
from content.lessons import blocks
from content.lessons.webvtt import cues, seconds

FILE = """WEBVTT - Hooks

NOTE made by hand

intro
00:00:01.000 --> 00:00:02.500 align:start
<v Ada>Hello &amp; <i>welcome</i>
everybody

00:03.000 --> 00:04.000
Bye
"""


def test_cues_have_times_speakers_and_words_without_markup() -> None:
    first, second = cues(FILE)
    assert (first.start, first.end) == (1.0, 2.5)
    assert (first.identifier, first.voice) == ("intro", "Ada")
    assert first.text == "Hello & welcome\neverybody"
    assert (second.start, second.voice, second.text) == (3.0, None, "Bye")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "must begin with WEBVTT"),
        ("1\n00:00:01,000 --> 00:00:02,000\nSRT", "line 2: must be such as"),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nx", "must have a cue"),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\nx", "line 3: must be such as"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nx", "line 3: must end after it begins"),
        (
            "WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:04.000 --> 00:09.000\ny",
            "line 6: must not begin before the cue before it",
        ),
    ],
)
def test_a_wrong_file_is_told_where(text: str, detail: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        cues(text)
    assert detail in refused.value.findings[0].detail


def test_a_timestamp_is_in_seconds() -> None:
    assert [seconds(each) for each in ("01:02:03.500", "00:00.001")] == [3723.5, 0.001]


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=50)
@given(JSON)
def test_any_answer_comes_back_from_its_statement(answer: Any) -> None:
    assert blocks.read(blocks.written(answer)) == answer


def test_ratings_come_to_their_mean_and_distribution() -> None:
    found = summed({5: 3, 4: 1, 1: 1})
    assert (found.average, found.count) == (4.0, 5)
    assert found.distribution == {"5": 3, "4": 1, "3": 0, "2": 0, "1": 1}
    assert summed({}).average is None
