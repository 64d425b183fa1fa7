"""E-mail addresses as people paste them and as files hold them, each with the line it stands on."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from content.people.people import normal_email

HEADINGS = ("email", "e-mail", "e_mail", "mail", "e-mail address", "email address")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class Line:
    """An address and where it stands: lines count from 1."""

    number: int
    address: str
    of_file: bool = False

    @property
    def where(self) -> str:
        """The line as people find it."""
        return f"Line {self.number}{' of the file' if self.of_file else ''}"


def pasted(text: str) -> list[Line]:
    """The addresses of a text: several a line with commas, semicolons or blanks between, or as
    mail programs write them, `Ada Lovelace <ada@example.org>`.
    """
    return [
        Line(number, address)
        for number, line in enumerate(text.split("\n"), 1)
        for address in _of_line(line)
    ]


def in_file(raw: bytes) -> list[Line]:
    """The addresses of a CSV file in UTF-8: of the column that is called e-mail, else of the first.

    Raises:
        ValueError: it is no such file, or has headings of which none is for addresses.
    """
    try:
        text = raw.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError("must be CSV in UTF-8, such as a spreadsheet saves it") from error
    if not rows:
        return []
    heading = [normal_email(cell) for cell in rows[0][1]]
    column = next((place for place, name in enumerate(heading) if name in HEADINGS), None)
    if column is None and not any("@" in cell for cell in heading):
        raise ValueError("must have a column with the heading email")
    return [
        Line(number, row[column or 0].strip() if len(row) > (column or 0) else "", of_file=True)
        for number, row in rows[column is not None :]
    ]


def _of_line(line: str) -> Iterator[str]:
    found = _IN_BRACKETS.findall(line) or _BETWEEN.split(line)
    return (each.strip() for each in found if each.strip())


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)
