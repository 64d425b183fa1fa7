"""How a serving process collects garbage: seldom, and never what lives as long as itself."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 50_000
_YOUNGER_COLLECTIONS: Final = 20


def collect_seldom() -> None:
    """Spare all that exists now; look at the rest after more requests than Python would."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNGER_COLLECTIONS, _YOUNGER_COLLECTIONS)
