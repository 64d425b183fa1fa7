"""Sign-in closes for a while after too many wrong passwords, on every server alike."""

import hashlib
from datetime import timedelta

from api.errors import TooManyAttempts
from api.store import Store, now

WINDOW = timedelta(minutes=15)
ADDRESS_FACTOR = 10
MAILS = 3


class Throttle:
    """Counts attempts per e-mail address, in whatever organization, and per network address,
    before they are checked."""

    def __init__(self, store: Store, attempts: int) -> None:
        self._store = store
        self._attempts = attempts

    async def attempt(self, email: str, address: str) -> None:
        """Count an attempt.

        Raises:
            TooManyAttempts: the address has used up its attempts.
        """
        await self._count(_email_key(email), self._attempts)
        await self.address(address)

    async def address(self, address: str) -> None:
        """Count an attempt of a network address alone.

        Raises:
            TooManyAttempts: the address has used up its attempts.
        """
        await self._count(f"address|{address}", self._attempts * ADDRESS_FACTOR)

    async def mail(self, email: str) -> None:
        """Count a message to an address that anybody may have sent.

        Raises:
            TooManyAttempts: the address has had its messages for a while.
        """
        await self._count(f"mail|{_email_key(email)}", MAILS)

    async def succeeded(self, email: str) -> None:
        """Forget the wrong passwords before the right one."""
        await self._store.forget_failures(_email_key(email))

    async def _count(self, key: str, allowed: int) -> None:
        count, again_at = await self._store.count_failure(key, now() + WINDOW)
        if count > allowed:
            raise TooManyAttempts(max(1, int((again_at - now()).total_seconds())))


def _email_key(email: str) -> str:
    digest = hashlib.sha256(email.encode()).hexdigest()
    return f"email|{digest}"
