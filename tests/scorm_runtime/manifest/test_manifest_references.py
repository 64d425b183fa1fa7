"""hrefs: xml:base, escapes, letter case, folders above, parameters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifests import ITEM, codes, manifest_12, only_item, reading

from scorm_runtime.manifest.references import Base, Files, resolve, with_parameters

ROOT = Base(("",))


def resource(href: str, attributes: str = "") -> str:
    return f'<resource identifier="R1" adlcp:scormtype="sco" href="{href}" {attributes}/>'


@pytest.mark.parametrize(
    ("href", "file", "launched", "expected"),
    [
        ("a/b.html", "a/b.html", "a/b.html", []),
        ("a\\b.html", "a/b.html", "a/b.html", ["href_backslash"]),
        (" a/b.html ", "a/b.html", "a/b.html", ["href_space"]),
        ("/a/b.html", "a/b.html", "a/b.html", ["href_absolute"]),
        ("A/B.HTML", "a/b.html", "a/b.html", ["href_case"]),
        ("./x/../a/b.html", "a/b.html", "a/b.html", []),
        ("a%20b.html", "a b.html", "a%20b.html", []),
        ("a b.html", "a b.html", "a%20b.html", []),
        ("a%20b.html", "a%20b.html", "a%2520b.html", ["href_escaped"]),
        ("a#1.html", "a#1.html", "a%231.html", ["href_escaped"]),
        ("a?b.html", "a?b.html", "a%3Fb.html", ["href_escaped"]),
        ("a.html?x=1&amp;y=2#top", "a.html", "a.html?x=1&y=2#top", []),
        ("a.html?t=a b", "a.html", "a.html?t=a%20b", []),
        ("sch%C3%B6n.html", "schön.html", "sch%C3%B6n.html", []),
        ("scho\u0308n.html", "schön.html", "sch%C3%B6n.html", ["href_case"]),
    ],
)
def test_an_href_finds_its_file(href: str, file: str, launched: str, expected: list[str]) -> None:
    result = reading(manifest_12(resource=resource(href)), files=(file,))
    item = only_item(result)
    assert (item.path, item.href) == (file, launched)
    assert codes(result) == expected


@pytest.mark.parametrize("href", ["../a.html", "a/../../b.html", "..\\a.html", "%2e%2e/a.html"])
def test_an_href_out_of_the_package_is_refused(href: str) -> None:
    result = reading(manifest_12(resource=resource(href)), files=("a.html",))
    assert result.manifest is None
    assert "href_outside" in codes(result)


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "C:\\a.html"]
)
def test_an_href_that_is_no_file_is_refused(href: str) -> None:
    result = reading(manifest_12(resource=resource(href)))
    assert result.manifest is None
    assert "href_scheme" in codes(result)


def test_a_web_page_can_be_launched_with_a_warning() -> None:
    result = reading(manifest_12(resource=resource("https://example.org/a?b=c")))
    item = only_item(result)
    assert (item.path, item.href) == (None, "https://example.org/a?b=c")
    assert codes(result) == ["href_external"]


def test_a_missing_launch_file_is_an_error_with_its_place() -> None:
    result = reading(manifest_12(resource=resource("gone.html")))
    (finding,) = [each for each in result.findings if each.code == "launch_file_missing"]
    assert result.manifest is None
    assert finding.severity == "error"
    assert (finding.file, finding.line) == ("imsmanifest.xml", 6)
    assert finding.where == "/manifest/resources/resource"


def test_a_missing_listed_file_and_an_unused_resource_are_warnings() -> None:
    listed = (
        '<resource identifier="R1" adlcp:scormtype="sco" href="index.html">'
        '<file href="index.html"/><file href="gone.js"/></resource>'
        '<resource identifier="R2" adlcp:scormtype="sco" href="unused.html"/>'
    )
    result = reading(manifest_12(resource=listed))
    assert only_item(result).path == "index.html"
    assert codes(result) == ["file_missing", "file_missing"]


@pytest.mark.parametrize(
    ("manifest", "resources", "own", "expected"),
    [
        ("", "", "c/", []),
        ("a/", "b/", "c/", []),
        ("", "b/", "../x/c/", []),
        ("", "", "c", ["base_without_slash"]),
        ("a/", "b", "c", ["base_without_slash"]),
        ("", "a\\", "/c/", []),
        ("my%20folder/", "", "", []),
    ],
)
def test_xml_base_is_added_up(manifest: str, resources: str, own: str, expected: list[str]) -> None:
    folder = f"{manifest}{resources}{own}"
    place = {
        "../x/c/": "x/c/",
        "b/../x/c/": "x/c/",
        "c": "c/",
        "a/bc": "a/b/c/",
        "a\\/c/": "c/",
        "my%20folder/": "my folder/",
    }.get(folder, folder)
    document = manifest_12(
        attributes=f'xml:base="{manifest}"',
        resources_attributes=f'xml:base="{resources}"',
        resource=resource("index.html", f'xml:base="{own}"'),
    )
    result = reading(document, files=(f"{place}index.html",))
    assert only_item(result).path == f"{place}index.html"
    assert codes(result) == expected


@pytest.mark.parametrize(
    ("href", "parameters", "expected"),
    [
        ("a.html", "", "a.html"),
        ("a.html", "?x=1", "a.html?x=1"),
        ("a.html", "x=1", "a.html?x=1"),
        ("a.html", "&x=1", "a.html?x=1"),
        ("a.html", "?&x=1", "a.html?x=1"),
        ("a.html?y=2", "?x=1", "a.html?y=2&x=1"),
        ("a.html?y=2", "x=1", "a.html?y=2&x=1"),
        ("a.html", "#part", "a.html#part"),
        ("a.html#top", "#part", "a.html#top"),
        ("a.html#top", "x=1", "a.html?x=1#top"),
        ("a.html", "?x=1#part", "a.html?x=1#part"),
        ("a.html", "?x=a b", "a.html?x=a%20b"),
        ("a.html", "?", "a.html"),
    ],
)
def test_parameters_are_joined_as_the_specification_says(
    href: str, parameters: str, expected: str
) -> None:
    assert with_parameters(href, parameters) == expected


def test_an_item_is_launched_with_its_parameters() -> None:
    item = ITEM.replace("<item ", '<item parameters="?a=1&amp;b=2" ')
    assert only_item(reading(manifest_12(item=item))).href == "index.html?a=1&b=2"


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_href_leads_anywhere_but_to_a_file_of_the_package(href: str, base: str) -> None:
    files = Files(["a.html", "b/c.html"])
    found = resolve(href, ROOT.joined(base), files)
    assert found.path is None or found.path in files
    assert (found.href is None) == (found.problem is not None)
