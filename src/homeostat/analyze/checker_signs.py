"""How the output of checkers says "I ran and said no" apart from "I could not run"."""

import re

from homeostat.analyze.signs import has
from homeostat.analyze.signs_broken import BROKE_OFF, BROKEN, NOT_RUN
from homeostat.analyze.signs_verdict import CLAIMS, NONE_FOUND, VERDICTS, VULNERABLE

HEAD = TAIL = 8_000
"""Characters of an output that are looked at, at its beginning and at its end."""
_COLOURS = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|\][^\x07]{0,200}\x07)")
_HEADER = re.compile(r"(?:Exit code -?\d{1,5}\s?)|[^\x00]{0,500}?\nOutput:\n")
_FOOTER = re.compile(r"\n(?:<shellId: [^\n]{1,99}>|Shell cwd was reset to [^\n]{1,400})\s{0,9}\Z")
_SOME_PASSED = re.compile(r"[1-9]\d{0,6} pass(?:ed|ing)?\b")
_SOME_FAILED = re.compile(r"[1-9]\d{0,6} fail(?:ed|ures?|ing)?\b")
_SHELL_MARKS = ("sh:", "(eval):")
"""Every shell's name ends so."""
_SHELL = re.compile(
    r"^(?:(?:/\S{0,40}/)?(?:zsh|bash|sh|dash|fish|ash)|\(eval\))"
    r"(?::\d{1,5}| -c|: line \d{1,5}|: eval|: \d{1,5}|: -c: line \d{1,5}){0,2}:? "
    r"(?!warning|Warning)[^\n]{0,400}",
    re.MULTILINE,
)


def sample(text: str) -> str:
    """The beginning and the end of an answer, without its client's header and without colours."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    if text.startswith(("Exit code", "Chunk ID", "Wall time")) and (found := _HEADER.match(text)):
        text = text[found.end() :]
    if "<shellId: " in text or "Shell cwd was" in text:
        text = _FOOTER.sub("", text)
    if "\x1b" in text:
        text = _COLOURS.sub("", text)
    return text.replace("\r\n", "\n") if "\r" in text else text


def says_no(text: str) -> bool:
    """Whether a checker's verdict stands in the output: it ran, looked at the work, refused."""
    return has(VERDICTS, text)


def is_vulnerable(text: str) -> bool:
    """Whether an audit's output tells of something that it found."""
    return has(VULNERABLE, text)


def claims_no(text: str) -> bool:
    """Whether a program says that something is wrong in words that are not only a checker's."""
    return has(CLAIMS, text)


def none_found(text: str) -> bool:
    """Whether a lookup answers that there is none."""
    return has(NONE_FOUND, text)


def could_not_run(text: str) -> bool:
    """Whether the output shows that the checker did not get to its work.

    A summary proves that it did: words of a missing program are then what a test tried.
    """
    if has(BROKE_OFF, text):
        return True
    return has(NOT_RUN, text) and not sums_up(text)


def sums_up(text: str) -> bool:
    """Whether tests that passed and tests that failed are counted: a suite ran."""
    return bool(_SOME_PASSED.search(text) and _SOME_FAILED.search(text))


def is_broken(text: str) -> bool:
    """Whether something else than a verdict is wrong: paths, options, access, network."""
    return has(BROKEN, text)


def shell_refused(text: str) -> bool:
    """Whether the shell itself could not make sense of the line."""
    return any(mark in text for mark in _SHELL_MARKS) and _SHELL.search(text) is not None


def shell_lines(text: str) -> list[str]:
    """The lines in which the shell complains."""
    return [found[0] for found in _SHELL.finditer(text)]
