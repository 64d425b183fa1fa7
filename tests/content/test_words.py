"""Plain words for addresses and searches, and what is an address on the web."""

import pytest

from content import findings, words


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Übung 1: Żółw", "ubung-1-zolw"),
        ("  C++ & C#  ", "c-c"),
        ("Привет, мир!", "privet-mir"),
        ("…", ""),
        ("a" * 79 + " bc", "a" * 79),
    ],
)
def test_a_slug_is_of_plain_letters_digits_and_hyphens(text: str, slug: str) -> None:
    assert words.slug(text) == slug
    assert words.slug(slug) == slug


def test_words_are_told_once_and_are_bounded() -> None:
    assert words.words(["Fire, fire!", "Straße"]) == ["fire", "strasse"]
    assert len(words.words([" ".join(map(str, range(1000)))])) == words.MOST_WORDS
    assert len(words.words(["x" * 1000])[0]) == words.LONGEST_WORD


def test_a_phrase_without_a_word_finds_everything() -> None:
    assert words.having(" .* ") == {}


def test_a_word_is_sought_without_flags_so_that_the_index_serves() -> None:
    (sought,) = words.having("Ann")["words"]["$all"]
    assert (sought.pattern, sought.flags) == ("^ann", 0)


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://example.org", True),
        ("https://example.org/@me?a=b#c", True),
        ("http://[::1]:8080/x", True),
        ("https://bücher.example/ä", True),
        ("https://me:secret@example.org/", False),
        ("javascript:alert(1)", False),
        ("//example.org", False),
        ("https://", False),
        ("https://a b", False),
        ("https://[", False),
        ("https://[zz]/", False),
        ("ftp://example.org", False),
    ],
)
def test_an_address_is_absolute_and_holds_no_password(address: str, good: bool) -> None:
    assert (findings.url("where", address) == []) is good
