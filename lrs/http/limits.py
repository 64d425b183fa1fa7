"""How much one request may ask of the server."""

import msgspec


class HTTPLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes and counts; past them a request is refused with 413."""

    body: int = 32 * 2**20
    batch: int = 10_000
