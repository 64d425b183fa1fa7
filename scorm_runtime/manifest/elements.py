"""XML elements by their local names: packages in the field mix the editions' namespaces."""

from collections.abc import Callable
from typing import Any

from lxml import etree

from scorm_runtime.manifest.findings import Place
from scorm_runtime.sequencing.elements import child as child
from scorm_runtime.sequencing.elements import children as children
from scorm_runtime.sequencing.elements import local_name as local_name

Element = etree._Element
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def text(element: Element | None, name: str) -> str | None:
    """The text of a child element on one line, None without any."""
    found = child(element, name)
    whole = "" if found is None else "".join(str(part) for part in found.itertext())
    return " ".join(whole.split()) or None


def attribute(element: Element | None, name: str) -> str | None:
    """The trimmed attribute of this local name, None when it is missing or empty."""
    if element is None:
        return None
    pairs = element.attrib.items()
    return next((str(v).strip() for k, v in pairs if local_name(k) == name), None) or None


def line_of(element: Element) -> int | None:
    """The line on which the element starts, from 1."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


def at(element: Element) -> Callable[[], Place]:
    """The place of an element, for a report."""
    return lambda: Place(line=line_of(element), where=where(element))


def where(element: Element) -> str:
    """An element's place, such as /manifest/resources/resource[2]."""
    steps = [_step(element), *(_step(each) for each in element.iterancestors())]
    return "/" + "/".join(reversed(steps))


def _step(element: Element) -> str:
    name = local_name(element.tag)
    before = sum(local_name(each.tag) == name for each in element.itersiblings(preceding=True))
    after = any(local_name(each.tag) == name for each in element.itersiblings())
    return f"{name}[{before + 1}]" if before or after else name
