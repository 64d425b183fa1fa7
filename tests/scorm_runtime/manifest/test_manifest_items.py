"""Organizations and items: defaults, identifiers, restrictions, manifests within."""

import pytest
from manifests import (
    ITEM,
    NAMESPACES_2004,
    RESOURCE,
    accepted,
    codes,
    manifest_12,
    only_item,
    package,
    reading,
)

from scorm_runtime.manifest.findings import MOST_OF_A_CODE

TWO = (
    '<organization identifier="A"><title>First</title>{}</organization>'
    '<organization identifier="B"><title>Second</title>'
    '<item identifier="I2" identifierref="R1"><title>Two</title></item></organization>'
)


@pytest.mark.parametrize(
    ("organizations", "title", "expected"),
    [
        (f'<organizations default="B">{TWO}</organizations>', "Second", ["organization_choice"]),
        (
            f"<organizations>{TWO}</organizations>",
            "First",
            ["default_missing", "organization_choice"],
        ),
        (
            f'<organizations default="?">{TWO}</organizations>',
            "First",
            ["default_unknown", "organization_choice"],
        ),
        (
            f'<organizations default="A">{TWO.replace("{}", "<!-- {} -->")}</organizations>',
            "Second",
            ["organization_empty", "default_unknown"],
        ),
    ],
)
def test_one_organization_is_chosen(organizations: str, title: str, expected: list[str]) -> None:
    result = reading(manifest_12(organizations=organizations))
    assert accepted(result).title == title
    assert codes(result) == expected


@pytest.mark.parametrize("organizations", ["", "<organizations/>"])
def test_a_manifest_without_organization_is_made_of_its_scos(organizations: str) -> None:
    asset = '<resource identifier="R2" adlcp:scormtype="asset" href="other.html"/>'
    document = manifest_12(organizations=organizations, resource=RESOURCE + asset)
    result = reading(document, files=("index.html", "other.html"))
    item = only_item(result)
    assert (item.identifier, item.kind, item.href) == ("R1", "sco", "index.html")
    assert codes(result) == ["organization_missing"]


def test_a_manifest_with_nothing_to_launch_is_refused() -> None:
    result = reading(manifest_12(item='<item identifier="I1"><title>Empty</title></item>'))
    assert result.manifest is None
    assert codes(result) == ["nothing_to_launch", "item_without_content"]


def test_the_tree_is_kept() -> None:
    folder = f'<item identifier="F" isvisible="false"><title>A\n  folder</title>{ITEM}</item>'
    organization = accepted(reading(manifest_12(item=folder))).organization
    (top,) = organization.items
    assert (top.title, top.kind, top.visible, top.href) == ("A folder", "folder", False, None)
    assert [item.identifier for item in organization.walk()] == ["F", "I1"]


def test_identifiers_are_made_unique() -> None:
    nameless = ITEM.replace('identifier="I1"', "")
    result = reading(manifest_12(item=ITEM + ITEM + nameless + nameless))
    items = accepted(result).organization.walk()
    assert [item.identifier for item in items] == ["I1", "I1-2", "item", "item-2"]
    assert sorted(codes(result)) == [*["item_identifier_missing"] * 2, "item_identifier_twice"]


def test_the_first_of_two_resources_of_one_name_counts() -> None:
    result = reading(manifest_12(resource=RESOURCE + RESOURCE.replace("index", "other")))
    assert only_item(result).path == "index.html"
    assert codes(result) == ["resource_identifier_twice"]


def test_an_unknown_reference_leaves_a_folder() -> None:
    stray = '<item identifier="I2" identifierref="nowhere"><title>Two</title></item>'
    result = reading(manifest_12(item=ITEM + stray))
    assert [item.kind for item in accepted(result).organization.walk()] == ["sco", "folder"]
    assert codes(result) == ["reference_unknown"]


def test_a_reference_is_found_in_another_letter_case() -> None:
    result = reading(manifest_12(item=ITEM.replace('"R1"', '"r1"')))
    assert only_item(result).href == "index.html"
    assert codes(result) == ["reference_case"]


