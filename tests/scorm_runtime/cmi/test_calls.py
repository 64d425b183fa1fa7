"""The call sequences that are drawn come upon every error code that a SCO can cause."""

import random
from collections.abc import Callable

from hypothesis import Phase, find, settings
from hypothesis.strategies import SearchStrategy

from scorm_runtime.cmi.scorm2004_table import table
from scorm_runtime.cmi.table import SCORM12
from tests.scorm_runtime.cmi import calls, calls2004
from tests.scorm_runtime.cmi.calls import Call

ONCE = settings(max_examples=2000, database=None, phases=[Phase.generate])
OF_SERVERS = {"101", "102", "111", "391", "402"}


def comes_upon(
    code: str,
    sequences: SearchStrategy[list[Call]],
    answers: Callable[[list[Call]], list[list[str]]],
) -> None:
    """Draw sequences until one leaves this error code behind; raises NoSuchExample."""
    find(
        sequences,
        lambda drawn: any(error == code for _, error in answers(drawn)),
        settings=ONCE,
        random=random.Random(20261121),
    )


def test_every_code_of_scorm_1_2_is_come_upon() -> None:
    sequences = calls.sequences(SCORM12)
    for code in SCORM12.messages:
        comes_upon(code, sequences, calls.answers)


def test_every_code_of_scorm_2004_is_come_upon() -> None:
    newest = table("4th Edition")
    sequences = calls2004.sequences(newest)
    for code in set(newest.messages) - OF_SERVERS:
        comes_upon(code, sequences, lambda drawn: calls2004.answers("4th Edition", drawn))
