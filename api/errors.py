"""The exceptions of the composition root.

LyceumError
├── SettingError        a setting is wrong; the message says what would be right
└── MongodError         no mongod could be found or started
"""


class LyceumError(Exception):
    """An error whose message is meant for the person who runs the server."""


class SettingError(LyceumError):
    """A setting that cannot be used."""


class MongodError(LyceumError):
    """The embedded MongoDB server is missing or did not start."""
