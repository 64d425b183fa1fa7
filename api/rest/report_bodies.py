"""What reports are asked by and shown as."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import convert
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.rest.bodies import Body, Draft
from api.rest.documents import Attributes
from content.reports.calendar import Timing
from content.reports.definitions import ReportDefinition

Name = Annotated[str, Field(max_length=100)]
Format = Literal["csv", "xlsx", "pdf"]


EXAMPLE: JsonDict = {
    "entity": "enrollments",
    "columns": ["person", "course", "progress"],
    "filters": [{"field": "progress", "operator": "less", "value": 50}],
    "sort": ["-progress"],
}


class FilterBody(Body):
    """What must hold of a row; `value` is a list for one_of and between."""

    model_config = ConfigDict(from_attributes=True)

    field: Name = Field(examples=["progress"])
    operator: Name = Field(examples=["less"])
    value: Any = Field(None, examples=[50])


class GroupBody(Body):
    """Rows with the same value are one; dates by day, week, month or year."""

    model_config = ConfigDict(from_attributes=True)

    field: Name = Field(examples=["course"])
    by: Name | None = None


class AggregateBody(Body):
    """`count`, or sum, avg, min, max, share or count_distinct of a field."""

    model_config = ConfigDict(from_attributes=True)

    function: Name = Field(examples=["count"])
    field: Name | None = None


class DefinitionBody(Body):
    """A question: the columns of an entity's rows, or groups of them, that all filters let
    through; `sort` names columns, `-` before one for descending."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [EXAMPLE]})

    entity: Name = Field(examples=["enrollments"])
    columns: tuple[Name, ...] = Field(default=(), max_length=100)
    filters: tuple[FilterBody, ...] = Field(default=(), max_length=100)
    group: tuple[GroupBody, ...] = Field(default=(), max_length=100)
    aggregates: tuple[AggregateBody, ...] = Field(default=(), max_length=100)
    sort: tuple[Name, ...] = Field(default=(), max_length=100)
    limit: int | None = None

    def definition(self) -> ReportDefinition:
        """The same as content knows it."""
        return convert(self.model_dump(), ReportDefinition)


class RunBody(Body):
    """Which report, and which of its rows."""

    definition: DefinitionBody
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(100, ge=1, le=1000)


class ExportBody(Body):
    """Which report as a file: csv, xlsx or pdf (its first 2,000 rows)."""

    definition: DefinitionBody
    format: Format = "csv"
    title: str = Field("Report", min_length=1, max_length=200)


class ColumnShown(BaseModel):
    """A column: its type is text, number, date, boolean or choice."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    label: str
    kind: str


class AnswerAttributes(Attributes):
    """Some rows of a report, each a list of values in the order of the columns; `more` says that
    there are others after them."""

    type_name = "report_answer"

    columns: list[ColumnShown]
    rows: list[list[Any]]
    more: bool
    page: int
    per_page: int


class FieldShown(ColumnShown):
    """A field: how it can be compared, and what can be computed of it for a group."""

    operators: list[str]
    aggregates: list[str]
    choices: list[str]


class EntityAttributes(Attributes):
    """Something that reports can be made of; `columns` are shown where none are named.

    `permission` is needed to see it, `roles` have it. Who sees their own courses only is shown
    rows `by_course`; an entity that is not is for those with analytics.read.all.
    """

    type_name = "report_entity"

    label: str
    fields: list[FieldShown]
    columns: list[str]
    permission: str
    roles: list[str]
    by_course: bool


class ReportAttributes(Attributes):
    """A saved report; one that is shared shows everybody what they may see themselves."""

    type_name = "report"
    relationship_types = {"owner": "user"}

    name: str
    description: str
    definition: DefinitionBody
    shared: bool
    created_at: datetime
    updated_at: datetime


class NewReport(Draft):
    """A report to be saved."""

    name: str
    description: str = ""
    definition: DefinitionBody
    shared: bool = False


class ChangedReport(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    description: str = ""
    definition: DefinitionBody = DefinitionBody(entity="enrollments")
    shared: bool = False


class TimingBody(Body):
    """At an hour and minute in a time zone: every day, every week on a weekday, every month on a
    day (the last of a month that is shorter)."""

    model_config = ConfigDict(from_attributes=True)

    every: Literal["day", "week", "month"] = "week"
    hour: int = 6
    minute: int = 0
    weekday: str = Field(default="monday", examples=["friday"])
    day: int = Field(default=1, examples=[1])
    time_zone: str = Field(default="UTC", examples=["Europe/Berlin"])

    def timing(self) -> Timing:
        """The same as content knows it."""
        return Timing(**self.model_dump())


class ScheduleAttributes(Attributes):
    """When a report is sent: `next_run_at` is null while it is paused."""

    type_name = "report_schedule"
    relationship_types = {"report": "report", "last_job": "job"}

    timing: TimingBody
    format: Format
    delivery: Literal["attachment", "link"]
    recipient_ids: tuple[str, ...]
    paused: bool
    next_run_at: datetime | None
    last_run_at: datetime | None
    created_at: datetime
    updated_at: datetime


class NewSchedule(Draft):
    """When a report is to be sent, to whom (nobody named: its owner) and how."""

    timing: TimingBody = TimingBody()
    format: Format = "csv"
    delivery: Literal["attachment", "link"] = "attachment"
    recipient_ids: tuple[Name, ...] = Field(default=(), max_length=100, examples=[[]])
    paused: bool = False


class ChangedSchedule(NewSchedule):
    """What may be changed; what is not given stays."""


class AlertAttributes(Attributes):
    """A figure that is watched each hour: an aggregate of the report's rows. It is told of when it
    is raised, and again only once it has been settled by `margin`."""

    type_name = "report_alert"
    relationship_types = {"report": "report"}

    name: str
    aggregate: AggregateBody
    operator: Literal["more", "less"]
    threshold: float
    margin: float
    paused: bool
    raised: bool
    raised_at: datetime | None
    value: float | None
    looked_at: datetime | None
    trouble: str
    created_at: datetime
    updated_at: datetime


class NewAlert(Draft):
    """A figure to be watched."""

    name: str = Field(examples=["Many are behind"])
    aggregate: AggregateBody = AggregateBody(function="count")
    operator: Literal["more", "less"] = "more"
    threshold: float = Field(allow_inf_nan=False, examples=[10])
    margin: float = Field(0.0, allow_inf_nan=False)
    paused: bool = False


class ChangedAlert(NewAlert):
    """What may be changed; what is not given stays."""

    name: str = ""
    threshold: float = Field(0.0, allow_inf_nan=False)
