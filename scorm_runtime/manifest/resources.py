"""<resources>: what can be launched, and the files that belong to it (CAM, resource)."""

from collections.abc import Iterator

from scorm_runtime.manifest.elements import XML_BASE, Element, at, attribute, child, children
from scorm_runtime.manifest.findings import Report, Severity
from scorm_runtime.manifest.references import Base, Files, Reference, resolve
from scorm_runtime.manifest.tree import Resource


class ResourceReader:
    """Reads the resources of a manifest and of the manifests in it; the first of a name counts."""

    def __init__(self, files: Files, referenced: frozenset[str], report: Report) -> None:
        self._files = files
        self._referenced = referenced
        self._report = report
        self.resources: dict[str, Resource] = {}

    def read_all(self, manifest: Element, base: Base) -> None:
        """Add the resources of a manifest and of those in it; `base` is the outer xml:base."""
        base = base.joined(manifest.get(XML_BASE))
        listed = child(manifest, "resources")
        if listed is None:
            self._report.add("resources_missing", at(manifest))
        else:
            inner = base.joined(listed.get(XML_BASE))
            for element in children(listed, "resource"):
                self._add(element, inner.joined(element.get(XML_BASE)))
        for each in children(manifest, "manifest"):
            self.read_all(each, base)

    def check_dependencies(self) -> None:
        """Note each dependency on a resource that is not there."""
        for identifier, resource in self.resources.items():
            for reference in resource.dependencies:
                if reference not in self.resources:
                    self._report.add(
                        "dependency_missing", identifier=identifier, reference=reference
                    )

    def _add(self, element: Element, base: Base) -> None:
        identifier = attribute(element, "identifier")
        if identifier is None:
            self._report.add("resource_identifier_missing", at(element))
        elif identifier in self.resources:
            self._report.add("resource_identifier_twice", at(element), identifier=identifier)
        else:
            self.resources[identifier] = self._resource(identifier, element, base)

    def _resource(self, identifier: str, element: Element, base: Base) -> Resource:
        launched = self._launched(identifier, element, base)
        return Resource(
            identifier=identifier,
            kind="sco" if self._is_sco(identifier, element) else "asset",
            path=launched.path,
            href=launched.href,
            files=tuple(self._listed(element, base)),
            dependencies=tuple(
                reference
                for each in children(element, "dependency")
                if (reference := attribute(each, "identifierref"))
            ),
        )

    def _launched(self, identifier: str, element: Element, base: Base) -> Reference:
        needed = identifier.casefold() in self._referenced
        if attribute(element, "href") is not None:
            return self._resolved(element, base, "launch_file" if needed else "file")
        if needed:
            self._report.add("resource_without_href", at(element), identifier=identifier)
        return Reference()

    def _listed(self, element: Element, base: Base) -> Iterator[str]:
        launched = attribute(element, "href")
        for each in children(element, "file"):
            href = attribute(each, "href")
            if href is None or href == launched:
                continue
            found = self._resolved(each, base.joined(each.get(XML_BASE)), "file")
            if found.path is not None:
                yield found.path

    def _resolved(self, element: Element, base: Base, role: str) -> Reference:
        """Where the element's href leads; only what an item launches is needed."""
        written = next(str(v) for k, v in element.attrib.items() if str(k).endswith("href"))
        found = resolve(written, base, self._files)
        for code in found.forgiven:
            self._report.add(code, at(element), href=written, found=found.path)
        if found.problem is not None:
            code = f"{role}_missing" if found.problem == "missing" else found.problem
            severity: Severity = "error" if role == "launch_file" else "warning"
            self._report.add(code, at(element), severity=severity, href=written)
        return found

    def _is_sco(self, identifier: str, element: Element) -> bool:
        value = attribute(element, "scormType") or "asset"
        sco = "sco" in value.lower()
        if value.lower() not in ("sco", "asset"):
            kind = "sco" if sco else "asset"
            self._report.add(
                "scorm_type_unknown", at(element), identifier=identifier, value=value, kind=kind
            )
        return sco
