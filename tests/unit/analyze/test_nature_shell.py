"""Shell lines read as steps: what runs, and whose exit code the line's is."""

import pytest

from homeostat.analyze.commands import DEEPEST, Step, steps
from homeostat.analyze.shell_words import Kind, tokens
from homeostat.analyze.wrappers import unwrapped


def programs(line: str) -> list[str]:
    return [" ".join(step.words) for step in steps(line)]


def deciding(line: str) -> list[str]:
    return [step.name for step in steps(line) if step.can_decide]


def the_step(line: str, name: str) -> Step:
    return next(step for step in steps(line) if step.name == name)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", []),
        ("a", ["a"]),
        ("a b 'c d' \"e f\"", ["a b c d e f"]),
        ("a && b || c; d & e", ["a", "b", "c", "d", "e"]),
        ("a | b |& c", ["a", "b", "c"]),
        ("a\nb\r\nc", ["a", "b", "c"]),
        ("a \\\n b", ["a b"]),
        ("(a; b) && { c; }", ["a", "b", "c"]),
        ("if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]),
        ("while a; do b; done; until c; do d; done", ["a", "b", "c", "d"]),
        ("for x in 1 2; do a $x; done", ["a $x"]),
        ("case $x in y) a;; *) b;; esac", ["a", "b"]),
        ("f() { a; }; f", ["a", "f"]),
        ("! a", ["a"]),
        ("A=1 B=2 a", ["a"]),
        ("A=1", []),
        ("A=$(a b)", ["a b"]),
        ("A=`a b`", ["a b"]),
        ("a # b; c", ["a"]),
        ("a b#c", ["a b#c"]),
        ("a <<EOF\nb; c\nEOF\nd", ["a", "d"]),
        ("a <<-'EOF' | b\n\tc\n\tEOF", ["a", "b"]),
        ("a <<< b", ["a"]),
        ("a > x 2>&1 < y", ["a"]),
        ("a 2>/dev/null", ["a"]),
        ('a "$(b "c d")" e', ['a $(b "c d") e']),
        ("a 'b;c' \"d|e\" f\\;g", ["a b;c d|e f;g"]),
        ("bash -lc 'a && b'", ["a", "b"]),
        ("sh -c \"a; bash -c 'b'\"", ["a", "b"]),
        ("bash a.sh", ["bash a.sh"]),
        ("timeout 30 a", ["a"]),
        ("timeout --signal KILL 30s a", ["a"]),
        ("env -i A=1 a", ["a"]),
        ("sudo -u x a", ["a"]),
        ("nohup nice -n 5 a", ["a"]),
        ("npx --yes a@1", ["a@1"]),
        ("uv run --with x a", ["a"]),
        ("python -m a b", ["a b"]),
        ("python -c 'a'", ["python -c a"]),
        ("x | xargs -0 -n 1 a", ["x", "a"]),
        ("command a", ["a"]),
        ("command -v a", ["command -v a"]),
        ("direnv exec . a", ["a"]),
        ("poetry run a", ["a"]),
        ("time -p a", ["a"]),
        ("done; a; )", ["a"]),
        ("case $x in 'esac') a;; (b|c) d;; ')' ) e;; esac; f", ["a", "d", "e", "f"]),
        ("case $x in a) b", ["b"]),
        ("npm exec -- a b", ["a b"]),
        ("A=(1 2); a", ["a"]),
        ("(f() { a; }; f)", ["a", "f"]),
        ("bash -x a.sh", ["bash -x a.sh"]),
        ("bash", ["bash"]),
        ("a <<E 'b' <<E\nE\nc\nE\nd", ["a b", "c", "E", "d"]),
        ("'unclosed", ["unclosed"]),
        ('"unclosed', ["unclosed"]),
        ("a $(unclosed", ["a $(unclosed"]),
        ("a `unclosed", ["a `unclosed"]),
    ],
)
def test_a_line_is_read_as_the_programs_that_it_starts(line, wanted):
    assert programs(line) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("a; b", ["b"]),
        ("a && b", ["a", "b"]),
        ("a || b", ["b"]),
        ("a || exit 1", ["a", "exit"]),
        ("a | b", ["b"]),
        ("set -o pipefail; a | b", ["a", "b"]),
        ("set -e; a; b", ["set", "a", "b"]),
        ("set -euo pipefail\na | b\nc", ["set", "a", "b", "c"]),
        ("if a; then b; else c; fi", ["b", "c"]),
        ("for x in 1; do a; b; done", ["b"]),
        ("(a; b)", ["b"]),
        ("A=$(a)", ["a"]),
        ("a & b", ["b"]),
        ("bash -c 'a; b'", ["b"]),
    ],
)
def test_the_steps_whose_exit_code_may_be_the_lines_are_known(line, wanted):
    assert deciding(line) == wanted


def test_a_step_that_the_line_expects_to_say_no_is_answered():
    assert the_step("a || b", "a").is_answered
    assert the_step("if a; then b; fi", "a").is_answered
    assert the_step("! a", "a").is_answered
    assert not the_step("a || true", "a").is_answered
    assert not the_step("a || exit 1", "a").is_answered


def test_a_step_tells_where_its_output_goes():
    assert the_step("a > x.txt", "a").writes == ("x.txt",)
    assert the_step("a >> x.txt 2> y.txt", "a").writes == ("x.txt",)
    assert the_step("{ a; b; } > x.txt", "a").writes == ("x.txt",)
    assert the_step("a &> x.txt", "a").writes == ("x.txt",)
    assert the_step("a 2>/dev/null", "a").is_quiet
    assert the_step("a | b", "a").is_piped
    assert the_step("/usr/bin/a b", "a").words == ("/usr/bin/a", "b")


def test_groups_and_scripts_inside_each_other_end_somewhere():
    assert programs("(" * 99 + "a" + ")" * 99) in ([], ["a"])
    assert programs("$(" * 99) == ["$(" * 99]
    nested = "a"
    for _ in range(DEEPEST + 2):
        nested = f"A=$({nested})"
    assert programs(nested) == []
    assert tokens("$(" * 99 + '"' * 99)


def test_only_a_word_without_quotes_can_be_a_keyword():
    assert [(t.kind, t.is_bare) for t in tokens("if 'if' > x")] == [
        (Kind.WORD, True),
        (Kind.WORD, False),
        (Kind.REDIRECT, False),
        (Kind.WORD, True),
    ]


def test_a_line_of_wrappers_alone_starts_nothing_else():
    assert unwrapped(["sudo"]) == ("sudo",)
    assert unwrapped(["env", "A=1"]) == ("env", "A=1")
    assert unwrapped(["pipx", "install", "a"]) == ("pipx", "install", "a")
    assert unwrapped(["python", "a.py"]) == ("python", "a.py")
