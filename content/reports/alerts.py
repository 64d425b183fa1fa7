"""Alerts: a figure of a report that crosses a line is told of once, until it has come back.

The figure is an aggregate of all rows of the report's entity and filters. An alert that was
raised is settled when the figure lies on the other side of the threshold by `margin` or more; a
figure that goes up and down at the threshold is told of once.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from msgspec import UNSET, Struct, UnsetType, structs

from content import findings
from content.documents import given
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.reports.definitions import Aggregate, ReportDefinition, Scope
from content.reports.entities import ENTITIES
from content.reports.fields import AGGREGATES, Entity
from content.reports.ownership import Repeated, insert
from content.reports.reports import Report
from content.reports.soundness import broken
from content.store import Store
from content.telling import events
from content.telling.events import Event

EVERY: Final = timedelta(hours=1)


class ReportAlert(Repeated, frozen=True, kw_only=True):
    """A condition on a figure: `more` or `less` than `threshold`. `raised` since `raised_at`;
    `value` is the figure as it was `looked_at`. `trouble` is why it could not be computed then.
    """

    kind: ClassVar[str] = "report_alert"
    sortable: ClassVar[tuple[str, ...]] = ("created_at",)

    name: str
    aggregate: Aggregate
    operator: Literal["more", "less"]
    threshold: float
    margin: float = 0.0
    paused: bool = False
    raised: bool = False
    raised_at: datetime | None = None
    value: float | None = None
    looked_at: datetime | None = None
    trouble: str = ""
    due_at: datetime | None = None


class AlertDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for an alert."""

    name: str
    aggregate: Aggregate
    operator: Literal["more", "less"]
    threshold: float
    margin: float = 0.0
    paused: bool = False


class AlertChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    aggregate: Aggregate | UnsetType = UNSET
    operator: Literal["more", "less"] | UnsetType = UNSET
    threshold: float | UnsetType = UNSET
    margin: float | UnsetType = UNSET
    paused: bool | UnsetType = UNSET


def is_raised(alert: ReportAlert, value: float | None) -> bool:
    """Whether an alert is raised once its figure is this; without a figure it stays as it is."""
    if value is None:
        return alert.raised
    sign = 1 if alert.operator == "more" else -1
    beyond = sign * (value - alert.threshold)
    return beyond > -alert.margin if alert.raised and alert.margin else beyond > 0


def figures(entity: Entity) -> tuple[Aggregate, ...]:
    """What can be watched of an entity: the aggregates that are numbers."""
    known = [
        Aggregate(function=function, field=each.name)
        for each in entity.fields
        for function in AGGREGATES[each.kind]
        if each.kind != "date"
    ]
    return (Aggregate(function="count"), *known)


def figure_of(alert: ReportAlert, definition: ReportDefinition) -> ReportDefinition:
    """The report whose one row is the alert's figure."""
    return structs.replace(
        definition, columns=(), group=(), aggregates=(alert.aggregate,), sort=(), limit=None
    )


async def create(store: Store, report: Report, draft: AlertDraft, scope: Scope) -> ReportAlert:
    """Watch a figure of a report, from now on. Raises RuleBroken."""
    moment = now()
    alert = ReportAlert(
        id=new_id("report_alert"),
        organization_id=report.organization_id,
        created_at=moment,
        updated_at=moment,
        report_id=report.id,
        owner_id=report.owner_id,
        due_at=None if draft.paused else moment,
        **structs.asdict(draft),
    )
    _check(alert, report.definition, scope)
    return await insert(store, alert, report)


async def update(
    store: Store,
    alert: ReportAlert,
    report: Report,
    changes: AlertChanges,
    scope: Scope,
    expected_version: int | None = None,
) -> ReportAlert:
    """Change an alert; what was raised is judged anew. Raises RuleBroken, NotFound,
    VersionMismatch.
    """
    wanted = {name: each for name, each in structs.asdict(changes).items() if each is not UNSET}
    changed = structs.replace(alert, **wanted)
    _check(changed, report.definition, scope)
    fields = {
        **given(changes),
        "raised": False,
        "raised_at": None,
        "due_at": None if changed.paused else now(),
    }
    return await store.of(ReportAlert).change(
        alert.organization_id, alert.id, fields, expected_version
    )


async def remove(store: Store, alert: ReportAlert, expected_version: int | None = None) -> None:
    """Delete an alert. Raises NotFound, VersionMismatch."""
    await store.of(ReportAlert).remove(alert.organization_id, alert.id, expected_version)


async def due(store: Store, moment: datetime) -> list[ReportAlert]:
    """The alerts that are to be looked at by a moment, of all organizations."""
    documents = store.of(ReportAlert)
    found = documents.collection.find({"due_at": {"$lte": moment}}, sort=[("due_at", 1)])
    return [documents.decode(each) async for each in found.limit(1000)]


async def note(
    store: Store, alert: ReportAlert, value: float | None, moment: datetime, trouble: str = ""
) -> bool:
    """Keep what an alert's figure was, and tell its owner where it has crossed the line.

    Where another server has looked at the same time, or after a crash, the owner is told once:
    the event's id is made of the look that was due. Return whether it was told here.
    """
    raised = is_raised(alert, value)
    tells = raised and not alert.raised
    if tells:
        await events.emit(store, [_event(alert, value, moment)])
    fields = {
        "value": value,
        "looked_at": moment,
        "trouble": trouble,
        "raised": raised,
        "raised_at": (moment if tells else alert.raised_at) if raised else None,
        "due_at": moment + EVERY,
    }
    await store.of(ReportAlert).collection.update_one(
        {
            "organization_id": alert.organization_id,
            "_id": alert.id,
            "due_at": alert.due_at,
            "version": alert.version,
        },
        {"$set": fields},
    )
    return tells


def _event(alert: ReportAlert, value: float | None, moment: datetime) -> Event:
    data = {
        "report_id": alert.report_id,
        "alert_id": alert.id,
        "user_id": alert.owner_id,
        "title": alert.name,
        "operator": alert.operator,
        "threshold": alert.threshold,
        "value": value,
    }
    told = f"{alert.id}/{(alert.due_at or moment).isoformat()}"
    return events.event(alert.organization_id, "report.alert", told, moment, data)


def _check(alert: ReportAlert, definition: ReportDefinition, scope: Scope) -> None:
    found = findings.title("name", alert.name) + findings.not_negative("margin", alert.margin)
    wrong = broken(figure_of(alert, definition), scope)
    found += [
        Finding(where=each.where.replace("aggregates/0", "aggregate"), detail=each.detail)
        for each in wrong
    ]
    if not wrong and alert.aggregate not in figures(ENTITIES[definition.entity]):
        found.append(Finding(where="aggregate/field", detail="must be a field of numbers"))
    if found:
        raise RuleBroken(found)
