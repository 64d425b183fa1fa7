"""A zip's directory is counted as zipfile reads it, and never further than asked."""

import contextlib
import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zips import COURSE, zipped

from content.packages.directory import NotAZip, count_entries

NOISE = st.binary(max_size=300).filter(lambda noise: b"PK" not in noise)


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), unique=True),
    NOISE,
    NOISE,
)
def test_entries_are_counted_as_zipfile_counts_them(
    names: list[str], before: bytes, comment: bytes
) -> None:
    target = io.BytesIO()
    target.write(before)
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = comment
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"data")
    with zipfile.ZipFile(target) as archive:
        expected = len(archive.infolist())
    assert count_entries(target, 1000) == expected


def test_counting_stops_behind_the_limit() -> None:
    directory = b"PK\x01\x02" + bytes(42)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(directory) * 100_000, 0, 0)
    assert count_entries(io.BytesIO(directory * 100_000 + end), 10) == 11


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_counted_or_refused(noise: bytes) -> None:
    for raw in (noise, zipped(COURSE) + noise, noise + b"PK\x05\x06" + noise):
        with contextlib.suppress(NotAZip):
            assert 0 <= count_entries(io.BytesIO(raw), 10) <= 11


def test_a_zip64_is_counted() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for n in range(65_540):
            archive.writestr(zipfile.ZipInfo(str(n)), b"")
    assert count_entries(target, 100_000) == 65_540


def test_a_directory_that_is_larger_than_the_zip_is_refused() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 2**32 - 2, 0, 0)
    with pytest.raises(NotAZip):
        count_entries(io.BytesIO(end), 10)
