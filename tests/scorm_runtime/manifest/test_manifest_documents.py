"""A manifest's bytes: encodings, entities, broken XML, and names in the wrong letter case."""

import codecs
import socket

import pytest
from manifests import METADATA, ORGANIZATIONS, accepted, codes, manifest_12, only_item, reading

from scorm_runtime.manifest import document as xml

TITLE = '<item identifier="I1" identifierref="R1"><title>Brandschutz für Anfänger</title></item>'


def declared(encoding: str) -> str:
    return manifest_12(item=TITLE, prolog=f'<?xml version="1.0" encoding="{encoding}"?>\n')


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (declared("UTF-8").encode(), []),
        (declared("ISO-8859-1").encode("latin-1"), []),
        (declared("windows-1252").encode("cp1252"), []),
        (manifest_12(item=TITLE, prolog="").encode(), []),
        (codecs.BOM_UTF8 + declared("utf-8").encode(), ["byte_order_mark"]),
        (declared("UTF-16").encode("utf-16"), ["byte_order_mark"]),
        (codecs.BOM_UTF16_BE + declared("UTF-16").encode("utf-16-be"), ["byte_order_mark"]),
        (declared("utf-16").encode("utf-16-le"), []),
        (declared("UTF-16").encode(), ["encoding_wrong"]),
        (declared("UTF-8").encode("cp1252"), ["encoding_wrong"]),
        (declared("no-such-thing").encode(), ["encoding_wrong"]),
        (declared("zip").encode(), ["encoding_wrong"]),
        (codecs.BOM_UTF8 + declared("iso-8859-1").encode(), ["encoding_wrong", "byte_order_mark"]),
        (b"\n  " + declared("UTF-8").encode(), ["text_before_declaration"]),
    ],
)
def test_the_encoding_is_found_whatever_the_declaration_says(
    document: bytes, expected: list[str]
) -> None:
    result = reading(document)
    assert only_item(result).title == "Brandschutz für Anfänger"
    assert codes(result) == expected


def test_lines_are_counted_from_the_start_of_the_file() -> None:
    prolog = '\n<?xml version="1.0"\n encoding="utf-8"?>\n'
    result = reading(manifest_12(prolog=prolog, metadata=""))
    (finding,) = [each for each in result.findings if each.code == "schemaversion_missing"]
    assert (finding.line, finding.where) == (4, "/manifest")


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY file SYSTEM "file:///etc/passwd">',
        '<!ENTITY % remote SYSTEM "http://127.0.0.1:9/evil.dtd"> %remote;',
    ],
)
def test_a_manifest_with_entities_is_refused_before_it_is_parsed(subset: str) -> None:
    prolog = f"<!-- a comment --><!DOCTYPE manifest [{subset}]>\n"
    result = reading(manifest_12(prolog=prolog, item=TITLE.replace("für", "&b;")))
    assert result.manifest is None
    assert codes(result) == ["entity_declared"]


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE manifest>",
        '<!DOCTYPE manifest SYSTEM "http://127.0.0.1:9/imscp.dtd">',
        '<!DOCTYPE manifest SYSTEM "file:///dev/zero">',
    ],
)
def test_a_harmless_doctype_is_ignored_and_nothing_is_loaded(doctype: str) -> None:
    result = reading(manifest_12(prolog=f'<?xml version="1.0"?>\n{doctype}\n'))
    assert accepted(result).title == "Course"
    assert codes(result) == ["doctype_ignored"]
    assert result.findings[0].line == 2


def test_nothing_is_fetched_whatever_a_manifest_refers_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/evil"
        prolog = (
            f'<?xml version="1.0"?><?xml-stylesheet href="{url}.xsl"?>'
            f'<!DOCTYPE manifest PUBLIC "-//ADL//DTD" "{url}.dtd">'
        )
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}.xml"/>'
        schema = (
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 {url}.xsd"'
        )
        item = TITLE.replace("für", include)
        result = reading(manifest_12(prolog=prolog, attributes=schema, item=item))
        assert only_item(result).title == "Brandschutz Anfänger"
        assert codes(result) == ["doctype_ignored"]
        with pytest.raises(BlockingIOError):
            server.accept()


def test_an_entity_bomb_in_utf_16_is_refused() -> None:
    prolog = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE m [<!ENTITY a "aaa">]>'
    result = reading(manifest_12(prolog=prolog).encode("utf-16"))
    assert result.manifest is None
    assert codes(result) == ["entity_declared", "byte_order_mark"]


