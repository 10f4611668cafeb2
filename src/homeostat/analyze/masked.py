"""What a successful shell call hides: a step failed, and the line or the tool said success."""

from collections.abc import Iterable, Sequence

import msgspec

from homeostat.analyze import checker_signs as signs
from homeostat.analyze import signs_hidden as hidden
from homeostat.analyze.checker_table import Family
from homeostat.analyze.commands import Step
from homeostat.analyze.reading import Read
from homeostat.analyze.signs import has
from homeostat.model.outcome import Nature

_CHECKS = frozenset(
    {
        Family.TEST, Family.LINT, Family.TYPES, Family.BUILD, Family.VALIDATE, Family.AUDIT,
        Family.HOOKS, Family.SCRIPT,
    }
)  # fmt: skip
_SHELL_HEAD = 3000
"""Characters in which the shell complains: it does so before the programs it could start."""
_TAIL = 600
_STOCK = frozenset(
    {
        "command", "not", "found", "no", "matches", "such", "file", "or", "directory", "line",
        "bash", "zsh", "sh", "unknown",
    }
)  # fmt: skip
"""Words of the shell's own complaints."""
_QUOTERS = frozenset(
    {
        "cat", "sed", "head", "tail", "nl", "less", "awk", "rg", "grep", "egrep", "fgrep", "ag",
        "bat", "jq", "strings", "tac", "xxd", "git", "gh", "echo", "printf", "cd", "export",
        "docker", "kubectl", "journalctl", "tmux", "ls", "find",
    }
)  # fmt: skip
"""Programs whose output is often what others said."""
_HELP = frozenset({"--help", "-h", "help"})


class Hidden(msgspec.Struct, frozen=True):
    """The nature of the failure behind a success, `NONE` where there is none."""

    nature: Nature
    rule: str = ""


_NOTHING = Hidden(Nature.NONE)


def masked(found: Sequence[Read], text: str, command: str) -> Hidden:
    """What failed behind the success of a shell line; nothing where no step's failure shows.

    A failure without a word, as of a search that found nothing in a pipe, stays unseen.
    """
    if not text or not found:
        return _NOTHING
    output = signs.sample(text)
    return (
        _by_shell(found, output)
        or _by_check(found, output)
        or _by_code(found, output, command)
        or _by_own(found, output)
        or _NOTHING
    )


def _by_shell(found: Sequence[Read], output: str) -> Hidden | None:
    """The shell could not find or expand a word of the line."""
    head = output[:_SHELL_HEAD]
    if not signs.shell_refused(head):
        return None
    for line in signs.shell_lines(head):
        words = {w for w in line.replace(":", " ").split() if len(w) > 1} - _STOCK
        culprits = [item for item in found if _names_one_of(item, words)]
        if not culprits and not line.startswith("(eval):"):
            continue  # what another shell said is content
        if culprits and all(item.step.is_answered for item in culprits):
            continue
        if any(item.family is Family.PROBE for item in culprits):
            return Hidden(Nature.FINDING, "hidden-probe-said-no")
        return Hidden(Nature.FAULT, "shell-refused-a-word")
    return None


def _names_one_of(item: Read, words: set[str]) -> bool:
    said = " ".join(item.step.words)
    return any(word in said for word in words)


def _by_check(found: Sequence[Read], output: str) -> Hidden | None:
    """A check's own words say no, and its exit code was not the line's, or was 0 all the same."""
    checks = [item for item in found if item.family in _CHECKS]
    if not checks:
        return None
    if all(item.step.can_decide for item in checks):
        if not has(hidden.RUNNER_SAYS_FAILED, output):
            return None
    elif len(checks) == 1 and _ends_green(output[-_TAIL:]):
        return None  # what looks like a verdict is what a passing test provoked
    elif not _says_no(checks, output) and not signs.could_not_run(output):
        is_lost = signs.is_broken(output) and not hidden.PASSED.search(output)
        return Hidden(Nature.FAULT, "hidden-check-could-not-run") if is_lost else None
    if signs.could_not_run(output):
        return Hidden(Nature.FAULT, "hidden-check-could-not-run")
    return Hidden(Nature.FINDING, "hidden-check-said-no")


def _says_no(checks: Iterable[Read], output: str) -> bool:
    is_audit = any(item.family is Family.AUDIT for item in checks)
    return signs.says_no(output) or (is_audit and signs.is_vulnerable(output))


def _ends_green(end: str) -> bool:
    return bool(hidden.ALL_GREEN.search(end)) and not hidden.NOT_GREEN.search(end)


def _by_code(found: Sequence[Read], output: str, command: str) -> Hidden | None:
    """The line itself told the exit code of a step: `make; echo "exit: $?"`."""
    if "$?" not in command or "-ne 0" in command or not hidden.TOLD_CODE.search(output):
        return None
    before = [item for item in found if item.step.name not in ("echo", "printf")]
    is_check = bool(before) and before[-1].family is not None
    if is_check and not signs.could_not_run(output):
        return Hidden(Nature.FINDING, "told-exit-code")
    return Hidden(Nature.FAULT, "told-exit-code")


def _by_own(found: Sequence[Read], output: str) -> Hidden | None:
    """A program's own error stands in the output, under the program's name."""
    unanswered = [item for item in found if _is_unanswered(item.step)]
    names = {item.step.name for item in unanswered}
    if not names:
        return None
    if "npm" in names and (npm := hidden.NPM_ERROR.search(output)):
        asked = any(i.family is Family.LOOKUP for i in unanswered) and npm[1] == "E404"
        return Hidden(Nature.FINDING if asked else Nature.FAULT, "npm-error")
    if any(f"{name}: " in output for name in names) and any(
        error[1] in names for error in hidden.OWN_ERROR.finditer(output)
    ):
        return Hidden(Nature.FAULT, "own-error")
    if names & {"git", "gh"} and hidden.FATAL.match(output):
        return Hidden(Nature.FAULT, "own-error")
    if hidden.REFUSED.match(output) or _ends_badly(unanswered, output[-_TAIL:]):
        return Hidden(Nature.FAULT, "refused")
    if any(name.startswith(("python", "uv")) for name in names) and hidden.TRACEBACK.match(output):
        return Hidden(Nature.FAULT, "traceback")
    return None


def _is_unanswered(step: Step) -> bool:
    """Whether a step's error would be one: nobody expected it, and no manual was asked for."""
    return not step.is_answered and not step.is_quiet and _HELP.isdisjoint(step.words)


def _ends_badly(found: Sequence[Read], end: str) -> bool:
    """Whether the output of a program that nobody asked for its exit code ends in an error."""
    asked = all(item.step.can_decide or item.step.name in _QUOTERS for item in found)
    return not asked and bool(hidden.LAST_EXIT.search(end) or hidden.LAST_WORDS.search(end))
