"""Material that lies beside the project in a folder `shared`, for whoever has it."""

from pathlib import Path

import pytest


def shared(*parts: str) -> Path:
    """A file of the folder `shared` beside the checkout or above; skips the test without it."""
    for folder in Path(__file__).resolve().parents:
        found = folder.joinpath("shared", *parts)
        if found.exists():
            return found
    pytest.skip(f"there is no folder shared with {'/'.join(parts)} beside the checkout")


def package(name: str) -> Path:
    """One of the real content packages."""
    return shared("packages", name)
