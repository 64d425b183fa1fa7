"""Documents are printed in every script, equal ones equally, and fetch nothing."""

import asyncio
import ctypes
import functools
import io
import threading
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pypdfium2
import pytest
import pytest_asyncio
from PIL import Image

from content.errors import PrintingBusy, PrintingFailed, PrintingUnavailable
from content.printing import Press, Printable, press

NAMES = {
    "en": "Zoë Łukasiewicz",
    "ru": "Екатерина Щербакова",
    "el": "Ελένη Παπαδοπούλου",
    "ar": "عبد الرحمن",
    "he": "שירה בן דוד",
    "hi": "क्षितिज",
    "th": "สมศักดิ์",
    "zh": "王小明",
    "ja": "渡邊さくら",
    "ko": "김민준",
}
PAIRS = ("жш", "λω", "عح", "שא", "कत", "กฮ", "王明", "さら", "김이")
EVERYBODY = Printable(
    title="Everybody's certificate",
    html="<h1>Certificate</h1>" + "".join(f"<p lang={k}>{v}</p>" for k, v in NAMES.items()),
    paper="A4",
    orientation="landscape",
    language="en-GB",
)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def printer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Press]:
    made = Press(tmp_path_factory.mktemp("fonts"))
    yield made
    await made.close()


async def test_every_script_has_its_font_and_its_text_in_tagged_pdf(printer: Press) -> None:
    made = await printer.pdf(EVERYBODY)
    assert made == await printer.pdf(EVERYBODY), "equal documents, other bytes"

    document = pypdfium2.PdfDocument(made)
    text = document[0].get_textpage().get_text_bounded()
    for language in ("en", "ru", "el", "zh", "ja", "ko"):
        assert NAMES[language] in text
    assert "\ufffe" not in text
    assert "\x00" not in text
    assert [round(each) for each in document.get_page_size(0)] == [842, 595]
    assert document.is_tagged()
    assert document.get_metadata_dict()["Title"] == "Everybody's certificate"
    assert not document.get_metadata_dict()["CreationDate"]
    language = (ctypes.c_ushort * 20)()
    pypdfium2.raw.FPDFCatalog_GetLanguage(document, language, 40)
    assert bytes(language).decode("utf-16-le").rstrip("\0") == "en-GB"


async def test_no_character_is_an_empty_box_and_each_script_has_its_bold(printer: Press) -> None:
    """Two characters of one script look different: neither is the sign for what is missing."""
    plain, other = ([pair[at] for pair in PAIRS] for at in (0, 1))
    pages = [_one_a_line(plain), _one_a_line(other), _one_a_line(plain, "bold")]
    first, second, bold = [_strips(await printer.picture(each, 300)) for each in pages]
    for pair, one, another, heavy in zip(PAIRS, first, second, bold, strict=True):
        assert one.tobytes() != another.tobytes(), pair
        assert _ink(heavy) > 1.15 * _ink(one), pair


def _one_a_line(characters: list[str], weight: str = "normal") -> Printable:
    html = "".join(f"<div>{each}</div>" for each in characters)
    share = 297 / len(characters)
    css = f"@page {{ margin: 0 }} div {{ height: {share}mm; overflow: hidden; font-size: 40pt }}"
    return Printable(title="x", html=html, css=f"{css} div {{ font-weight: {weight} }}")


def _strips(picture: bytes) -> list[Image.Image]:
    page, rows = Image.open(io.BytesIO(picture)).convert("L"), range(len(PAIRS))
    height = page.height / len(PAIRS)
    return [
        page.crop((0, round(row * height), page.width, round((row + 1) * height))) for row in rows
    ]


def _ink(strip: Image.Image) -> int:
    return sum(255 - each for each in strip.tobytes())


async def test_nothing_is_fetched_and_no_file_is_read(printer: Press, tmp_path: Path) -> None:
    asked: list[str] = []
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text y='20'>secret</text></svg>")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}"
        made = await printer.pdf(
            Printable(
                title="x",
                html=f"<p>text</p><img alt='' src='{there}/a.png'><img alt='' src='file://{secret}'>"
                f"<link rel=stylesheet href='{there}/b.css'><link rel=attachment href='{secret}'>",
                css=f"@import '{there}/c.css'; body {{ background: url({there}/d.png) }}",
            )
        )
        server.shutdown()
    assert not asked
    assert pypdfium2.PdfDocument(made)[0].get_textpage().get_text_bounded() == "text"


async def test_what_takes_too_long_is_ended_and_the_next_is_printed(printer: Press) -> None:
    endless = Printable(title="x", html="<div style='float:left'>" * 400 + "<p>x</p>" * 20000)
    with pytest.raises(PrintingFailed, match=r"more than 0\.5 s"):
        await printer.pdf(endless, seconds=0.5)
    assert (await printer.pdf(EVERYBODY)).startswith(b"%PDF")


async def test_only_so_many_wait(printer: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "WAITING", 2)
    small = Printable(title="x", html="<p>x</p>")
    answers = await asyncio.gather(*(printer.pdf(small) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in answers] == [bytes, bytes, PrintingBusy]


async def test_without_pango_it_says_what_to_install(
    printer: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "LIBRARIES", ("libnothing.so.0",))
    monkeypatch.setattr(press, "is_available", functools.cache(press.is_available.__wrapped__))
    with pytest.raises(PrintingUnavailable, match="apt-get install libpango"):
        await printer.pdf(EVERYBODY)
