"""What outside issuers are asked over HTTP, with care: small JSON answers, no redirections."""

import ipaddress
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson
from yarl import URL

from api.webhooks import PublicResolver
from content.webhooks.subscriptions import is_public

LARGEST_ANSWER = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=5)
UNREACHED = (aiohttp.ClientError, OSError, ValueError)
"""What asking an issuer may raise."""

_WELL_KNOWN = "/.well-known/openid-configuration"


class IssuerClient:
    """Asks issuers; `public_only` keeps it to https and addresses of the public Internet."""

    def __init__(self, *, public_only: bool) -> None:
        self._public_only = public_only

    async def discovery(self, issuer: str) -> Mapping[str, Any]:
        """What an issuer says of itself (OpenID Connect Discovery 1.0, 4.3: it has to match).

        Raises one of UNREACHED.
        """
        document = await self.get(issuer.rstrip("/") + _WELL_KNOWN)
        if document.get("issuer") != issuer:
            raise ValueError("the discovery document is not this issuer's")
        return document

    async def get(self, url: str) -> Mapping[str, Any]:
        """The JSON object at an address. Raises one of UNREACHED."""
        return await self._asked("GET", url)

    async def post(self, url: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
        """The JSON object that a form is answered with. Raises one of UNREACHED."""
        return await self._asked("POST", url, data=fields)

    async def _asked(self, method: str, url: str, **options: Any) -> Mapping[str, Any]:
        self.check(url)
        connector = aiohttp.TCPConnector(resolver=PublicResolver() if self._public_only else None)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as client,
            client.request(method, url, allow_redirects=False, **options) as response,
        ):
            if response.status != 200:
                raise ValueError(f"{url} answers {response.status}")
            raw = bytearray()
            async for chunk in response.content.iter_any():
                raw += chunk
                if len(raw) > LARGEST_ANSWER:
                    raise ValueError(f"{url} answers with more than {LARGEST_ANSWER} bytes")
        document = orjson.loads(raw)
        if not isinstance(document, dict):
            raise ValueError(f"{url} is no JSON object")
        return document

    def check(self, written: str) -> None:
        """Go on only with an address that may be asked. Raises ValueError."""
        if not self._public_only:
            return
        url = URL(written)
        if url.scheme != "https":
            raise ValueError(f"{url} is not https")
        try:
            ipaddress.ip_address(url.host or "")
        except ValueError:
            return
        if not is_public(url.host or ""):
            raise ValueError(f"{url} is not public")
