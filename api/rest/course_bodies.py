"""What is sent about courses: bodies and queries."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.rest.bodies import Body, Draft, PageQuery, Query

Id = Field(None, max_length=100)


class SettingsBody(BaseModel):
    """How the course is run. Scores are in percent; null is no limit, or none asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    self_enrollment: bool = False
    certificate_enabled: bool = False
    certificate_template_id: str | None = Id
    passing_score: float | None = None
    max_attempts: int | None = None
    drip_content: bool = False
    max_enrollments: int | None = None
    discussion_enabled: bool = True


class NewCourse(Draft):
    """A new course, a draft unless said otherwise; its slug is made of the title."""

    title: str
    description: str = ""
    status: str = "draft"
    slug: str | None = Field(None, max_length=80)
    category_id: str | None = Id
    instructor_id: str | None = Id
    thumbnail_url: str | None = None
    external_id: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    settings: SettingsBody = SettingsBody()
    prerequisites: tuple[str, ...] = Field((), max_length=100)


class ChangedCourse(Draft):
    """What may be changed; what is not given stays, of the settings as well."""

    title: str = ""
    description: str = ""
    status: str = ""
    slug: str = Field("", max_length=80)
    category_id: str | None = Id
    instructor_id: str | None = Id
    thumbnail_url: str | None = None
    external_id: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    settings: SettingsBody = SettingsBody()
    prerequisites: tuple[str, ...] = Field((), max_length=100)


class PublishBody(Body):
    """What the course is to be."""

    status: Literal["published", "draft", "archived"] = "published"


class DuplicateBody(Body):
    """What the copy is to be called; else as the course, with (copy)."""

    title: str | None = None


class CourseQuery(PageQuery):
    """Which courses: without a status, all but the archived ones.

    `category` stands for those below it too; each word of `search` begins a word of the title,
    the description, a tag or the external id.
    """

    status: str | None = None
    category: str | None = None
    instructor_id: str | None = None
    search: str | None = Field(None, max_length=200)
    tag: str | None = None
    language: str | None = None
    slug: str | None = None
    sort: str | None = None


class ShownQuery(Query):
    """What comes with the course: modules, lessons, instructor, category, by commas."""

    include: str | None = None
