"""What a successful shell call hides: a step failed, and the line or the tool said success."""

import re
from collections.abc import Sequence

import msgspec

from homeostat.analyze import checker_signs as signs
from homeostat.analyze.checker_table import Family
from homeostat.analyze.reading import Read
from homeostat.model.outcome import Nature

_SUSPICIOUS = (
    "rror", "FAIL", "ailed", "fatal", "ot found", "o such", "no matches", "denied", "illegal",
    "nvalid", "exit", "Exit", "raceback", "not ok", " fail", "issues", "annot", "undefined:",
    "EXIT", "rc=", "✗", "✖", "✘", "❌", "nknown", "HTTP ", "panic:", "parse error", "problems", "offense",
    "would reformat", "would have printed",
)  # fmt: skip
_CHECKS = frozenset(
    {
        Family.TEST, Family.LINT, Family.TYPES, Family.BUILD, Family.VALIDATE, Family.AUDIT,
        Family.HOOKS, Family.SCRIPT,
    }
)  # fmt: skip
_OWN_ZERO = re.compile(
    r"^(?:error: script \".{1,80}\" exited with code [1-9]|.{0,60}husky - .{1,60}(?:failed|exited)"
    r"|FAILED: |\[[\w:\-]{1,40}\] ERROR task failed|make(?:\[\d\])?: \*\*\* .{0,200}Error [1-9]"
    r"|.{0,60}ELIFECYCLE|.{0,80} ERR_PNPM_RECURSIVE_RUN|npm (?:ERR!|error) Lifecycle script"
    r"|.{0,200}exited with code [1-9]\d{0,2}$|error Command failed with exit code [1-9])",
    re.MULTILINE,
)
"""A runner's own words for a step that failed: no passing run prints them."""
_SAID_CODE = re.compile(
    r"^\W{0,6}(?:[\w ]{0,24}\b)?(?:exit|EXIT|Exit|rc|RC|code|status)[\w ]{0,8}\W{1,3}([1-9]\d{0,2})\W{0,4}$",
    re.MULTILINE,
)
_OWN_ERROR = re.compile(
    r"^(?:/\S{0,60}/)?([\w.+\-]{1,30}): (?!warning|note|info)(?:[^\n]{0,300}?)(?:No such file|no such file|illegal option|invalid option"
    r"|[Ii]nvalid |unrecognized|[Uu]nknown |cannot |Cannot |can't |[Pp]ermission denied|command not found|not found|[Ee]rror|HTTP [45]\d\d|Is a directory|[Ff]ailed|not a directory|syntax error|missing operand|requires an argument|not a valid|[Cc]ould not)",
    re.MULTILINE,
)
_FATAL = re.compile(r"(?:[^\n]{0,200}\n){0,4}?(?:fatal|error): ")
"""Among the first lines: further below it is what a file or a log says."""
_LAST_WORDS = re.compile(
    r"(?:^|\n)(?:Error|error|ERROR|fatal|panic|[Ff]ailed to)\b[^\n]{0,500}\s{0,5}$"
)
_PASSED = re.compile(
    r"\bpass(?:ed|ing)?\b|\bPASS|\bok\b|\bOK\b|\b0 (?:errors|issues|fail|problems|warnings)|[Ss]ucce(?:ss|eded)|No fixes applied|✓|✔|Done in|Finished|\bbuilt\b"
)
_REFUSED = re.compile(
    r"^(?:error: (?:unexpected argument|unrecognized|Found argument|unknown (?:option|switch)|invalid value"
    r"|pathspec)|Error: (?:unknown (?:flag|command|shorthand)|accepts \d|required flag)"
    r"|[Uu]nknown (?:flag|option|JSON field|command|argument)[: ]|(?:gh: |HTTP ).{0,200}\(?HTTP [45]\d\d|Could not resolve to a"
    r"|GraphQL: )",
    re.MULTILINE,
)
_NPM = re.compile(r"^npm (?:error|ERR!) code (E\w{2,30})", re.MULTILINE)
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\)", re.MULTILINE)
_LAST_EXIT = re.compile(r"\nexit status [1-9]\d{0,2}\s{0,5}$")
_STOCK = frozenset(
    "command not found no matches such file or directory line bash zsh sh unknown".split()
)
"""Words of the shell's own complaints."""
_READS = frozenset(
    "cat sed head tail nl less awk rg grep egrep fgrep ag bat jq strings tac xxd".split()
)
_QUOTERS = frozenset(
    "git gh echo printf cd export docker kubectl journalctl tmux workmux ls find".split()
)
"""Programs whose output is often what others said."""


