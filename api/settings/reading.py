"""From flags and variables to Settings, with every wrong one named."""

import difflib
from collections.abc import Mapping
from typing import Any

from api.errors import SettingError
from api.settings.kinds import duration_text
from api.settings.table import SETTINGS, Setting, Settings


def read_settings(environment: Mapping[str, str], flags: Mapping[str, str | None]) -> Settings:
    """Read each setting from its flag, else its variable, else its default.

    Args:
        environment: the process's variables; an empty one counts as not set.
        flags: by setting name, as written on the command line; None is not given.

    Raises:
        SettingError: a line for each wrong setting, saying what would be right.
    """
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for setting in SETTINGS:
        source, written = _written(setting, environment, flags)
        try:
            values[setting.name] = setting.kind.parse(written)
        except ValueError:
            shown = "given" if setting.secret else f'"{written}"'
            wrong.append(f"{source} is {shown}, but it must be {setting.kind.right}.")
    wrong.extend(_contradictions(values))
    if wrong:
        raise SettingError("\n".join(wrong))
    return Settings(**values)


def environment_of(settings: Settings) -> dict[str, str]:
    """Write settings as the variables that `read_settings` reads the same from."""
    return {s.variable: str(getattr(settings, s.name)) for s in SETTINGS}


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Say of each `LYCEUM_*` variable that is no setting which one it resembles."""
    known = [setting.variable for setting in SETTINGS]
    unknown = sorted(name for name in environment if name.startswith("LYCEUM_"))
    return [_unknown(name, known) for name in unknown if name not in known]


def _written(
    setting: Setting, environment: Mapping[str, str], flags: Mapping[str, str | None]
) -> tuple[str, str]:
    flag = flags.get(setting.name)
    if flag is not None:
        return setting.flag, flag
    variable = environment.get(setting.variable, "")
    return setting.variable, variable.strip() or setting.default


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """Rules between settings that are right one by one."""
    findings = []
    port = values.get("port")
    if port is not None and port == values.get("content_port"):
        findings.append(
            f"LYCEUM_CONTENT_PORT is {port}, the same as LYCEUM_PORT, "
            "but it must be a port of its own."
        )
    public = values.get("public_url")
    if public and public == values.get("content_url"):
        findings.append(
            f'LYCEUM_CONTENT_URL is "{public}", the same as LYCEUM_PUBLIC_URL, '
            "but it must be an origin of its own: another host name or port."
        )
    access, session = values.get("access_token_lifetime"), values.get("session_lifetime")
    if access and session and access > session:
        findings.append(
            f"LYCEUM_SESSION_LIFETIME is {duration_text(session)}, but it must be at least "
            f"LYCEUM_ACCESS_TOKEN_LIFETIME, {duration_text(access)}."
        )
    return findings


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f" Did you mean {near[0]}?" if near else " `lyceum serve --help` lists every setting."
    return f"{name} is not a setting and has no effect.{hint}"
