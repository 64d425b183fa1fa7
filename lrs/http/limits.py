"""How much one request may ask of the server."""

import msgspec


class HTTPLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes and counts; past them a request is refused with 413.

    `body` is the JSON of a request, `attachment` one attachment, `multipart` all of a request
    with its attachments, of which there may be `attachments`.
    All bodies that are being received may take `receiving` bytes of memory together, else 503.
    Each may take `receive_seconds`, else 408; with attachments, so long after its last bytes.
    """

    body: int = 32 * 2**20
    batch: int = 10_000
    attachment: int = 256 * 2**20
    multipart: int = 2**30
    attachments: int = 1_000
    receiving: int = 256 * 2**20
    receive_seconds: float = 120.0
