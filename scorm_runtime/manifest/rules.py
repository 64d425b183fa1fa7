"""Everything that the manifest reader forgives, notes or refuses: one row for each code."""

from typing import Final

from scorm_runtime.manifest.findings import Rule

LOCATION: Final[dict[str, Rule]] = {
    "manifest_missing": Rule(
        "error",
        "The package has no imsmanifest.xml.",
        "Export the course as SCORM 1.2 or SCORM 2004, and upload the zip that the tool makes.",
    ),
    "aicc_package": Rule(
        "error",
        "This is an AICC package ({names}); it has no imsmanifest.xml.",
        "AICC is not supported. Export the course as SCORM 1.2 or SCORM 2004 instead.",
    ),
    "cmi5_package": Rule(
        "error",
        "This is a cmi5 package (cmi5.xml); it has no imsmanifest.xml.",
        "cmi5 is not supported yet. Export the course as SCORM 1.2 or SCORM 2004 instead.",
    ),
    "tincan_package": Rule(
        "error",
        "This is an xAPI package (tincan.xml); it has no imsmanifest.xml.",
        "Export the course as SCORM 1.2 or SCORM 2004 instead.",
    ),
    "zip_within": Rule(
        "error",
        "The package has no imsmanifest.xml, but it holds a zip: {names}.",
        "Unpack it once, and upload the zip that lies in it.",
    ),
    "several_manifests": Rule(
        "error",
        "The package has several manifests, none of them at its root: {names}.",
        "Zip and upload each course by itself.",
    ),
    "manifest_name": Rule(
        "warning",
        "The manifest is called {name}.",
        "Call it imsmanifest.xml, in lower case.",
    ),
    "manifest_nested": Rule(
        "warning",
        "The manifest lies in the folder {folder}, which is taken as the package's root.",
        "Zip the contents of the folder, not the folder itself.",
    ),
}

DOCUMENT: Final[dict[str, Rule]] = {
    "manifest_too_large": Rule(
        "error",
        "The manifest has {size} bytes; at most {limit} are read.",
        "Take out what is not needed, such as embedded metadata.",
    ),
    "byte_order_mark": Rule("info", "The manifest starts with a byte order mark ({encoding})."),
    "encoding_wrong": Rule(
        "warning",
        "The manifest says that it is in {declared}, but it was read as {actual}.",
        "Save the manifest as UTF-8 and declare UTF-8.",
    ),
    "text_before_declaration": Rule(
        "warning",
        "There is white space before the XML declaration.",
        "Start the file with <?xml.",
    ),
    "doctype_ignored": Rule(
        "warning",
        "The document type declaration was ignored, and nothing was loaded for it.",
        "Take <!DOCTYPE …> out.",
    ),
    "entity_declared": Rule(
        "error",
        "The manifest declares an XML entity.",
        "Take <!ENTITY …> out, and write the text itself.",
    ),
    "xml_malformed": Rule(
        "error",
        "The manifest is no well-formed XML: {problem}",
        "Correct the line, or export the package again. An & in text is written &amp;.",
    ),
    "too_many_elements": Rule(
        "error",
        "The manifest has more than {limit} elements and attributes.",
        "Take out what is not needed, such as embedded metadata.",
    ),
    "too_deep": Rule(
        "error",
        "Elements are nested more than {limit} deep.",
        "Make the tree of items flatter.",
    ),
    "root_wrong": Rule(
        "error",
        "The root element is <{name}>, not <manifest>.",
        "Export the package again as SCORM 1.2 or SCORM 2004.",
    ),
    "markup_case": Rule(
        "warning",
        "{name} was read as {meant}.",
        "Write the name as the specification does.",
    ),
    "namespace_unknown": Rule(
        "warning",
        "<manifest> is in {namespace}, which is not SCORM's; its elements were read by name alone.",
        "Declare the namespace of IMS content packaging on <manifest>.",
    ),
    "schemaversion_missing": Rule(
        "warning",
        "The manifest does not say its SCORM version; it was read as {edition}.",
        "Add <schemaversion> to <metadata>: 1.2, or 2004 4th Edition.",
    ),
    "schemaversion_unknown": Rule(
        "warning",
        "The SCORM version “{version}” is not known; it was read as {edition}.",
        "Write 1.2, CAM 1.3, 2004 3rd Edition or 2004 4th Edition.",
    ),
}

