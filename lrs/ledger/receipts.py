"""What an auditor keeps: where a chain ended at some time, and who signed it.

Kept elsewhere, it shows later whether anything up to it was taken back, even by somebody who holds
the key and the database.
"""

import base64
from datetime import datetime

import msgspec

from lrs.errors import BadReceipt
from lrs.ledger.links import Link, SignedLink

FORMAT = "lyceum-receipt-1"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The last link of a chain. `link` are the signed bytes and `signature` theirs, in base64;
    `hash` and `public_key` are hexadecimal."""

    format: str = FORMAT
    organization: str
    number: int
    at: datetime
    hash: str
    link: str
    signature: str
    public_key: str


def receipt_of(signed: SignedLink, public_key: str) -> Receipt:
    """The receipt of a link."""
    link = signed.link
    return Receipt(
        organization=link.organization,
        number=link.number,
        at=link.at,
        hash=signed.hash,
        link=base64.b64encode(signed.body).decode(),
        signature=base64.b64encode(signed.signature).decode(),
        public_key=public_key,
    )


def write(receipt: Receipt) -> bytes:
    """The receipt as a file."""
    return msgspec.json.format(msgspec.json.encode(receipt)) + b"\n"


def read(written: bytes) -> tuple[Receipt, SignedLink, Link]:
    """A receipt, checked by itself. Raises BadReceipt."""
    try:
        receipt = msgspec.json.decode(written, type=Receipt)
        signed = SignedLink(
            body=base64.b64decode(receipt.link, validate=True),
            signature=base64.b64decode(receipt.signature, validate=True),
        )
        link, public = signed.link, bytes.fromhex(receipt.public_key)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadReceipt("It is not a receipt.") from error
    if not signed.is_signed_by(public):
        raise BadReceipt("Its signature is not right.")
    said = (link.organization, link.number, link.at, signed.hash)
    if receipt.format != FORMAT or said != (
        receipt.organization,
        receipt.number,
        receipt.at,
        receipt.hash,
    ):
        raise BadReceipt("It says something else than what was signed.")
    return receipt, signed, link
