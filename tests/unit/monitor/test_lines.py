"""Lines of a file: where each begins, whether it ends, and what is too much."""

import gzip
import io
import random
import sys
from pathlib import Path

import pytest

from homeostat.monitor import lines
from homeostat.monitor.lines import Line
from homeostat.monitor.packed import BrokenOffError, is_packed, opened

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@pytest.fixture
def written(tmp_path: Path):
    def write(data: bytes) -> Path:
        path = tmp_path / "history.jsonl"
        path.write_bytes(data)
        return path

    return write


def read(path: Path, offset: int = 0) -> list[tuple[int, int, bytes, bool]]:
    found = lines.lines(path, offset=offset)
    return [(line.number, line.offset, line.data, line.ended) for line in found]


def test_each_line_knows_its_number_its_place_and_its_end(written):
    path = written(b"one\ntwo\nthree")

    assert read(path) == [
        (1, 0, b"one", True),
        (2, 4, b"two", True),
        (3, 8, b"three", False),
    ]


def test_an_empty_file_has_no_lines(written):
    assert read(written(b"")) == []


def test_blank_lines_count(written):
    path = written(b"\n\n  \nfour\n")

    assert [number for number, _, data, _ in read(path) if data.strip()] == [4]


def test_a_carriage_return_stays_with_its_line(written):
    assert read(written(b"a\r\nb\r\n")) == [(1, 0, b"a\r", True), (2, 3, b"b\r", True)]


def test_reading_goes_on_where_it_stopped(written):
    path = written(b"one\ntwo\nthree\n")

    assert read(path, offset=4) == [(1, 4, b"two", True), (2, 8, b"three", True)]


def test_the_rest_of_a_line_that_was_read_before_counts_no_second_time(written):
    path = written(b"one\ntwo\n")

    assert read(path, offset=3) == [(0, 3, b"", True), (1, 4, b"two", True)]


PACKERS = pytest.mark.parametrize("packed", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])


@PACKERS
def test_a_packed_file_is_unpacked_and_counts_unpacked_bytes(written, packed):
    path = written(packed(b"one\ntwo\n"))

    assert is_packed(path)
    assert read(path) == [(1, 0, b"one", True), (2, 4, b"two", True)]


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-be"])
def test_utf_16_is_read_as_utf_8_whatever_is_cut_in_two(written, coding):
    text = "\ufeff" * (coding == "utf-16-be") + '{"a": "bö\U0001f600"}\ntwo\n'
    path = written(text.encode(coding))

    assert is_packed(path)
    assert [line.data.decode() for line in lines.lines(path)] == ['{"a": "bö\U0001f600"}', "two"]
    with opened(path) as file:
        data = b"".join(iter(lambda: lines.read_up_to(file, 1), b""))
    assert data.decode() == text.strip("\ufeff")


@pytest.mark.parametrize("name", ["history.jsonl.gz", "history.jsonl.zst"])
def test_a_name_does_not_make_a_packed_file(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"plain\n")

    assert not is_packed(path)
    assert read(path) == [(1, 0, b"plain", True)]


@PACKERS
def test_packed_files_one_behind_the_other_are_read_on(written, packed):
    path = written(packed(b"one\n") + packed(b"two\n"))

    assert [data for _, _, data, _ in read(path)] == [b"one", b"two"]


@PACKERS
def test_of_a_broken_off_packed_file_the_beginning_comes_before_the_error(written, packed):
    noise = random.Random(3)
    data = b"".join(b"line %d %x\n" % (number, noise.getrandbits(64)) for number in range(50_000))
    whole = packed(data)
    path = written(whole[: len(whole) * 3 // 4])
    found: list[Line] = []

    with pytest.raises(BrokenOffError, match="damaged or broken off"):
        found.extend(lines.lines(path))  # keeps what came before the error

    assert found[0].data.startswith(b"line 0 ")
    assert len(found) > 1000


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"one\n", mtime=0) + b"\x1f\x8b rubbish",
        zstd.compress(b"one\n") + b"\x28\xb5\x2f\xfd rubbish",
        b"\x28\xb5\x2f\xfd",
    ],
)
def test_rubbish_in_a_packed_file_is_named(written, data):
    path = written(data)

    with pytest.raises(BrokenOffError):
        read(path)


def test_a_line_may_be_longer_than_what_is_read_at_once():
    long = b"x" * 50
    file = io.BytesIO(b"a\n" + long + b"\nb\n")

    found = list(lines.split(file, chunk_bytes=8))

    assert [(line.number, line.offset, line.data) for line in found] == [
        (1, 0, b"a"),
        (2, 2, long),
        (3, 53, b"b"),
    ]


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_line_over_the_limit_is_left_out_and_its_size_told(end):
    file = io.BytesIO(b"a\n" + b"x" * 100 + end)

    found = list(lines.split(file, chunk_bytes=8, longest=64))

    assert (found[1].data, found[1].size, found[1].ended) == (b"", 100, bool(end))
    assert found[0].data == b"a"


def test_a_line_of_just_the_limit_is_kept():
    (line,) = lines.split(io.BytesIO(b"x" * 64 + b"\n"), chunk_bytes=8, longest=64)

    assert line.data == b"x" * 64


def test_lines_behind_one_that_is_too_long_keep_their_numbers_and_places():
    file = io.BytesIO(b"x" * 100 + b"\nafter\n")

    _, after = lines.split(file, chunk_bytes=8, longest=64)

    assert (after.number, after.offset, after.data) == (2, 101, b"after")


def test_the_head_is_the_complete_lines_of_the_beginning(written):
    path = written(b"\none\n  \ntwo\nthr")

    assert lines.head(path) == [b"one", b"two"]


def test_a_long_first_line_is_whole_in_the_head(written):
    path = written(b"x" * 300_000 + b"\ntwo\n")

    assert lines.head(path) == [b"x" * 300_000]


def test_the_head_of_one_line_without_an_end_is_that_line(written):
    assert lines.head(written(b"x" * 100_000)) == [b"x" * 100_000]


def test_the_head_of_an_empty_file_is_empty(written):
    assert lines.head(written(b"")) == []


def test_a_folder_is_no_file_with_lines(tmp_path):
    with pytest.raises(OSError, match="directory"):
        read(tmp_path)
