"""What is looked up for a package, portion by portion, and written line by line as JSON."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from content.certificates import badges, certificates
from content.certificates.certificates import Certificate
from content.compliance import records, requirements
from content.compliance.decisions import Decision
from content.compliance.evidence_packages.package import EvidencePackage
from content.compliance.records import Record
from content.identity import milliseconds
from content.store import Store
from lrs.ledger.source import Entry, statement_entry
from lrs.statements.document import document_id
from lrs.statements.log_reader import LogReader
from lrs.timestamps import as_microseconds

PORTION = 500


async def records_of(store: Store, package: EvidencePackage) -> AsyncIterator[Record]:
    """The records that the package is about, as of its moment."""
    ours, as_of = package.organization_id, package.as_of
    if package.requirement_id is None:
        for each in await records.all_of_person(store, ours, package.person_id or "", as_of):
            yield each
        return
    requirement = await requirements.get(store, ours, package.requirement_id)
    async for each in records.every(store, requirement, as_of=as_of):
        yield each


async def decisions_of(store: Store, package: EvidencePackage) -> AsyncIterator[Decision]:
    """The decisions about the person, or under the requirement, that had been made by then."""
    subject = (
        {"person_id": package.person_id}
        if package.requirement_id is None
        else {"requirement_id": package.requirement_id}
    )
    made = {**subject, "created_at": {"$lte": package.as_of}}
    order = [("created_at", 1), ("_id", 1)]
    async for each in store.of(Decision).each(package.organization_id, made, order):
        yield each


async def certificates_of(
    store: Store, package: EvidencePackage, people: Sequence[str], courses: Collection[str]
) -> AsyncIterator[Certificate]:
    """The certificates that these people had by then, of these courses or paths (none: of all)."""
    for batch in portions(people):
        query: dict[str, Any] = {"person_id": {"$in": batch}, "issued_at": {"$lte": package.as_of}}
        if courses:
            of = list(courses)
            query["$or"] = [{"course_id": {"$in": of}}, {"path_id": {"$in": of}}]
        async for each in store.of(Certificate).each(package.organization_id, query):
            yield each


def status_then(certificate: Certificate, package: EvidencePackage) -> str:
    """The status of a certificate at the package's moment."""
    return certificates.status_of(certificate, milliseconds(package.as_of))


def file_of(certificate: Certificate, kind: str) -> str:
    """What a certificate's file is called in a package."""
    return f"certificates/{certificate.number}.{kind}"


def written_on(certificate: Certificate, package: EvidencePackage) -> dict[str, Any]:
    """What is written on it, the name of its badge, and whether it was good then."""
    names = ("number", "code", "person_id", "recipient_name", "title", "issuer", "course_id")
    dates = ("path_id", "completed_at", "issued_at", "expires_at", "revoked_at")
    shown = {name: getattr(certificate, name) for name in (*names, *dates)}
    credential = badges.credential_id(certificate.id)
    return {**shown, "status": status_then(certificate, package), "credential": credential}


async def entries_of(
    reader: LogReader, organization_id: str, ids: Collection[str], as_of: datetime
) -> list[Entry]:
    """The statements with these ids, and those that void them, in the order of `stored`, as far
    as they were recorded by then."""
    wanted = set(ids)
    for batch in portions(sorted(ids)):
        wanted |= await reader.voidings(organization_id, batch)
    found: list[Entry] = []
    async for document in _documents(reader, organization_id, sorted(wanted)):
        entry = statement_entry(document)
        if milliseconds_of(entry.place) <= as_microseconds(as_of):
            found.append(entry)
    return sorted(found, key=lambda each: each.place)


def milliseconds_of(place: int) -> int:
    """A moment as BSON keeps it, in microseconds."""
    return place // 1000 * 1000


async def lines_of(
    reader: LogReader, organization_id: str, entries: Sequence[Entry]
) -> AsyncIterator[bytes]:
    """Statements as they are stored, one in a line, in the order of the entries."""
    for batch in portions(entries):
        ids = [document_id(organization_id, each.id) for each in batch]
        found = await reader.statements(ids)
        for each in ids:
            if "raw" in found.get(each, {}):
                yield bytes(found[each]["raw"]) + b"\n"


def line(item: Any) -> bytes:
    """One thing as a line of JSON."""
    return msgspec.json.encode(item, order="deterministic") + b"\n"


def portions(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Items, so many at a time."""
    for start in range(0, len(items), PORTION):
        yield items[start : start + PORTION]


async def _documents(
    reader: LogReader, organization_id: str, ids: Sequence[str]
) -> AsyncIterator[Mapping[str, Any]]:
    for batch in portions(ids):
        found = await reader.statements([document_id(organization_id, each) for each in batch])
        for each in found.values():
            if "raw" in each:
                yield each