def test_the_word_entity_in_a_title_is_no_declaration() -> None:
    item = TITLE.replace("Brandschutz", "&lt;!ENTITY and &lt;!DOCTYPE")
    assert only_item(reading(manifest_12(item=item))).title.startswith("<!ENTITY and <!DOCTYPE")


def test_every_problem_of_malformed_xml_is_listed_with_its_line() -> None:
    item = '<item identifier="I1" identifierref="R1"><title>Salt & pepper</title></item>'
    broken = manifest_12(item=item).replace("</resources>", "</resource>")
    result = reading(broken)
    assert result.manifest is None
    assert set(codes(result)) == {"xml_malformed"}
    assert {finding.line for finding in result.findings} >= {4, 7}


@pytest.mark.parametrize("document", [b"", b"\0\0\0\0", b"\xff\xfe", b"<", b"PK\x03\x04", b"\xef"])
def test_what_is_no_xml_is_refused(document: bytes) -> None:
    result = reading(document)
    assert result.manifest is None
    assert codes(result)[0] == "xml_malformed"


def test_another_root_element_is_refused() -> None:
    assert codes(reading("<course/>")) == ["root_wrong"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b" " * (xml.LARGEST + 1), "manifest_too_large"),
        (b"<manifest>" + b"<a/>" * xml.MOST_NODES + b"</manifest>", "too_many_elements"),
        (b"<manifest>" + b"<item>" * 150 + b"</item>" * 150 + b"</manifest>", "too_deep"),
        (b"<manifest>" + b"<item>" * 5000 + b"</item>" * 5000 + b"</manifest>", "xml_malformed"),
        (b"<!--" * 500_000, "xml_malformed"),
        (b"<manifest>" + b"<item/>" * 20_001 + b"</manifest>", "too_many_items"),
    ],
)
def test_what_would_fill_the_memory_is_refused(document: bytes, code: str) -> None:
    assert code in codes(reading(document))


def test_names_in_the_wrong_case_are_put_right_and_noted() -> None:
    document = manifest_12()
    for name in ("organization", "item", "title", "resource", "identifierref", "href"):
        document = document.replace(f"<{name} ", f"<{name.upper()} ")
        document = document.replace(f"</{name}>", f"</{name.upper()}>")
        document = document.replace(f" {name}=", f" {name.capitalize()}=")
    document = document.replace("<title>", "<TITLE>")
    result = reading(document)
    assert only_item(result).href == "index.html"
    assert "markup_case" in codes(result)


def test_scorm_2004_and_1_2_spellings_are_both_right() -> None:
    item = TITLE.replace(
        "</item>",
        "<adlcp:datafromlms>a</adlcp:datafromlms>"
        "<adlcp:timelimitaction>exit,message</adlcp:timelimitaction></item>",
    )
    resource = manifest_12(item=item).replace("scormtype", "scormType")
    assert codes(reading(resource)) == []
    assert only_item(reading(manifest_12(item=item))).data_from_lms == "a"


@pytest.mark.parametrize(
    ("version", "edition", "expected"),
    [
        ("1.2", "scorm12", []),
        ("CAM 1.3", "scorm2004-2nd", []),
        ("2004 2nd Edition", "scorm2004-2nd", []),
        ("2004 3rd Edition", "scorm2004-3rd", []),
        (" 2004 4th\n Edition ", "scorm2004-4th", []),
        ("SCORM 1.2", "scorm12", []),
        ("7.0", "scorm12", ["schemaversion_unknown"]),
        ("", "scorm12", ["schemaversion_missing"]),
    ],
)
def test_the_edition_is_read(version: str, edition: str, expected: list[str]) -> None:
    result = reading(manifest_12(metadata=METADATA.format(version)))
    assert accepted(result).edition == edition
    assert codes(result) == expected


def test_without_a_version_the_namespaces_tell_the_edition() -> None:
    document = manifest_12(metadata="").replace("adlcp_rootv1p2", "adlcp_v1p3")
    assert accepted(reading(document)).edition == "scorm2004-3rd"


def test_a_manifest_without_namespaces_is_read_by_names() -> None:
    document = manifest_12().replace("xmlns=", "ignored=").replace("adlcp:scormtype", "scormtype")
    result = reading(document)
    assert only_item(result).kind == "sco"
    assert codes(result) == ["namespace_unknown"]


def test_titles_of_metadata_are_left_alone() -> None:
    lom = "<METADATA><LOM><Title><langstring>Not this</langstring></Title></LOM></METADATA>"
    organizations = ORGANIZATIONS.replace("<title>", lom + "<title>")
    result = reading(manifest_12(organizations=organizations))
    assert accepted(result).title == "Course"
    assert codes(result) == ["markup_case"]
