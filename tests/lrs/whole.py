"""A statement with every property that the specification knows, and ways to change it."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.lrs.conftest import Statement, a_statement

DROP = object()
Path = tuple[Any, ...]

UUID = "01234567-89ab-4def-8123-456789abcdef"
ADA = {"objectType": "Agent", "mbox": "mailto:ada@example.com"}
TEAM = {"objectType": "Group", "member": [ADA]}
WHOLE: Statement = a_statement(
    id=UUID,
    actor={**TEAM, "name": "Team", "account": {"homePage": "http://a.b", "name": "7"}},
    verb={"id": "http://a.b/v", "display": {"en-US": "tried", "zh-Hant-TW": "試"}},
    object={
        "objectType": "Activity",
        "id": "http://a.b/1",
        "definition": {
            "name": {"en": "One"},
            "type": "http://a.b/t",
            "moreInfo": "http://a.b/more",
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}],
            "extensions": {"http://a.b/x": None},
        },
    },
    result={
        "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
        "success": True,
        "completion": False,
        "response": "a",
        "duration": "P1DT2H3M4.5S",
        "extensions": {"http://a.b/x": {"y": [None]}},
    },
    context={
        "registration": UUID,
        "instructor": ADA,
        "team": TEAM,
        "contextActivities": {"parent": {"id": "http://a.b/p"}, "other": [{"id": "http://a.b/o"}]},
        "revision": "1",
        "platform": "LMS",
        "language": "en-US",
        "statement": {"objectType": "StatementRef", "id": UUID},
        "extensions": {"http://a.b/x": ""},
    },
    timestamp="2026-11-21T10:00:00.123+01:00",
    stored="2026-11-21T10:00:00Z",
    authority=ADA,
    version="1.0.3",
    attachments=[
        {
            "usageType": "http://a.b/u",
            "display": {"en": "File"},
            "contentType": "text/plain; charset=utf-8",
            "length": 3,
            "sha2": "a" * 64,
            "fileUrl": "http://a.b/f",
        }
    ],
)


def changed(path: str, value: Any, statement: Statement = WHOLE) -> Statement:
    """Return the statement with another value at a path such as "actor/member/0"."""
    steps = [int(step) if step.isdigit() else step for step in path.split("/")]
    new: Statement = replaced(statement, steps, value)
    return new


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of everything inside a value."""
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else ()
    for name, child in enumerate(value) if isinstance(value, list) else children:
        yield from paths(child, (*path, name))


def replaced(value: Any, path: Sequence[Any], new: Any) -> Any:
    """Return the value with something new at a path, which may be there or not; or DROP it."""
    if not path:
        return new
    step, *rest = path
    if isinstance(value, list):
        if not isinstance(step, int):
            return value
        return [replaced(each, rest, new) if at == step else each for at, each in enumerate(value)]
    if new is DROP and not rest:
        return {name: child for name, child in value.items() if name != step}
    return {**value, step: replaced(value.get(step), rest, new)}
