"""A typed, synchronous Python client of Lyceum's REST API."""

from lyceum_client.client import LyceumClient
from lyceum_client.errors import (
    Conflict,
    Finding,
    Forbidden,
    Invalid,
    LyceumError,
    NotFound,
    NotSignedIn,
    RateLimited,
    Refused,
    ServerFailed,
    Unreachable,
    VersionMismatch,
)

__all__ = [
    "Conflict",
    "Finding",
    "Forbidden",
    "Invalid",
    "LyceumClient",
    "LyceumError",
    "NotFound",
    "NotSignedIn",
    "RateLimited",
    "Refused",
    "ServerFailed",
    "Unreachable",
    "VersionMismatch",
]
