"""Every setting has a flag, a variable and an explanation; a wrong one is told in one line."""

from pathlib import Path

import pytest

from api.errors import SettingError
from api.settings import SETTINGS, environment_of, read_settings, unknown_variables
from api.settings.reference import reference

DOCUMENT = Path(__file__).parents[2] / "docs" / "operators" / "settings.md"


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_default() -> None:
    assert read_settings({}, {}).port == 8080
    assert read_settings({"LYCEUM_PORT": "9000"}, {}).port == 9000
    assert read_settings({"LYCEUM_PORT": "9000"}, {"port": "9001"}).port == 9001


@pytest.mark.parametrize(
    ("variable", "written", "right"),
    [
        ("LYCEUM_PORT", "80a", "a whole number from 1 to 65535"),
        ("LYCEUM_PORT", "70000", "a whole number from 1 to 65535"),
        ("LYCEUM_WORKERS", "0", "a whole number from 1 to 64"),
        ("LYCEUM_MONGODB_URI", "localhost:27017", "mongodb://host:27017/?replicaSet=rs0"),
        ("LYCEUM_PUBLIC_URL", "learn.example.org", "https://learn.example.org"),
        ("LYCEUM_PUBLIC_URL", "https://learn.example.org/lms", "without a path"),
        ("LYCEUM_ADMIN_EMAIL", "root", "an e-mail address"),
        ("LYCEUM_SESSION_LIFETIME", "soon", "a duration such as 90s, 15m, 12h or 30d"),
        ("LYCEUM_MAX_UPLOAD", "2GB", "a size such as 512KiB, 10MiB or 2GiB"),
        ("LYCEUM_LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("LYCEUM_DATA", __file__, "a folder"),
        ("LYCEUM_LRS_KEY", "a:b", "without spaces and colons"),
        ("LYCEUM_AUTHORITY_TEMPLATE", "{", "an Agent as JSON"),
        ("LYCEUM_AUTHORITY_TEMPLATE", "[]", "an Agent as JSON"),
        ("LYCEUM_AUTHORITY_TEMPLATE", '{"mbox": "{{name}}"}', "an Agent as JSON"),
        ("LYCEUM_AUTHORITY_TEMPLATE", '{"name": "{{name}}"}', "an Agent as JSON"),
        ("LYCEUM_AUTHORITY_TEMPLATE", '{"mbox": "mailto:{{user}}@a.b"}', "no other variables"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_with_what_would_be_right(
    variable: str, written: str, right: str
) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({variable: written}, {})
    message = str(refused.value)
    assert message.startswith(variable)
    assert right in message
    assert "\n" not in message


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({"LYCEUM_PORT": "x"}, {"workers": "many"})
    assert [line.split()[0] for line in str(refused.value).splitlines()] == [
        "LYCEUM_PORT",
        "--workers",
    ]


def test_a_secret_is_not_repeated_in_a_message() -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({"LYCEUM_LRS_SECRET": "not printable ASCII: é"}, {})
    assert "é" not in str(refused.value)


def test_settings_that_contradict_each_other_are_told() -> None:
    with pytest.raises(SettingError, match="LYCEUM_CONTENT_PORT is 8080"):
        read_settings({}, {"content_port": "8080"})
    same = "https://learn.example.org"
    with pytest.raises(SettingError, match="an origin of its own"):
        read_settings({"LYCEUM_PUBLIC_URL": same, "LYCEUM_CONTENT_URL": same}, {})


def test_workers_read_back_what_their_supervisor_was_told() -> None:
    written = {"LYCEUM_MAX_BODY": "2MiB", "LYCEUM_DRAIN": "1m", "LYCEUM_MONGODB_CACHE": "0.5"}
    written["LYCEUM_XAPI_ORIGINS"] = "https://b.example.org, https://A.example.org/"
    settings = read_settings(written, {"port": "9000"})
    assert settings.xapi_origins == "https://b.example.org,https://a.example.org"
    assert read_settings(environment_of(settings), {}) == settings


def test_a_misspelt_variable_is_told_with_the_nearest_setting() -> None:
    (note,) = unknown_variables({"LYCEUM_PROT": "1", "LYCEUM_PORT": "2", "HOME": "/"})
    assert note == "LYCEUM_PROT is not a setting and has no effect. Did you mean LYCEUM_PORT?"


def test_the_operators_page_is_what_the_table_says() -> None:
    assert DOCUMENT.read_text() == reference(), "renew it: lyceum settings > docs/operators/…"


def test_every_setting_explains_itself() -> None:
    assert all(setting.explanation.endswith(".") for setting in SETTINGS)
