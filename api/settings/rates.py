"""How many requests of each class are answered: written `courses=100/1m,auth=10/1m`."""

import re
from dataclasses import dataclass

from api.settings.kinds import Kind, duration

OFF = "off"
DEFAULT = (
    "auth=10/1m,public=100/1m,reads=100/1m,writes=30/1m,courses=100/1m,enrollments=200/1m,"
    "progress=500/1m,quizzes=50/1m,analytics=30/1m,certificates=20/1m,reports=30/1m,"
    "exports=10/1m,uploads=20/1m,downloads=1000/1m,api_keys=5000/1d"
)
_ONE = r"\s*(\w+)\s*=\s*(?:(off)|(\d{1,9})\s*/\s*(\d{1,9}[smhd]?))\s*"
_WINDOW = duration(1, 31 * 86400)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    count: int
    seconds: int


def read_rates(text: str) -> dict[str, Rate]:
    """The rate of each class that has one. What is not named keeps its default.

    Raises:
        ValueError: the text is not written so, or names a class that there is not.
    """
    if text == OFF:
        return {}
    rates = _written(DEFAULT)
    given = _written(text)
    if unknown := given.keys() - rates.keys():
        raise ValueError(", ".join(sorted(unknown)))
    return {name: rate for name, rate in {**rates, **given}.items() if rate is not None}


def rates() -> Kind:
    """The rates of some classes, or `off`."""

    def parse(text: str) -> str:
        read_rates(text)
        return text

    names = ", ".join(_written(DEFAULT))
    right = (
        f"off, or with commas between them rates such as courses=100/1m or reads=off, of {names}"
    )
    return Kind(right, parse)


def _written(text: str) -> dict[str, Rate | None]:
    rates: dict[str, Rate | None] = {}
    for part in text.split(","):
        match = re.fullmatch(_ONE, part)
        if match is None:
            raise ValueError(part)
        name, off, count, window = match.groups()
        rates[name] = None if off else Rate(int(count), _WINDOW.parse(window))
    return rates
