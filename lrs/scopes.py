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


def expand(scopes: Collection[str]) -> frozenset[str]:
    """Return the scopes and all that they include.

    Raises:
        ValueError: a scope is not one of `SCOPES`.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise ValueError(f"unknown scope {', '.join(unknown)}; the scopes are {', '.join(SCOPES)}")
    return frozenset(scopes).union(*(_INCLUDED.get(scope, frozenset()) for scope in scopes))
