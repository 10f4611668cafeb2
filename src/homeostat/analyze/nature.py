"""Whether a call's failure is a fault or a finding, what a success hides, and its role."""

import re
from collections.abc import Iterable

import msgspec

from homeostat.analyze import checker_signs as signs
from homeostat.analyze.checker_table import Family
from homeostat.analyze.masked import masked
from homeostat.analyze.reading import Read, Reading, read, read_steps
from homeostat.analyze.roles import edits, has_checked, role_of
from homeostat.model.call import CallFacts, Judgement
from homeostat.model.outcome import Nature, Outcome, Role

SHELLS = frozenset(
    {
        "Bash", "bash", "PowerShell", "exec", "exec_command", "local_shell_call", "shell",
        "shell_command", "run_shell_command", "run_terminal_cmd", "write_stdin", "powershell",
        "execute_command", "terminal", "run_in_terminal", "bash_session",
    }
)  # fmt: skip
_STOPPED_CODES = frozenset({124, 130, 137, 143})
_MISSING_CODES = frozenset({126, 127})
_REFUSED_KINDS = frozenset({"tool_use_error", "tool_error"})
_PYTEST_BROKEN_CODES = frozenset({2, 3, 4, 5})
_TIMED_OUT = re.compile(
    r"\b[Cc]ommand timed out after |^Tool execution aborted|^command timed out", re.MULTILINE
)
_NAMED_CHECK = re.compile(
    r"(?:^|[_.\-/])(?:run_?)?(?:tests?|lint|check|diagnos\w*|validate|typecheck)"
    r"|(?:Tests?|Lint|Check|Diagnos\w*|Validate|Typecheck)(?![a-z])"
)
"""Tools that are named for a check: `run_tests`, `mcp__ide__getDiagnostics`."""

_QUIET = frozenset(
    {Family.SEARCH, Family.COMPARE, Family.CONDITION, Family.PROBE, Family.LOOKUP}
)  # fmt: skip
"""Families that say no by exit code, mostly without a word."""


class _Decided(msgspec.Struct, frozen=True):
    nature: Nature
    rule: str


def judge(facts: CallFacts) -> Judgement:
    """The nature of a failed call, what a successful shell call hides, and the call's role.

    `DENIED` and `INTERRUPTED` calls have no nature. Only the first and last
    `checker_signs.HEAD` characters of the answer are looked at. Never raises.
    """
    if facts.tool not in SHELLS:
        return _judge_other(facts)
    if facts.outcome is Outcome.ERROR:
        return _judge_failed(facts)
    if facts.outcome is Outcome.OK:
        return _judge_succeeded(facts)
    return Judgement(nature=Nature.NONE, role=role_of(read_steps(facts.command), facts.command))


def _judge_failed(facts: CallFacts) -> Judgement:
    reading = read(facts)
    decided = _failure(facts, reading)
    role = role_of(reading.steps, facts.command)
    if role is Role.COMMIT and "nothing to commit" in reading.output:
        role = Role.OTHER  # nothing was left to deliver
    return Judgement(nature=decided.nature, role=role, rule=decided.rule)


def _judge_succeeded(facts: CallFacts) -> Judgement:
    if _ONLY_READS.match(facts.command):
        return _NOTHING_TO_SAY
    found = read_steps(facts.command)
    role = role_of(found, facts.command)
    if any(item.family is Family.HOOKS for item in found) and has_checked(facts.text):
        role = Role.CHECK
    hidden = masked(found, facts.text, facts.command)
    return Judgement(nature=Nature.NONE, masked=hidden.nature, role=role, rule=hidden.rule)


_READER = r"""(?:cd|cat|nl|head|tail|ls|rg|grep|wc|pwd|sed[ ]-n|jq|gh[ ]api
      |gh[ ](?:issue|pr|run|release)[ ](?:view|list|diff)
      |git[ ](?:status|diff|log|show|branch|remote|rev-parse|ls-files|fetch|blame|describe))
      (?:[^|;&\n<>$`(){}'"\\]|'[^']{0,2000}+'|"[^"$`\\]{0,2000}+"){0,3000}+"""
_ONLY_READS = re.compile(rf"{_READER}(?:&&[ ]{_READER}){{0,20}}+$", re.VERBOSE)
"""Programs that read, and nothing that could hide an exit code: half of all shell calls."""
_NOTHING_TO_SAY = Judgement(nature=Nature.NONE)


def _judge_other(facts: CallFacts) -> Judgement:
    """A call of a tool that is no shell."""
    role = Role.EDIT if edits(facts.tool, facts.args) else Role.OTHER
    if facts.outcome is Outcome.ERROR:
        output = signs.sample(facts.text)
        if _NAMED_CHECK.search(facts.tool) and signs.says_no(output):
            return Judgement(nature=Nature.FINDING, role=Role.CHECK, rule="check-said-no")
        return Judgement(nature=Nature.FAULT, role=role, rule="tool-failed")
    if facts.outcome is Outcome.OK and _says_is_error(facts):
        return Judgement(
            nature=Nature.NONE, masked=Nature.FAULT, role=role, rule="is-error-in-answer"
        )
    return Judgement(nature=Nature.NONE, role=role)


