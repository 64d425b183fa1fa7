"""The `lyceum` command run in this process, where starting one is not what a test is about."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from api import cli
from tests.process import environment

Told = tuple[int, str, str]


def lyceum(*arguments: str, given: bytes = b"") -> Told:
    """Run a command: its exit code, and what it says on standard output and standard error."""
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with (
        patch.object(sys, "argv", ["lyceum", *arguments]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(given))),
        patch.dict(os.environ, environment({}), clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = _exit_code()
    return code, _said(out), _said(err)


def _exit_code() -> int:
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _said(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
