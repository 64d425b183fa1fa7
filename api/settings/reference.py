"""The operators' page of settings, written from the table."""

from itertools import groupby

from api.settings.table import SETTINGS, Setting

_HEAD = """\
# Settings

Each setting is a `LYCEUM_*` variable and a flag of `lyceum serve`; the flag wins. A wrong one is
named in one line with what would be right, and the server does not start (exit code 2).
Durations are written `90s`, `15m`, `12h` or `30d`; sizes `512KiB`, `10MiB` or `2GiB`.

This page is written from the server's own table by `lyceum settings`.
"""


def reference() -> str:
    """The page, in Markdown."""
    sections = [_section(group, list(rows)) for group, rows in groupby(SETTINGS, lambda s: s.group)]
    return "\n".join([_HEAD, *sections])


def help_text(setting: Setting) -> str:
    """What `lyceum serve --help` says of a setting."""
    default = f" Default: {setting.default}." if setting.default else ""
    return f"{setting.explanation} Must be {setting.kind.right}.{default} [{setting.variable}]"


def _section(group: str, rows: list[Setting]) -> str:
    lines = [f"## {group}", "", "| variable | flag | default | must be | what it does |"]
    lines.append("|---|---|---|---|---|")
    for row in rows:
        default = f"`{row.default}`" if row.default else "empty"
        cells = (f"`{row.variable}`", f"`{row.flag}`", default, row.kind.right, row.explanation)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])
