"""What a process does so that its children do not outlive it."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Get SIGTERM when the parent ends, however it ends (Linux). Call it in the child."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def die_with(parent: int) -> None:
    """The same for a child that started by itself; ends at once when the parent is gone."""
    die_with_parent()
    if os.getppid() != parent:
        sys.exit(0)
