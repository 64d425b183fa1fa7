"""An export of many statements: how fast it comes, and how much the server grows meanwhile.

The lines are counted as they come, so the load holds none of them.
"""

import http.client
import json

from bench.memory import received, watched
from bench.processes import Server
from bench.rows import MemoryRow
from bench.server import ADMIN_EMAIL, ADMIN_PASSWORD

EXPORT = "/api/v1/xapi/statements/export"


def export(server: Server, statements: int) -> MemoryRow:
    """Export all that a server has, which must be at least so many."""
    headers = {"Authorization": f"Bearer {_token(server)}"}
    _export(server, headers, limit=1_000)

    def transfer() -> float:
        exported = _export(server, headers, limit=statements)
        assert exported == statements, exported
        return exported

    figure = f"memory grown by an export of {statements:,} statements"
    return watched(server, figure, transfer, "statements/s")


def _export(server: Server, headers: dict[str, str], limit: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", f"{EXPORT}?limit={limit}", headers=headers)
    return received(connection, lambda piece: piece.count(b"\n"))


def _token(server: Server) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    body = json.dumps({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/api/v1/auth/sign-in", body, headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    token: str = answer["data"]["attributes"]["access_token"]
    return token
