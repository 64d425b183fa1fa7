"""The process that prints: `python -m content.printing.worker`, orders in, documents out.

It is a process of its own for three reasons: what authors write can take long and much memory, the
loop must not wait for it, and it ends with everything that it holds. It has no network.
"""

import functools
import io
import math
import os
import resource
import sys
import time
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import msgspec
from msgspec import Struct

from content.printing.documents import Printable, page, styles

if TYPE_CHECKING:
    from weasyprint.text.fonts import FontConfiguration

MEMORY: Final = 1536 << 20
LENGTH: Final = 4
MOST_PAGES: Final = 2000


class Order(Struct, frozen=True, array_like=True):
    """Print it, in so many seconds of CPU time: as PDF, or (`width` in pixels) its first page as
    a picture, on white or (`clear`) on nothing.
    """

    document: Printable
    seconds: float
    width: int | None = None
    clear: bool = False


class Answer(Struct, frozen=True, array_like=True):
    """The PDF or PNG, or why there is none."""

    printed: bytes = b""
    failure: str = ""


def read(stream: BinaryIO) -> bytes | None:
    """One message; None at the end."""
    head = stream.read(LENGTH)
    return stream.read(int.from_bytes(head)) if len(head) == LENGTH else None


def framed(message: bytes) -> bytes:
    """The message with its length before it."""
    return len(message).to_bytes(LENGTH) + message


def printed(order: Order) -> bytes:
    """The document as PDF/UA, equal for equal documents, or its first page as PNG."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    fonts = _fonts(order.document)
    sheets = [
        CSS(string=each, url_fetcher=fetcher, font_config=fonts) for each in styles(order.document)
    ]
    document = HTML(string=page(order.document), url_fetcher=fetcher).render(
        stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1"
    )
    if len(document.pages) > MOST_PAGES:
        raise ValueError(f"it has more than {MOST_PAGES} pages")
    made = cast(bytes, document.write_pdf(pdf_variant="pdf/ua-1"))
    return made if order.width is None else _picture(made, order.width, clear=order.clear)


def _fonts(document: Printable) -> "FontConfiguration":
    """The fonts as they are known already, unless the document brings its own."""
    from weasyprint.text.fonts import FontConfiguration

    own = "@font-face" in document.css.lower() or "\\" in document.css
    return FontConfiguration() if own or "<style" in document.html.lower() else _known()


@functools.cache
def _known() -> "FontConfiguration":
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def _picture(pdf: bytes, width: int, *, clear: bool) -> bytes:
    import pypdfium2

    first = pypdfium2.PdfDocument(pdf)[0]
    ground = (255, 255, 255, 0 if clear else 255)
    image = first.render(scale=width / first.get_width(), fill_color=ground).to_pil()
    target = io.BytesIO()
    image.save(target, "PNG", optimize=False)
    return target.getvalue()


def _end_after(seconds: float) -> None:
    """Let the system end this process once it has computed for so long; waiting does not count."""
    latest = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (latest, resource.RLIM_INFINITY))


def main() -> None:
    """Answer orders until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    orders = msgspec.msgpack.Decoder(Order)
    _known()
    while (message := read(sys.stdin.buffer)) is not None:
        try:
            order = orders.decode(message)
            _end_after(order.seconds)
            answer = Answer(printed(order))
        except MemoryError:
            os._exit(1)
        except Exception as error:
            answer = Answer(failure=f"{type(error).__name__}: {error}"[:500])
        answers.write(framed(msgspec.msgpack.encode(answer)))
        answers.flush()


if __name__ == "__main__":
    main()
