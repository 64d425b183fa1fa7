"""The clock that gives each statement its `stored`."""

from collections.abc import Callable

from lrs.timestamps import now


class Clock:
    """Microseconds that only ever grow, even when the system's clock is set back.

    Clocks of several servers never give the same time: each gives only those that leave its
    `slot` when divided by `slots`.
    """

    def __init__(
        self, slot: int = 0, slots: int = 32, *, after: int = 0, read: Callable[[], int] = now
    ) -> None:
        self._slot, self._slots, self._read = slot, slots, read
        self._last = after

    def stamp(self) -> int:
        """Return a time later than every one before."""
        earliest = max(self._read(), self._last + 1)
        self._last = earliest + (self._slot - earliest) % self._slots
        return self._last

    def pass_by(self) -> int:
        """Return the present, and promise never to give it or an earlier time."""
        self._last = max(self._read(), self._last)
        return self._last
