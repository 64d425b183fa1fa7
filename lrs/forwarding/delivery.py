"""One request to another record store: POST statements (Communication 2.1.2)."""

from collections.abc import Sequence

import aiohttp

from lrs.forwarding.target import Answer, Target

TIMEOUT_SECONDS = 30.0
REASON_LENGTH = 500


async def send(
    client: aiohttp.ClientSession, target: Target, secret: str, statements: Sequence[bytes]
) -> Answer:
    """POST statements; whatever goes wrong on the way is an answer without a status.

    A redirection is not followed: the secret is for the endpoint alone.
    """
    headers = {
        "Authorization": aiohttp.encode_basic_auth(target.key, secret),
        "Content-Type": "application/json",
        "X-Experience-API-Version": target.xapi_version,
    }
    try:
        async with client.post(
            f"{target.endpoint}/statements",
            data=b"[%b]" % b",".join(statements),
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        ) as response:
            said = await response.content.read(4 * REASON_LENGTH)
            return Answer(
                status=response.status,
                reason=said.decode(errors="replace")[:REASON_LENGTH] or str(response.reason),
                retry_after=_seconds(response.headers.get("Retry-After")),
            )
    except TimeoutError:
        return Answer(status=None, reason=f"no answer within {TIMEOUT_SECONDS:g} s")
    except (aiohttp.ClientError, OSError) as error:
        return Answer(status=None, reason=str(error) or type(error).__name__)


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdecimal() else None
