"""The exceptions of the runtime.

RuntimeRefusal               a request that cannot be carried out; `code` is stable
├── LaunchRefused            the launch token is wrong or has expired
├── ItemNotFound             the package has no such item, or it cannot be launched
├── AttemptInUse             another player holds the attempt
├── SessionEnded             the session was ended or taken over by another player
├── AttemptOver              the attempt was reset, or another one took its place
├── CommitGap                a commit arrived before the one it builds on
├── CommitMalformed          a commit that is no commit; every finding is named
└── AttemptTooLarge          the attempt would outgrow what can be stored
"""

from collections.abc import Mapping, Sequence


class RuntimeRefusal(Exception):
    """A request that the runtime refuses, with what the client may do about it."""

    code = "refused"

    def __init__(self, detail: str, **meta: object) -> None:
        """Say what was refused and why; `meta` is for programs."""
        super().__init__(detail)
        self.detail = detail
        self.meta: Mapping[str, object] = meta


class LaunchRefused(RuntimeRefusal):
    """The launch token is wrong or has expired."""

    code = "launch_refused"


class ItemNotFound(RuntimeRefusal):
    """The package has no such item, or nothing can be launched there."""

    code = "item_not_found"


class AttemptInUse(RuntimeRefusal):
    """Another player holds the attempt and was heard of a moment ago."""

    code = "attempt_in_use"


class SessionEnded(RuntimeRefusal):
    """The session was ended, or another player has taken the attempt over."""

    code = "session_ended"


class AttemptOver(RuntimeRefusal):
    """The attempt was reset, or another one has taken its place."""

    code = "attempt_over"

    def __init__(self) -> None:
        """Say what became of it."""
        super().__init__(
            "This attempt is over: what was done in it is kept. Start the lesson again."
        )


class CommitGap(RuntimeRefusal):
    """A commit arrived before the one it builds on; meta.expected is the number to send."""

    code = "commit_gap"


class CommitMalformed(RuntimeRefusal):
    """The body is no commit."""

    code = "validation_error"

    def __init__(self, findings: Sequence[tuple[str, str]]) -> None:
        """Name every finding as (pointer, what is wrong)."""
        super().__init__("; ".join(f"{where}: {what}" for where, what in findings))
        self.findings = findings


class AttemptTooLarge(RuntimeRefusal):
    """The attempt would outgrow what can be stored."""

    code = "attempt_too_large"
