"""Statements of every shape that the specification allows, and each with one mistake in it."""

from typing import Any

from hypothesis import strategies as st

from tests.conformance.xapi.requirements import COMPONENTS
from tests.lrs.conftest import Statement
from tests.lrs.whole import DROP, paths, replaced

Some = st.SearchStrategy[Any]

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
IRI = st.sampled_from(["http://a.b/c", "urn:x:y", "tag:ü.de,2026:試", "a:b"])
UUID = st.uuids(version=4).map(str)
TAG = st.sampled_from(["en", "en-US", "zh-Hant-TW", "x-y", "de"])
LANGUAGE_MAP = st.dictionaries(TAG, TEXT, max_size=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
).filter(lambda value: value not in (float("inf"), float("-inf")))
EXTENSIONS = st.dictionaries(IRI, st.integers() | TEXT | st.none(), max_size=2)
TIME = st.sampled_from(
    ["2026-11-21T10:00:00Z", "2024-02-29T00:00:00.123456789+05:30", "1999-12-31T23:59:59-11:00"]
)
DURATION = st.sampled_from(["PT0S", "P1Y2M3DT4H5M6.78S", "P2W", "PT36H"])


def properties(required: dict[str, Some], **optional: Some) -> Some:
    """Return objects with the required and any of the optional properties."""
    return st.fixed_dictionaries(required, optional=optional)


def typed(kind: str, **required: Some) -> dict[str, Some]:
    """Return the properties of an object that says its type."""
    return {"objectType": st.just(kind), **required}


ACCOUNT = properties({"homePage": IRI, "name": TEXT})
IDENTIFIERS: dict[str, Some] = {
    "mbox": st.sampled_from(["mailto:a@b.c", "mailto:ü+x@d-e.example"]),
    "mbox_sha1sum": st.text("0123456789abcdefABCDEF", min_size=40, max_size=40),
    "openid": IRI,
    "account": ACCOUNT,
}
AGENT = st.one_of(
    properties({name: value}, name=TEXT, objectType=st.just("Agent"))
    for name, value in IDENTIFIERS.items()
)
MEMBERS = st.lists(AGENT, min_size=1, max_size=2)
GROUP = properties(typed("Group", member=MEMBERS), name=TEXT) | st.one_of(
    properties(typed("Group", **{name: value}), name=TEXT, member=MEMBERS | st.just([]))
    for name, value in IDENTIFIERS.items()
)
ACTOR = AGENT | GROUP
VERB = properties({"id": IRI}, display=LANGUAGE_MAP)
LISTS = st.lists(
    properties({"id": TEXT}, description=LANGUAGE_MAP),
    max_size=2,
    unique_by=lambda each: each["id"],
)
DEFINITION = properties(
    {},
    name=LANGUAGE_MAP,
    description=LANGUAGE_MAP,
    type=IRI,
    moreInfo=IRI,
    extensions=EXTENSIONS,
) | properties(
    {"interactionType": st.sampled_from(["choice", "likert", "matching", "performance", "other"])},
    correctResponsesPattern=st.lists(TEXT, max_size=2),
    **dict.fromkeys(COMPONENTS, LISTS),
)
ACTIVITY = properties({"id": IRI}, objectType=st.just("Activity"), definition=DEFINITION)
REFERENCE = properties(typed("StatementRef", id=UUID))
OTHERS = properties(typed("Agent", mbox=IDENTIFIERS["mbox"])) | GROUP | REFERENCE
SCORE = properties(
    {},
    scaled=st.floats(-1, 1),
    raw=st.floats(0, 100),
    min=st.integers(-10, 0),
    max=st.integers(100, 200),
)
RESULT = properties(
    {},
    score=SCORE,
    success=st.booleans(),
    completion=st.booleans(),
    response=TEXT,
    duration=DURATION,
    extensions=EXTENSIONS,
)
AROUND = ACTIVITY | st.lists(ACTIVITY, max_size=2)
CONTEXT: dict[str, Some] = {
    "registration": UUID,
    "instructor": ACTOR,
    "team": GROUP,
    "contextActivities": properties({}, parent=AROUND, grouping=AROUND, category=AROUND),
    "language": TAG,
    "statement": REFERENCE,
    "extensions": EXTENSIONS,
}
RELEVANT = st.lists(IRI, min_size=1, max_size=2)
CONTEXT_IN_2: dict[str, Some] = {
    "contextAgents": st.lists(
        properties(typed("contextAgent", agent=AGENT), relevantTypes=RELEVANT), max_size=2
    ),
    "contextGroups": st.lists(
        properties(typed("contextGroup", group=GROUP), relevantTypes=RELEVANT), max_size=2
    ),
}
ATTACHMENT = properties(
    {
        "usageType": IRI,
        "display": LANGUAGE_MAP,
        "contentType": st.sampled_from(["text/plain", "image/svg+xml; charset=utf-8"]),
        "length": st.integers(0, 2**40),
        "sha2": st.text("0123456789abcdef", min_size=64, max_size=64),
        "fileUrl": IRI,
    },
    description=LANGUAGE_MAP,
)


def told(things: Some, context: Some, required: dict[str, Some]) -> Some:
    """Return what a statement or a SubStatement may tell about some things."""
    return properties(
        {"actor": ACTOR, "verb": VERB, "object": things, **required},
        result=RESULT,
        context=context,
        timestamp=TIME,
        attachments=st.lists(ATTACHMENT, max_size=1),
    )


def statements(version: str) -> st.SearchStrategy[Statement]:
    """Return valid statements of a version."""
    known = CONTEXT | (CONTEXT_IN_2 if version == "2.0.0" else {})
    context = properties({}, **known)
    of_activity = properties({}, revision=TEXT, platform=TEXT, **known)
    parts = [(ACTIVITY, of_activity), (OTHERS, context)]
    inner = st.one_of(
        told(things, around, {"objectType": st.just("SubStatement")}) for things, around in parts
    )
    return st.one_of(
        told(things, around, {}) for things, around in [*parts, (inner, context)]
    ) | told(ACTIVITY, of_activity, {"id": UUID, "version": st.just("1.0.0"), "stored": TIME})


@st.composite
def mutated(draw: st.DrawFn, valid: Some) -> Statement:
    """Return a statement in which one thing is dropped, replaced, renamed or added."""
    statement = draw(valid)
    path = draw(st.sampled_from(sorted(paths(statement), key=str)))
    *parent, last = path
    renamed = st.tuples(st.just([*parent, f"{last}s"]), JSON)
    path, new = draw(st.tuples(st.just(path), JSON | st.just(DROP)) | renamed)
    if new is DROP and isinstance(last, int):
        new = None
    changed: Statement = replaced(statement, path, new)
    return changed
