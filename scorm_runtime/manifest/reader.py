"""From a package's file names and its manifest's bytes to the tree, with everything in between."""

from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct

from scorm_runtime.manifest.document import parse
from scorm_runtime.manifest.edition import edition_of
from scorm_runtime.manifest.elements import Element, at, attribute, child, children
from scorm_runtime.manifest.findings import Finding, Report, refused
from scorm_runtime.manifest.identifiers import Identifiers
from scorm_runtime.manifest.location import locate
from scorm_runtime.manifest.organizations import OrganizationReader, named_organization
from scorm_runtime.manifest.references import Base, Files, quoted
from scorm_runtime.manifest.resources import ResourceReader
from scorm_runtime.manifest.rules import DOCUMENT, LOCATION, ORGANIZATIONS, REFERENCES, RESOURCES
from scorm_runtime.manifest.tree import Manifest, Organization

MOST_ITEMS = 20_000
_RULES = DOCUMENT | REFERENCES | RESOURCES | ORGANIZATIONS


class Reading(Struct, frozen=True):
    """What came of a manifest: None when a finding is an error, and every finding."""

    manifest: Manifest | None
    findings: tuple[Finding, ...]


def read_package(paths: Collection[str], load: Callable[[str], bytes]) -> Reading:
    """Find the manifest among a package's files, and read it."""
    location = Report(LOCATION)
    path = locate(paths, location)
    if path is None:
        return Reading(None, location.findings)
    reading = read_manifest(load(path), path, paths)
    return Reading(reading.manifest, location.findings + reading.findings)


def read_manifest(document: bytes, path: str, paths: Collection[str]) -> Reading:
    """Read a manifest that lies at `path` in a package of these files."""
    report = Report(_RULES, file=path)
    root = parse(document, report)
    manifest = None if root is None else _manifest(root, path, Files(paths), report)
    findings = report.findings
    return Reading(None if refused(findings) else manifest, findings)


def _manifest(root: Element, path: str, files: Files, report: Report) -> Manifest | None:
    edition = edition_of(root, report)
    if sum(1 for _ in root.iter("{*}item")) > MOST_ITEMS:
        report.add("too_many_items", limit=MOST_ITEMS)
        return None
    # The file name of a path is cut as a URL's would be; what is left is quoted, as xml:base is.
    base = Base(("",)).joined(quoted(path[: path.rfind("/") + 1]))
    resources = ResourceReader(files, _referenced(root), report)
    resources.read_all(root, base)
    resources.check_dependencies()
    reader = OrganizationReader(root, edition, resources.resources, _submanifests(root), report)
    organizations = _organizations(root, reader, report)
    default = _default(root, organizations, report)
    if not any(item.href for item in default.walk()):
        report.add("nothing_to_launch", identifier=default.identifier)
    return Manifest(
        identifier=attribute(root, "identifier") or "",
        edition=edition,
        path=path,
        default=default.identifier,
        organizations=organizations,
        resources=tuple(resources.resources.values()),
    )


def _organizations(
    root: Element, reader: OrganizationReader, report: Report
) -> tuple[Organization, ...]:
    """Those with items; without any, one that is made of the resources."""
    read: dict[str, Organization] = {}
    identifiers = Identifiers()
    for element in children(child(root, "organizations"), "organization"):
        written = attribute(element, "identifier")
        identifier = identifiers.give(written or "organization")
        if identifier != written:
            report.add("organization_identifier", at(element), identifier=identifier)
            element.set("identifier", identifier)
        organization = reader.organization(element, identifier)
        if organization.items:
            read[identifier] = organization
        else:
            report.add("organization_empty", at(element), identifier=identifier)
    return tuple(read.values()) or (_made_of_resources(root, reader, report),)


def _made_of_resources(root: Element, reader: OrganizationReader, report: Report) -> Organization:
    made = reader.made_of_resources(attribute(root, "identifier") or "organization")
    report.add("organization_missing", at(root), count=len(made.items))
    return made


def _default(
    root: Element, organizations: tuple[Organization, ...], report: Report
) -> Organization:
    """The organization to play: the one that is named, else the first."""
    listed = child(root, "organizations")
    reference = attribute(listed, "default")
    named = named_organization(listed)
    identifier = attribute(named, "identifier")
    chosen = next((o for o in organizations if o.identifier == identifier), organizations[0])
    if listed is None or named is None:
        return chosen
    words: dict[str, Any] = {"identifier": chosen.identifier, "reference": reference}
    if reference is None:
        report.add("default_missing", at(listed), **words)
    elif reference != chosen.identifier:
        report.add("default_unknown", at(listed), **words)
    if len(organizations) > 1:
        report.add("organization_choice", at(listed), count=len(organizations), **words)
    return chosen


def _referenced(root: Element) -> frozenset[str]:
    """What items refer to, in every letter case that a resource is found by."""
    found = (attribute(item, "identifierref") for item in root.iter("{*}item"))
    return frozenset(reference.casefold() for reference in found if reference)


def _submanifests(root: Element) -> dict[str, Element]:
    """The manifests inside this one, by their identifier (CAM 1.2, 2.3.2.2)."""
    inner = (each for each in root.iter("{*}manifest") if each is not root)
    return {identifier: each for each in inner if (identifier := attribute(each, "identifier"))}