_IS_ERROR = re.compile(r"""["']?is_?[eE]rror["']?\s{0,3}[:=]\s{0,3}[tT]rue""")


def _says_is_error(facts: CallFacts) -> bool:
    """Whether an MCP server's answer calls itself an error; other tools' answers are content."""
    if not (facts.tool.startswith("mcp") or "__" in facts.tool or "." in facts.tool):
        return False
    head = facts.text[:2000]
    return "rror" in head and _IS_ERROR.search(head) is not None


def _failure(facts: CallFacts, reading: Reading) -> _Decided:
    """The first rule that knows."""
    if facts.failure_kind in _REFUSED_KINDS:
        return _Decided(Nature.FAULT, "tool-refused")
    if reading.exit_code in _STOPPED_CODES or _TIMED_OUT.search(reading.output[:400]):
        return _Decided(Nature.FAULT, "stopped")
    families = [item.family for item in reading.deciding if item.family]
    if families == [Family.PROBE] * len(reading.deciding) and families:
        return _Decided(Nature.FINDING, "probe-answered-no")
    if reading.exit_code in _MISSING_CODES:
        return _Decided(Nature.FAULT, "program-missing")
    if signs.shell_refused(reading.output) and not signs.sums_up(reading.output):
        return _Decided(Nature.FAULT, "shell-refused")
    loud = [family for family in families if family not in _QUIET]
    decided = _loud(loud, reading) if loud else None
    return decided or _quiet(reading) or _unknown(reading)


def _loud(families: Iterable[Family], reading: Reading) -> _Decided | None:
    """A test, linter, build... is among the steps that can have failed."""
    output, family = reading.output, list(families)[-1]
    if signs.could_not_run(output):
        return _Decided(Nature.FAULT, "check-could-not-run")
    if _refuses(family, output):
        return _Decided(Nature.FINDING, f"{family}-said-no")
    if signs.is_broken(output):
        none = family is Family.CI and signs.none_found(output)
        return _Decided(Nature.FINDING, "none-found") if none else _Decided(Nature.FAULT, "broken")
    if family is Family.HOOKS:
        return _Decided(Nature.FAULT, "action-refused")
    if family is Family.SCRIPT or _is_broken_pytest(reading):
        return _Decided(Nature.FAULT, "check-could-not-run")
    return _Decided(Nature.FINDING, f"{family}-failed")


def _refuses(family: Family, output: str) -> bool:
    if family is Family.AUDIT and signs.is_vulnerable(output):
        return True
    return signs.says_no(output) or signs.claims_no(output)


def _is_broken_pytest(reading: Reading) -> bool:
    last = reading.deciding[-1].step
    return last.name == "pytest" and reading.exit_code in _PYTEST_BROKEN_CODES


def _quiet(reading: Reading) -> _Decided | None:
    """A search, comparison, condition or lookup is among the steps that can have failed."""
    quiet = [item for item in reading.deciding if item.family in _QUIET]
    if not quiet:
        return None
    last = quiet[-1]
    is_alone = len(quiet) == len(reading.deciding)
    if last.family is Family.LOOKUP:
        none = signs.none_found(reading.output)
        if none or (not reading.output.strip() and reading.exit_code == 1):
            return _Decided(Nature.FINDING, "none-found")
        return None
    if signs.is_broken(reading.output) and not _prints_contents(reading, is_alone=is_alone):
        return None
    if _code_says_no(last, reading.exit_code):
        return _Decided(Nature.FINDING, f"{last.family}-said-no")
    return None


def _prints_contents(reading: Reading, *, is_alone: bool) -> bool:
    """Whether words of failure in the output are the contents of files, not of an error."""
    first = reading.output[:200].lstrip()
    return is_alone and reading.exit_code == 1 and not _ERROR_LINE.match(first)


_ERROR_LINE = re.compile(r"[\w.\-/]{1,40}: |error|Error|fatal|usage|Usage")


def _code_says_no(item: Read, code: int | None) -> bool:
    if item.family is Family.COMPARE and "--check" in item.step.words:
        return code in (1, 2, None)
    if item.family is Family.PROBE:
        return True
    return code in (1, None)


def _unknown(reading: Reading) -> _Decided:
    """No step that can have failed is a known check; a script may have run one."""
    output = reading.output
    readers = all(item.step.name in _READERS for item in reading.deciding)
    if readers or signs.could_not_run(output) or signs.is_broken(output):
        return _Decided(Nature.FAULT, "no-check")
    if signs.says_no(output):
        return _Decided(Nature.FINDING, "script-said-no")
    return _Decided(Nature.FAULT, "no-check")


_READERS = frozenset(
    {
        "cat", "sed", "head", "tail", "less", "nl", "awk", "git", "gh", "ls", "find", "cp", "mv",
        "rm", "mkdir", "curl", "wget", "cd", "echo", "kubectl", "docker",
    }
)  # fmt: skip
"""Programs whose output is other programs' words, or who never judge the work."""
