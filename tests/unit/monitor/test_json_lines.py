"""JSON that is not quite JSON: what can be understood is, what cannot is named."""

import json
from collections import Counter
from datetime import datetime

import msgspec
import pytest

from homeostat.model.ports import UnreadableLineError
from homeostat.monitor.json_lines import (
    DAMAGED,
    Figure,
    Milliseconds,
    each_member,
    each_object,
    first_object,
    repaired,
    text_of,
    written,
)


class Shape(msgspec.Struct):
    type: str = ""
    at: datetime | None = None
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


@pytest.mark.parametrize(
    ("content", "text", "lost"),
    [
        (b'"words"', "words", {}),
        (b'["a", {"text": "b"}, {"type": "image"}]', "a\nb", {}),
        (b'[{"text": null}, {"text": "b"}]', "b", {}),
        (b'[{"text": 7}, {"type": "content", "content": {"text": "deep"}}]', "deep", {}),
        (b'[7, {"text": "b"}]', "b", {"unreadable content": 1}),
        (b'{"text": "b"}', "", {"unreadable content": 1}),
        (b"7", "", {"unreadable content": 1}),
        (b"null", "", {}),
    ],
)
def test_the_words_of_a_message_are_those_of_its_parts(content, text, lost):
    counted = Counter()

    assert text_of(content, counted) == text
    assert counted == lost


def test_what_a_record_loses_is_counted_and_what_came_as_a_text_is_read():
    decoder, counted = msgspec.json.Decoder(Shape), Counter()
    line = b'{"type": "t", "count": "12", "took_ms": [1]}'

    (found,) = each_object(line, decoder, counted)

    assert (found.count, found.took_ms) == (12, None)
    assert counted == {"unreadable took_ms": 1}


@pytest.mark.parametrize("at", ["253402300800", '"253402300800"', "1763741225123", "1e400"])
def test_a_number_that_is_no_moment_takes_nothing_else_with_it(at):
    decoder, counted = msgspec.json.Decoder(Shape), Counter()
    line = f'{{"type": "t", "count": 12, "at": {at}}}'.encode()

    (found,) = each_object(line, decoder, counted)

    assert (found.type, found.count, found.at) == ("t", 12, None)
    assert counted == {"unreadable at": 1}


def test_members_that_cannot_be_read_are_counted_by_the_name_of_their_object():
    counted = Counter()
    figures = msgspec.json.Decoder(int)

    assert each_member(b'{"a": 1, "b": []}', figures, counted, name="figures") == {"a": 1}
    assert each_member(b"7", figures, counted, name="figures") == {}
    assert counted == {"unreadable figures": 2}


@pytest.mark.parametrize(
    ("raw", "text"), [(b'"{}"', "{}"), (b'{"a": 1}', '{"a": 1}'), (b"null", ""), (b"7", "7")]
)
def test_a_value_is_written_as_json_and_a_text_as_it_is(raw, text):
    assert written(msgspec.Raw(raw)) == text
