"""Requests and answers: one pool of connections, the caller's credential, retries, errors.

A request is sent again when no answer came, and when the answer is 429 or 503, or 409 with a
Retry-After (the same request runs at this moment). It waits as long as Retry-After says. Each
POST has an Idempotency-Key, the same for every time it is sent, so that it is done once.
"""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from lyceum_client.errors import Unreachable, refusal

PREFIX = "/api/v1"
MEDIA_TYPE = "application/vnd.api+json"
LONGEST_WAIT_SECONDS = 300
BACKOFF_SECONDS = 0.5

Query = Mapping[str, object]


class SignIn(Struct, frozen=True, omit_defaults=True):
    """Who signs in; the organization's id or slug only where the address is in several."""

    email: str
    password: str
    organization_id: str | None = None


class _Retry(Retry):
    RETRY_AFTER_STATUS_CODES = frozenset({409, 429, 503})


class Connection:
    """The way to one server, for one caller; it may be shared by threads."""

    def __init__(
        self, base_url: str, who: str | SignIn, *, timeout_seconds: float, retries: int
    ) -> None:
        self._base_url = base_url.rstrip("/") + PREFIX
        self._who = who
        self._token: str | None = None
        self._lock = Lock()
        self._pool = PoolManager(
            headers={"Accept": MEDIA_TYPE, "User-Agent": "lyceum-client/0.1.0"},
            timeout=Timeout(connect=10, read=timeout_seconds),
            retries=_Retry(
                total=retries,
                redirect=False,
                allowed_methods=None,
                status_forcelist=(429, 503),
                backoff_factor=BACKOFF_SECONDS,
                backoff_jitter=BACKOFF_SECONDS / 2,
                raise_on_status=False,
                retry_after_max=LONGEST_WAIT_SECONDS,
            ),
        )

    def ask(self, method: str, path: str, query: Query | None = None, body: object = None) -> Any:
        """Send a request; return the JSON of the answer, None where it has none.

        Raises:
            Unreachable: no answer came.
            Refused: the answer is an error.
        """
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        token = self._access_token()
        answer = self._send(method, path, query, body, {**headers, **self._credential(token)})
        if answer.status == 401 and token is not None:
            token = self._access_token(refused=token)
            answer = self._send(method, path, query, body, {**headers, **self._credential(token)})
        return _content(answer)

    def close(self) -> None:
        """End the session, if one was begun and the server is there, and close what is open."""
        token, self._token = self._token, None
        if token is not None:
            with suppress(Unreachable):
                self._send("POST", "/auth/sign-out", None, None, self._credential(token))
        self._pool.clear()

    def _access_token(self, refused: str | None = None) -> str | None:
        """The token of the session, begun where there is none or the present one was refused."""
        if isinstance(self._who, str):
            return None
        with self._lock:
            if self._token in (None, refused):
                told = _content(self._send("POST", "/auth/sign-in", None, self._who, {}))
                self._token = str(told["data"]["attributes"]["access_token"])
            return self._token

    def _credential(self, token: str | None) -> dict[str, str]:
        if isinstance(self._who, str):
            return {"X-API-Key": self._who}
        return {"Authorization": f"Bearer {token}"}

    def _send(
        self,
        method: str,
        path: str,
        query: Query | None,
        body: object,
        headers: Mapping[str, str],
    ) -> BaseHTTPResponse:
        sent = {**self._pool.headers, **headers}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            return self._pool.request(
                method,
                f"{self._base_url}{path}{_written(query or {})}",
                body=None if body is None else msgspec.json.encode(body),
                headers=sent,
            )
        except HTTPError as error:
            raise Unreachable(f"{method} {path}: {error}") from error


def path_of(*steps: str) -> str:
    """The path of some steps, each quoted: `path_of("courses", course_id)`."""
    return "".join(f"/{quote(step, safe='')}" for step in steps)


def _written(query: Query) -> str:
    given = {name: _parameter(value) for name, value in query.items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def _parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _content(answer: BaseHTTPResponse) -> Any:
    if answer.status >= 300:
        raise refusal(answer.status, answer.data, answer.headers.get("X-Request-ID"))
    return msgspec.json.decode(answer.data) if answer.data else None
