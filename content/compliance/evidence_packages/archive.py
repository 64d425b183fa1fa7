"""The archive: files in a zip, each hashed as it is written, a manifest of them, its signature.

`sha256sum -c MANIFEST` checks the files, and openssl the manifest; nothing of ours is needed.
"""

import asyncio
import base64
import hashlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile

MANIFEST: Final = "MANIFEST"
SIGNATURE: Final = "MANIFEST.sig"
KEY: Final = "KEY.pem"
BADGE_KEYS: Final = "badge-keys.json"
_ED25519: Final = bytes.fromhex("302a300506032b6570032100")
"""What stands before the key in a SubjectPublicKeyInfo (RFC 8410, 4)."""
_IN_MEMORY: Final = 4 * 2**20
_PART: Final = 2**18

Sign = Callable[[bytes], Awaitable[bytes]]


class Archive:
    """A zip that grows file by file, on disk as soon as it is large."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._hashes: dict[str, str] = {}

    async def add(self, name: str, parts: AsyncIterator[bytes]) -> int:
        """Add a file as its bytes come; return how many there were."""
        digest, size, buffer = hashlib.sha256(), 0, bytearray()
        with self._zip.open(name, "w", force_zip64=True) as entry:
            async for part in parts:
                digest.update(part)
                size += len(part)
                buffer += part
                if len(buffer) >= _PART:
                    await asyncio.to_thread(entry.write, bytes(buffer))
                    buffer.clear()
            await asyncio.to_thread(entry.write, bytes(buffer))
        self._hashes[name] = digest.hexdigest()
        return size

    async def add_bytes(self, name: str, content: bytes) -> None:
        """Add a file that is there already."""
        await self.add(name, _once(content))

    def hash_of(self, name: str) -> str | None:
        """The hash of a file that was added; None where there is none of the name."""
        return self._hashes.get(name)

    async def seal(self, public_key: str, sign: Sign) -> None:
        """Add the key, the manifest and its signature; nothing comes after them."""
        await self.add_bytes(KEY, pem(public_key))
        manifest = "".join(f"{each}  {name}\n" for name, each in self._hashes.items()).encode()
        self._zip.writestr(MANIFEST, manifest)
        self._zip.writestr(SIGNATURE, await sign(manifest))
        await asyncio.to_thread(self._zip.close)

    async def parts(self) -> AsyncIterator[bytes]:
        """The bytes of the zip, once it is sealed."""
        self._file.seek(0)
        while part := await asyncio.to_thread(self._file.read, _PART):
            yield part


@contextmanager
def opened() -> Iterator[Archive]:
    """An empty archive, gone afterwards."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        yield Archive(file)


def pem(public_key: str) -> bytes:
    """A public key as openssl reads it."""
    written = base64.b64encode(_ED25519 + bytes.fromhex(public_key)).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{written}\n-----END PUBLIC KEY-----\n".encode()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
