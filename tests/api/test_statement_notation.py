"""JSON on a page: indented and marked, and still the same JSON."""

import json
from html import unescape
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from api.pages.statements.notation import MOST_MARKED, notation

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


def text_of(markup: str) -> str:
    """What a browser shows of the markup."""
    for tag in ("b", "i", "em"):
        markup = markup.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    return unescape(markup)


@given(JSON)
def test_it_is_indented_as_everybody_does_and_escapes_everything(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode()
    shown = notation(raw)
    assert text_of(shown) == json.dumps(value, ensure_ascii=False, indent=2)
    for tag in ("b", "i", "em"):
        shown = shown.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in shown


def test_numbers_and_escapes_stay_as_they_were_written() -> None:
    raw = rb'{"a":1.0,"b":12345678901234567890123,"c":"\u00e9\/"}'
    assert text_of(notation(raw)).split() == [
        "{", '"a":', "1.0,", '"b":', "12345678901234567890123,", '"c":', r'"\u00e9\/"', "}",
    ]  # fmt: skip


def test_keys_strings_and_values_are_marked() -> None:
    assert notation(b'{"a":["<b>",true]}') == (
        '{\n  <b>"a"</b>: [\n    <i>"&lt;b&gt;"</i>,\n    <em>true</em>\n  ]\n}'
    )


def test_a_long_record_is_escaped_but_not_marked() -> None:
    raw = b'["' + b"<" * MOST_MARKED + b'"]'
    assert notation(raw) == '[\n  "' + "&lt;" * MOST_MARKED + '"\n]'
