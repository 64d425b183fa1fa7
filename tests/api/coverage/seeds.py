"""What the seed texts name: their endpoints, events and codes, read from the texts themselves."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.api.coverage.rows import Seed

FILES = {
    Seed.OPTILEARN: "000_1ad7d7a98b20398e.txt",
    Seed.AKAKO: "001_f633eca2dfd16b7d.txt",
    Seed.COURSE_PIPELINE: "002_67a0476a51eb190b.txt",
    Seed.PARENTS: "003_f2fdd0053d507fde.txt",
    Seed.UNIVERSITY_BLOCK: "004_25e31d2b8c99c86a.txt",
}
_METHOD = "GET|POST|PUT|PATCH|DELETE"
_ENDPOINT = re.compile(
    rf"((?:{_METHOD})(?:/(?:{_METHOD}))*)\s+(?:\|\s*)?\"?(?:https?://[^/\s]+)?"
    r"((?:/(?:[a-z0-9][a-z0-9_.-]*|\[\w+\]|{\w+}))+)"
)
_PREFIX = re.compile(r"^(?:/v1/university|/api)(?=/)")
_EVENT = re.compile(
    r"^(?:\| )?([a-z]+\.[a-z]+) \||\"(?:event|type)\": \"([a-z]+\.[a-z]+)\"", re.MULTILINE
)
_CODE = re.compile(
    r"^(?:\| )?([a-z]+(?:_[a-z]+)+) \| (?!(?:string|integer) )[A-Z]"
    r"|^(?:\| )?([A-Z]+(?:_[A-Z]+)*) \| \d{3} \||^\| \d{3} \| ([A-Z_]+) \||\"code\": \"(\w+)\"",
    re.MULTILINE,
)
_LIMIT = re.compile(
    r"^(?:\| )?([A-Z][\w ]+) \| (\d+) requests/(minute)"
    r"|(General \w+ endpoints|/[a-z/]+) ?— (\d+) / (minute)"
    r"|^- (?:([A-Z][\w ]+): )?([\d,]+) requests per (minute|day) per \w+",
    re.MULTILINE,
)
_CALL = re.compile(r"\b(?:client\.university|api\.education)\.(\w+)\(")
_EXAMPLE = "ERROR_CODE"


def folder() -> Path | None:
    """The folder of the seed texts, if it lies beside the checkout."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "seeds").is_dir():
            return parent / "shared" / "seeds"
    return None


def endpoints(text: str) -> Iterator[str]:
    """The endpoints that a text names, without the prefix of its API."""
    for methods, path in _ENDPOINT.findall(text):
        for method in methods.split("/"):
            yield f"{method} {_PREFIX.sub('', path).rstrip('.')}"


def events(text: str) -> Iterator[str]:
    """The events of webhooks that a text names."""
    return (listed or shown for listed, shown in _EVENT.findall(text))


def limits(text: str) -> Iterator[str]:
    """The rate limits that a text names, each as what it is for and how many by what time."""
    for groups in _LIMIT.findall(text):
        what, count, span = (next(filter(None, groups[at::3]), "All requests") for at in range(3))
        yield f"{what}: {count} a {span}"


def calls(text: str) -> Iterator[str]:
    """The calls that a text makes of its client library."""
    return iter(_CALL.findall(text))


def codes(text: str) -> Iterator[str]:
    """The codes of errors that a text names."""
    found = ("".join(groups) for groups in _CODE.findall(text))
    return (each for each in found if each != _EXAMPLE)
