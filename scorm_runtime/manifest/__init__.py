"""imsmanifest.xml (SCORM 1.2 and 2004) as a frozen tree, with a report of what was forgiven."""

from scorm_runtime.manifest.findings import Finding as Finding
from scorm_runtime.manifest.findings import refused as refused
from scorm_runtime.manifest.tree import Item as Item
from scorm_runtime.manifest.tree import Manifest as Manifest
from scorm_runtime.manifest.tree import Organization as Organization
from scorm_runtime.manifest.tree import Resource as Resource
