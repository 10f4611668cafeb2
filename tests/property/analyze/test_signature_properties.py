"""What holds for the signature of any text."""

from hypothesis import given
from hypothesis import strategies as st

from homeostat.analyze.aliases import aliases
from homeostat.analyze.masks import masked
from homeostat.analyze.signature import sign
from homeostat.analyze.templates import templates

PIECES = st.sampled_from(
    [
        "Traceback (most recent call last):\n",
        '  File "a.py", line 1, in f\n',
        "ValueError: x\n",
        "    at f (/a/b.js:1:2)\n",
        "TypeError: x is not a function\n",
        "error: ",
        "fatal: ",
        "npm error ",
        "Exit code 1\n",
        "Caused by: a.b.C: d\n",
        "panic: ",
        '{"error": {"code": "x", "message": "y"}}',
        "FAILED a::b - c\n",
        "No such file or directory",
        "Permission denied",
        "'",
        '"',
        "`",
        "\\",
        "{",
        "(",
        "\x1b[31m",
        "\r",
        "\n",
        " ",
        "1.",
        "/a",
        "C:\\",
        "**",
        "\u0130",
        "\x00",
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(), max_size=300),  # lone surrogates among them
    st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join),
)
TOOLS = st.sampled_from(["Bash", "Edit", "Read", "Step 3", "mcp__a__b", ""])
NAMES = st.sampled_from(["ana", "bob", "carol", "dora", "emil", "file", "started"])
FAILURES = st.builds("worker {} left the {} building far too early".format, NAMES, NAMES)


@given(TOOLS, TEXTS)
def test_any_text_has_one_signature(tool: str, text: str):
    assert sign(tool, text) == sign(tool, text)


@given(st.lists(TEXTS, max_size=4), st.randoms(use_true_random=False))
def test_what_was_signed_before_changes_nothing(texts: list[str], random):
    shuffled = random.sample(texts, k=len(texts))

    after = {text: sign("Bash", text).id for text in shuffled}

    assert after == {text: sign("Bash", text).id for text in texts}


@given(st.lists(FAILURES, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_signatures_does_not_matter_to_their_aliases(texts: list[str], random):
    keys = [sign("Bash", text) for text in texts]

    assert aliases(keys) == aliases(random.sample(keys, k=len(keys)))


@given(st.lists(FAILURES, max_size=30))
def test_an_alias_points_to_one_that_has_none(texts: list[str]):
    found = aliases([sign("Bash", text) for text in texts])

    assert not set(found) & set(found.values())


@given(st.lists(st.one_of(FAILURES, TEXTS), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter_to_their_templates(lines: list[str], random):
    places = random.sample(range(len(lines)), k=len(lines))

    found = templates([lines[place] for place in places])

    assert found == [templates(lines)[place] for place in places]


@given(TEXTS)
def test_a_masked_text_says_the_same_when_it_is_masked_again(text: str):
    once = masked(text).text

    assert len(masked(once).text) <= len(once) + 8 * once.count("<") + 60


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_do_not_part_failures(one: int, other: int):
    said = "Error: cannot reach the moon after {} of 9 tries in /a/{}/b"

    assert sign("Bash", said.format(one, one)).id == sign("Bash", said.format(other, other)).id
