"""Where the runtime's statements go."""

from collections.abc import Sequence
from typing import Any, Protocol


class StatementsRefused(Exception):
    """The statements can never be recorded as they are; trying again is of no use."""


class StatementSink(Protocol):
    """Takes statements with ids of their own; durable on return, the same ids twice count once."""

    async def __call__(self, organization_id: str, statements: Sequence[dict[str, Any]]) -> None:
        """Record the statements of one organization, all or none.

        Raises StatementsRefused where the log will never take them; whatever else it raises means
        that they are to be sent again.
        """
