"""Blanks: spellings that mean the same, wildcards, and no pattern that takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.quizzes.blanks import example, fits
from content.quizzes.shuffles import shuffled


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("useContext", " usecontext ", True),
        ("Straße", "STRASSE", True),
        ("it's", "it’s", True),
        ("well-known", "well – known", False),  # noqa: RUF001
        ("well-known", "well–known", True),  # noqa: RUF001
        ("café", "cafe\u0301", True),
        ("two  words", "two words", True),
        ("colo*r", "colour", True),
        ("colo*r", "color", True),
        ("colo*r", "colours", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*a", "a", False),
        ("*red*", "a Red car", True),
        ("the * car", "the red car", True),
        ("the * car", "thered car", False),
        (r"2\*3", "2*3", True),
        (r"2\*3", "2x3", False),
        ("(a+)+$", "(A+)+$", True),
        ("", "", True),
    ],
)
def test_a_pattern_takes_the_texts_it_describes(pattern: str, text: str, wanted: bool) -> None:
    assert fits(pattern, text, case_sensitive=False) is wanted


def test_case_counts_where_it_is_said_to() -> None:
    assert fits("pH", "pH", case_sensitive=True)
    assert not fits("pH", "PH", case_sensitive=True)


@given(st.text(max_size=40), st.booleans())
def test_a_pattern_takes_its_own_example(pattern: str, case_sensitive: bool) -> None:
    assert fits(pattern, example(pattern), case_sensitive=case_sensitive)


@given(st.text(alphabet="ab*", max_size=12), st.text(alphabet="ab", max_size=12))
def test_wildcards_mean_what_the_plain_definition_says(pattern: str, text: str) -> None:
    assert fits(pattern, text, case_sensitive=True) is _fits(pattern, text)


def _fits(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_fits(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return text[:1] == pattern[0] and _fits(pattern[1:], text[1:])


def test_a_hostile_pattern_ends() -> None:
    assert not fits("a*" * 240 + "b", "a" * 1_000, case_sensitive=False)


@given(st.integers(0, 60), st.text(), st.text())
def test_a_shuffle_is_an_order_and_the_same_for_the_same_seed(
    count: int, one: str, other: str
) -> None:
    order = shuffled(count, one, other)
    assert sorted(order) == list(range(count))
    assert shuffled(count, one, other) == order


def test_every_order_comes_up() -> None:
    seen = {shuffled(4, str(seed)) for seed in range(2_000)}
    assert len(seen) == 24
