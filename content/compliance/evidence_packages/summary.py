"""The summary: the page that people read before they look into the files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from msgspec import Struct

from content.compliance.evidence_packages.package import EvidencePackage
from content.compliance.records import Record
from content.printing import Printable
from lrs.ledger.receipts import Receipt

MOST_ROWS = 100
NOTHING = "-"
CSS = """
h1 { font-size: 18pt; margin: 0 0 2mm } h2 { font-size: 12pt; margin: 7mm 0 2mm }
p { margin: 0 0 2mm } .quiet { color: #555 }
table { width: 100%; font-size: 8.5pt } th, td { text-align: left; padding: 1.2mm 2mm;
border-bottom: 0.3pt solid #bbb; vertical-align: top } th { border-bottom: 0.8pt solid #333 }
tr { break-inside: avoid } thead { display: table-header-group }
code { font-family: 'Noto Sans Mono', monospace; font-size: 7.5pt; overflow-wrap: anywhere }
@page { @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
"""


class Told(Struct, frozen=True, kw_only=True):
    """What a summary tells: the first `rows`, how many have which status, how much is in it."""

    organization: str
    requirements: Mapping[str, str]
    rows: Sequence[Record]
    statuses: Mapping[str, int]
    counts: Mapping[str, int]
    receipt: Receipt | None
    made_at: datetime


def summary(package: EvidencePackage, told: Told) -> Printable:
    """The summary as a document to print."""
    about = "requirement" if package.requirement_id else "person"
    parts = [
        f"<h1>Evidence: {escape(package.title)}</h1>",
        f"<p>{escape(told.organization)}. The {about} as of {_minute(package.as_of)}, by what had "
        f"been recorded by then. Made {_minute(told.made_at)}.</p>",
        f"<h2>Statuses</h2>{_table(('Status', 'Records'), _statuses(told.statuses))}",
        f"<h2>Records</h2>{_more(told)}{_records(told)}",
        f"<h2>What is in this package</h2>{_table(('File', 'Entries'), _counts(told.counts))}",
        f"<h2>How to check it</h2>{_checking(told.receipt)}",
    ]
    return Printable(title=f"Evidence: {package.title}", html="".join(parts), css=CSS)


def _records(told: Told) -> str:
    header = ("Person", "Requirement", "Status", "Since", "Due", "Completed", "Statements")
    rows = [
        (
            f"{each.name} {each.email}".strip(),
            told.requirements.get(each.requirement_id, each.requirement_id),
            each.status.replace("_", " "),
            _day(each.since),
            _day(each.due_at),
            _day(each.completed_at),
            ", ".join(each.evidence) or NOTHING,
        )
        for each in told.rows
    ]
    return _table(header, rows)


def _more(told: Told) -> str:
    total = sum(told.statuses.values())
    if total <= len(told.rows):
        return ""
    return f"<p class=quiet>The first {len(told.rows)} of {total}; all are in records.ndjson.</p>"


def _statuses(statuses: Mapping[str, int]) -> list[tuple[str, ...]]:
    return [(name.replace("_", " "), str(count)) for name, count in sorted(statuses.items())]


def _counts(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    return [
        (name if "," in name else f"{name}.ndjson", str(count)) for name, count in counts.items()
    ]


def _checking(receipt: Receipt | None) -> str:
    if receipt is None:
        return "<p>No signed checkpoint had been made yet.</p>"
    return (
        "<p>README.txt tells how to check the files, their signature and the proofs that each "
        "statement was recorded and not altered since. The chain ended with link "
        f"{receipt.number}, made {_minute(receipt.at)}:</p><p><code>{receipt.hash}</code></p>"
        f"<p>It is signed by the key</p><p><code>{receipt.public_key}</code></p>"
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = "".join(f"<th scope=col>{escape(each)}</th>" for each in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _day(moment: datetime | None) -> str:
    return NOTHING if moment is None else f"{moment:%Y-%m-%d}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
