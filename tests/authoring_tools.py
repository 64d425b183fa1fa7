"""Packages in the manner of the common authoring tools: what each kind of them is known to write.

Every page of them is a SCO that finds the API as its tool does, says that it was passed, and tells
the address at which it was launched.
"""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

IMSCP_12 = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd"'
)
IMSCP_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" '
    'xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
)
FLOW = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>'
SCO_12 = b"""<!doctype html><meta charset="utf-8"><title>Page</title><p>A page</p><script>
  var win = window;
  for (var n = 0; n < 500 && !win.API && win.parent !== win; n += 1) win = win.parent;
  var api = win.API;
  window.initialized = api.LMSInitialize("");
  api.LMSSetValue("cmi.core.lesson_location", location.pathname.split("/content/")[1] +
    location.search + location.hash);
  api.LMSSetValue("cmi.core.score.raw", "90");
  api.LMSSetValue("cmi.core.lesson_status", "passed");
  api.LMSCommit("");
  window.onunload = function () { api.LMSFinish(""); };
</script>"""
SCO_2004 = b"""<!doctype html><meta charset="utf-8"><title>Page</title><p>A page</p><script>
  var win = window;
  for (var n = 0; n < 500 && !win.API_1484_11 && win.parent !== win; n += 1) win = win.parent;
  var api = win.API_1484_11;
  window.initialized = api.Initialize("");
  api.SetValue("cmi.location", location.pathname.split("/content/")[1] +
    location.search + location.hash);
  api.SetValue("cmi.score.scaled", "0.9");
  api.SetValue("cmi.completion_status", "completed");
  api.SetValue("cmi.success_status", "passed");
  api.Commit("");
  window.onpagehide = function () { api.Terminate(""); };
</script>"""
FRAMESET = b"""<html><head><title>Course</title></head><frameset cols="*,0">
<frame src="lms/player.html"><frame src="lms/blank.html"></frameset></html>"""


@dataclass(frozen=True)
class Export:
    """A package: its zip's entries in their order, what is launched, and what is forgiven."""

    files: Mapping[str, bytes]
    launched: Sequence[str]
    forgiven: frozenset[str] = frozenset()
    edition: str = "scorm12"


def _manifest(namespaces: str, version: str, organizations: str, resources: str) -> str:
    metadata = (
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>"
    )
    return (
        f'<manifest identifier="course" version="1" {namespaces}>\n{metadata if version else ""}\n'
        f"{organizations}\n<resources>\n{resources}\n</resources>\n</manifest>\n"
    )


def _organizations(items: str, sequencing: str = "", default: str = 'default="org"') -> str:
    return (
        f'<organizations {default}><organization identifier="org"><title>Fire safety</title>\n'
        f"{items}\n{sequencing}</organization></organizations>"
    )


def _item(number: int, more: str = "", inside: str = "") -> str:
    title = f"<title>Part {number}</title>"
    return (
        f'<item identifier="item{number}" identifierref="res{number}"{more}>{title}{inside}</item>'
    )


def _sco(number: int, href: str, more: str = "", kind: str = "scormtype") -> str:
    files = f'<file href="{href.partition("?")[0]}"/>'
    return (
        f'<resource identifier="res{number}" type="webcontent" adlcp:{kind}="sco" '
        f'href="{href}" {more}>{files}</resource>'
    )


def slides() -> Export:
    """Slides made into a course: a mark, CRLF, a frameset around the page that has the API."""
    inside = (
        "<adlcp:masteryscore>80</adlcp:masteryscore>"
        "<adlcp:timelimitaction>continue,no message</adlcp:timelimitaction>"
    )
    resource = _sco(1, "index_lms.html").replace("</resource>", '<file href="lms/player.html"/>')
    text = '<?xml version="1.0" encoding="utf-8" standalone="no" ?>\n' + _manifest(
        IMSCP_12, "1.2", _organizations(_item(1, inside=inside)), resource + "</resource>"
    )
    files = {
        "adlcp_rootv1p2.xsd": b"<schema/>",
        "lms/": b"",
        "lms/player.html": SCO_12,
        "lms/blank.html": b"",
        "index_lms.html": FRAMESET,
        "imsmanifest.xml": codecs.BOM_UTF8 + text.replace("\n", "\r\n").encode(),
    }
    return Export(files, ["index_lms.html"])