def test_a_resource_without_href_is_nothing_to_launch() -> None:
    result = reading(manifest_12(resource=RESOURCE.replace('href="index.html"', "")))
    assert codes(result) == ["nothing_to_launch", "resource_without_href"]


def test_what_the_sco_is_told_is_kept_as_written() -> None:
    item = ITEM.replace(
        "</item>",
        '<adlcp:prerequisites type="aicc_script">A&amp;B</adlcp:prerequisites>'
        "<adlcp:maxtimeallowed>0001:30:00.5</adlcp:maxtimeallowed>"
        "<adlcp:timelimitaction>Continue, No Message</adlcp:timelimitaction>"
        "<adlcp:datafromlms> a  b\n</adlcp:datafromlms>"
        "<adlcp:masteryscore>80</adlcp:masteryscore></item>",
    )
    result = reading(manifest_12(item=item))
    read = only_item(result)
    assert read.prerequisites == "A&B"
    assert read.max_time_allowed == "0001:30:00.5"
    assert read.time_limit_action == "continue,no message"
    assert read.data_from_lms == " a  b\n"
    assert read.mastery_score == "80"
    assert codes(result) == []


def test_wrong_values_are_ignored_with_a_warning() -> None:
    item = ITEM.replace("<item ", '<item isvisible="perhaps" ').replace(
        "</item>",
        "<adlcp:maxtimeallowed>an hour</adlcp:maxtimeallowed>"
        "<adlcp:timelimitaction>explode</adlcp:timelimitaction>"
        "<adlcp:masteryscore>101</adlcp:masteryscore></item>",
    )
    result = reading(manifest_12(item=item))
    read = only_item(result)
    assert (read.max_time_allowed, read.time_limit_action, read.mastery_score) == (None,) * 3
    assert read.visible
    assert codes(result) == ["value_ignored"] * 4


def test_scorm_2004_launches_leaves_alone() -> None:
    cluster = ITEM.replace(
        "</item>", '<item identifier="I2" identifierref="R1"><title>Two</title></item></item>'
    )
    document = manifest_12(item=cluster)
    assert [i.kind for i in accepted(reading(document)).organization.walk()] == ["sco", "sco"]
    later = document.replace("<schemaversion>1.2", "<schemaversion>2004 4th Edition")
    result = reading(later)
    assert [i.kind for i in accepted(result).organization.walk()] == ["folder", "sco"]
    assert codes(result) == ["cluster_with_content"]


def submanifest(reference: str) -> str:
    inner = manifest_12(
        prolog="",
        attributes='xml:base="part/"',
        item=f'<item identifier="I9" identifierref="{reference}"><title>Inner</title></item>',
        resource=RESOURCE.replace("R1", "R9"),
        metadata="",
    ).replace('identifier="M1"', 'identifier="M9"')
    outer = manifest_12(item=ITEM + ITEM.replace('"I1"', '"I8"').replace('"R1"', '"M9"'))
    return outer.replace("</manifest>", inner + "</manifest>")


def test_an_item_may_stand_for_a_manifest_within() -> None:
    result = reading(submanifest("R9"), files=("index.html", "part/index.html"))
    items = list(accepted(result).organization.walk())
    assert [item.identifier for item in items] == ["I1", "I8", "I9"]
    assert items[2].path == "part/index.html"
    assert codes(result) == []


def test_a_manifest_within_itself_is_taken_once() -> None:
    result = reading(submanifest("M9"), files=("index.html", "part/index.html"))
    assert [i.identifier for i in accepted(result).organization.walk()] == ["I1", "I8", "I9"]
    assert codes(result) == ["submanifest_twice"]


def test_many_findings_of_a_kind_are_cut_short() -> None:
    files = "".join(f'<file href="gone{n}.js"/>' for n in range(80))
    result = reading(manifest_12(resource=RESOURCE.replace("/>", f">{files}</resource>")))
    assert len(result.findings) == MOST_OF_A_CODE
    assert result.findings[-1].message.endswith("(and 30 more like this)")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("imsmanifest.xml", []),
        ("IMSManifest.XML", ["manifest_name"]),
        ("course/imsmanifest.xml", ["manifest_nested"]),
        ("a b/c/ImsManifest.xml", ["manifest_name", "manifest_nested"]),
    ],
)
def test_the_manifest_is_found_in_any_folder_and_case(path: str, expected: list[str]) -> None:
    folder = path[: path.rfind("/") + 1]
    result = package({path: manifest_12().encode(), f"{folder}index.html": b""})
    assert accepted(result).path == path
    assert only_item(result).path == f"{folder}index.html"
    assert codes(result) == expected


