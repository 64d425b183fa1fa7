"""A certificate's HTML and CSS: cleaned of what acts or reaches out, and the variables they use."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

import nh3

from content import sanitised
from content.findings import Finding

VARIABLES = frozenset(
    {
        "student_name",
        "course_name",
        "completion_date",
        "instructor_name",
        "organization_name",
        "certificate_number",
        "issue_date",
        "expiry_date",
        "score",
        "verification_url",
        "qr_code",
        "logo",
        "signature",
    }
)
"""What every certificate can say; all else comes from its custom fields."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_VARIABLES = 100
PLACEHOLDER = re.compile(r"{{\s*(.*?)\s*}}", re.DOTALL)

_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(\*/|$)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_ACTING = {
    "a <": re.compile("<"),
    "@import": re.compile("@import"),
    "an address other than data:image": re.compile(r"url\((?!\s*[\"']?\s*data:image/)"),
    "image-set()": re.compile(r"image-set\("),
    "expression()": re.compile(r"expression\("),
    "a script": re.compile(r"javascript:|behavior\s*:|-moz-binding"),
}


def clean(html: str) -> str:
    """The HTML without what acts; classes and harmless styles stay. Twice is once."""
    return _CLEANER.clean(html)


def used(html: str) -> tuple[str, ...]:
    """The names between double braces, each once, in order."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(html)))


def variables(html: str) -> tuple[str, ...]:
    """Those of the names that can be a variable's."""
    return tuple(name for name in used(html) if NAME.fullmatch(name))


def broken_html(html: str, declared: Collection[str]) -> list[Finding]:
    """Placeholders that are no names, and those that are not declared."""
    found = []
    for name in used(html):
        if not NAME.fullmatch(name):
            detail = f"{{{{{name[:60]}}}}} is no name: small letters, digits and _ make one"
            found.append(Finding(where="html_template", detail=detail))
        elif name not in declared:
            meant = get_close_matches(name, sorted(VARIABLES), 1)
            hint = f": is it {meant[0]}?" if meant else ""
            detail = f"uses {name}, which is not among the variables{hint}"
            found.append(Finding(where="html_template", detail=detail))
    return found


def broken_variables(variables: Collection[str]) -> Iterator[Finding]:
    """Variables that are no names."""
    for index, name in enumerate(variables):
        if not NAME.fullmatch(name):
            where = f"variables/{index}"
            yield Finding(where=where, detail="must be small letters, digits and _")


def broken_css(css: str) -> list[Finding]:
    """What styles must not do: reach out, or act."""
    plain = _plain(css)
    return [
        Finding(where="css_styles", detail=f"must not contain {name}")
        for name, pattern in _ACTING.items()
        if pattern.search(plain)
    ]


def custom(variables: Collection[str]) -> list[str]:
    """The variables that custom fields must give."""
    return [each for each in variables if each not in VARIABLES]


def _plain(css: str) -> str:
    """Styles as a browser reads them: without comments and escapes."""
    return _ESCAPE.sub(_unescaped, _COMMENT.sub("", css)).lower()


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else 0
    return match[2] or (chr(code) if 0 < code < 0x110000 else "")


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return None if broken_css(value) else value
    if value.strip().lower().startswith("data:"):
        return value if (tag, name) == ("img", "src") and _IMAGE.match(value.strip()) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(sanitised.TAGS),
    clean_content_tags=sanitised.WITHOUT_THEIR_TEXT,
    attributes={
        **sanitised.ATTRIBUTES,
        "*": {*sanitised.ATTRIBUTES["*"], "class", "id", "style"},
        "code": set(),
    },
    attribute_filter=_kept,
    url_schemes={*sanitised.SCHEMES, "data"},
    link_rel="noopener noreferrer",
)