def windows_tool() -> Export:
    """A tool of Windows: UTF-16, backslashes in the zip and in the manifest."""
    text = '<?xml version="1.0" encoding="UTF-16"?>\n' + _manifest(
        IMSCP_12, "1.2", _organizations(_item(1)), _sco(1, "content\\lesson 1\\start.htm")
    )
    files = {
        "imsmanifest.xml": text.encode("utf-16"),
        "content\\lesson 1\\start.htm": SCO_12,
        "content\\lesson 1\\picture.png": b"PNG",
    }
    forgiven = frozenset({"name_backslash", "href_backslash"})
    return Export(files, ["content/lesson%201/start.htm"], forgiven)


def zipped_folder() -> Export:
    """A folder that was zipped by hand on a Mac, of a manifest written by hand."""
    organizations = _organizations(_item(1) + _item(2), default="")
    text = _manifest(
        IMSCP_12, "", organizations, _sco(1, "one.html") + _sco(2, "../Fire%20safety/two.html")
    )
    files = {
        "Fire safety/": b"",
        "Fire safety/imsmanifest.xml": text.encode(),
        "__MACOSX/Fire safety/._imsmanifest.xml": b"\0\5\x16\7",
        "Fire safety/.DS_Store": b"\0\0\0\1Bud1",
        "Fire safety/one.html": SCO_12,
        "Fire safety/two.html": SCO_12,
    }
    forgiven = frozenset({"manifest_nested", "default_missing", "schemaversion_missing"})
    return Export(files, ["Fire%20safety/one.html", "Fire%20safety/two.html"], forgiven)


def package_editor() -> Export:
    """An editor of packages: xml:base at every level, `..`, dependencies, metadata within."""
    lom = (
        '<metadata><lom xmlns="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"><general><title>'
        '<langstring xml:lang="en">Not the title</langstring></title></general></lom></metadata>'
    )
    organizations = _organizations(_item(1, inside=lom) + _item(2))
    shared = '<dependency identifierref="common"/></resource>'
    resources = (
        _sco(1, "one.html", 'xml:base="a/"').replace("</resource>", shared)
        + _sco(2, "../../two/index.html", 'xml:base="a/b"').replace("</resource>", shared)
        + '<resource identifier="common" type="webcontent" xml:base="../">'
        '<file href="common/style.css"/></resource>'
    )
    text = _manifest(IMSCP_12 + ' xml:base="content/"', "1.2", organizations, resources)
    files = {
        "imsmanifest.xml": text.replace("<resources>", '<resources xml:base="modules/">').encode(),
        "content/modules/a/one.html": SCO_12,
        "content/two/index.html": SCO_12,
        "content/common/style.css": b"p {}",
    }
    return Export(files, ["content/modules/a/one.html", "content/two/index.html"])


def capitals() -> Export:
    """An old tool, from a time of names in capitals, and of pages called otherwise on disk."""
    text = _manifest(IMSCP_12, "1.2", _organizations(_item(1)), _sco(1, "a001index.html"))
    for name in ("manifest", "organization", "item", "title", "resource", "file", "resources"):
        text = text.replace(f"<{name} ", f"<{name.upper()} ").replace(
            f"<{name}>", f"<{name.upper()}>"
        )
        text = text.replace(f"</{name}>", f"</{name.upper()}>")
    for name in ("identifier", "identifierref", "href", "type", "default"):
        text = text.replace(f" {name}=", f" {name.upper()}=")
    files = {"IMSMANIFEST.XML": text.encode("cp1252"), "A001INDEX.HTML": SCO_12}
    forgiven = frozenset({"manifest_name", "markup_case", "href_case"})
    return Export(files, ["A001INDEX.HTML"], forgiven)


def one_engine() -> Export:
    """One page that plays everything: each item launches it with parameters of its own."""
    parameters = ("?part=1&amp;mode=quiz", "&amp;part=2", "part=3#end")
    items = "".join(
        f'<item identifier="item{number}" identifierref="res1" parameters="{each}">'
        f"<title>Part {number}</title></item>"
        for number, each in enumerate(parameters, 1)
    )
    text = _manifest(
        IMSCP_2004,
        "2004 3rd Edition",
        _organizations(items, FLOW),
        _sco(1, "engine/play.html?lang=en", kind="scormType"),
    )
    files = {"imsmanifest.xml": text.encode(), "engine/play.html": SCO_2004}
    page = "engine/play.html?lang=en"
    launched = [f"{page}&part=1&mode=quiz", f"{page}&part=2", f"{page}&part=3#end"]
    return Export(files, launched, edition="scorm2004-3rd")


