"""The settings of a server: one table, read from flags and `LYCEUM_*` variables."""

from api.settings.reading import environment_of, read_settings, unknown_variables
from api.settings.table import SETTINGS, Setting, Settings

__all__ = [
    "SETTINGS",
    "Setting",
    "Settings",
    "environment_of",
    "read_settings",
    "unknown_variables",
]
