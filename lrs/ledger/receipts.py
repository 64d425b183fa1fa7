"""What an auditor keeps: where a chain ended at some time, and who signed it.

Kept elsewhere, it shows later whether anything up to it was taken back, even by somebody who holds
the key and the database.
"""

import base64
from datetime import datetime

import msgspec

from lrs.errors import BadReceipt
from lrs.ledger.ledger import Ledger
from lrs.ledger.links import SignedLink

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


async def latest(ledger: Ledger, organization_id: str) -> Receipt | None:
    """The receipt of the last link; None where there is no chain yet."""
    found = await ledger.store.latest(organization_id, None, 1)
    if not found:
        return None
    public = {each.id: each.public for each in await ledger.keys.every(organization_id)}
    return receipt_of(found[0], public[found[0].link.key])


def write(receipt: Receipt) -> bytes:
    """The receipt as a file."""
    return msgspec.json.format(msgspec.json.encode(receipt)) + b"\n"


def read(written: bytes) -> Receipt:
    """A receipt from a file. Raises BadReceipt."""
    try:
        receipt = msgspec.json.decode(written, type=Receipt)
    except msgspec.MsgspecError as error:
        raise BadReceipt("It is not a receipt.") from error
    signed_by(receipt)
    return receipt


def signed_by(receipt: Receipt) -> SignedLink:
    """The link that a receipt is of, checked by itself. Raises BadReceipt."""
    try:
        signed = SignedLink(
            body=base64.b64decode(receipt.link, validate=True),
            signature=base64.b64decode(receipt.signature, validate=True),
        )
        said = receipt_of(signed, receipt.public_key)
        public = bytes.fromhex(receipt.public_key)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadReceipt("It is not a receipt.") from error
    if not signed.is_signed_by(public):
        raise BadReceipt("Its signature is not right.")
    if receipt != said:
        raise BadReceipt("It says something else than what was signed.")
    return signed
