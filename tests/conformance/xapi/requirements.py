"""Which values each requirement on a statement's properties refuses, and which it allows.

A row names requirements, the path of a property of the whole statement, and values for it.
"""

from typing import Any, NamedTuple

from tests.lrs.whole import ADA, DROP, TEAM, UUID

ACCOUNT = {"homePage": "https://example.com", "name": "7"}
SHA1 = "a" * 40
ACTIVITY = {"id": "https://example.com/a"}
COMPONENTS = ("choices", "scale", "source", "target", "steps")


class Row(NamedTuple):
    """Requirements, as many words; each finding at the path names one of them."""

    requirements: str
    path: str
    values: list[Any]


def inner(**properties: Any) -> dict[str, Any]:
    """Return a SubStatement."""
    statement = {
        "objectType": "SubStatement",
        "actor": ADA,
        "verb": {"id": "https://example.com/v"},
        "object": ACTIVITY,
        **properties,
    }
    return {name: value for name, value in statement.items() if value is not DROP}


NO_STRING: list[Any] = [7, True, [], {}, ["x"]]
NO_OBJECT: list[Any] = ["", "x", 7, True, [], [{}]]
NO_ARRAY: list[Any] = ["", "x", 7, True, {}, {"0": {}}]
NO_BOOLEAN: list[Any] = ["", "true", 0, 1, [], {}]
NO_NUMBER: list[Any] = ["", "1", True, [], {}]
NO_IRI: list[Any] = [*NO_STRING, "", "a", "a/b", "//a.b/c", "a b:c", "1a:b", ":a", "http:", "a:\n"]
NO_LANGUAGE = ["", "e", "english words", "en_US", "en-", "en--US", "12", "-en", "en-a", "a" * 9]
NO_LANGUAGE_MAP: list[Any] = [*NO_OBJECT, {"en": 7}, {"en": {}}, {"en": ["x"]}]
NO_UUID: list[Any] = [
    *NO_STRING,
    "",
    "x",
    UUID.replace("-", ""),
    f"{{{UUID}}}",
    f"urn:uuid:{UUID}",
    f"{UUID}0",
    UUID[:-1],
    UUID.replace("c", "g"),
    f"{UUID}\n",
]
NO_REF: list[Any] = [
    *NO_OBJECT,
    {"id": UUID},
    {"objectType": "StatementRef"},
    {"objectType": "statementref", "id": UUID},
    {"objectType": "StatementRef", "id": "7"},
    {"objectType": "StatementRef", "id": UUID, "name": "x"},
]
NO_GROUP: list[Any] = [
    {"objectType": "Group"},
    {"objectType": "Group", "name": "x"},
    {"objectType": "Group", "member": []},
    {"objectType": "Group", "mbox": "mailto:a@b.c", "openid": "https://example.com"},
    {"objectType": "Group", "mbox_sha1sum": SHA1, "account": ACCOUNT, "member": [ADA]},
]
NO_AGENT: list[Any] = [
    {},
    {"name": "Ada"},
    {"mbox": "mailto:a@b.c", "mbox_sha1sum": SHA1},
    {"mbox": "mailto:a@b.c", "openid": "https://example.com"},
    {"mbox": "mailto:a@b.c", "account": ACCOUNT},
    {"mbox_sha1sum": SHA1, "openid": "https://example.com"},
    {"mbox_sha1sum": SHA1, "account": ACCOUNT},
    {"openid": "https://example.com", "account": ACCOUNT},
]
NO_MBOX: list[Any] = [
    *NO_STRING,
    "",
    "ada@example.com",
    "mailto:",
    "mailto:a",
    "mailto:@b",
    "mailto:a@",
    "mailto:a@b@c",
    "mailto:a b@c",
    "mailto:a@b?subject=x",
    "http://a@b",
]
NO_TIME: list[Any] = [
    *NO_STRING,
    "",
    "yesterday",
    "2026-11-21",
    "10:00:00Z",
    "2026-11-21 10:00:00Z",
    "2026-13-01T10:00:00Z",
    "2026-02-30T10:00:00Z",
    "2026-11-21T25:00:00Z",
    "2026-11-21T10:61:00Z",
    "2026-11-21T10:00:00-00:00",
    "2026-11-21T10:00:00+25:00",
    "2026-11-21T10:00:00ZZ",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-01:00",
]
NO_DURATION: list[Any] = [
    *NO_STRING,
    "",
    "P",
    "PT",
    "P1DT",
    "1D",
    "P1S",
    "PT1D",
    "P-1D",
    "p1d",
    "PT1.S",
    "P1H",
    "PT1S1M",
    "P1W2D",
    "PT1H ",
]