class Hidden(msgspec.Struct, frozen=True):
    nature: Nature
    rule: str = ""


_NOTHING = Hidden(Nature.NONE)


def masked(found: Sequence[Read], text: str, command: str) -> Hidden:
    """What failed behind the success of a shell line; nothing where no step's failure shows."""
    if not text or not found:
        return _NOTHING
    text = text if len(text) <= signs.HEAD + signs.TAIL else signs.sample(text)
    if not any(word in text for word in _SUSPICIOUS):
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
    head = output[:3000]
    if not signs.shell_refused(head):
        return None
    for line in signs.shell_lines(head):
        words = [w for w in line.replace(":", " ").split() if len(w) > 1 and w not in _STOCK]
        culprits = [i for i in found if any(word in " ".join(i.step.words) for word in words)]
        if not culprits and not head.startswith("(eval):"):
            continue
        if culprits and all(item.step.is_answered for item in culprits):
            continue
        if any(item.family is Family.PROBE for item in culprits):
            return Hidden(Nature.FINDING, "hidden-probe-said-no")
        return Hidden(Nature.FAULT, "shell-refused-a-word")
    return None


def _by_check(found: Sequence[Read], output: str) -> Hidden | None:
    checks = [item for item in found if item.family in _CHECKS]
    if not checks:
        return None
    if all(item.step.can_decide for item in checks):
        if not _OWN_ZERO.search(output):
            return None
    elif not signs.says_no(output) and not signs.could_not_run(output):
        is_lost = signs.is_broken(output) and not _PASSED.search(output)
        return Hidden(Nature.FAULT, "hidden-check-could-not-run") if is_lost else None
    if signs.could_not_run(output):
        return Hidden(Nature.FAULT, "hidden-check-could-not-run")
    return Hidden(Nature.FINDING, "hidden-check-said-no")


def _by_code(found: Sequence[Read], output: str, command: str) -> Hidden | None:
    """The line itself told the exit code of a step: `make; echo "exit: $?"`."""
    if "$?" not in command or "-ne 0" in command or not _SAID_CODE.search(output):
        return None
    before = [item for item in found if item.step.name not in ("echo", "printf")]
    is_check = bool(before) and before[-1].family is not None
    if is_check and not signs.could_not_run(output):
        return Hidden(Nature.FINDING, "told-exit-code")
    return Hidden(Nature.FAULT, "told-exit-code")


def _by_own(found: Sequence[Read], output: str) -> Hidden | None:
    """A program's own error stands in the output, under the program's name."""
    open_steps = [i for i in found if not i.step.is_answered and not i.step.is_quiet]
    names = {item.step.name for item in open_steps}
    if not names:
        return None
    if (npm := _NPM.search(output)) and "npm" in names:
        asked = any(i.family is Family.LOOKUP for i in open_steps) and npm[1] == "E404"
        return Hidden(Nature.FINDING if asked else Nature.FAULT, "npm-error")
    if any(error[1] in names for error in _OWN_ERROR.finditer(output)):
        return Hidden(Nature.FAULT, "own-error")
    if names & {"git", "gh"} and _FATAL.match(output):
        return Hidden(Nature.FAULT, "own-error")
    if _REFUSED.match(output) or _ends_badly(open_steps, output):
        return Hidden(Nature.FAULT, "refused")
    if _TRACEBACK.match(output) and any(name.startswith(("python", "uv")) for name in names):
        return Hidden(Nature.FAULT, "traceback")
    return None


def _ends_badly(found: Sequence[Read], output: str) -> bool:
    """Whether the output of a program that nobody asked for its exit code ends in an error."""
    sources = [i for i in found if not i.step.can_decide and i.step.name not in _READS | _QUOTERS]
    last = output[-600:]
    return bool(sources) and bool(_LAST_EXIT.search(last) or _LAST_WORDS.search(last))
