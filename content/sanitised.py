"""HTML from authors and learners, with nothing in it that acts.

What is not in the lists is left out: its text stays, save that of scripts and styles. Formulas are
kept as presentation MathML.
"""

import re
from html import escape, unescape

import nh3

TEXT = "p br hr h1 h2 h3 h4 h5 h6 div span blockquote q pre abbr address bdi bdo ruby rb rp rt wbr"
INLINE = "a b i u s em strong small mark del ins sub sup cite dfn kbd samp var code time"
LISTS = "ul ol li dl dt dd details summary"
TABLES = "table caption colgroup col thead tbody tfoot tr th td"
MEDIA = "img figure figcaption audio video source track"
MATH = (
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover"
    " mmultiscripts mprescripts mtable mtr mtd mpadded mphantom merror"
)
TAGS = frozenset(" ".join((TEXT, INLINE, LISTS, TABLES, MEDIA, MATH)).split())
WITHOUT_THEIR_TEXT = {"script", "style", "title", "noscript", "template", "textarea", "xmp"}
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src", "controls"},
    "video": {"src", "controls", "poster", "width", "height"},
    "source": {"src", "type"},
    "track": {"src", "kind", "label", "srclang"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
    "time": {"datetime"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "details": {"open"},
    "col": {"span"},
    "colgroup": {"span"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "abbr"},
    "code": {"class"},
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "form"},
    "mtd": {"columnspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

MOST_ELEMENTS = 10_000

_OPENING = re.compile(r"<([A-Za-z][^\s/>]*)")
_CLOSED_BY_THE_NEXT = frozenset(["p", "li", "dd", "dt", "br", "hr", "img"])
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")


def _kept(_: str, name: str, value: str) -> str | None:
    """An attribute's value; of classes only that of a code's language."""
    return value if name != "class" or _LANGUAGE.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=WITHOUT_THEIR_TEXT,
    attributes=ATTRIBUTES,
    attribute_filter=_kept,
    url_schemes=SCHEMES,
    link_rel="noopener noreferrer",
)


def clean(html: str) -> str:
    """The HTML fragment without scripts, styles, handlers, frames, forms and foreign schemes.

    One of too many elements comes back as the text that it is.
    """
    return escape(html) if too_many_elements(html) else _CLEANER.clean(html)


def too_many_elements(html: str) -> bool:
    """Whether so many elements may lie in each other that to clean them takes seconds: the time
    grows with the square of the depth.
    """
    opened = (each[1].lower() for each in _OPENING.finditer(html))
    return sum(name not in _CLOSED_BY_THE_NEXT for name in opened) > MOST_ELEMENTS


def plain(text: str) -> str:
    """Text as HTML that shows it as it is written: in paragraphs, by lines."""
    paragraphs = [each.strip() for each in text.replace("\r\n", "\n").split("\n\n")]
    said = (escape(each).replace("\n", "<br>") for each in paragraphs if each)
    return "".join(f"<p>{each}</p>" for each in said)


def words(html: str) -> int:
    """About how many words a reader finds in a fragment: a tag parts words."""
    if too_many_elements(html):
        return len(html.split())
    return len(unescape(_TEXT_ONLY.clean(html.replace("<", " <"))).split())


_TEXT_ONLY = nh3.Cleaner(tags=set(), clean_content_tags=WITHOUT_THEIR_TEXT)
