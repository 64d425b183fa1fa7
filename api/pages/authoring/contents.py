"""The content of a lesson as a form writes it: texts, of which some are numbers or ticks."""

from collections.abc import Mapping
from typing import Any, get_args

from msgspec import structs

from content.findings import Finding
from content.lessons.lesson_content import KINDS

Content = dict[str, Any]


def read(content_type: str, told: Mapping[str, Any] | None) -> tuple[Content | None, list[Finding]]:
    """The content as REST takes it, or what could not be read; what is empty is left out."""
    if told is None:
        return None, []
    kinds = {each.name: each.type for each in structs.fields(KINDS[content_type])}
    content: Content = {}
    wrong: list[Finding] = []
    for name, text in told.items():
        if text == "" and name != "html":
            continue
        try:
            content[name] = _typed(kinds.get(name, str), text)
        except ValueError:
            wrong.append(Finding(where=f"content/{name}", detail="must be a number"))
    return (None, wrong) if wrong else (content or None, [])


def _typed(kind: Any, text: Any) -> Any:
    kinds = get_args(kind) or (kind,)
    if bool in kinds:
        return text == "true"
    if str in kinds:
        return text
    return float(text) if float in kinds else int(text)
