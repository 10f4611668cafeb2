"""JSON that is not quite JSON: what can be understood is, what cannot is named."""

import json

import msgspec
import pytest

from homeostat.model.ports import UnreadableLineError
from homeostat.monitor.json_lines import DAMAGED, Figure, Milliseconds, first_object, repaired


class Shape(msgspec.Struct):
    type: str = ""
    count: Figure | None = None
    took_ms: Milliseconds | None = None


def clean(line: bytes) -> list[object]:
    """The objects of a line that does not fit `Shape`, or is no JSON."""
    try:
        msgspec.json.decode(line, type=Shape)
    except DAMAGED as error:
        return [json.loads(item) for item in repaired(line, error)]
    raise AssertionError("this line needs no repair")


@pytest.mark.parametrize(
    ("line", "objects"),
    [
        (b'{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        (b'{"a": 1} \t {"b": 2}\r', [{"a": 1}, {"b": 2}]),
        (b'\xef\xbb\xbf{"a": 1}', [{"a": 1}]),
        (b'{"a": NaN, "b": Infinity, "c": -Infinity}', [{"a": None, "b": None, "c": None}]),
        (b'{"type": "x\xff\xfey"}', [{"type": "x\ufffd\ufffdy"}]),
        (b'{"a": "x\\ud800y", "type": "\xff"}', [{"a": "x\ufffdy", "type": "\ufffd"}]),
        (b'{"type": "t", "count": "many"}', [{"type": "t"}]),
        (b'{"count": 1e400, "a": 1}', [{"a": 1}]),
    ],
)
def test_what_is_only_untidy_is_repaired(line, objects):
    assert clean(line) == objects


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "no JSON"),
        (b"hello", "no JSON"),
        (b"\x00\x00\x00", "binary data"),
        (b'{"a": 1} and more', "text after the first JSON object"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"type": 7}', "not of the expected shape"),
        (b"[1, 2]", "not of the expected shape"),
    ],
)
def test_what_cannot_be_understood_is_named(line, reason):
    with pytest.raises(UnreadableLineError, match=reason):
        clean(line)


@pytest.mark.parametrize("field", ["count", "took_ms"])
@pytest.mark.parametrize("figure", ["9999999999999999", "1" + "0" * 30, "-1e300"])
def test_a_figure_that_nobody_can_have_counted_is_dropped(field, figure):
    line = f'{{"type": "t", "{field}": {figure}}}'.encode()

    assert clean(line) == [{"type": "t"}]


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (b'{"a": 1}{"b": 2}', b'{"a":1}'),
        (b'\xef\xbb\xbf{"a": 1}', b'{"a":1}'),
        (b'{"a": 1', b'{"a": 1'),
        (b"", b""),
    ],
)
def test_the_first_object_of_a_line_or_the_line_itself(line, first):
    assert first_object(line) == first
