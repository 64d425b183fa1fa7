"""How pages put values: statuses as badges, moments and numbers as people write them."""

import re
from dataclasses import dataclass
from datetime import datetime

TONES = {
    "good": (
        "achieved",
        "compliant",
        "completed",
        "graded",
        "met",
        "passed",
        "published",
        "valid",
        "waived",
    ),
    "busy": (
        "active",
        "enrolled",
        "in_progress",
        "in_review",
        "open",
        "pending",
        "running",
        "submitted",
    ),
    "warn": ("due_soon", "expiring", "late", "locked", "returned", "warning"),
    "late": ("error", "expired", "failed", "overdue", "rejected", "revoked"),
}
SIGNS = {"good": "✓", "busy": "◐", "warn": "△", "late": "!", "wait": "○"}
GROUPS = ("content", "settings")
"""Parts of a place that readers of a form do not know of."""
PREDICATE = re.compile(
    r"(answers|are|belongs|can|cannot|does|goes|has|is|lies|makes|may|must|names|needs|uses|was|were)"
    r"\b"
)
"""How findings about a field begin, which name no subject."""
_TONE_OF = {status: tone for tone, statuses in TONES.items() for status in statuses}


@dataclass(frozen=True, slots=True)
class Badge:
    """A status and its label. Its tone is one of SIGNS, whose sign says without colour what the
    colour says; a status that TONES does not name waits.
    """

    status: str
    label: str

    @property
    def tone(self) -> str:
        """The colour, and the sign."""
        return _TONE_OF.get(self.status, "wait")

    @property
    def sign(self) -> str:
        """The sign before the label."""
        return SIGNS[self.tone]


def badge(status: str, count: int | None = None) -> Badge:
    """The badge of a status, with how many have it where that is told."""
    label = status.replace("_", " ").capitalize()
    return Badge(status, label if count is None else f"{label} {count}")


def number(value: float | None) -> str:
    """A number without needless digits; empty for none."""
    return "" if value is None else f"{value:g}"


def percent(value: float) -> str:
    """0 to 100 in whole percent; 100 only when nothing is missing."""
    return str(int(value))


def day(moment: datetime | None) -> str:
    """A day in UTC, such as 21 November 2026; empty for none."""
    return "" if moment is None else f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime) -> str:
    """A moment in UTC to the minute."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def second(moment: datetime) -> str:
    """A moment in UTC to the second."""
    return f"{day(moment)}, {moment:%H:%M:%S} UTC"


def length(seconds: float) -> str:
    """A length of time to the minute, under a minute to the second; empty for none."""
    if seconds <= 0:
        return ""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago a moment was; past a week, and in the future, the moment itself."""
    seconds = (now - moment).total_seconds()
    if not -5 < seconds < 7 * 86_400:
        return minute(moment)
    if seconds < 5:
        return "just now"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def spoken(place: str) -> str:
    """A field's place in words: `questions/0/passing_score` is Questions 1, passing score."""
    words: list[str] = []
    for step in place.split("/"):
        if step in GROUPS:
            continue
        if step.isdecimal() and words:
            words[-1] += f" {int(step) + 1}"
        else:
            words.append(step.replace("_", " "))
    return capitalized(", ".join(words))


def sentence(finding: str) -> str:
    """A finding as people read it: REST says `must be…` of the field that it names.

    A file's name or an id at its beginning stays as it is written.
    """
    said = f"It {finding}" if PREDICATE.match(finding) else finding
    if said.partition(" ")[0].rstrip(":,").isalpha():
        said = capitalized(said)
    return said if said.endswith((".", "!", "?")) else f"{said}."


def capitalized(text: str) -> str:
    """The text with a capital at its beginning, and all else as it is."""
    return text[:1].upper() + text[1:]
