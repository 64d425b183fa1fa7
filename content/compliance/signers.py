"""Signers: as what somebody signs under a duty, and whose signature terms take. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from content.compliance.decisions import SIGN_OFF, Decision
from content.compliance.terms import NO_SIGN_OFF

PERSON: Final = "person"
SUPERVISOR: Final = "supervisor"
OFFICER: Final = "officer"
_TAKEN: Final[Mapping[str, Collection[str]]] = {
    PERSON: (PERSON,),
    SUPERVISOR: (SUPERVISOR, OFFICER),
}
"""Whose signatures count where a sign-off is asked for: an officer's stands for a supervisor's."""


def signs_as(by: str, person: str, above: Collection[str], *, officer: bool) -> str | None:
    """As what somebody signs for a person whose supervisors are `above`; None: not at all."""
    if by == person:
        return PERSON
    if by in above:
        return SUPERVISOR
    return OFFICER if officer else None


def signing(decided: Iterable[Decision], sign_off: str) -> list[Decision]:
    """The signatures that count where this sign-off is asked for."""
    taken = _TAKEN.get(sign_off, ())
    return [each for each in decided if each.act == SIGN_OFF and each.signed_as in (None, *taken)]


def given_since(signs: Iterable[Decision], known_at: datetime) -> Decision | None:
    """The first signature that was given when a completion was known."""
    return next((e for e in signs if e.decided_at and e.decided_at >= known_at), None)


def awaited(known_at: Iterable[datetime], decided: Iterable[Decision], sign_off: str) -> bool:
    """Whether a completion waits for a signature: the last of those known since these moments."""
    last = max(known_at, default=None)
    if last is None or sign_off == NO_SIGN_OFF:
        return False
    return given_since(signing(decided, sign_off), last) is None
