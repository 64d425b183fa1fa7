"""HTML from authors: what is kept, and that nothing in it acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.sanitised import MOST_ELEMENTS, clean, words


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Rules of Hooks</h2><p>There are <em>two</em> rules.</p>",
        '<ol start="3"><li>one</li><li>two<ul><li>nested</li></ul></li></ol>',
        '<table><thead><tr><th scope="col">a</th></tr></thead>'
        '<tbody><tr><td colspan="2">1</td></tr></tbody></table>',
        '<pre><code class="language-python">if a &lt; b: pass</code></pre>',
        '<figure><img src="/files/1" alt="A map"><figcaption>A map</figcaption></figure>',
        "<math><mfrac><mi>a</mi><mn>2</mn></mfrac><mo>=</mo><mtext>half</mtext></math>",
        "<details><summary>More</summary><p>Text</p></details>",
    ],
)
def test_what_authors_write_stays_as_it_is(html: str) -> None:
    assert clean(html) == html


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<style>p{}</style><p style='color:red'>a</p>", "<p>a</p>"),
        ("<img src=x onerror=alert(1)>", '<img src="x">'),
        ("<a href='javascript:alert(1)'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href=' jAva\tscript:alert(1)'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<img src='data:text/html;base64,PHN2Zz4='>", "<img>"),
        ("<iframe src='https://x.example'></iframe><object></object><embed>", ""),
        ("<form action=/x><input name=a><button>Go</button></form>", "Go"),
        ("<svg onload=alert(1)><p>a</p></svg>", "<p>a</p>"),
        ("<base href='//x.example'><meta http-equiv=refresh><link rel=stylesheet>", ""),
        ("<p id=login class=admin data-x=1>a</p><!-- b -->", "<p>a</p>"),
        ("<code class='language-js evil'>a</code>", "<code>a</code>"),
    ],
)
def test_what_acts_is_left_out(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned


def test_links_leave_without_a_trace() -> None:
    cleaned = clean('<a href="https://x.example" target="_blank" rel="opener">x</a>')
    assert cleaned == '<a href="https://x.example" rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize(
    "html",
    [
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=x'>",
        "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml>",
        "<math><mi><b><mglyph><svg><mtext><textarea><path id='</textarea><img onerror=alert(1)>'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<svg></p><style><a title='</style><img src onerror=alert(1)>'>",
    ],
)
def test_nothing_becomes_active_by_being_read_again(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
    assert "<style" not in once
    assert "<svg" not in once
    assert "<img" not in once or "onerror" not in once


PIECES = [
    "<p>",
    "</p>",
    "<b>",
    "<a>",
    "<li>",
    "<table>",
    "<td>",
    "<math>",
    "</math>",
    "<mtext>",
    "<mglyph>",
    "<style>",
    "</style>",
    "<svg>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "&lt;img&gt;",
    "a",
]
pieces = st.sampled_from(PIECES)


@given(st.lists(pieces, max_size=12).map("".join))
def test_nothing_active_comes_out_of_any_pieces_however_often_they_are_read(html: str) -> None:
    once = clean(html)
    for cleaned in (once, clean(once)):
        assert not any(each in cleaned for each in ("<script", "<style", "<svg", "<mglyph", "<!--"))


def test_words_are_those_that_a_reader_finds() -> None:
    assert words("<h2>Two words</h2><p>and&nbsp;three more</p><script>a b c</script>") == 5


@pytest.mark.parametrize("piece", ["<div>", "<svg><td>", "<b title='</b>'>", "<x-y>"])
def test_what_nests_without_end_comes_back_as_text(piece: str) -> None:
    cleaned = clean(piece * (MOST_ELEMENTS + 1))
    assert "<" not in cleaned
    assert words("x " * 10 + piece * (MOST_ELEMENTS + 1)) >= 10


def test_a_long_page_stays_a_page() -> None:
    page = '<p>a</p><ul><li>b</li></ul><img src="x">' * 3000
    assert clean(page) == page
