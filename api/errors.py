"""The exceptions of the composition root.

LyceumError
├── SettingError        a setting is wrong; the message says what would be right
├── MongodError         no mongod could be found or started
├── PortTaken           another program listens on a port
├── NotInstalled        the database has seen no first start
├── UnknownPerson       a command names an e-mail address that nobody has
├── UnknownCredential   a command names an xAPI credential that is not there
├── Refused             the record store does not take what a command gives it
├── InvalidToken        an access or refresh token is not good (401)
├── IssuerUnavailable   an outside issuer's keys are not known and can't be fetched (503)
├── WrongPassword       unknown e-mail address or wrong password (401)
├── OrganizationRequired  the password is right in several organizations (409)
├── TooManyAttempts     sign-in is closed for a while (429)
├── RateLimited         too many requests of one class (429)
├── IdempotencyKeyReused    a key came with another request before (422)
├── RequestInProgress   the same request, by its key, runs at this moment (409)
├── MailNotSent         the SMTP server did not take a message
├── NoMailer            no SMTP server is set (503)
└── NotLaunched         a lesson cannot be played by this person now; `code` says why
└── NotLaunched         a lesson has nothing to be played
"""

from collections.abc import Sequence


class LyceumError(Exception):
    """An error whose message is meant for the person who runs or uses the server."""


class SettingError(LyceumError):
    """A setting that cannot be used."""


class MongodError(LyceumError):
    """The embedded MongoDB server is missing or did not start."""


class PortTaken(LyceumError):
    """Another program listens on a port that the server needs."""

    def __init__(self, host: str, port: int, setting: str, reason: str) -> None:
        super().__init__(
            f"Cannot listen on {host}:{port} ({reason}): stop the other program, "
            f"or choose another port with {setting}."
        )


class NotInstalled(LyceumError):
    """A command needs a database that a server has started on once."""

    def __init__(self) -> None:
        super().__init__("This database holds no Lyceum yet: start it once with `lyceum serve`.")


class UnknownPerson(LyceumError):
    """Nobody has this e-mail address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"Nobody here has the e-mail address {email}.")


class UnknownCredential(LyceumError):
    """No xAPI credential has this key or id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No xAPI credential has the key or the id {name}.")


class Refused(LyceumError):
    """The record store does not take what a command gives it."""


class InvalidToken(LyceumError):
    """A token that is forged, expired, ended, or for another use."""


class IssuerUnavailable(LyceumError):
    """An issuer of tokens that can't be asked for its keys."""

    def __init__(self, issuer: str) -> None:
        super().__init__(f"The keys of {issuer} can't be fetched at the moment; try again.")


class WrongPassword(LyceumError):
    """No such e-mail address, or not its password: the client is not told which."""

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is not right.")


class OrganizationRequired(LyceumError):
    """The e-mail address and password are right in several organizations: one has to be named."""

    def __init__(self, organization_ids: Sequence[str]) -> None:
        super().__init__("These are right in several organizations; name the one that you mean.")
        self.organization_ids = tuple(organization_ids)


class TooManyAttempts(LyceumError):
    """Too many wrong passwords; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts to sign in; try again in {retry_after} s.")
        self.retry_after = retry_after


class RateLimited(LyceumError):
    """Too many requests of one class; `retry_after` is in seconds."""

    def __init__(self, name: str, limit: int, retry_after: int) -> None:
        super().__init__(
            f"The limit of {limit} requests ({name}) is reached; try again in {retry_after} s."
        )
        self.retry_after = retry_after


class IdempotencyKeyReused(LyceumError):
    """An idempotency key that came with another request before."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was sent with another request before.")


class RequestInProgress(LyceumError):
    """The same request runs at this moment; `retry_after` is in seconds, at most."""

    code = "idempotency_in_progress"

    def __init__(self, retry_after: int) -> None:
        super().__init__("The request of this Idempotency-Key is still being done.")
        self.retry_after = retry_after


class MailNotSent(LyceumError):
    """The SMTP server could not be reached, or did not take a message."""


class NoMailer(LyceumError):
    """What needs mail is asked of a server that sends none."""

    def __init__(self) -> None:
        super().__init__("This server sends no mail; ask an administrator.")


class NotLaunched(LyceumError):
    """A lesson that there is nothing to play of: `code` is not_launchable (409)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
