"""What differs between two editions of a requirement, in words. Pure."""

from collections.abc import Iterator
from typing import Any

from content.compliance.requirements import Edition

LABELS = {
    "targets": "what counts",
    "due": "when it is due",
    "recurrence": "how often again",
    "grace_days": "days of grace",
    "due_soon_days": "days before the end that count as soon",
    "sign_off": "whose signature is needed",
}


def between(before: Edition, after: Edition) -> list[str]:
    """Each thing that was changed from one edition to the next."""
    return list(_changes(before, after)) or ["Nothing that bears on who is compliant."]


def _changes(before: Edition, after: Edition) -> Iterator[str]:
    if after.archived and not before.archived:
        yield "Taken out of force."
    if before.title != after.title:
        yield f"The title, from “{before.title}” to “{after.title}”."
    for name, label in LABELS.items():
        one, two = getattr(before.terms, name), getattr(after.terms, name)
        if one != two:
            yield _told(label, one, two)
    if before.audience != after.audience:
        yield "Whom it concerns."


def _told(label: str, one: Any, two: Any) -> str:
    said = label[0].upper() + label[1:]
    if isinstance(one, int | str) and isinstance(two, int | str):
        return f"{said}, from {one} to {two}."
    return f"{said}."
