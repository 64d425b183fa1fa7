"""A launch: who plays which package, for which lesson, and the token that says so.

Everything that the content origin needs to know travels in the token; it holds no session and no
cookie of the LMS.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

import jwt
import msgspec

from scorm_runtime.errors import LaunchRefused

AUDIENCE: Final = "content"
_ALGORITHM: Final = "HS256"

Mode = Literal["normal", "browse", "review"]
Display = Literal["frame", "window"]


class Launch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's way into one lesson's package.

    `agent` is the learner as an xAPI agent; `activity_id` is the lesson's, to which an item's
    identifier is added for each SCO; `return_url` is where the player goes on exit. `attempt` is
    the number of the attempt, whose registration it is; `mastery_score` (0..100) is put in the
    place of the manifest's in SCORM 1.2.
    `display` says whether content is shown in the player's frame or in a window of its own.
    `reviewer` is the id of somebody else who goes through the learner's attempt, in a review.
    """

    organization_id: str
    registration: str
    learner_id: str
    learner_name: str
    agent: dict[str, Any]
    package_id: str
    lesson_id: str
    activity_id: str
    title: str
    course_activity_id: str
    course_title: str
    return_url: str
    mode: Mode = "normal"
    attempt: int = 1
    for_credit: bool = True
    mastery_score: str = ""
    display: Display = "frame"
    reviewer: str = ""

    @property
    def credit(self) -> Literal["credit", "no-credit"]:
        """What the SCO is told; browsing and review earn nothing."""
        return "credit" if self.for_credit and self.mode == "normal" else "no-credit"


def sign(launch: Launch, key: bytes, now: datetime, lifetime: timedelta) -> str:
    """The launch as a token that expires after `lifetime`."""
    claims = {
        "launch": msgspec.to_builtins(launch),
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def read(token: str, key: bytes, now: datetime, grace: timedelta = timedelta(0)) -> Launch:
    """The launch that a token stands for, until `grace` after it expired; raises LaunchRefused."""
    if remaining(token, key, now) + grace <= timedelta(0):
        raise LaunchRefused("This launch link has expired.", reason="expired")
    return _verified(token, key)[0]


def remaining(token: str, key: bytes, now: datetime) -> timedelta:
    """How long a token is still good; raises LaunchRefused where it never was."""
    return timedelta(seconds=_verified(token, key)[1] - now.timestamp())


@lru_cache(maxsize=4096)
def _verified(token: str, key: bytes) -> tuple[Launch, float]:
    """The launch and when it expires; a player sends the same token with each commit."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["exp", "aud"], "verify_exp": False, "verify_iat": False},
        )
        return msgspec.convert(claims["launch"], Launch), claims["exp"]
    except (jwt.InvalidTokenError, KeyError, msgspec.ValidationError) as error:
        raise LaunchRefused("This launch link is not valid.", reason="invalid") from error
