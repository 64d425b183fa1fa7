"""The runtime's statements on their way into the log."""

from collections.abc import Mapping, Sequence
from typing import Any

from lrs.errors import Refusal
from lrs.log import StatementLog
from scorm_runtime.sink import StatementsRefused


class LogSink:
    """A StatementSink over the statement log, in the name of this server."""

    def __init__(self, log: StatementLog, home_page: str) -> None:
        self._log = log
        self._authority: Mapping[str, Any] = {
            "objectType": "Agent",
            "name": "Lyceum",
            "account": {"homePage": home_page, "name": "lyceum"},
        }

    async def __call__(self, organization_id: str, statements: Sequence[dict[str, Any]]) -> None:
        """Record the statements. Raises StatementsRefused for what the log will never take."""
        try:
            await self._log.record(organization_id, statements, authority=self._authority)
        except Refusal as refusal:
            raise StatementsRefused(str(refusal)) from refusal
