"""Which SCORM a manifest is written for (CAM, schemaversion)."""

from scorm_runtime.manifest.elements import Element, at, child, text
from scorm_runtime.manifest.findings import Report
from scorm_runtime.manifest.tree import Edition

_VERSIONS: tuple[tuple[str, Edition], ...] = (
    ("2004 4", "scorm2004-4th"),
    ("2004 3", "scorm2004-3rd"),
    ("2004 2", "scorm2004-2nd"),
    ("cam 1.3", "scorm2004-2nd"),
    ("1.3", "scorm2004-2nd"),
    ("1.2", "scorm12"),
)
_NAMESPACES = ("imsproject.org", "imsglobal.org", "adlnet.org")


def edition_of(manifest: Element, report: Report) -> Edition:
    """By its schemaversion; without a known one, by its namespaces."""
    namespace = str(manifest.tag)[1:].rpartition("}")[0]
    if not any(known in namespace for known in _NAMESPACES):
        shown = namespace or "no namespace"
        report.add("namespace_unknown", at(manifest), namespace=shown)
    metadata = child(manifest, "metadata")
    version = text(metadata, "schemaversion")
    for start, edition in _VERSIONS:
        if version is not None and version.lower().removeprefix("scorm ").startswith(start):
            return edition
    edition = _by_namespace(manifest)
    written = child(metadata, "schemaversion")
    place = at(next(each for each in (written, metadata, manifest) if each is not None))
    if version is None:
        report.add("schemaversion_missing", place, edition=edition)
    else:
        report.add("schemaversion_unknown", place, version=version, edition=edition)
    return edition


def _by_namespace(manifest: Element) -> Edition:
    """SCORM 2004 has version 1 (v1p3) of its namespaces; what 1.2 uses are roots (rootv1p2)."""
    declared = set(manifest.nsmap.values()) | {str(manifest.tag)}
    for element in manifest.iter("{*}sequencing", "{*}resource"):
        declared |= set(element.nsmap.values()) | {str(element.tag)}
    if any("v1p3" in str(uri) or "imsss" in str(uri) for uri in declared):
        return "scorm2004-3rd"
    return "scorm12"
