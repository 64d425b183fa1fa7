"""What GET /statements asks for, and the link to the next page, as plain data."""

import base64

import msgspec

from lrs.statement import StoredStatement


class StatementQuery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The filters of GET /statements (Communication 2.1.3).

    `agent` and `authority` are agent keys, `verb` and `activity` IRIs, `since` (excluded) and
    `until` (included) microseconds since 1970. `limit` 0 asks for as many as a page may hold.
    `cursor` is a `StatementPage.cursor`: the page begins after it. `voided` True asks for voided
    statements, None for them and the others alike.
    """

    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    authority: str | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: int | None = None
    until: int | None = None
    limit: int = 0
    ascending: bool = False
    cursor: int | None = None
    voided: bool | None = False


class StatementPage(msgspec.Struct, frozen=True):
    """Some statements, in order, and where the next page starts (None: there is none)."""

    statements: list[StoredStatement]
    cursor: int | None


class Continuation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the next page needs to know: the server keeps nothing for it."""

    query: StatementQuery
    format: str = "exact"
    attachments: bool = False

    def link(self) -> str:
        """Return it as one opaque word for an address."""
        return base64.urlsafe_b64encode(msgspec.msgpack.encode(self)).decode().rstrip("=")

    @classmethod
    def read(cls, link: str) -> "Continuation":
        """Return what `link` made.

        Raises:
            ValueError: the word was not made here.
        """
        try:
            packed = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
            return msgspec.msgpack.decode(packed, type=cls)
        except msgspec.DecodeError as error:
            raise ValueError(link) from error
