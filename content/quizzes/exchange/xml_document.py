"""XML from elsewhere as a tree: without entities, DTD and network, and bounded."""

from typing import Any, Final

from lxml import etree

from content.quizzes.exchange.found import Reading

LARGEST: Final = 32 * 1024 * 1024
DEEPEST: Final = 60
_ERRORS_SHOWN: Final = 20

Element = etree._Element


def parse(document: bytes, reading: Reading) -> Element | None:
    """The root element; None where it cannot be read, with the reasons in the reading."""
    if len(document) > LARGEST:
        reading.error(1, f"the file is larger than {LARGEST} bytes")
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        entries = [(each.line, each.message) for each in parser.error_log]
        for line, message in entries[:_ERRORS_SHOWN] or [(1, str(error))]:
            reading.error(line, f"the XML is malformed: {message}")
        return None
    info: Any = root.getroottree().docinfo
    if info.doctype:
        reading.error(1, "the file declares a document type, which is not taken")
        return None
    if _deep(root):
        reading.error(1, f"the file is nested deeper than {DEEPEST} levels")
        return None
    return root


def _deep(root: Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            return True
    return False


def text_at(element: Element, path: str) -> str:
    """The text of the first element at a path, "" where there is none."""
    found = element.find(path)
    return "" if found is None else (found.text or "").strip()


def line_of(element: Element) -> int:
    """The line where the element begins."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else 1
