"""<organizations>: the trees of items, and what each of them launches (CAM, organization)."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from scorm_runtime.manifest.elements import Element, at, attribute, child, children, text
from scorm_runtime.manifest.findings import Report
from scorm_runtime.manifest.identifiers import Identifiers
from scorm_runtime.manifest.references import with_parameters
from scorm_runtime.manifest.restrictions import Restrictions, data_from_lms
from scorm_runtime.manifest.tree import Edition, Item, Organization, Resource
from scorm_runtime.sequencing.definition import OrganizationDefinition
from scorm_runtime.sequencing.reader import read_organization


class OrganizationReader:
    """Reads the organizations of one manifest; items may stand for the manifests inside it."""

    def __init__(
        self,
        manifest: Element,
        edition: Edition,
        resources: Mapping[str, Resource],
        submanifests: Mapping[str, Element],
        report: Report,
    ) -> None:
        self._manifest = manifest
        self._edition = edition
        self._resources = resources
        self._folded = {name.casefold(): name for name in reversed(list(resources))}
        self._submanifests = submanifests
        self._restrictions = Restrictions(report)
        self._report = report
        self._identifiers = Identifiers()
        self._taken: set[str] = set()

    def organization(self, element: Element, identifier: str) -> Organization:
        """One organization with all its items."""
        self._identifiers = Identifiers()
        title = self._title(element, identifier)
        items = tuple(self._item(each) for each in children(element, "item"))
        return Organization(
            identifier=identifier, title=title, items=items, activities=self._activities(element)
        )

    def made_of_resources(self, identifier: str) -> Organization:
        """For a manifest without organizations: an item for each SCO, or else for each asset."""
        launchable = [each for each in self._resources.values() if each.href is not None]
        wanted = [each for each in launchable if each.kind == "sco"] or launchable
        element = etree.Element("organization", identifier=identifier)
        for each in wanted:
            item = etree.SubElement(element, "item", identifier=each.identifier)
            item.set("identifierref", each.identifier)
            etree.SubElement(item, "title").text = each.identifier
        etree.SubElement(element, "title").text = identifier
        return self.organization(element, identifier)

    def _activities(self, element: Element) -> OrganizationDefinition | None:
        """What sequencing makes of the organization, once its items have been put right."""
        if self._edition == "scorm12":
            return None
        return read_organization(
            element,
            self._manifest,
            lambda where, problem: self._report.add(
                "sequencing_ignored", at(where), problem=problem
            ),
        )

    def _item(self, element: Element) -> Item:
        identifier = self._identifier(element)
        title = self._title(element, identifier)
        resource = self._referenced(element, identifier)
        items = tuple(self._item(each) for each in children(element, "item"))
        resource = self._launchable(element, identifier, resource, items)
        return Item(
            identifier=identifier,
            title=title,
            visible=self._restrictions.visible(element),
            data_from_lms=data_from_lms(element),
            time_limit_action=self._restrictions.time_limit_action(element),
            max_time_allowed=self._restrictions.max_time_allowed(element),
            mastery_score=self._restrictions.mastery_score(element),
            prerequisites=text(element, "prerequisites"),
            items=items,
            **_content(resource, attribute(element, "parameters") or ""),
        )

    def _identifier(self, element: Element) -> str:
        """The item's own identifier, or one that no other has."""
        written = attribute(element, "identifier")
        free = self._identifiers.give(written or "item")
        if written is None:
            self._report.add("item_identifier_missing", at(element), identifier=free)
        elif free != written:
            self._report.add("item_identifier_twice", at(element), identifier=written, given=free)
        element.set("identifier", free)
        return free

    def _title(self, element: Element, identifier: str) -> str:
        title = text(element, "title")
        if title is None:
            self._report.add("title_missing", at(element), identifier=identifier)
        return title or identifier

    def _referenced(self, element: Element, identifier: str) -> Resource | None:
        """The resource that an item names; the items of a manifest that it names become its own."""
        reference = attribute(element, "identifierref")
        if reference is None or reference in self._resources:
            return None if reference is None else self._resources[reference]
        if reference in self._submanifests:
            self._take_in(element, identifier, reference)
            return None
        found = self._folded.get(reference.casefold())
        code = "reference_unknown" if found is None else "reference_case"
        self._report.add(code, at(element), identifier=identifier, reference=reference, found=found)
        return None if found is None else self._resources[found]

    def _take_in(self, element: Element, identifier: str, reference: str) -> None:
        """Move another manifest's items here; once, for twice over they could grow endlessly."""
        if reference in self._taken:
            self._report.add(
                "submanifest_twice", at(element), identifier=identifier, reference=reference
            )
            return
        self._taken.add(reference)
        organizations = child(self._submanifests[reference], "organizations")
        element.extend(list(children(named_organization(organizations), "item")))

    def _launchable(
        self,
        element: Element,
        identifier: str,
        resource: Resource | None,
        items: tuple[Item, ...],
    ) -> Resource | None:
        """The resource, when the item can be launched; SCORM 2004 launches leaves alone."""
        if resource is None:
            if not items and attribute(element, "identifierref") is None:
                self._report.add("item_without_content", at(element), identifier=identifier)
            return None
        if resource.href is None:
            return None
        if items and self._edition != "scorm12":
            self._report.add("cluster_with_content", at(element), identifier=identifier)
            return None
        return resource


def named_organization(organizations: Element | None) -> Element | None:
    """The organization that the default attribute names, else the first one."""
    listed = list(children(organizations, "organization"))
    default = attribute(organizations, "default")
    named = (each for each in listed if attribute(each, "identifier") == default)
    return next(named, listed[0] if listed else None)


def _content(resource: Resource | None, parameters: str) -> dict[str, Any]:
    """The fields of an item that say what it launches."""
    if resource is None or resource.href is None:
        return {"parameters": parameters}
    return {
        "kind": resource.kind,
        "resource": resource.identifier,
        "path": resource.path,
        "href": with_parameters(resource.href, parameters),
        "parameters": parameters,
    }
