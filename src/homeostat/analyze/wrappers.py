"""Programs that only start another one: `timeout 30 pytest` is pytest."""

import re
from collections.abc import Sequence

MOST_WRAPPERS = 12
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]{0,99}\])?\+?=")
_DURATION = re.compile(r"\d+(?:\.\d+)?[smhd]?$")
_KEYWORDS = frozenset({"!", "exec", "builtin", "noglob", "nocorrect", "coproc"})

_WRAPPERS = {
    # program -> the words that follow it before the program that it starts
    "sudo": (), "doas": (), "env": (), "time": (), "nice": (), "nohup": (), "ionice": (),
    "timeout": (), "gtimeout": (), "stdbuf": (), "unbuffer": (), "setsid": (), "xargs": (),
    "caffeinate": (), "chronic": (), "cross-env": (), "dotenv": (), "xvfb-run": (), "ts": (),
    "npx": (), "bunx": (), "pnpx": (), "uvx": (), "pipx": ("run",), "corepack": (), "rtk": (),
    "command": (), "direnv": ("exec",), "watchexec": (), "strace": (), "arch": (),
    "catchsegv": (), "winpty": (), "faketime": (), "firejail": (), "op": ("run",),
    "doppler": ("run",), "infisical": ("run",), "aws-vault": ("exec",), "with-env": (),
}  # fmt: skip
_STARTERS = frozenset(
    {
        ("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("pdm", "run"), ("hatch", "run"),
        ("rye", "run"), ("pixi", "run"), ("conda", "run"), ("mamba", "run"), ("uv", "tool"),
        ("bundle", "exec"), ("pnpm", "exec"), ("pnpm", "dlx"), ("yarn", "exec"), ("yarn", "dlx"),
        ("npm", "exec"), ("npm", "x"), ("bun", "x"), ("mise", "exec"), ("mise", "x"),
        ("asdf", "exec"), ("nix", "develop"), ("nix-shell", "--run"), ("opam", "exec"),
        ("stack", "exec"), ("cabal", "exec"), ("composer", "exec"), ("rbenv", "exec"),
        ("pyenv", "exec"), ("nvm", "exec"), ("volta", "run"), ("fnm", "exec"), ("devbox", "run"),
        ("rustup", "run"), ("earthly", "run"), ("rtk", "proxy"), ("rtk", "err"),
        ("rtk", "test"), ("rtk", "lint"),
    }
)  # fmt: skip
_VALUE_FLAGS = frozenset(
    {
        "-u", "-g", "-n", "-k", "-s", "-p", "-c", "-I", "-P", "-L", "-i", "-o", "-e",
        "--with", "--group", "--extra", "--package", "--python", "--env-file", "--signal",
        "--kill-after", "--project", "--directory", "--from", "--filter", "--user", "--profile",
    }
)  # fmt: skip
_SWITCHES = {
    # flags of a wrapper that take no value although others use them so
    "npx": frozenset({"-y", "--yes", "-q", "--quiet", "--no-install", "-c"}),
    "time": frozenset({"-p", "-v", "-l"}),
    "env": frozenset({"-i"}),
    "sudo": frozenset({"-n", "-E", "-H", "-S", "-i", "-k"}),
    "xargs": frozenset({"-r", "-0", "-t", "-p", "-o"}),
    "command": frozenset({"-p"}),
}
_PLACES = frozenset({"direnv", "faketime", "rustup"})
"""Wrappers whose first word is no program: a folder, a moment, a toolchain."""


def unwrapped(words: Sequence[str]) -> tuple[str, ...]:
    """The program that the words really start, and its arguments; empty for settings alone."""
    left = list(words)
    for _ in range(MOST_WRAPPERS):
        while left and (left[0] in _KEYWORDS or _ASSIGNMENT.match(left[0])):
            left.pop(0)
        if not left or (inner := _inner(left)) is None:
            break
        left = inner
    return tuple(left)


def assigned(words: Sequence[str]) -> str:
    """The script of a line that only keeps an answer, `X=$(...)`: its exit code is the line's."""
    value = words[-1].partition("=")[2] if words else ""
    if value[:2] == "$(" and value[-1:] == ")" and value[2:3] != "(":
        return value[2:-1]
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == "`" else ""


def _inner(words: list[str]) -> list[str] | None:
    """The words without the wrapper at their head; `None` when the head is the program."""
    name = words[0].rpartition("/")[2]
    if len(words) > 1 and (name, words[1]) in _STARTERS:
        return _behind(name, words[2:])
    if name in ("python", "python3", "py") or name.startswith("python3."):
        return _module(words)
    before = _WRAPPERS.get(name)
    if before is None or (name == "command" and words[1:2] in (["-v"], ["-V"])):
        return None
    if before and words[1:2] != [before[0]]:
        return None
    left = _behind(name, words[1 + len(before) :])
    if name in _PLACES or (name.endswith("timeout") and left and _DURATION.match(left[0])):
        left = left[1:]
    return left or None


def _behind(name: str, words: list[str]) -> list[str]:
    """The words after a wrapper's own flags and settings."""
    place, switches = 0, _SWITCHES.get(name, frozenset[str]())
    while place < len(words):
        word = words[place]
        if word == "--":
            return words[place + 1 :]
        if _ASSIGNMENT.match(word):
            place += 1
        elif word[:1] != "-" or len(word) == 1:
            break
        else:
            place += 1 + (word in _VALUE_FLAGS and word not in switches)
    return words[place:]


def _module(words: list[str]) -> list[str] | None:
    """`python -m pytest -q` as `pytest -q`."""
    for place, word in enumerate(words[1:], start=1):
        if word == "-m" and place + 1 < len(words):
            return words[place + 1 :]
        if word[:1] != "-" or word == "-c":
            break
    return None
