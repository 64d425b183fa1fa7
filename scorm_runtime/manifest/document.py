"""The manifest's bytes as an XML tree, read without entities, DTD and network."""

from contextlib import suppress

from lxml import etree

from scorm_runtime.manifest.elements import Element, at, local_name
from scorm_runtime.manifest.encoding import text_of
from scorm_runtime.manifest.findings import Report, in_line
from scorm_runtime.manifest.names import normalise

LARGEST = 8 * 1024 * 1024
MOST_NODES = 600_000
DEEPEST = 120
_ERRORS_SHOWN = 20


def parse(document: bytes, report: Report) -> Element | None:
    """The <manifest> element with its names normalised; None after an error."""
    if len(document) > LARGEST:
        report.add("manifest_too_large", size=len(document), limit=LARGEST)
        return None
    text = text_of(document, report)
    if not _harmless(text, report):
        return None
    root = _tree(text, report)
    if root is None:
        return None
    if local_name(root.tag).lower() != "manifest":
        report.add("root_wrong", at(root), name=local_name(root.tag))
        return None
    if not normalise(root, DEEPEST, report):
        report.add("too_deep", limit=DEEPEST)
        return None
    return root


def _harmless(text: str, report: Report) -> bool:
    """Refuse, before parsing, what would grow in memory."""
    if text.count("<") + text.count("=") > MOST_NODES:
        report.add("too_many_elements", limit=MOST_NODES)
        return False
    start = _doctype(text)
    if start is None:
        return True
    line = text.count("\n", 0, start) + 1
    if "<!ENTITY" in text[start:]:
        report.add("entity_declared", in_line(line))
        return False
    report.add("doctype_ignored", in_line(line))
    return True


def _doctype(text: str) -> int | None:
    """Where the document type declaration starts: before the root, behind any comments."""
    closing = {"<!--": "-->", "<?": "?>"}
    position = text.find("<")
    while position >= 0:
        if text.startswith("<!DOCTYPE", position):
            return position
        end = next((e for s, e in closing.items() if text.startswith(s, position)), None)
        if end is None:
            return None
        position = text.find(end, position)
        position = text.find("<", position) if position >= 0 else -1
    return None


def _tree(text: str, report: Report) -> Element | None:
    document = text.encode("utf-8", "replace")
    try:
        return etree.fromstring(document, _parser())
    except etree.XMLSyntaxError as error:
        for line, problem in _problems(document, error):
            report.add("xml_malformed", in_line(line), problem=problem)
        return None


def _problems(document: bytes, error: etree.XMLSyntaxError) -> list[tuple[int, str]]:
    """Every problem that a second, lenient reading meets; at least the one that stopped us."""
    lenient = _parser(recover=True)
    with suppress(etree.XMLSyntaxError):
        etree.fromstring(document, lenient)
    found = {(entry.line, entry.message): None for entry in lenient.error_log}
    return list(found)[:_ERRORS_SHOWN] or [(error.lineno or 1, error.msg or "it is empty")]


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=recover,
    )