REFUSED = [
    Row("XAPI-00003", "actor", [DROP]),
    Row("XAPI-00004", "verb", [DROP]),
    Row("XAPI-00005", "object", [DROP]),
    *(
        Row("XAPI-00006 XAPI-00037 XAPI-00034 XAPI-00031", name, NO_OBJECT)
        for name in ("actor", "verb", "object", "result", "context")
    ),
    Row("XAPI-00022 XAPI-00123", "timestamp", NO_TIME),
    Row("XAPI-00023 XAPI-00123", "stored", NO_TIME),
    Row(
        "XAPI-00024 XAPI-00010 XAPI-00031",
        "authority",
        [*NO_OBJECT, ACTIVITY, {"objectType": "Activity"}],
    ),
    Row("XAPI-00025", "attachments", NO_ARRAY),
    Row("XAPI-00027 XAPI-00028 XAPI-00029 XAPI-00030", "id", NO_UUID),
    Row("XAPI-00031", "actor/objectType", ["Activity", "agent", "", 7, []]),
    Row("XAPI-00031", "context/instructor/objectType", ["agent", "Person", 7]),
    Row("XAPI-00033", "context/instructor/name", NO_STRING),
    Row("XAPI-00034", "context/instructor", NO_AGENT),
    Row("XAPI-00035", "context/instructor/member", [[ADA], []]),
    Row("XAPI-00036", "actor/member", NO_ARRAY),
    Row("XAPI-00032", "actor/member/0/objectType", ["Group", "agent"]),
    Row("XAPI-00034", "actor/member/0", NO_AGENT),
    Row("XAPI-00037", "actor", NO_GROUP),
    Row(
        "XAPI-00038",
        "context/instructor/mbox",
        NO_MBOX,
    ),
    Row("XAPI-00039", "context/instructor/mbox_sha1sum", [*NO_STRING, "", SHA1[1:], "g" * 40]),
    Row("XAPI-00040", "context/instructor/openid", NO_IRI),
    Row("XAPI-00041", "actor/account", NO_OBJECT),
    Row("XAPI-00042", "actor/account/homePage", [DROP, *NO_IRI]),
    Row("XAPI-00043", "actor/account/name", [DROP, *NO_STRING]),
    Row("XAPI-00044", "verb/id", [DROP, *NO_IRI]),
    Row("XAPI-00045", "verb/display", NO_LANGUAGE_MAP),
    Row("XAPI-00046", "object/objectType", ["activity", "Verb", "", 7, []]),
    Row("XAPI-00047", "object/id", [DROP, *NO_IRI]),
    Row("XAPI-00048", "object/definition", NO_OBJECT),
    Row("XAPI-00049", "object/definition/interactionType", ["Choice", "yes-no", "", *NO_STRING]),
    Row("XAPI-00056", "object/definition/name", NO_LANGUAGE_MAP),
    Row("XAPI-00057", "object/definition/extensions", NO_OBJECT),
    Row("XAPI-00059", "object/definition/description", NO_LANGUAGE_MAP),
    Row("XAPI-00060", "object/definition/type", NO_IRI),
    Row("XAPI-00061", "object/definition/moreInfo", NO_IRI),
    Row("XAPI-00064", "object/definition/interactionType", [DROP]),
    *(
        Row("XAPI-00006 XAPI-00048", f"object/definition/{name}", [*NO_ARRAY, [7], [{}]])
        for name in COMPONENTS
    ),
    *(
        Row("XAPI-00010", f"object/definition/{name}", [[{"id": "a"}, {"id": "b"}, {"id": "a"}]])
        for name in COMPONENTS
    ),
    Row("XAPI-00065", "object", [{"mbox": "mailto:a@b.c"}, {**TEAM, "objectType": "Activity"}]),
    Row("XAPI-00066 XAPI-00010", "object", [inner(verb=DROP), inner(actor=DROP), inner(x=1)]),
    Row("XAPI-00067", "object", [inner(authority=ADA)]),
    Row("XAPI-00068", "object", [inner(version="1.0.0")]),
    Row("XAPI-00069", "object", [inner(stored="2026-11-21T10:00:00Z")]),
    Row("XAPI-00070", "object", [inner(id=UUID)]),
    Row("XAPI-00071", "object", [inner(object=inner())]),
    Row("XAPI-00072", "object", [{"objectType": "StatementRef", "id": each} for each in NO_UUID]),
    Row("XAPI-00072", "object", [{"objectType": "StatementRef"}]),
    Row("XAPI-00073 XAPI-00047", "object", [{"id": UUID}, inner(objectType=DROP)]),
    Row("XAPI-00074", "result/success", NO_BOOLEAN),
    Row("XAPI-00075", "result/completion", NO_BOOLEAN),
    Row("XAPI-00076", "result/response", NO_STRING),
    Row("XAPI-00077 XAPI-00124", "result/duration", NO_DURATION),
    Row("XAPI-00078", "result/extensions", NO_OBJECT),
    Row("XAPI-00120", "context/extensions", NO_OBJECT),
    Row("XAPI-00079 XAPI-00010", "result/score", [*NO_OBJECT, {"grade": 1}]),
    Row("XAPI-00080 XAPI-00081 XAPI-00082", "result/score", [{"min": 2, "max": 1}]),
    Row("XAPI-00080", "result/score/max", NO_NUMBER),
    Row("XAPI-00081", "result/score/min", [*NO_NUMBER, 10, 10.5]),
    Row("XAPI-00082", "result/score/raw", [*NO_NUMBER, -0.1, 10.1]),
    Row("XAPI-00083", "result/score/scaled", [*NO_NUMBER, -1.01, 1.01, 50]),
    Row("XAPI-00086", "context/contextActivities", NO_OBJECT),
    Row("XAPI-00087", "context/registration", NO_UUID),
    Row("XAPI-00087 XAPI-00034", "context/instructor", [ACTIVITY, {"name": "x"}]),
    Row("XAPI-00088 XAPI-00037", "context/team", [ADA, {"mbox": "mailto:a@b.c"}, *NO_GROUP]),
    Row("XAPI-00089", "context/revision", NO_STRING),
    Row("XAPI-00090", "context/platform", NO_STRING),
    Row("XAPI-00091", "context/language", [*NO_STRING, *NO_LANGUAGE]),
    Row("XAPI-00092 XAPI-00072 XAPI-00073 XAPI-00010", "context/statement", NO_REF),
    Row("XAPI-00093", "context/contextActivities/child", [ACTIVITY, [ACTIVITY]]),
    *(
        Row("XAPI-00094 XAPI-00047", f"context/contextActivities/{role}", [7, "x", {}, [7], [{}]])
        for role in ("parent", "grouping", "category", "other")
    ),
    Row("XAPI-00098", "authority", [{**TEAM, "member": [ADA]}, {**TEAM, "member": [ADA] * 3}]),
    Row("XAPI-00100", "authority", [{**TEAM, "member": [ADA] * 2, "mbox": "mailto:a@b.c"}]),
    Row(
        "XAPI-00101", "version", [*NO_STRING, "", "1", "1.1.0", "0.9", "1.0.x", "v1.0.0", "1.0.3 "]
    ),
    Row("XAPI-00102", "attachments/0/length", [DROP, *NO_NUMBER, 1.5, -1]),
    Row("XAPI-00103", "attachments/0/sha2", [DROP, *NO_STRING, "", "x", "a" * 63, "g" * 64]),
    Row("XAPI-00104", "attachments/0/fileUrl", NO_IRI),
    Row("XAPI-00105", "attachments/0/contentType", [DROP, *NO_STRING, "", "text", "text/", "/x"]),
    Row("XAPI-00106", "attachments/0/display", [DROP, *NO_LANGUAGE_MAP]),
    Row("XAPI-00107", "attachments/0/usageType", [DROP, *NO_IRI]),
    *(
        Row("XAPI-00118", f"{part}/extensions", [{"": 1}, {"x": 1}, {"//a.b": 1}])
        for part in ("object/definition", "result", "context")
    ),
    *(
        Row("XAPI-00013 XAPI-00121", path, [{tag: "x"} for tag in NO_LANGUAGE])
        for path in (
            "verb/display",
            "object/definition/name",
            "object/definition/description",
            "object/definition/choices/0/description",
            "attachments/0/display",
            "attachments/0/description",
        )
    ),
]
"""Each value is refused at its path."""

