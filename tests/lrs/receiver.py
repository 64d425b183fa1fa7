"""Another record store, as a real HTTP server whose answers a test can choose."""

from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]


class Receiver:
    """Takes POST statements; refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.taken: list[Json] = []
        self.requests: list[int] = []
        self.headers: list[dict[str, str]] = []
        self.refused: dict[str, int] = {}
        self.status: int | None = None
        self.answer_headers: dict[str, str] = {}
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/xapi/statements", self._post)
        self._server = TestServer(app)

    async def start(self) -> str:
        """Begin to listen; return the endpoint."""
        await self._server.start_server()
        return str(self._server.make_url("/xapi/"))

    async def stop(self) -> None:
        """Listen no more."""
        await self._server.close()

    @property
    def ids(self) -> list[str]:
        """The ids of what was taken, in order."""
        return [each["id"] for each in self.taken]

    async def _post(self, request: web.Request) -> web.Response:
        statements = orjson.loads(await request.read())
        self.requests.append(len(statements))
        self.headers.append(dict(request.headers))
        refusals = [self.refused[e["id"]] for e in statements if e["id"] in self.refused]
        status = self.status or next(iter(refusals), 200)
        if status != 200:
            return web.Response(status=status, text=f"no: {status}", headers=self.answer_headers)
        self.taken += statements
        return web.json_response([each["id"] for each in statements])
