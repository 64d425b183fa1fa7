"""An attempt as it was read, and those that this server wrote last."""

from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from scorm_runtime.sessions import Attempt, Values


class Holder(msgspec.Struct, frozen=True):
    """The player that holds an attempt, and until when it does without being heard of."""

    player: str
    until: datetime


class Held(msgspec.Struct, frozen=True):
    """An attempt as it was read: with the running item's values, its holder and its version.

    `unsent` are the statements that wait in its outbox.
    """

    attempt: Attempt
    current: Values
    holder: Holder | None
    version: int
    unsent: tuple[dict[str, Any], ...] = ()


class Recent:
    """The attempts with a running session that were written last, up to `most`.

    Another server may have written since: who saves over one finds that out by its version.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._sessions: dict[str, str] = {}

    def of_session(self, session_id: str) -> Held | None:
        """The attempt in which this session runs."""
        return self._held.get(self._sessions.get(session_id, ""))

    def put(self, held: Held) -> None:
        """Keep an attempt; one without a session is not kept."""
        self.drop(held.attempt.id)
        session = held.attempt.session
        if session is None:
            return
        self._held[held.attempt.id] = held
        self._sessions[session.id] = held.attempt.id
        if len(self._held) > self._most:
            self.drop(next(iter(self._held)))

    def drop(self, attempt_id: str) -> None:
        """Forget an attempt."""
        held = self._held.pop(attempt_id, None)
        if held is not None and held.attempt.session is not None:
            self._sessions.pop(held.attempt.session.id, None)

    def sent(self, attempt_id: str, ids: Collection[str]) -> None:
        """These statements wait no longer."""
        held = self._held.get(attempt_id)
        if held is not None and held.unsent:
            left = tuple(one for one in held.unsent if one["id"] not in ids)
            self._held[attempt_id] = replace(held, unsent=left)
