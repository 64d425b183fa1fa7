"""What requirements look like over REST: targets, audiences, due dates, recurrence."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.rest.bodies import Body, Draft
from api.rest.documents import Attributes, Resource
from content.compliance.audiences import Audience, Rule
from content.compliance.reminding import MOST_STEPS, Reminding
from content.compliance.requirements import Edition, Requirement
from content.compliance.terms import COURSE, Due, Recurrence, Target

MOST_PEOPLE_BY_NAME = 10_000
MOST_VALUES = 500
RuleKind = Literal["everyone", "role", "department", "location", "group", "hired", "people"]


class TargetBody(Body):
    """What is to be completed: a course, path or package by its id, an activity by its IRI."""

    kind: Literal["course", "path", "package", "activity"]
    id: str = Field(max_length=2048)


class DueBody(Body):
    """At the moment `at`; or at the end of the day that comes `days` after assignment or hire."""

    at: datetime | None = None
    days: int | None = None
    after: Literal["assignment", "hire"] = "assignment"


class RecurrenceBody(Body):
    """Again `every` so many units after a completion, or each year on `month` and `day`. Within
    `window_days` before the end a completion keeps the rhythm.
    """

    every: int | None = None
    unit: Literal["days", "months", "years"] = "years"
    month: int | None = None
    day: int | None = None
    window_days: int | None = None


class RuleBody(Body):
    """Whom: everyone; who has one of the `values` as role, department, location or group; who was
    hired from one day until another, or at least `hired_days` days ago; the people of `user_ids`.
    """

    kind: RuleKind = "everyone"
    values: tuple[str, ...] = Field(default=(), max_length=MOST_VALUES)
    user_ids: tuple[str, ...] = Field(default=(), max_length=MOST_PEOPLE_BY_NAME)
    hired_from: date | None = None
    hired_until: date | None = None
    hired_days: int | None = None

    def rule(self) -> Rule:
        """The same as content knows it."""
        return Rule(**_rule_fields(self))


class AudienceBody(Body):
    """A rule; or of kind all or any, whom all or any of the rules `of` hold of. Whom a rule of
    `excluding` holds of is not in it. `role` is short for one value of the kind role.
    """

    kind: Literal[RuleKind, "all", "any"] = "everyone"
    values: tuple[str, ...] = Field(default=(), max_length=MOST_VALUES)
    role: str | None = None
    user_ids: tuple[str, ...] = Field(default=(), max_length=MOST_PEOPLE_BY_NAME)
    hired_from: date | None = None
    hired_until: date | None = None
    hired_days: int | None = None
    of: tuple[RuleBody, ...] = ()
    excluding: tuple[RuleBody, ...] = ()

    def audience(self) -> Audience:
        """The same as content knows it."""
        fields = _rule_fields(self)
        if self.role is not None and not self.values:
            fields["values"] = (self.role,)
        of, excluding = ([each.rule() for each in some] for some in (self.of, self.excluding))
        return Audience(**fields, of=tuple(of), excluding=tuple(excluding))


class RemindingBody(Body):
    """How many days before and after the end the person is reminded; after how many more
    `escalate_to` (instructor, officers, supervisor) are told of the overdue (null: never).
    """

    before_days: tuple[int, ...] = Field(default=(30, 7, 1), max_length=MOST_STEPS)
    overdue_days: tuple[int, ...] = Field(default=(1, 7), max_length=MOST_STEPS)
    escalate_days: int | None = 7
    escalate_to: tuple[Literal["instructor", "officers", "supervisor"], ...] = (
        "instructor",
        "officers",
    )

    def reminding(self) -> Reminding:
        """The same as content knows it."""
        return Reminding(**self.model_dump())


class TermsAttributes(Attributes):
    """What an edition asks for."""

    title: str
    targets: tuple[TargetBody, ...]
    audience: AudienceBody
    due: DueBody
    recurrence: RecurrenceBody | None
    grace_days: int
    due_soon_days: int
    sign_off: str


class RequirementAttributes(TermsAttributes):
    """Any one of the targets, of an audience, by a date; `edition` is the number of the one in
    force, and `due_at` its date where it is the same for all.
    """

    type_name = "requirement"
    relationship_types = {"course": "course"}

    description: str
    due_at: datetime | None
    edition: int
    reminding: RemindingBody
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class EditionAttributes(TermsAttributes):
    """What was asked from `in_force_from` until the next edition; `archived`: nothing any more."""

    type_name = "requirement_edition"
    relationship_types = {"requirement": "requirement", "changed_by": "user"}

    number: int
    in_force_from: datetime
    archived: bool


class NewRequirement(Draft):
    """A new requirement: for everyone and without a date unless said otherwise. Any one of the
    targets is enough; `course_id` is short for one course, `due_at` for `due` with `at`.
    """

    title: str
    targets: tuple[TargetBody, ...] = ()
    course_id: str | None = Field(None, max_length=100)
    audience: AudienceBody = AudienceBody()
    description: str = ""
    due: DueBody = DueBody()
    due_at: datetime | None = None
    recurrence: RecurrenceBody | None = None
    grace_days: int = 0
    due_soon_days: int = 14
    sign_off: Literal["none", "person", "supervisor"] = "none"
    reminding: RemindingBody = RemindingBody()


class ChangedRequirement(Draft):
    """What may be changed; what is not given stays."""

    title: str = ""
    targets: tuple[TargetBody, ...] = ()
    audience: AudienceBody = AudienceBody()
    description: str = ""
    due: DueBody = DueBody()
    due_at: datetime | None = None
    recurrence: RecurrenceBody | None = None
    grace_days: int = 0
    due_soon_days: int = 14
    sign_off: Literal["none", "person", "supervisor"] = "none"
    reminding: RemindingBody = RemindingBody()


def fields_of(body: NewRequirement | ChangedRequirement) -> dict[str, Any]:
    """What a body says, as drafts and changes take it."""
    said = {name: getattr(body, name) for name in body.model_fields_set}
    course_id, due_at = said.pop("course_id", None), said.pop("due_at", None)
    if "audience" in said:
        said["audience"] = body.audience.audience()
    if "reminding" in said:
        said["reminding"] = body.reminding.reminding()
    if "targets" in said:
        said["targets"] = tuple(Target(kind=each.kind, id=each.id) for each in body.targets)
    elif course_id is not None:
        said["targets"] = (Target(kind=COURSE, id=course_id),)
    if "due" in said:
        said["due"] = Due(**body.due.model_dump())
    elif "due_at" in body.model_fields_set:
        said["due"] = Due(at=due_at)
    if body.recurrence is not None:
        said["recurrence"] = Recurrence(**body.recurrence.model_dump())
    return said


def requirement_resource(requirement: Requirement) -> Resource[RequirementAttributes]:
    """The requirement as a resource."""
    attributes = RequirementAttributes(
        **_asked(requirement.edition),
        description=requirement.description,
        due_at=requirement.due_at,
        edition=requirement.edition.number,
        reminding=RemindingBody.model_validate(requirement.reminding, from_attributes=True),
        archived_at=requirement.archived_at,
        created_at=requirement.created_at,
        updated_at=requirement.updated_at,
    )
    related = {"course": requirement.course_id}
    return Resource(requirement.id, attributes, related, requirement.version)


def edition_resource(requirement: Requirement, edition: Edition) -> Resource[EditionAttributes]:
    """One edition of a requirement as a resource."""
    attributes = EditionAttributes(
        **_asked(edition),
        number=edition.number,
        in_force_from=edition.in_force_from,
        archived=edition.archived,
    )
    related = {"requirement": requirement.id, "changed_by": edition.changed_by}
    return Resource(f"{requirement.id}.{edition.number}", attributes, related)


def _asked(edition: Edition) -> dict[str, Any]:
    asked = edition.terms
    return {
        "title": edition.title,
        "targets": tuple(TargetBody(kind=each.kind, id=each.id) for each in asked.targets),  # type: ignore[arg-type]
        "audience": _audience(edition.audience),
        "due": DueBody.model_validate(asked.due, from_attributes=True),
        "recurrence": asked.recurrence
        and RecurrenceBody.model_validate(asked.recurrence, from_attributes=True),
        "grace_days": asked.grace_days,
        "due_soon_days": asked.due_soon_days,
        "sign_off": asked.sign_off,
    }


def _audience(audience: Audience) -> AudienceBody:
    """Not checked again: it may name more than a request may."""
    several: dict[str, Any] = {
        name: tuple(RuleBody.model_construct(**_shown(each)) for each in getattr(audience, name))
        for name in ("of", "excluding")
    }
    role = audience.values[0] if audience.kind == "role" and len(audience.values) == 1 else None
    return AudienceBody.model_construct(**_shown(audience), role=role, **several)


def _shown(rule: Rule) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "values": rule.values,
        "user_ids": rule.person_ids,
        "hired_from": rule.hired_from,
        "hired_until": rule.hired_until,
        "hired_days": rule.hired_days,
    }


def _rule_fields(body: RuleBody | AudienceBody) -> dict[str, Any]:
    return {
        "kind": body.kind,
        "values": body.values,
        "person_ids": body.user_ids,
        "hired_from": body.hired_from,
        "hired_until": body.hired_until,
        "hired_days": body.hired_days,
    }
