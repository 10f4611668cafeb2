"""What a step of a command line checks, if it exists to say yes or no."""

import re
from collections.abc import Sequence

from homeostat.analyze import checker_table as table
from homeostat.analyze.checker_table import Family
from homeostat.analyze.commands import Step

_MOST_WORDS = 40
"""Words of a step that are looked at; the rest are files."""
_BY_NAME = {name: family for family, names in table.NAMES.items() for name in names.split()}
_BY_SUBCOMMAND = {
    name: tuple((family, re.compile(rf"(?:{words})(?:\s|$)")) for family, words in rows)
    for name, rows in table.BY_SUBCOMMAND.items()
}
_TELLS = frozenset({"--version", "--help", "-V"})
"""A program asked so checks nothing."""
_GIT_ASKS = {
    # subcommand -> the words with which it answers by its exit code
    "diff": (Family.COMPARE, frozenset({"--exit-code", "--quiet", "--check", "--no-index"})),
    "rev-parse": (Family.PROBE, frozenset({"--verify", "-q", "--quiet"})),
    "cat-file": (Family.PROBE, frozenset({"-e"})),
    "ls-files": (Family.PROBE, frozenset({"--error-unmatch"})),
}
_SCRIPT_FILES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".py", ".sh", ".rb")
_LOOKS = frozenset({"ls", "stat", "readlink"})
_RESOLVERS = ("require.resolve(", "import.meta.resolve(")


def family_of(step: Step) -> Family | None:
    """What a step checks; `None` where it is no check that we know."""
    name = table.ALIASES.get(step.name, step.name)
    if name.endswith((".cmd", ".exe", ".bat")):
        name = name[:-4]
    if name in _BY_NAME:
        return _by_name(name, step)
    said = plain(name, step.words)
    if family := _by_flag(name, step.words) or _by_subcommand(name, said, step.words):
        return family
    if name in table.RUNNERS:
        names = _script_words(name, said)
        known = _by_script(names)
        return Family.SCRIPT if known and names[0].endswith(_SCRIPT_FILES) else known
    if name in _LOOKS:
        return Family.PROBE if step.is_quiet else None
    return _by_file(name, step.words, said)


def is_on_the_work(family: Family | None) -> bool:
    """Whether the check judges the work: its answer says how a run stands."""
    return family in table.ON_THE_WORK


def plain(name: str, words: Sequence[str]) -> tuple[str, ...]:
    """The words behind the program that are no flags and no values of flags."""
    valued = table.VALUE_FLAGS.get(name, ())
    said: list[str] = []
    skips = False
    for word in words[1:_MOST_WORDS]:
        if skips:
            skips = False
        elif word[:1] in ("-", "+"):
            skips = word in valued
        else:
            said.append(word)
    return tuple(said)


def _by_name(name: str, step: Step) -> Family | None:
    rest = step.words[1:_MOST_WORDS]
    flags = table.ONLY_WITH.get(name)
    if flags and not any(word in flags for word in rest):
        return None
    if name == "ruff" and rest[:1] == ("format",) and "--check" not in rest:
        return None
    return None if _TELLS.intersection(rest[:1]) else _BY_NAME[name]


def _by_flag(name: str, words: Sequence[str]) -> Family | None:
    family, flags = table.BY_FLAG.get(name, (None, ()))
    return family if any(word in flags for word in words[1:_MOST_WORDS]) else None


def _by_subcommand(name: str, said: Sequence[str], words: Sequence[str]) -> Family | None:
    if name not in _BY_SUBCOMMAND or _TELLS.intersection(words[1:_MOST_WORDS]):
        return None
    if name == "git" and said and said[0] in _GIT_ASKS:
        family, asks = _GIT_ASKS[said[0]]
        return family if asks.intersection(words) else None
    sentence = " ".join(said[:3])
    return next((f for f, rule in _BY_SUBCOMMAND[name] if rule.match(sentence)), None)


def _script_words(name: str, said: Sequence[str]) -> Sequence[str]:
    """The names of scripts among what a runner is given."""
    if said[:1] == ("workspace",):
        said = said[2:]
    if said[:1] in (("run",), ("run-script",), ("r",), ("task",)):
        return said[1:]
    # these need `run` before a script's name: other words are their own subcommands
    return () if name in ("npm", "deno", "hatch") else said


def _by_script(names: Sequence[str]) -> Family | None:
    """By the scripts' names; of several the last that says something: `fmt lint`."""
    found: Family | None = None
    for name in names[:4]:
        known = (family for family, rule in table.SCRIPTS if rule.search(name[:80]))
        found = next(known, found)
    return found


def _by_file(name: str, words: Sequence[str], said: Sequence[str]) -> Family | None:
    """A script of the project that is named for what it checks: `node tools/run-tests.js`."""
    if name in table.INTERPRETERS:
        if any(mark in word for word in words[1:5] for mark in _RESOLVERS):
            return Family.PROBE
        if name == "node" and "--check" in words[1:4]:
            return Family.VALIDATE
        files = said[1:2] if said[:1] == ("run",) else said[:1]
        named = [file.rpartition("/")[2] for file in files if "." in file or "/" in file]
    else:
        named = [name, *said[:1]] if "/" in words[0] or "." in name else []
    return Family.SCRIPT if _by_script(named) else None
