"""Saved reports: a definition under a name, its owner's, shown to others where it is shared.

A shared report has no rows of its own: whoever runs it sees what they may see.
"""

from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType, structs

from content import findings
from content.documents import Page, Paging, given
from content.errors import NotFound, RuleBroken
from content.identity import new_id, now
from content.reports.definitions import ReportDefinition, Scope
from content.reports.ownership import Owned
from content.reports.running import wrong
from content.store import COLLECTIONS, Store


class Report(Owned, frozen=True, kw_only=True):
    """A saved report."""

    kind: ClassVar[str] = "report"
    sortable: ClassVar[tuple[str, ...]] = ("name", "created_at", "updated_at")

    name: str
    description: str = ""
    definition: ReportDefinition
    shared: bool = False


class ReportDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to save a report."""

    name: str
    description: str = ""
    definition: ReportDefinition
    shared: bool = False


class ReportChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    definition: ReportDefinition | UnsetType = UNSET
    shared: bool | UnsetType = UNSET


async def create(
    store: Store, organization_id: str, draft: ReportDraft, owner_id: str, scope: Scope
) -> Report:
    """Save a report. Raises RuleBroken."""
    _check(draft, scope)
    moment = now()
    report = Report(
        id=new_id("report"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        owner_id=owner_id,
        **structs.asdict(draft),
    )
    return await store.of(Report).insert(report)


async def get(store: Store, organization_id: str, report_id: str, person_id: str) -> Report:
    """A report that a person may see: their own, or one that is shared. Raises NotFound."""
    report = await store.of(Report).get(organization_id, report_id)
    if report.owner_id != person_id and not report.shared:
        raise NotFound("report", report_id)
    return report


async def find(store: Store, organization_id: str, person_id: str, paging: Paging) -> Page[Report]:
    """One page of the reports that a person may see. Raises RuleBroken for a wrong page."""
    query = {"$or": [{"owner_id": person_id}, {"shared": True}]}
    return await store.of(Report).page(organization_id, query, paging)


async def update(
    store: Store,
    report: Report,
    changes: ReportChanges,
    scope: Scope,
    expected_version: int | None = None,
) -> Report:
    """Change a report. Raises RuleBroken, NotFound, VersionMismatch."""
    _check(changes, scope)
    return await store.of(Report).change(
        report.organization_id, report.id, given(changes), expected_version
    )


async def remove(store: Store, report: Report, expected_version: int | None = None) -> None:
    """Delete a report with its schedules and alerts. Raises NotFound, VersionMismatch."""
    await store.of(Report).remove(report.organization_id, report.id, expected_version)
    belonging = {"organization_id": report.organization_id, "report_id": report.id}
    for kind in ("report_schedule", "report_alert"):
        await store.database[COLLECTIONS[kind]].delete_many(belonging)


def _check(report: ReportDraft | ReportChanges, scope: Scope) -> None:
    found = findings.title("name", report.name) + findings.text("description", report.description)
    if isinstance(report.definition, ReportDefinition):
        found += wrong(report.definition, scope)
    if found:
        raise RuleBroken(found)
