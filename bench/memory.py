"""How much a server grows while something large goes in or out."""

import http.client
import time
from collections.abc import Callable

from bench.processes import Server
from bench.rows import MemoryRow

MIB = 2**20
MOST_GROWTH = 32 * MIB


def watched(server: Server, figure: str, transfer: Callable[[], float], unit: str) -> MemoryRow:
    """Let something be transferred, so many units; return by how much the server grew."""
    before = server.memory()
    began = time.perf_counter()
    amount = transfer()
    rate = amount / (time.perf_counter() - began)
    grown = max(0, server.peak() - before)
    return MemoryRow(f"{figure}, at {rate:,.0f} {unit}", grown, MOST_GROWTH)


def received(connection: http.client.HTTPConnection, count: Callable[[bytes], int] = len) -> int:
    """Read an answer to its end, keeping none of it; return the sum of its pieces' counts."""
    response = connection.getresponse()
    total = 0
    while piece := response.read(MIB):
        total += count(piece)
        if response.status >= 300:
            raise ValueError(f"{response.status}: {piece[:500].decode()}")
    connection.close()
    return total
