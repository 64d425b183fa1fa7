"""Makes a package: each file as its lines are read, so that thousands of people fit."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct

from content import organizations
from content.certificates.certificates import REPLACED, REVOKED, Certificate
from content.compliance import requirements
from content.compliance.evidence_packages import archive, holdings, package
from content.compliance.evidence_packages.archive import BADGE_KEYS, Archive
from content.compliance.evidence_packages.holdings import line
from content.compliance.evidence_packages.package import EvidencePackage
from content.compliance.evidence_packages.readme import README
from content.compliance.evidence_packages.summary import MOST_ROWS, Told, summary
from content.compliance.records import Record
from content.errors import PrintingFailed
from content.identity import now
from content.printing import Printable
from content.store import Store
from lrs.ledger import receipts
from lrs.ledger.keys import PublicKey
from lrs.ledger.ledger import Ledger
from lrs.ledger.links import SignedLink
from lrs.ledger.proofs import Proof, proofs
from lrs.ledger.receipts import Receipt
from lrs.ledger.source import STATEMENTS, Entry
from lrs.statements.log_reader import LogReader

STEPS: Final = 8
MOST_PRINTED: Final = 500
"""Certificates beyond are not printed: their badges say the same, and take no time."""
PRINTED: Final = "certificates, printed"
BADGES: Final = "certificates, as badges"

AuditEntries = Callable[[str, Collection[str]], Awaitable[Sequence[tuple[Entry, bytes]]]]
"""Those of an organization's audit entries whose subjects are among some ids: each as the chain
knows it, and as JSON."""
Tell = Callable[[int], Awaitable[None]]


class Awards(Struct, frozen=True, kw_only=True):
    """What a certificate is given out as: printed as of a status, and as a signed Open Badge;
    `badge_keys` are the keys that an organization's badges are verified by.
    """

    document: Callable[[Certificate, str], Awaitable[Printable]]
    badge: Callable[[Certificate], Awaitable[str]]
    badge_keys: Callable[[str], Awaitable[Mapping[str, Any]]]


class Sources(Struct, frozen=True, kw_only=True):
    """Where a package is made from; `audit_log` is what the chain calls the audit log."""

    store: Store
    ledger: Ledger
    audit: AuditEntries
    audit_log: str
    pdf: Callable[[Printable], Awaitable[bytes]]
    awards: Awards


class _Seen:
    """What the first files tell of what goes into the later ones."""

    def __init__(self) -> None:
        self.rows: list[Record] = []
        self.statuses: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.people: dict[str, None] = {}
        self.statements: set[str] = set()
        self.subjects: set[str] = set()
        self.links: set[int] = set()


async def make(sources: Sources, asked: EvidencePackage, tell: Tell) -> EvidencePackage:
    """Make a package and keep it; `tell` is told of each step of STEPS.

    Raises:
        KeyUnreadable: the key of the chain can't sign.
        PrintingUnavailable, PrintingBusy, PrintingFailed: there is no summary.
    """
    with archive.opened() as zipped:
        work = _Making(sources, asked, zipped)
        for number, step in enumerate(work.steps, start=1):
            await step()
            await tell(number)
        return await package.keep(sources.store, asked, zipped.parts(), dict(work.seen.counts))


class _Making:
    def __init__(self, sources: Sources, asked: EvidencePackage, zipped: Archive) -> None:
        self._from, self._asked, self._zip = sources, asked, zipped
        self._ours = asked.organization_id
        self._reader = LogReader(sources.store.database)
        self._receipt: Receipt | None = None
        self._key: PublicKey | None = None
        self.seen = _Seen()
        self.steps = (
            self._records,
            self._decisions,
            self._certificates,
            self._statements,
            self._audit,
            self._links,
            self._summary,
            self._seal,
        )

    async def _records(self) -> None:
        await self._zip.add_bytes("README.txt", README)
        await self._lines("records", self._noted_records())

    async def _noted_records(self) -> AsyncIterator[Record]:
        seen = self.seen
        async for each in holdings.records_of(self._from.store, self._asked):
            seen.statuses[each.status] += 1
            seen.people[each.person_id] = None
            seen.statements |= set(each.evidence)
            if len(seen.rows) < MOST_ROWS:
                seen.rows.append(each)
            yield each

    async def _decisions(self) -> None:
        await self._lines("decisions", self._noted_decisions())

    async def _noted_decisions(self) -> AsyncIterator[Any]:
        async for each in holdings.decisions_of(self._from.store, self._asked):
            self.seen.statements |= set(each.statement_ids)
            self.seen.subjects.add(each.id)
            yield each

    async def _certificates(self) -> None:
        store, people = self._from.store, list(self.seen.people)
        targets: set[str] = set()
        if self._asked.requirement_id:
            asked = await requirements.get(store, self._ours, self._asked.requirement_id)
            targets = {e.id for one in asked.editions for e in one.terms.targets}
        elif self._asked.person_id and self._asked.person_id not in people:
            people.append(self._asked.person_id)
        async for each in holdings.certificates_of(store, self._asked, people, targets):
            await self._award(each)
        keys = await self._from.awards.badge_keys(self._ours)
        await self._zip.add_bytes(BADGE_KEYS, line(keys))
        found = holdings.certificates_of(store, self._asked, people, targets)
        await self._lines("certificates", self._named(found))

    async def _award(self, certificate: Certificate) -> None:
        """Add a certificate as it was then: printed, one of the first MOST_PRINTED, and as a badge,
        unless it was taken back.
        """
        awards, status = self._from.awards, holdings.status_then(certificate, self._asked)
        if self.seen.counts[PRINTED] < MOST_PRINTED:
            with suppress(PrintingFailed):
                printed = await self._from.pdf(await awards.document(certificate, status))
                await self._zip.add_bytes(holdings.file_of(certificate, "pdf"), printed)
                self.seen.counts[PRINTED] += 1
        if status not in (REVOKED, REPLACED):
            badge = (await awards.badge(certificate)).encode()
            await self._zip.add_bytes(holdings.file_of(certificate, "jwt"), badge)
            self.seen.counts[BADGES] += 1

    async def _named(self, found: AsyncIterator[Certificate]) -> AsyncIterator[dict[str, Any]]:
        """What is written on each, with the files that it is in and their hashes."""
        async for each in found:
            files = {
                name: {"file": file, "sha256": self._zip.hash_of(file)}
                for name, kind in (("pdf", "pdf"), ("badge", "jwt"))
                if self._zip.hash_of(file := holdings.file_of(each, kind)) is not None
            }
            yield {**holdings.written_on(each, self._asked), **files}

    async def _statements(self) -> None:
        entries = await holdings.entries_of(
            self._reader, self._ours, self.seen.statements, self._asked.as_of
        )
        self.seen.counts["statements"] = len(entries)
        if entries:
            await self._from.ledger.cover(self._ours, STATEMENTS, entries[-1].place)
        lines = holdings.lines_of(self._reader, self._ours, entries)
        await self._zip.add("statements.ndjson", lines)
        await self._lines("statement-proofs", self._proofs(STATEMENTS, entries))

    async def _audit(self) -> None:
        subject = self._asked.requirement_id or self._asked.person_id or ""
        entries: list[Entry] = []
        await self._lines("audit", self._audited(entries, [subject, *sorted(self.seen.subjects)]))
        entries.sort(key=lambda each: each.place)
        await self._lines("audit-proofs", self._proofs(self._from.audit_log, entries))

    async def _audited(self, entries: list[Entry], subjects: list[str]) -> AsyncIterator[bytes]:
        known: set[str] = set()
        for batch in holdings.portions(subjects):
            for entry, written in await self._from.audit(self._ours, batch):
                if entry.id not in known:
                    known.add(entry.id)
                    entries.append(entry)
                    yield written + b"\n"

    async def _links(self) -> None:
        self._key = await self._from.ledger.signing_key(self._ours)
        self._receipt = await receipts.latest(self._from.ledger, self._ours)
        if self._receipt is not None:
            await self._zip.add_bytes("receipt.json", receipts.write(self._receipt))
        await self._lines("links", self._signed())

    async def _signed(self) -> AsyncIterator[SignedLink]:
        """Every key, and what the proofs name."""
        store = self._from.ledger.store
        numbers = {each.number async for each in store.links(self._ours, "key")}
        for number in sorted(numbers | self.seen.links):
            signed = await store.link(self._ours, number)
            if signed is not None:
                yield signed

    async def _summary(self) -> None:
        store, ours = self._from.store, self._ours
        asked = {each.requirement_id for each in self.seen.rows}
        titles = {each: (await requirements.get(store, ours, each)).title for each in asked}
        told = Told(
            organization=(await organizations.get(store, ours)).name,
            requirements=titles,
            rows=self.seen.rows,
            statuses=self.seen.statuses,
            counts=self.seen.counts,
            receipt=self._receipt,
            made_at=now(),
        )
        await self._zip.add_bytes("package.json", line(self._about(told)))
        printed = await self._from.pdf(summary(self._asked, told))
        await self._zip.add_bytes("summary.pdf", printed)

    def _about(self, told: Told) -> dict[str, Any]:
        asked = self._asked
        return {
            "format": "lyceum-evidence-1",
            "organization": {"id": self._ours, "name": told.organization},
            "person_id": asked.person_id,
            "requirement_id": asked.requirement_id,
            "title": asked.title,
            "as_of": asked.as_of,
            "made_at": told.made_at,
            "audit_log": self._from.audit_log,
            "counts": dict(self.seen.counts),
        }

    async def _seal(self) -> None:
        ledger = self._from.ledger
        key = self._key or await ledger.signing_key(self._ours)

        async def sign(manifest: bytes) -> bytes:
            return await ledger.keys.sign(self._ours, key.id, manifest)

        await self._zip.seal(key.public, sign)

    async def _proofs(self, log: str, entries: Sequence[Entry]) -> AsyncIterator[Proof]:
        async for each in proofs(self._from.ledger.store, self._ours, log, entries):
            self.seen.links.add(each.number)
            if each.amendment is not None:
                self.seen.links.add(each.amendment)
            yield each

    async def _lines(self, name: str, items: AsyncIterator[Any]) -> None:
        await self._zip.add(f"{name}.ndjson", self._counted(name, items))

    async def _counted(self, name: str, items: AsyncIterator[Any]) -> AsyncIterator[bytes]:
        async for each in items:
            self.seen.counts[name] += 1
            yield each if isinstance(each, bytes) else line(each)
