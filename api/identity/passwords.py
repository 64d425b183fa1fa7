"""Passwords, as argon2id hashes."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_at_once = asyncio.Semaphore(2)


async def hash_password(password: str) -> str:
    """Hash a password; takes some 50 ms of a core and 64 MiB, off the event loop."""
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(hashed: str | None, password: str) -> bool:
    """Say whether the password is right; takes as long where there is no hash."""
    async with _at_once:
        matches = await asyncio.to_thread(_matches, hashed, password)
    return matches and hashed is not None


@cache
def _decoy() -> str:
    """A hash for those who have none; whoever signs in first after a start waits for it."""
    return _hasher.hash("the password of nobody")


def _matches(hashed: str | None, password: str) -> bool:
    decoy = _decoy()
    try:
        return _hasher.verify(hashed or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
