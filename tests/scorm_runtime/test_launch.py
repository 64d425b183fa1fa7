"""Launch tokens: signed, for the content origin only, and they expire."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from scorm_runtime.errors import LaunchRefused
from scorm_runtime.launch import read, remaining, sign
from tests.scorm_runtime.courses import KEY, a_launch

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_token_is_read_as_the_launch_that_was_signed() -> None:
    assert read(sign(a_launch(), KEY, NOW, HOUR), KEY, NOW) == a_launch()


def test_a_token_expires() -> None:
    token = sign(a_launch(), KEY, NOW, HOUR)
    with pytest.raises(LaunchRefused) as refused:
        read(token, KEY, NOW + HOUR)
    assert refused.value.meta == {"reason": "expired"}


def test_a_token_is_read_a_while_longer_by_who_allows_it() -> None:
    token = sign(a_launch(), KEY, NOW, HOUR)
    assert remaining(token, KEY, NOW + HOUR / 2) == HOUR / 2
    assert read(token, KEY, NOW + 2 * HOUR, grace=HOUR + timedelta(seconds=1)) == a_launch()
    with pytest.raises(LaunchRefused):
        read(token, KEY, NOW + 2 * HOUR, grace=HOUR)


def test_a_token_of_another_key_audience_or_shape_is_refused() -> None:
    good = {"launch": {}, "aud": "content", "exp": NOW + HOUR}
    foreign = [
        sign(a_launch(), b"another key of thirty-two bytes...", NOW, HOUR),
        jwt.encode({**good, "aud": "lms"}, KEY),
        jwt.encode(good, KEY),
        jwt.encode({"launch": {}, "aud": "content"}, KEY),
        jwt.encode(good, None, algorithm="none"),
        "",
        "a.b.c",
    ]
    for token in foreign:
        with pytest.raises(LaunchRefused):
            read(token, KEY, NOW)