def submanifests() -> Export:
    """Courses put together of courses: items that stand for manifests within the manifest."""
    organizations = _organizations(
        _item(1) + '<item identifier="module" identifierref="inner"><title>Module</title></item>'
    )
    inner = (
        '<manifest identifier="inner" xml:base="module/"><organizations default="part">'
        f'<organization identifier="part"><title>Module</title>{_item(2)}{_item(3)}'
        f"</organization></organizations><resources>{_sco(2, 'two.html')}{_sco(3, 'three.html')}"
        "</resources></manifest>"
    )
    text = _manifest(IMSCP_12, "1.2", organizations, _sco(1, "one.html"))
    files = {
        "imsmanifest.xml": text.replace("</manifest>", inner + "</manifest>").encode(),
        "one.html": SCO_12,
        "module/two.html": SCO_12,
        "module/three.html": SCO_12,
    }
    return Export(files, ["one.html", "module/two.html", "module/three.html"])


def sequencing_templates() -> Export:
    """A course whose items share their sequencing in a collection, and add to it."""
    collection = (
        '<imsss:sequencingCollection><imsss:sequencing ID="in-order">'
        '<imsss:controlMode choice="false" flow="true" forwardOnly="true"/>'
        '</imsss:sequencing><imsss:sequencing ID="reports"><imsss:deliveryControls '
        'completionSetByContent="true" objectiveSetByContent="true"/></imsss:sequencing>'
        "</imsss:sequencingCollection></manifest>"
    )
    in_order = '<imsss:sequencing IDRef="in-order"/>'
    own = (
        '<imsss:sequencing IDRef="reports"><imsss:limitConditions attemptLimit="3"/>'
        "</imsss:sequencing>"
    )
    items = _item(1, inside=own) + _item(2, inside=own)
    module = f'<item identifier="module"><title>Module</title>{items}{in_order}</item>'
    text = _manifest(
        IMSCP_2004,
        "2004 4th Edition",
        _organizations(module, in_order),
        _sco(1, "one.html", kind="scormType") + _sco(2, "two.html", kind="scormType"),
    )
    files = {
        "imsmanifest.xml": text.replace("</manifest>", collection).encode(),
        "one.html": SCO_2004,
        "two.html": SCO_2004,
    }
    return Export(files, ["one.html", "two.html"], edition="scorm2004-4th")


def rapid_tool() -> Export:
    """A tool for quick courses: one page, a driver, an objective with a passing score."""
    sequencing = (
        '<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="PRIMARYOBJ" '
        'satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.8</imsss:minNormalizedMeasure>'
        "</imsss:primaryObjective></imsss:objectives><imsss:deliveryControls "
        'completionSetByContent="true" objectiveSetByContent="true"/></imsss:sequencing>'
        "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>abandon"
        "</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>"
    )
    text = '<?xml version="1.0" encoding="iso-8859-1"?>' + _manifest(
        IMSCP_2004,
        "2004 3rd Edition",
        _organizations(_item(1, ' isvisible="true"', sequencing), FLOW),
        _sco(1, "scormdriver/%C3%BCbersicht%20%231.html", kind="scormType"),
    ).replace("Fire safety", "Brandschutz für alle")
    files = {
        "imsmanifest.xml": text.encode("latin-1"),
        "scormdriver/übersicht #1.html": SCO_2004,
    }
    launched = ["scormdriver/%C3%BCbersicht%20%231.html"]
    return Export(files, launched, edition="scorm2004-3rd")


def without_organization() -> Export:
    """A page saved as a package: resources alone."""
    text = _manifest(IMSCP_2004, "CAM 1.3", "<organizations/>", "")
    resource = _sco(1, "index.html", kind="scormType")
    files = {
        "imsmanifest.xml": text.replace("<resources>", "<resources>" + resource).encode(),
        "index.html": SCO_2004,
    }
    forgiven = frozenset({"organization_missing"})
    return Export(files, ["index.html"], forgiven, "scorm2004-2nd")


EXPORTS = {
    make.__name__: make()
    for make in (
        slides,
        windows_tool,
        zipped_folder,
        package_editor,
        capitals,
        one_engine,
        submanifests,
        sequencing_templates,
        rapid_tool,
        without_organization,
    )
}
