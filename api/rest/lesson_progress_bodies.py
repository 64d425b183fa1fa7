"""What is sent about a learner in a lesson: bodies and queries."""

from datetime import UTC, datetime

from pydantic import AwareDatetime, Field

from api.rest.bodies import Body, Query
from content.lessons.lesson_events import Kind

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
LONGEST_STAY = 10_000_000

UserId = Field(None, max_length=100)
Seconds = Field(None, ge=0, le=LONGEST_STAY)


class PositionBody(Body):
    """Where the learner is: `position` of `total`, percent unless a total is given.

    `time_spent_seconds` is all that was spent in the lesson so far. Without `user_id` it is about
    who asks.
    """

    user_id: str | None = UserId
    position: float | None = Field(None, ge=0)
    total: float = Field(100, gt=0)
    time_spent_seconds: float | None = Seconds

    @property
    def percent(self) -> float | None:
        """The position from 0 to 100."""
        if self.position is None:
            return None
        return round(min(100.0, 100 * self.position / self.total), 2)


class PdfBody(Body):
    """The page that the learner is on, of how many."""

    user_id: str | None = UserId
    page: int = Field(ge=1)
    page_count: int = Field(ge=1)
    time_spent_seconds: float | None = Seconds


class EventBody(Body):
    """An event of the lesson's player: times are seconds from its beginning.

    `id` or else the kind, moment and time tell it apart: the same event sent twice counts once.
    `progress` is the share played, 0 to 1; `played_segments` as in `0[.]12[,]14[.]21`.
    """

    type: Kind
    id: str | None = Field(None, max_length=200)
    occurred_at: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST)
    time: float | None = Field(None, ge=0)
    time_from: float | None = Field(None, ge=0)
    time_to: float | None = Field(None, ge=0)
    length: float | None = Field(None, gt=0)
    progress: float | None = Field(None, ge=0, le=1)
    played_segments: str | None = Field(None, max_length=10_000)
    session_id: str | None = Field(None, max_length=200)
    duration_seconds: float | None = Seconds


class EventsBody(Body):
    """Events of the lesson's player, in order."""

    user_id: str | None = UserId
    events: tuple[EventBody, ...] = Field(min_length=1, max_length=100)


class ProgressQuery(Query):
    """Whose progress; else of who asks."""

    user_id: str | None = None
