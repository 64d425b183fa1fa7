"""A ledger over a test's log."""

from typing import Any

from cryptography.fernet import Fernet, MultiFernet

from lrs.ledger.keys import Keys
from lrs.ledger.ledger import Ledger, Pace
from lrs.ledger.source import StatementSource
from lrs.timestamps import now

CIPHER = MultiFernet([Fernet(Fernet.generate_key())])


def a_ledger(database: Any, pace: Pace | None = None, through: int | None = None) -> Ledger:
    """A ledger of the statements, which are complete up to a time; else up to now."""
    source = StatementSource(database, lambda: now() if through is None else through)
    return Ledger(database, Keys(database, CIPHER), [source], pace)
