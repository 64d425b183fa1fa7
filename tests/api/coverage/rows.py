"""A row of the coverage: what a seed asks for, what answers it, and the test that shows it."""

from dataclasses import dataclass
from enum import StrEnum


class Seed(StrEnum):
    """The documents that ask."""

    UNIVERSITY_BLOCK = "University Block"
    OPTILEARN = "OptiLearn"
    PARENTS = "OptiLearn, parents"
    AKAKO = "Akako"
    COURSE_PIPELINE = "CoursePipeline"


class Kind(StrEnum):
    """What is asked for."""

    ENDPOINT = "endpoint"
    EVENT = "event"
    CODE = "code"
    LIMIT = "limit"
    CALL = "call"


class When(StrEnum):
    """Whether it is there."""

    NOW = "now"
    PART_5 = "part 5"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Row:
    """What a seed asks for, in its own spelling without its API's prefix, and our answer.

    `answers` are routes such as `GET /courses` under /api/v1, those elsewhere in full; an event;
    a code; a rate as the setting writes it; or a method of the Python client. Which test shows
    each is in `shown.SHOWN`.
    """

    seed: Seed
    kind: Kind
    asked: str
    answers: tuple[str, ...]
    when: When
    remark: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Writes the rows of a seed."""

    seed: Seed

    def endpoint(self, asked: str, *answers: str, remark: str = "") -> Row:
        """An endpoint that is there, by default at the path of the same name."""
        return Row(self.seed, Kind.ENDPOINT, asked, answers or (asked,), When.NOW, remark)

    def event(self, asked: str, *answers: str, remark: str = "") -> Row:
        """An event that is told of."""
        return Row(self.seed, Kind.EVENT, asked, answers or (asked,), When.NOW, remark)

    def code(self, asked: str, *answers: str, remark: str = "") -> Row:
        """A code that is answered."""
        return Row(self.seed, Kind.CODE, asked, answers or (asked,), When.NOW, remark)

    def limit(self, asked: str, *answers: str, remark: str = "") -> Row:
        """How many requests are answered."""
        return Row(self.seed, Kind.LIMIT, asked, answers, When.NOW, remark)

    def call(self, asked: str, *answers: str, remark: str = "") -> Row:
        """A call that a document makes of its client library."""
        return Row(self.seed, Kind.CALL, asked, answers or (asked,), When.NOW, remark)

    def awaited(
        self, when: When, remark: str, *asked: str, kind: Kind = Kind.ENDPOINT
    ) -> list[Row]:
        """What a later part brings."""
        return [Row(self.seed, kind, each, (), when, remark) for each in asked]
