"""Sending webhooks: signed as Standard Webhooks says, each delivery until it is taken or failed."""

import secrets
from base64 import b64encode
from datetime import datetime
from time import monotonic
from typing import Final

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from cryptography.fernet import Fernet
from standardwebhooks import Webhook as Signer
from yarl import URL

from content.errors import NotFound
from content.identity import now
from content.store import Store
from content.webhooks import deliveries, subscriptions
from content.webhooks.deliveries import GONE, Attempt, Delivery
from content.webhooks.subscriptions import Webhook, is_public
from lrs.cancellation import heed_cancellation, rest, together

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS: Final = 0.5
AT_ONCE: Final = 16
TIMEOUT: Final = aiohttp.ClientTimeout(total=15)
LONGEST_ANSWER: Final = 1000
PREFIX: Final = "whsec_"
NOT_PUBLIC: Final = "the address is not public (LYCEUM_WEBHOOK_ADDRESSES is public)"


def new_secret() -> str:
    """A secret in the spelling that receivers' libraries know."""
    return PREFIX + b64encode(secrets.token_bytes(24)).decode()


class Webhooks:
    """What the routes and the worker share: how secrets are kept, and how they sign."""

    def __init__(self, cipher: Fernet) -> None:
        self._cipher = cipher

    def sealed(self, secret: str) -> str:
        """A secret as it is kept."""
        return self._cipher.encrypt(secret.encode()).decode()

    def headers(self, webhook: Webhook, delivery: Delivery, moment: datetime) -> dict[str, str]:
        """The headers of a delivery, signed with the secret, and the former one for a while."""
        sealed = [webhook.secret]
        if webhook.former_secret and webhook.former_until and moment < webhook.former_until:
            sealed.append(webhook.former_secret)
        keys = [_key(self._cipher.decrypt(each.encode()).decode()) for each in sealed]
        signed = [Signer(each).sign(delivery.id, moment, delivery.payload) for each in keys]
        return {
            "Content-Type": "application/json",
            "User-Agent": "Lyceum-Webhooks/1",
            "webhook-id": delivery.id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": " ".join(signed),
        }


class Sender:
    """Delivers whatever is due, of every organization; one in each server."""

    def __init__(self, store: Store, webhooks: Webhooks, *, public_only: bool) -> None:
        self._store = store
        self._webhooks = webhooks
        self._public_only = public_only

    async def run(self) -> None:
        """Deliver until cancelled."""
        resolver = PublicResolver() if self._public_only else None
        connector = aiohttp.TCPConnector(resolver=resolver, limit=AT_ONCE)
        async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as client:
            while True:
                heed_cancellation()
                try:
                    await self._deliver_due(client)
                except Exception:
                    await log.aexception("delivering webhooks failed and is tried again")
                await rest(LOOK_EVERY_SECONDS)

    async def _deliver_due(self, client: aiohttp.ClientSession) -> None:
        while claimed := await self._claimed():
            await together(self._deliver(client, each) for each in claimed)
            heed_cancellation()

    async def _claimed(self) -> list[Delivery]:
        claimed: list[Delivery] = []
        while len(claimed) < AT_ONCE and (found := await deliveries.claim(self._store)):
            claimed.append(found)
        return claimed

    async def _deliver(self, client: aiohttp.ClientSession, delivery: Delivery) -> None:
        organization_id = delivery.organization_id
        try:
            webhook = await subscriptions.get(self._store, organization_id, delivery.webhook_id)
        except NotFound:
            await deliveries.drop(self._store, delivery)
            return
        attempt = await self._attempt(client, webhook, delivery)
        await deliveries.note(self._store, delivery, attempt)
        if attempt.succeeded:
            await subscriptions.succeeded(self._store, webhook)
        else:
            await subscriptions.failed(self._store, webhook, gone=attempt.status == GONE)

    async def _attempt(
        self, client: aiohttp.ClientSession, webhook: Webhook, delivery: Delivery
    ) -> Attempt:
        """One request. A redirection is not followed: the signature is for this address."""
        at, began = now(), monotonic()
        status, answer = await self._post(client, webhook, delivery, at)
        elapsed = int((monotonic() - began) * 1000)
        return Attempt(at=at, milliseconds=elapsed, status=status, answer=answer)

    async def _post(
        self, client: aiohttp.ClientSession, webhook: Webhook, delivery: Delivery, at: datetime
    ) -> tuple[int | None, str]:
        if self._public_only and _is_inward(URL(webhook.url).host or ""):
            return None, NOT_PUBLIC
        try:
            async with client.post(
                webhook.url,
                data=delivery.payload.encode(),
                headers=self._webhooks.headers(webhook, delivery, at),
                allow_redirects=False,
            ) as response:
                said = await response.content.read(LONGEST_ANSWER)
                return response.status, said.decode(errors="replace")
        except TimeoutError:
            return None, f"no answer within {TIMEOUT.total:.0f} s"
        except (aiohttp.ClientError, OSError) as error:
            return None, (str(error) or type(error).__name__)[:LONGEST_ANSWER]


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses alone, at the moment of connecting."""

    def __init__(self) -> None:
        self._resolver = DefaultResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """The public addresses of a name. Raises OSError where there is none."""
        found = await self._resolver.resolve(host, port, family)  # type: ignore[arg-type]
        public = [each for each in found if is_public(each["host"])]
        if not public:
            raise OSError(NOT_PUBLIC)
        return public

    async def close(self) -> None:
        """Let go of the resolver beneath."""
        await self._resolver.close()


def _is_inward(host: str) -> bool:
    """Whether a host is written as an address that is not public."""
    try:
        return not is_public(host)
    except ValueError:
        return False


def _key(secret: str) -> str | bytes:
    """What the library signs with: its own spelling, else the characters themselves."""
    return secret if secret.startswith(PREFIX) else secret.encode()
