"""What an xAPI credential may do (Communication 4.2, the scopes of xAPI)."""

from collections.abc import Collection

ALL = "all"
READ_ALL = "all/read"
WRITE_STATEMENTS = "statements/write"
READ_STATEMENTS = "statements/read"
READ_OWN_STATEMENTS = "statements/read/mine"
STATE = "state"
DEFINE = "define"
PROFILE = "profile"

SCOPES = (
    ALL,
    READ_ALL,
    WRITE_STATEMENTS,
    READ_STATEMENTS,
    READ_OWN_STATEMENTS,
    STATE,
    DEFINE,
    PROFILE,
)

_INCLUDED = {
    ALL: frozenset(SCOPES),
    READ_ALL: frozenset({READ_STATEMENTS, READ_OWN_STATEMENTS}),
    READ_STATEMENTS: frozenset({READ_OWN_STATEMENTS}),
}


def unknown(scopes: Collection[str]) -> list[str]:
    """Return those that are not scopes, in order."""
    return sorted(set(scopes) - set(SCOPES))


def expand(scopes: Collection[str]) -> frozenset[str]:
    """Return the scopes and all that they include.

    Raises:
        ValueError: a scope is not one of `SCOPES`.
    """
    wrong = unknown(scopes)
    if wrong:
        raise ValueError(f"unknown scope {', '.join(wrong)}; the scopes are {', '.join(SCOPES)}")
    return frozenset(scopes).union(*(_INCLUDED.get(scope, frozenset()) for scope in scopes))