NO_ACTIVITY: list[Any] = [
    ADA,
    TEAM,
    {"objectType": "StatementRef", "id": UUID},
    inner(),
]

ALLOWED = [
    Row("XAPI-00123", "timestamp", ["2026-11-21T10:00:00Z", "2024-02-29T23:59:60.123456789+05:30"]),
    Row("XAPI-00123", "timestamp", ["2026-11-21T10:00:00-00:30", "2999-01-01T00:00:00Z"]),
    Row("XAPI-00098", "authority", [ADA, {**TEAM, "member": [{"account": ACCOUNT}, ADA]}]),
    Row("XAPI-00101", "version", ["1.0", "1.0.0", "1.0.3", "1.0.11"]),
    Row("XAPI-00025", "attachments", [[], DROP]),
    Row("XAPI-00029", "context/registration", [UUID.upper()]),
    Row("XAPI-00034", "actor", [ADA, {"mbox_sha1sum": SHA1.upper()}, {"account": ACCOUNT}]),
    Row("XAPI-00034", "actor", [{"openid": "https://example.com/ada", "name": ""}]),
    Row("XAPI-00037", "actor", [TEAM, {"objectType": "Group", "mbox": "mailto:a@b.c"}]),
    Row("XAPI-00038", "actor", [{"mbox": "mailto:a.b+c@d-e.example"}, {"mbox": "mailto:ü@ü.de"}]),
    Row("XAPI-00044", "verb/id", ["urn:x:y", "tag:a.b,2026:c", "http://ü.de/試?a=b#c", "a:b"]),
    Row("XAPI-00045", "verb/display", [{}, {"en": ""}, {"en": "x", "EN-us": "x"}]),
    Row(
        "XAPI-00121",
        "object/definition/name",
        [
            {tag: "x"}
            for tag in ("de", "zh-Hant-TW", "sr-Latn-RS", "es-419", "x-klingon", "i-navajo")
        ]
        + [
            {tag: "x"}
            for tag in ("und", "sl-rozaj-biske-1994", "en-u-ca-gregory", "de-x-a", "art-lojban")
        ],
    ),
    Row("XAPI-00048", "object/definition", [{}, DROP]),
    *(
        Row("Data 2.4.4.1", f"object/definition/{name}", [[], [{"id": ""}, {"id": "a"}]])
        for name in COMPONENTS
    ),
    Row("XAPI-00049", "object/definition/interactionType", ["true-false", "fill-in", "other"]),
    Row("XAPI-00076", "result/response", ["", "a[,]b", "試"]),
    Row("XAPI-00124", "result/duration", ["P1Y2M3DT4H5M6.789S", "PT0S", "P2W", "PT36H", "P0.5D"]),
    Row("XAPI-00079", "result/score", [{}, {"raw": -5}, {"min": -1, "max": 1, "raw": -1}]),
    Row("XAPI-00083", "result/score/scaled", [-1, 0, 1, 1.0]),
    Row("XAPI-00094", "context/contextActivities/parent", [ACTIVITY, [ACTIVITY], []]),
    Row("XAPI-00102", "attachments/0/length", [0, 3.0, 2**53]),
    Row("XAPI-00105", "attachments/0/contentType", ["text/plain;charset=utf-8", "image/svg+xml"]),
    *(
        Row("XAPI-00119", f"{part}/extensions", [{}, {"http://a.b/x": value}])
        for part in ("object/definition", "result", "context")
        for value in (None, "", {}, [], {"a": None})
    ),
]
"""Each value is taken at its path."""
