"""Who asks the compliance pages and routes, and how long each answer takes."""

import time
from collections.abc import Callable
from typing import Any

import aiohttp

from bench.processes import Server
from bench.server import ADMIN_EMAIL, ADMIN_PASSWORD, KEY, SECRET


class Officer:
    """Somebody who asks, one question after the other."""

    def __init__(self, server: Server, session: aiohttp.ClientSession) -> None:
        self._base, self._session = f"http://127.0.0.1:{server.port}", session
        self._server = server
        self._headers: dict[str, str] = {}

    async def sign_in(self) -> None:
        """Sign in, for REST and for pages."""
        body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        url = f"{self._base}/api/v1/auth/sign-in"
        async with self._session.post(url, json=body) as answer:
            token = (await answer.json())["data"]["attributes"]["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}
        own = {"Origin": self._base}
        async with self._session.post(f"{self._base}/sign-in", data=body, headers=own) as answer:
            answer.raise_for_status()

    async def get(self, path: str) -> Any:
        """An answer in JSON."""
        async with self._session.get(self._base + path, headers=self._headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def send(self, method: str, path: str, body: Any) -> Any:
        """What comes of sending JSON."""
        asked = self._session.request(method, self._base + path, json=body, headers=self._headers)
        async with asked as answer:
            answer.raise_for_status()
            return await answer.json()

    async def say(self, statement: Any) -> None:
        """Send a statement to the log."""
        own = aiohttp.BasicAuth(KEY, SECRET)
        headers = {"X-Experience-API-Version": "1.0.3", "Authorization": own.encode()}
        url = f"{self._base}/xapi/statements"
        async with self._session.post(url, json=statement, headers=headers) as answer:
            answer.raise_for_status()

    async def read(self, path: str) -> int:
        """How many bytes an answer has; none is kept."""
        size = 0
        async with self._session.get(self._base + path, headers=self._headers) as answer:
            answer.raise_for_status()
            async for part in answer.content.iter_any():
                size += len(part)
        return size

    async def timed(self, path: Callable[[int], str], times: int) -> dict[str, Any]:
        """How long an answer takes, as a load reports it; the first one aside.

        `path` is of the first, second, … time.
        """
        seconds = []
        for each in range(times):
            began = time.perf_counter()
            await self.read(path(each))
            seconds.append(time.perf_counter() - began)
        kept = sorted(seconds[1:] or seconds)
        places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
        found = {name: kept[int(len(kept) * part)] * 1000 for name, part in places.items()}
        return {**found, "per_second": len(kept) / sum(kept), "statuses": {"200": len(kept)}}

    async def exported(self, path: str) -> tuple[dict[str, Any], int]:
        """How long an export takes, and by how much the server's memory grew."""
        before = self._server.memory()
        report = await self.timed(lambda _: path, 1)
        return report, max(0, self._server.peak() - before)
