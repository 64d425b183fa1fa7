"""multipart/mixed, read in pieces of any size and written with its length known."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.attachments.multipart import (
    MOST_HEADER_BYTES,
    MultipartReader,
    MultipartWriter,
    OutgoingPart,
    read_boundary,
)
from lrs.errors import BadRequest, TooLarge

Parts = list[tuple[dict[str, str], bytes]]

BODY = (
    b"a preamble\r\n--b\r\nContent-Type: application/json\r\n\r\n{}\r\n"
    b"--b \r\nX-EXPERIENCE-api-Hash:  abc \r\nOther: 1\r\n\r\n\r\n--\r\n-b\r\n"
    b"--b\r\n\r\nno headers\r\n--b\r\nX: empty\r\n\r\n\r\n--b--\r\nan epilogue"
)
PARTS: Parts = [
    ({"content-type": "application/json"}, b"{}"),
    ({"x-experience-api-hash": "abc", "other": "1"}, b"\r\n--\r\n-b"),
    ({}, b"no headers"),
    ({"x": "empty"}, b""),
]


async def read(body: bytes, *, piece: int = 1000, boundary: str = "b", limit: int = 2**20) -> Parts:
    """Return the parts of a body that arrives in pieces."""
    pieces = iter([body[at : at + piece] for at in range(0, len(body), piece)])

    async def source() -> bytes:
        return next(pieces, b"")

    reader = MultipartReader(source, boundary, limit)
    parts = []
    while (headers := await reader.next_part()) is not None:
        data = b""
        while more := await reader.read():
            data += more
        parts.append((headers, data))
    await reader.drain()
    return parts


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 7, 64, 1000])
async def test_parts_are_the_same_however_the_body_is_cut(piece: int) -> None:
    assert await read(BODY, piece=piece) == PARTS


async def test_a_part_may_end_right_after_its_headers() -> None:
    body = b"--b\r\nX: 1\r\n\r\n--b\r\nX: 2\r\n\r\n--b--"
    assert await read(body) == [({"x": "1"}, b""), ({"x": "2"}, b"")]


async def test_a_part_that_is_not_read_is_passed_over() -> None:
    pieces = iter([BODY])

    async def source() -> bytes:
        return next(pieces, b"")

    reader = MultipartReader(source, "b", 2**20)
    found = [await reader.next_part() for _ in range(5)]
    assert found == [*(headers for headers, _ in PARTS), None]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "without its closing boundary"),
        (b"no boundary at all", "without its closing boundary"),
        (b"--b\r\nX: 1\r\n\r\ncut o", "without its closing boundary"),
        (b"--b\r\nX: 1\r\n\r\nwhole\r\n--b", "without its closing boundary"),
        (b"--b\r\nX: 1\r\n", "within a part's headers"),
        (b"--b\r\nX 1\r\n\r\n\r\n--b--", "is none"),
        (b"--better\r\nX: 1\r\n\r\n\r\n--better--", "behind a boundary"),
        (b"--b\r\nX: " + b"1" * MOST_HEADER_BYTES + b"\r\n\r\n\r\n--b--", "bytes of headers"),
        (b"--b" + b" " * MOST_HEADER_BYTES, "behind a boundary"),
    ],
)
@pytest.mark.parametrize("piece", [1, 20_000])
async def test_what_is_no_multipart_is_refused(body: bytes, told: str, piece: int) -> None:
    with pytest.raises(BadRequest, match=told):
        await read(body, piece=piece)


async def test_a_body_past_its_limit_is_refused() -> None:
    with pytest.raises(TooLarge, match="100 bytes"):
        await read(BODY, piece=10, limit=100)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed; boundary=-----314", "-----314"),
        ('multipart/mixed; charset=x; BOUNDARY="with space:and=more"', "with space:and=more"),
    ],
)
def test_a_boundary_is_read(content_type: str, boundary: str) -> None:
    assert read_boundary(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed",
        "multipart/mixed;",
        "multipart/mixed; boundary=",
        'multipart/mixed; boundary="ends with "',
        "multipart/mixed; boundary=" + "x" * 71,
        'multipart/mixed; boundary="\u00e9"',
    ],
)
def test_a_boundary_that_is_missing_or_none_is_refused(content_type: str) -> None:
    with pytest.raises(BadRequest, match="boundary"):
        read_boundary(content_type)


async def test_what_is_written_has_the_length_told_and_is_read_again() -> None:
    async def data() -> AsyncIterator[bytes]:
        yield b"one, "
        yield b"two"

    parts = [
        OutgoingPart.of_bytes({"Content-Type": "application/json"}, b"{}"),
        OutgoingPart({"Content-Type": "text/plain"}, 8, data),
    ]
    writer = MultipartWriter(parts, "b")
    body = b"".join([each async for each in writer])
    assert len(body) == writer.length
    assert await read(body) == [
        ({"content-type": "application/json", "content-length": "2"}, b"{}"),
        ({"content-type": "text/plain", "content-length": "8"}, b"one, two"),
    ]


async def test_a_header_cannot_bring_another_with_it() -> None:
    part = OutgoingPart.of_bytes({"Content-Type": "text/plain\r\nSet-Cookie: x"}, b"")
    body = b"".join([each async for each in MultipartWriter([part], "b")])
    (headers, _), *_ = await read(body)
    assert headers == {"content-type": "text/plainSet-Cookie: x", "content-length": "0"}


boundaries = st.text(st.sampled_from("-ab0'()+_,./:=? "), min_size=1, max_size=70).filter(
    lambda boundary: not boundary.endswith(" ")
)
header_names = st.text(st.sampled_from("abcX-"), min_size=1, max_size=8)
header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, Parts, bytes]:
    """Return a boundary, parts that like to look like it, and the body that holds them."""
    boundary = draw(boundaries)
    delimiter = b"\r\n--" + boundary.encode()
    crumbs = st.integers(0, len(delimiter) - 1).map(lambda end: delimiter[:end])
    pieces = st.lists(st.one_of(st.binary(max_size=40), crumbs, st.just(b"\r\n")), max_size=6)
    data = pieces.map(b"".join).filter(
        lambda data: delimiter not in b"\r\n" + data + delimiter[:-1]
    )
    headers = st.dictionaries(header_names.map(str.lower), header_values, max_size=3)
    parts = draw(st.lists(st.tuples(headers, data), min_size=1, max_size=4))
    body = b""
    for fields, content in parts:
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
        body += delimiter + b"\r\n" + lines + b"\r\n" + content
    return boundary, parts, body.removeprefix(b"\r\n") + delimiter + b"--\r\n"


many = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(bodies(), st.integers(1, 40))
async def test_any_bytes_cut_anywhere_are_read_as_they_were_written(
    drawn: tuple[str, Parts, bytes], piece: int
) -> None:
    boundary, parts, body = drawn
    assert await read(body, piece=piece, boundary=boundary) == parts


@many
@given(bodies(), st.integers(1, 40), st.data())
async def test_a_body_that_is_cut_off_is_refused(
    drawn: tuple[str, Parts, bytes], piece: int, data: st.DataObject
) -> None:
    boundary, _, body = drawn
    end = data.draw(st.integers(0, len(body) - len("--\r\n") - 1))
    with pytest.raises(BadRequest):
        await read(body[:end], piece=piece, boundary=boundary)


@many
@given(
    st.lists(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"--b", b"\r\n", b"--", b": "])),
        max_size=30,
    ).map(b"".join),
    st.integers(1, 40),
)
async def test_anything_is_parts_or_a_refusal_however_it_is_cut(body: bytes, piece: int) -> None:
    async def outcome(piece: int) -> Parts | type[Exception]:
        try:
            return await read(body, piece=piece)
        except BadRequest as refused:
            return type(refused)

    assert await outcome(piece) == await outcome(1000)
