"""Reports as files: CSV as rows come, XLSX by a file that grows, what PDF prints.

What a spreadsheet would take for a formula is made harmless in CSV; in XLSX texts are texts.
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter

from content.printing.documents import Printable
from content.reports.definitions import Column
from content.reports.sharing import PORTION, Row
from lrs.transfers.spreadsheet import harmless

CHUNK: Final = 2**18
MOST_PRINTED: Final = 2000
PRINTED: Final = (
    "h1 { font-size: 16pt; margin: 0 } table { width: 100% } thead { display: table-header-group }"
    "th, td { text-align: left; padding: 1.5mm 2mm; border-bottom: 0.2mm solid #999;"
    " vertical-align: top } tr { break-inside: avoid } .number { text-align: right }"
    "@page { @bottom-right { content: counter(page) ' / ' counter(pages); font-size: 8pt } }"
)
LONGEST_CELL: Final = 32_767
"""What a spreadsheet's cell holds."""
WIDTHS: Final = {"text": 28, "choice": 14, "number": 12, "date": 18, "boolean": 10}


def said(value: Any, zone: ZoneInfo) -> str:
    """A value as people read it; moments in a time zone, to the minute."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case float():
            return f"{value:.15g}"
    return str(value)


def exact(value: Any) -> str:
    """A value as programs read it: moments in UTC by RFC 3339."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return "" if value is None else harmless(str(value))


async def as_csv(columns: Sequence[Column], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    """A report as CSV (RFC 4180), UTF-8, with labels in the first line; in portions."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(each.label) for each in columns])
    count = 0
    async for row in rows:
        writer.writerow([exact(each) for each in row])
        count += 1
        if count % PORTION == 0:
            yield _taken(buffer)
    yield _taken(buffer)


async def as_xlsx(
    title: str, columns: Sequence[Column], rows: AsyncIterator[Row], zone: ZoneInfo
) -> AsyncIterator[bytes]:
    """A report as a workbook of one sheet; it grows on disk, a row in memory at a time."""
    with TemporaryDirectory(prefix="lyceum-report-") as folder:
        path = Path(folder) / "report.xlsx"
        sheet = _Sheet(path, title, columns, zone)
        try:
            portion: list[Row] = []
            async for row in rows:
                portion.append(row)
                if len(portion) == PORTION:
                    await asyncio.to_thread(sheet.write, portion)
                    portion = []
            await asyncio.to_thread(sheet.write, portion)
        finally:
            await asyncio.to_thread(sheet.close)
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk


async def printable(
    title: str, columns: Sequence[Column], rows: AsyncIterator[Row], zone: ZoneInfo
) -> Printable:
    """A report as a document to print, the first MOST_PRINTED rows of it."""
    printed: list[Row] = []
    more = False
    async for row in rows:
        more = len(printed) == MOST_PRINTED
        if more:
            break
        printed.append(row)
    heading = "".join(_cell("th", each.label, each.kind) for each in columns)
    lines = (
        "".join(
            _cell("td", said(value, zone), column.kind)
            for column, value in zip(columns, row, strict=True)
        )
        for row in printed
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    rest = "row" if len(printed) == 1 else "rows"
    note = f"The first {MOST_PRINTED:,} rows" if more else f"{len(printed):,} {rest}"
    html = (
        f"<h1>{escape(title)}</h1><p>{note}. Moments are in {escape(zone.key)}.</p>"
        f"<table><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table>"
    )
    return Printable(title=title, html=html, css=PRINTED, orientation="landscape")


def _cell(tag: str, words: str, kind: str) -> str:
    number = ' class="number"' if kind == "number" else ""
    return f"<{tag}{number}>{escape(words)}</{tag}>"


class _Sheet:
    def __init__(self, path: Path, title: str, columns: Sequence[Column], zone: ZoneInfo) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"title": title})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._sheet = self._book.add_worksheet("Report")
        self._zone, self._next = zone, 1
        bold = self._book.add_format({"bold": True})
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, WIDTHS[column.kind])
            self._sheet.write_string(0, at, column.label, bold)
        self._sheet.freeze_panes(1, 0)

    def write(self, rows: Sequence[Row]) -> None:
        for row in rows:
            for at, value in enumerate(row):
                self._cell(at, value)
            self._next += 1

    def close(self) -> None:
        self._book.close()

    def _cell(self, at: int, value: Any) -> None:
        match value:
            case None:
                return
            case bool():
                self._sheet.write_boolean(self._next, at, value)
            case int() | float():
                self._sheet.write_number(self._next, at, value)
            case datetime():
                local = value.astimezone(self._zone).replace(tzinfo=None)
                self._sheet.write_datetime(self._next, at, local, self._date)
            case _:
                self._sheet.write_string(self._next, at, str(value)[:LONGEST_CELL])


def _taken(buffer: io.StringIO) -> bytes:
    made = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return made
