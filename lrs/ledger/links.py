"""The links of an organization's chain: what each says, the bytes that are signed, their hash.

A link is signed as JSON with sorted names, and names the hash of the link before it. The first one
names its own key; each key after it is named by a link that the former key has signed. So who
trusts the first key, or any later receipt, needs no list of keys. Where a key was lost the next one
has to be known otherwise.
"""

import hashlib
from datetime import datetime
from typing import TypeAlias

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "lyceum-ledger-1"


class Batch(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    """A checkpoint: all entries of a log after a place and up to another, in microseconds.

    `count` of them make `root` (hexadecimal); `total` were covered until here.
    """

    log: str
    after: int
    through: int
    count: int
    total: int
    root: str


class Amended(msgspec.Struct, frozen=True, kw_only=True):
    """One entry that was erased (`now` None) or changed: by checkpoint and place in it.

    `was` and `now` are the hashes of the entry before and after, hexadecimal.
    """

    batch: int
    index: int
    was: str
    now: str | None


class Amendment(msgspec.Struct, frozen=True, kw_only=True, tag="amendment"):
    """Entries of a log that were erased or changed on purpose, and for what reason."""

    log: str
    reason: str
    entries: tuple[Amended, ...]


class Key(msgspec.Struct, frozen=True, kw_only=True, tag="key", omit_defaults=True):
    """The key that signs every link after this one, and the first link itself; hexadecimal.

    Where it comes after one that is `lost` and could not vouch for it, it signs its own link: the
    chain breaks there.
    """

    id: str
    public: str
    lost: str = ""


Content: TypeAlias = Batch | Amendment | Key


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link. `previous` is the hash of the one before, hexadecimal; "" for the first."""

    format: str = FORMAT
    organization: str
    number: int
    previous: str
    at: datetime
    key: str
    content: Content

    @property
    def body(self) -> bytes:
        """The bytes that are signed."""
        return msgspec.json.encode(self, order="sorted")


class SignedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link's bytes as they were signed."""

    body: bytes
    signature: bytes

    @property
    def hash(self) -> str:
        """What the next link names, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def link(self) -> Link:
        """What it says. Raises msgspec.ValidationError, msgspec.DecodeError."""
        return msgspec.json.decode(self.body, type=Link)

    def is_signed_by(self, public: bytes) -> bool:
        """Say whether the signature is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, self.body)
        except (InvalidSignature, ValueError):
            return False
        return True
