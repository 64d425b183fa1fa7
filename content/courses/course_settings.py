"""The settings of a course: who may come in, how it is passed, and what comes with it."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from content.findings import MOST, Finding


class CourseSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a course is run.

    With `self_enrollment` people enrol themselves, at most `max_enrollments` (None: any number).
    `passing_score` is in percent: who completes the course below it has not passed. `max_attempts`
    holds for its lessons and quizzes without a limit of their own. With `drip_content` a lesson
    opens when the ones before it are completed.
    """

    self_enrollment: bool = False
    certificate_enabled: bool = False
    certificate_template_id: str | None = None
    passing_score: float | None = None
    max_attempts: int | None = None
    drip_content: bool = False
    max_enrollments: int | None = None
    discussion_enabled: bool = True


class SettingsChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings that are to be others; what is not given stays."""

    self_enrollment: bool | UnsetType = UNSET
    certificate_enabled: bool | UnsetType = UNSET
    certificate_template_id: str | UnsetType | None = UNSET
    passing_score: float | UnsetType | None = UNSET
    max_attempts: int | UnsetType | None = UNSET
    drip_content: bool | UnsetType = UNSET
    max_enrollments: int | UnsetType | None = UNSET
    discussion_enabled: bool | UnsetType = UNSET


ROLLED_UP_BY = ("passing_score", "max_attempts")
"""The settings that progress is computed with."""


def changed(changes: SettingsChanges) -> dict[str, Any]:
    """The fields of a course document that the changes set."""
    given = structs.asdict(changes)
    return {f"settings.{name}": value for name, value in given.items() if value is not UNSET}


def broken(settings: CourseSettings | SettingsChanges) -> list[Finding]:
    """What is wrong with settings."""
    found = []
    score = settings.passing_score
    if isinstance(score, float | int) and not 0 <= score <= 100:
        found.append(Finding(where="settings/passing_score", detail="must be 0 to 100"))
    for name in ("max_attempts", "max_enrollments"):
        limit = getattr(settings, name)
        if isinstance(limit, int) and not 1 <= limit <= MOST:
            found.append(Finding(where=f"settings/{name}", detail=f"must be from 1 to {MOST}"))
    return found
