"""Numbers that learners write, and whether they are near enough; computed in decimals."""

import re
from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final

from msgspec import Struct

from content.quizzes.questions import Accepted, Unit

LONGEST: Final = 100
_EXACT: Final = Context(prec=60, Emax=9_999, Emin=-9_999)
_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d{1,40})(?:(?P<point>[.,])(?P<part>\d{1,40}))?"
    r"(?:\s*(?:[eE]|[x*]\s*10\s*\^)\s*(?P<exponent>[+-]?\d{1,3}))?\s*(?P<unit>.*)"
)
_SPELLING: Final = str.maketrans({"−": "-", "–": "-", "×": "x", "·": "*", "µ": "μ"})  # noqa: RUF001


class Quantity(Struct, frozen=True):
    """A number and the unit behind it, "" where there is none."""

    number: Decimal
    unit: str = ""


def quantity(text: str) -> Quantity | None:
    """Read `3.14`, `3,14`, `-6.02e23`, `6.02 x 10^23`, `5 cm`; None for anything else.

    `1,000` may mean a thousand or one: it is not read.
    """
    found = _NUMBER.fullmatch(text.strip().translate(_SPELLING)) if len(text) <= LONGEST else None
    if found is None or (found["point"] == "," and len(found["part"]) == 3):
        return None
    if found["unit"][:1] in (".", ",") or found["unit"][:1].isdigit():
        return None
    digits = f"{found['sign']}{found['whole']}.{found['part'] or '0'}E{found['exponent'] or 0}"
    return Quantity(Decimal(digits), found["unit"].strip())


def in_units(given: Quantity, units: Sequence[Unit], *, required: bool) -> Decimal | None:
    """The number in the answers' unit; None where its unit is unknown, or missing and required."""
    if not given.unit:
        return None if units and required else given.number
    for each in units:
        if each.unit.translate(_SPELLING) == given.unit:
            return _EXACT.multiply(given.number, decimal(each.factor))
    return None


def accepts(accepted: Accepted, number: Decimal) -> bool:
    """Whether the number is within the range or the tolerance, bounds included."""
    low, high = bounds(accepted)
    return (low is None or low <= number) and (high is None or number <= high)


def bounds(accepted: Accepted) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest number that is right; None where there is no bound."""
    if accepted.value is None:
        low, high = accepted.min, accepted.max
        return (
            None if low is None else decimal(low),
            None if high is None else decimal(high),
        )
    value, width = decimal(accepted.value), decimal(accepted.tolerance)
    if accepted.tolerance_type == "percent":
        width = _EXACT.divide(_EXACT.multiply(abs(value), width), Decimal(100))
    return _EXACT.subtract(value, width), _EXACT.add(value, width)


def decimal(number: float) -> Decimal:
    """The number as it is written: 0.1 is a tenth."""
    return Decimal(repr(float(number)))
