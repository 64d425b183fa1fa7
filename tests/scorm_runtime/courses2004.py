"""SCORM 2004 packages of a few SCOs in a row, and a check that state and statements agree."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from scorm_runtime.manifest.reader import read_manifest
from scorm_runtime.manifest.tree import Manifest
from scorm_runtime.sessions import Attempt

PASSED = (
    ("cmi.interactions.0.id", "exit-sign"),
    ("cmi.interactions.0.type", "choice"),
    ("cmi.interactions.0.correct_responses.0.pattern", "green"),
    ("cmi.interactions.0.learner_response", "green"),
    ("cmi.interactions.0.result", "correct"),
    ("cmi.score.scaled", "0.9"),
    ("cmi.completion_status", "completed"),
    ("cmi.success_status", "passed"),
)
NEXT = (*PASSED, ("cmi.session_time", "PT1M"), ("adl.nav.request", "continue"))
VERDICTS = ("completed", "passed", "failed")


ONCE = "<imsss:limitConditions attemptLimit='1'/>"


def manifest_text(identifiers: Sequence[str], href: str = "sco.html", each_one: str = "") -> str:
    """A course of these SCOs, to be played in their order or chosen from."""
    items = "".join(
        f'<item identifier="{each}" identifierref="r"><title>{each.title()}</title>'
        f"<imsss:sequencing>{each_one}</imsss:sequencing></item>"
        for each in identifiers
    )
    return (
        '<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
        'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
        'xmlns:imsss="http://www.imsglobal.org/xsd/imsss">'
        "<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion>"
        '</metadata><organizations default="o"><organization identifier="o"><title>Exits</title>'
        f'{items}<imsss:sequencing><imsss:controlMode choice="true" flow="true"/>'
        "</imsss:sequencing></organization></organizations><resources>"
        f'<resource identifier="r" type="webcontent" adlcp:scormType="sco" href="{href}">'
        f'<file href="{href}"/></resource></resources></manifest>'
    )


def manifest2004(*identifiers: str, each_one: str = "") -> Manifest:
    """The same, read."""
    document = manifest_text(identifiers, each_one=each_one).encode()
    reading = read_manifest(document, "imsmanifest.xml", ["sco.html"])
    assert reading.manifest is not None, reading.findings
    return reading.manifest


def disagreements(attempt: Attempt, statements: Sequence[dict[str, Any]]) -> list[str]:
    """Where an attempt that counts and the statements of it say different things."""
    lesson = attempt.launch.activity_id
    said = Counter((one["verb"]["display"]["en"], one["object"]["id"]) for one in statements)
    expected: Counter[tuple[str, str]] = Counter()
    for item in attempt.items:
        about = f"{lesson}/{item.identifier}"
        expected["completed", about] = item.completion == "completed"
        expected["passed", about] = item.success == "passed"
        expected["failed", about] = item.success == "failed"
    expected["completed", lesson] = attempt.lesson.completed
    expected["passed", lesson] = attempt.lesson.success is True
    expected["failed", lesson] = attempt.lesson.success is False
    verdicts = {key for key in (*said, *expected) if key[0] in VERDICTS}
    return [
        f"{verb} {about}: {said[verb, about]} statements, {int(expected[verb, about])} expected"
        for verb, about in sorted(verdicts)
        if said[verb, about] != expected[verb, about]
    ]
