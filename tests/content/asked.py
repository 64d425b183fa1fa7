"""What MongoDB was asked, and by which stages it would answer."""

from collections.abc import Iterator
from typing import Any

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

OF_A_SESSION = ("lsid", "$clusterTime", "$db", "txnNumber", "$readPreference")


class Asked(CommandListener):
    """The questions that were sent to MongoDB."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in ("find", "aggregate"):
            told = {k: v for k, v in event.command.items() if k not in OF_A_SESSION}
            self.commands.append(told)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


def stages(explained: Any) -> Iterator[str]:
    """The stages of every plan that won."""
    if isinstance(explained, list):
        for each in explained:
            yield from stages(each)
    elif isinstance(explained, dict):
        if "stage" in explained:
            yield str(explained["stage"])
        for name, each in explained.items():
            if name not in ("rejectedPlans", "command"):
                yield from stages(each)