REFERENCES: Final[dict[str, Rule]] = {
    "href_backslash": Rule(
        "warning", "“{href}” has backslashes, which were read as /.", "Write / in every href."
    ),
    "href_space": Rule(
        "warning", "“{href}” has white space around it, which was ignored.", "Take it out."
    ),
    "href_absolute": Rule(
        "warning",
        "“{href}” starts with /; it was read from the package's root.",
        "Write it relative to the manifest.",
    ),
    "href_case": Rule(
        "warning",
        "“{href}” was found as {found}.",
        "Write the name in the letter case of the file.",
    ),
    "href_escaped": Rule(
        "info", "“{href}” is the name of a file as it stands; it was not decoded or cut."
    ),
    "base_without_slash": Rule(
        "warning",
        "xml:base of “{href}” names a folder without / at its end; it was read as the folder.",
        "End xml:base with /.",
    ),
    "href_outside": Rule(
        "error",
        "“{href}” leads out of the package.",
        "Put the file into the package, and refer to it there.",
    ),
    "href_scheme": Rule(
        "error",
        "“{href}” is not the address of a file or of a web page.",
        "Refer to a file in the package.",
    ),
    "href_external": Rule(
        "warning",
        "“{href}” is outside of the package; a SCO there cannot reach the API.",
        "Put the file into the package.",
    ),
    "launch_file_missing": Rule(
        "error",
        "The file to launch, “{href}”, is not in the package.",
        "Add the file, or correct the href.",
    ),
    "file_missing": Rule(
        "warning",
        "The file “{href}” is listed but is not in the package.",
        "Add the file, or take it off the list.",
    ),
}

RESOURCES: Final[dict[str, Rule]] = {
    "resources_missing": Rule(
        "error", "The manifest has no <resources>.", "Export the package again."
    ),
    "resource_identifier_missing": Rule(
        "warning", "A resource has no identifier; no item can refer to it.", "Give it one."
    ),
    "resource_identifier_twice": Rule(
        "warning",
        "Two resources have the identifier {identifier}; the first one counts.",
        "Give each resource an identifier of its own.",
    ),
    "scorm_type_unknown": Rule(
        "warning",
        "The resource {identifier} has the unknown SCORM type “{value}”; it was read as {kind}.",
        "Write sco or asset.",
    ),
    "resource_without_href": Rule(
        "warning",
        "An item refers to the resource {identifier}, which has nothing to launch.",
        "Give the resource an href.",
    ),
    "dependency_missing": Rule(
        "warning",
        "The resource {identifier} depends on {reference}, which is not there.",
        "Add the resource, or take the dependency out.",
    ),
}

ORGANIZATIONS: Final[dict[str, Rule]] = {
    "organization_missing": Rule(
        "warning",
        "The manifest has no organization; the course was made of what can be launched ({count}).",
        "Add an <organization> with an item for each resource.",
    ),
    "organization_empty": Rule(
        "warning", "The organization {identifier} has no items.", "Add items, or take it out."
    ),
    "default_missing": Rule(
        "warning",
        "No default organization is named; the first one, {identifier}, was taken.",
        "Name it in the default attribute of <organizations>.",
    ),
    "default_unknown": Rule(
        "warning",
        "The default organization {reference} is not there; {identifier} was taken.",
        "Name an organization of the manifest.",
    ),
    "organization_identifier": Rule(
        "warning",
        "An organization has no identifier of its own; it was given {identifier}.",
        "Give each organization an identifier of its own.",
    ),
    "organization_choice": Rule(
        "info", "The manifest has {count} organizations; {identifier} is played."
    ),
    "too_many_items": Rule(
        "error",
        "The manifest has more than {limit} items.",
        "Make several courses of it.",
    ),
    "item_identifier_missing": Rule(
        "warning", "An item has no identifier; it was given {identifier}.", "Give it one."
    ),
    "item_identifier_twice": Rule(
        "warning",
        "Two items have the identifier {identifier}; the later one was given {given}.",
        "Give each item an identifier of its own.",
    ),
    "title_missing": Rule(
        "warning", "{identifier} has no title; its identifier is shown.", "Add a <title>."
    ),
    "reference_unknown": Rule(
        "warning",
        "The item {identifier} refers to the resource {reference}, which is not there.",
        "Correct its identifierref.",
    ),
    "reference_case": Rule(
        "warning",
        "The item {identifier} refers to {reference}, which was found as {found}.",
        "Write the identifier in the letter case of the resource.",
    ),
    "item_without_content": Rule(
        "warning",
        "The item {identifier} has neither content nor items below it.",
        "Add an identifierref, or take the item out.",
    ),
    "cluster_with_content": Rule(
        "warning",
        "The item {identifier} has items below it, so its own content is never delivered.",
        "Move the content to an item of its own: SCORM 2004 launches leaves alone.",
    ),
    "value_ignored": Rule(
        "warning", "{name} “{value}” is not {expected}; it was ignored.", "Correct the value."
    ),
    "sequencing_ignored": Rule(
        "warning",
        "In the sequencing, {problem}; it was left out.",
        "Correct the value.",
    ),
    "submanifest_twice": Rule(
        "warning",
        "The item {identifier} refers to the manifest {reference}, which is in the course already.",
        "Refer to each manifest once.",
    ),
    "nothing_to_launch": Rule(
        "error",
        "No item of the organization {identifier} has anything to launch.",
        "Let at least one item refer to a resource with an href.",
    ),
}

RULES: Final[dict[str, Rule]] = LOCATION | DOCUMENT | REFERENCES | RESOURCES | ORGANIZATIONS