def test_a_nested_manifest_may_refer_to_a_folder_beside_it() -> None:
    resource = RESOURCE.replace("index.html", "../shared/index.html")
    files = {"course/imsmanifest.xml": manifest_12(resource=resource).encode()}
    result = package({**files, "shared/index.html": b""})
    assert only_item(result).path == "shared/index.html"


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["index.html"], "manifest_missing"),
        ([], "manifest_missing"),
        (["a.crs", "a.au", "a.des", "a.cst"], "aicc_package"),
        (["cmi5.xml", "index.html"], "cmi5_package"),
        (["tincan.xml"], "tincan_package"),
        (["readme.txt", "course/SCORM.ZIP"], "zip_within"),
        (["a/imsmanifest.xml", "b/imsmanifest.xml"], "several_manifests"),
    ],
)
def test_what_is_no_scorm_package_is_told_by_name(paths: list[str], code: str) -> None:
    result = package(dict.fromkeys(paths, b""))
    assert result.manifest is None
    assert codes(result) == [code]
    assert result.findings[0].advice


def test_a_large_course_is_read() -> None:
    count = 5000
    items = "".join(f'<item identifier="I{n}" identifierref="R{n}"/>' for n in range(count))
    resources = "".join(f'<resource identifier="R{n}" href="{n}.html"/>' for n in range(count))
    document = manifest_12(item=items, resource=resources).replace("/>", "/>\n")
    result = reading(document, files=[f"{n}.html" for n in range(count)])
    assert len(list(accepted(result).organization.walk())) == count


def manifest_2004(sequencing: str, items: str = "") -> str:
    items = items or (
        '<item identifier="I" identifierref="R"><title>One</title>'
        f"<imsss:sequencing>{sequencing}</imsss:sequencing>"
        "<adlcp:dataFromLMS>x</adlcp:dataFromLMS></item>"
    )
    return (
        f'<manifest identifier="M" {NAMESPACES_2004}>'
        "<metadata><schemaversion>2004 3rd Edition</schemaversion></metadata>"
        '<organizations default="O"><organization identifier="O"><title>Course</title>'
        f"{items}</organization></organizations>"
        '<resources><resource identifier="R" adlcp:scormType="sco" href="index.html"/></resources>'
        "</manifest>"
    )


def test_a_2004_manifest_is_read_with_its_sequencing() -> None:
    result = reading(manifest_2004("<imsss:controlMode flow='true'/>"))
    activities = accepted(result).organization.activities
    assert activities is not None
    (activity,) = activities.root.children
    assert activity.identifier == only_item(result).identifier
    assert activity.sequencing.control_mode.flow
    assert only_item(result).data_from_lms == "x"
    assert codes(result) == []


def test_sequencing_in_the_wrong_case_is_read_and_wrong_values_are_noted() -> None:
    result = reading(manifest_2004("<imsss:ControlMode Flow='true' choice='perhaps'/>"))
    activities = accepted(result).organization.activities
    assert activities is not None
    assert activities.root.children[0].sequencing.control_mode.flow
    assert codes(result) == ["markup_case", "markup_case", "sequencing_ignored"]


def test_items_and_activities_have_the_same_identifiers() -> None:
    items = '<item identifierref="R"/>' * 2 + '<item identifier="item" identifierref="R"/>'
    organization = accepted(reading(manifest_2004("", items))).organization
    assert organization.activities is not None
    assert [each.identifier for each in organization.walk()] == [
        each.identifier for each in organization.activities.root.children
    ]


def test_a_2004_manifest_without_organization_can_be_sequenced() -> None:
    document = manifest_2004("").replace("organizations", "ignored")
    organization = accepted(reading(document)).organization
    assert organization.activities is not None
    assert [each.identifier for each in organization.activities.root.children] == ["R"]
