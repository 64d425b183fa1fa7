"""Manifests as authoring tools write them, for tests to bend."""

from collections.abc import Collection

from scorm_runtime.manifest.reader import Reading, read_manifest, read_package
from scorm_runtime.manifest.tree import Item, Manifest

NAMESPACES_12 = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
)
NAMESPACES_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
)
METADATA = "<metadata><schema>ADL SCORM</schema><schemaversion>{}</schemaversion></metadata>"
ITEM = '<item identifier="I1" identifierref="R1"><title>One</title></item>'
ORGANIZATIONS = (
    '<organizations default="O1"><organization identifier="O1"><title>Course</title>'
    "{}</organization></organizations>"
)
RESOURCE = '<resource identifier="R1" type="webcontent" adlcp:scormtype="sco" href="index.html"/>'


def manifest_12(
    *,
    item: str = ITEM,
    resource: str = RESOURCE,
    metadata: str = METADATA.format("1.2"),
    organizations: str = ORGANIZATIONS,
    attributes: str = "",
    resources_attributes: str = "",
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
) -> str:
    """A SCORM 1.2 manifest of one organization."""
    return (
        f'{prolog}<manifest identifier="M1" {NAMESPACES_12} {attributes}>\n{metadata}\n'
        f"{organizations.format(item)}\n<resources {resources_attributes}>\n{resource}\n"
        "</resources>\n</manifest>"
    )


def reading(document: str | bytes, files: Collection[str] = ("index.html",)) -> Reading:
    """Read it as the imsmanifest.xml at the root of a package of these files."""
    raw = document.encode() if isinstance(document, str) else document
    return read_manifest(raw, "imsmanifest.xml", files)


def package(files: dict[str, bytes]) -> Reading:
    """Read a package that is given as its files."""
    return read_package(tuple(files), files.__getitem__)


def accepted(result: Reading) -> Manifest:
    """The manifest of a reading that must not have been refused."""
    assert result.manifest is not None, result.findings
    return result.manifest


def only_item(result: Reading) -> Item:
    """The one item of an accepted package."""
    (item,) = accepted(result).organization.walk()
    return item


def codes(result: Reading) -> list[str]:
    """What was found, by its codes."""
    return [finding.code for finding in result.findings]
