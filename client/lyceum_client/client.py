"""The client: everything that it can ask of one server, for one caller."""

from types import TracebackType
from typing import Self

from lyceum_client.authoring import Authoring
from lyceum_client.connection import Connection, SignIn
from lyceum_client.learning import Learning


class LyceumClient(Authoring, Learning):
    """Lyceum's REST API. Threads may share it; leave it by `with` or `close()`.

    Every method raises `Unreachable` where no answer comes, and else a `Refused`: `NotFound`,
    `Conflict`, `Invalid`… with the API's codes and findings.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        email: str | None = None,
        password: str | None = None,
        organization_id: str | None = None,
        timeout_seconds: float = 60.0,
        retries: int = 5,
    ) -> None:
        """Ask the server at `base_url` by an API key, or by an e-mail address and a password.

        Nothing is sent before the first question. Raises ValueError where it is not one of both.
        """
        who = _caller(api_key, email, password, organization_id)
        super().__init__(
            Connection(base_url, who, timeout_seconds=timeout_seconds, retries=retries)
        )

    def close(self) -> None:
        """End the session, if one was begun, and close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _caller(
    api_key: str | None, email: str | None, password: str | None, organization_id: str | None
) -> str | SignIn:
    if api_key and not (email or password):
        return api_key
    if email and password and not api_key:
        return SignIn(email, password, organization_id)
    raise ValueError("give an api_key, or an email and a password")
