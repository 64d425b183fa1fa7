"""Passwords, as argon2id hashes."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_decoy = _hasher.hash("the password of nobody")
_at_once = asyncio.Semaphore(2)


async def hash_password(password: str) -> str:
    """Hash a password; takes some 50 ms of a core and 64 MiB, off the event loop."""
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(hashed: str | None, password: str) -> bool:
    """Say whether the password is right; takes as long where there is no hash."""
    async with _at_once:
        matches = await asyncio.to_thread(_matches, hashed or _decoy, password)
    return matches and hashed is not None


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
