"""ADL's LMS test cases of SCORM 2004 4th Edition, each replayed against the Python runtime."""

import json
import re
from pathlib import Path

import pytest

from tests.conformance.scorm2004.lms import Lms
from tests.conformance.scorm2004.replay import Replay


def _shared() -> Path | None:
    for parent in Path(__file__).resolve().parents:
        found = parent / "shared" / "adl-scorm2004-lms"
        if found.is_dir():
            return found
    return None


def replay(folder: Path, name: str, lms: Lms | None = None) -> list[str]:
    """Replay a case after those of its group that come before it, with the same learner.

    The cases that share a number (a, b, ...) are one test, and share its global objectives.
    """
    group = re.sub("[a-z]+$", "", name)
    before = sorted(path.stem for path in folder.glob(f"{group}*.json") if path.stem < name)
    lms = lms or Lms()
    for each in before:
        _replay(folder, each, lms)
    return _replay(folder, name, lms)


def _replay(folder: Path, name: str, lms: Lms) -> list[str]:
    case = json.loads((folder / f"{name}.json").read_text())
    return Replay(case, folder, lms).run()


FOLDER = _shared()
CASES = sorted(path.stem for path in FOLDER.glob("*.json")) if FOLDER else []


@pytest.mark.skipif(FOLDER is None, reason="shared/adl-scorm2004-lms is not beside the checkout")
@pytest.mark.parametrize("name", CASES or ["none"])
def test_the_case_is_exact(name: str) -> None:
    assert FOLDER is not None
    assert replay(FOLDER, name) == []
