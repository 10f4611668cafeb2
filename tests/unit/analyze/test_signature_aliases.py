"""Signatures that differ in a name which no mask can know, and templates of log lines."""
# ruff: noqa: E501 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.aliases import aliases
from homeostat.analyze.signature import sign
from homeostat.analyze.templates import LINE_LENGTH, templates
from homeostat.analyze.variables import Shape, joined


def test_one_word_with_many_values_is_a_variable():
    keys = [sign("Bash", f"worker {name} has left the building too early") for name in "abcd"]

    joined_ids = {aliases(keys).get(key.id, key.id) for key in keys}

    assert joined_ids == {min(key.id for key in keys)}


def test_kept_names_agree_before_a_word_is_a_variable():
    said = "MCP error {}: the tool of {} had an odd kind of trouble"
    keys = [sign("mcp__a", said.format(-32603, name)) for name in ("moon", "mars", "pluto")]
    other = sign("mcp__a", said.format(-32099, "venus"))

    found = aliases([*keys, other])

    assert len({found.get(key.id, key.id) for key in keys}) == 1
    assert other.id not in found


def test_names_in_what_a_compiler_says_are_never_joined():
    keys = [
        sign("Bash", f"a.go:3:9: unknown field {name} in struct literal of type Order")
        for name in ("Intent", "Colour", "Weight", "Depth")
    ]

    assert aliases(keys) == {}


def test_a_mark_is_one_of_the_values():
    names = ("inventory", "devices", "invoices-c18")
    keys = [sign("Bash", f"the dag {name} has left the building too early") for name in names]

    assert len({aliases(keys).get(key.id, key.id) for key in keys}) == 1


def test_two_values_are_two_failures():
    keys = [sign("Bash", f"worker {name} has left the building too early") for name in "ab"]

    assert aliases(keys) == {}


@pytest.mark.parametrize(
    "text",
    [
        "the {} has left the building too early",  # telling words
        "{} bad",  # too short to tell
        "No module named '{}' in the whole wide world",  # kept names
    ],
)
def test_what_says_what_failed_is_not_joined(text: str):
    words = ("connection", "timeout", "file", "column")
    keys = [sign("Bash", text.format(word)) for word in words]

    assert aliases(keys) == {}


def test_what_was_done_is_no_name():
    keys = [
        sign("Bash", f"the worker was {done} before the building did burn")
        for done in ("started", "stopped", "paused", "resumed")
    ]

    assert aliases(keys) == {}


def test_the_rarest_are_left_alone_when_there_are_too_many():
    shapes = [Shape("", ("a", "b", "c", name)) for name in "vwxyz"]

    found = joined([*shapes, shapes[0]], values=2, fixed=2, limit=2)

    assert set(found) == {shapes[0], shapes[1]}


def test_a_shape_belongs_to_one_gap_only():
    shapes = [Shape("", ("a", "b", "c", f"k={n}")) for n in "xyz"]
    shapes += [Shape("", (n, "b", "c", "k=x")) for n in "mno"]

    found = joined(shapes, values=3, fixed=2, limit=99)

    assert set(found) == {shapes[0], *shapes[3:]}


@pytest.mark.parametrize(
    ("line", "template"),
    [
        ("Took 3.5 seconds to build instance", "Took <*> to build instance"),
        ("Received block blk_-16 of size 67 from /10.0.0.1", "Received block <*> of size <*> from <*>"),
        ("session opened for user root by (uid=0)", "session opened for user <*> by (uid=<*>)"),
        ("open https://h/x?y=1 failed", "open <*> failed"),
        ('name="John Doe" left', "name=<*> left"),
        ("Fan speeds ( 3552 **** 3375 )", "Fan speeds"),
        ("PSU status ( on off )", "PSU status <*>"),
        ("mac 5c:50:15:36:bc:03 seen at proxy.example.com:5070", "mac <*> seen at <*>"),
        ("enabled=true state=null at ./a/b deadbeef", "enabled=<*> state=<*> at <*>"),
        ("on Mon Jan 3", "on <*>"),
        ("class a.b.C=x.y z=no", "class a.b.C=<*> z=<*>"),
        ("either and/or nothing", "either and/or nothing"),
    ],
)  # fmt: skip
def test_a_template_is_the_line_without_its_values(line: str, template: str):
    assert [found.template for found in templates([line])] == [template]


def test_equal_templates_have_equal_ids():
    one, other = templates(["took 3 ms", "took 999 ms"])

    assert one == other
    assert one.template_id.startswith("T-")


def test_a_word_with_many_values_is_taken_out_of_the_lines():
    lines = [f"the quick {name} jumps over everything" for name in ("fox", "cat", "owl", "elk")]

    assert {found.template for found in templates(lines)} == {"the quick <*> jumps over everything"}


def test_what_a_line_says_was_done_stays():
    lines = [f"[instance: {n}] VM {what} (Lifecycle Event)" for n, what in enumerate(["Started", "Paused", "Resumed", "Stopped"])]  # fmt: skip

    assert len({found.template for found in templates(lines)}) == 4


def test_a_line_is_cut_at_a_word():
    found = templates(["word " * LINE_LENGTH])[0]

    assert len(found.template) <= LINE_LENGTH
    assert set(found.template.split()) == {"word"}
