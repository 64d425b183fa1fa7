"""What a player asks of the runtime, and what it is answered."""

import msgspec

from scorm_runtime.navigation import Navigation
from scorm_runtime.outline import Outline
from scorm_runtime.sequencing import ValidRequests
from scorm_runtime.sessions import Attempt, Commit, Refusal, Session


class OpenRequest(msgspec.Struct, frozen=True):
    """A player asks for an item.

    `replaces` names a player of the same browser that is known to be gone; `takeover` ends the
    session of whoever holds the attempt.
    """

    player: str
    navigation: Navigation = Navigation()
    replaces: str | None = None
    takeover: bool = False


class CommitRequest(msgspec.Struct, frozen=True):
    """Commits of one session, oldest first; without any it says that the player is alive."""

    session: str
    commits: tuple[Commit, ...] = ()
    leaving: bool = False


class Opened(msgspec.Struct, frozen=True):
    """An item is launched: its session, its values, and the package as the learner sees it.

    Without a session the request left nothing to launch. `valid` is what sequencing allows.
    """

    attempt: Attempt
    session: Session | None
    values: dict[str, str]
    outline: Outline
    valid: ValidRequests | None = None


class Committed(msgspec.Struct, frozen=True):
    """What a session's commits came to.

    `moved` says that the SCO's navigation request was carried out: the session is over. `valid` is
    what sequencing allows now, None where that has not changed.
    """

    attempt: Attempt
    number: int
    outline: Outline
    position: int | None = None
    refused: tuple[Refusal, ...] = ()
    moved: bool = False
    valid: ValidRequests | None = None
