"""What a call does for the question how its run came out: it checks, edits, commits."""

import re
from collections.abc import Iterable

from homeostat.analyze.checker_table import Family
from homeostat.analyze.checkers import is_on_the_work
from homeostat.analyze.commands import Step
from homeostat.analyze.reading import Read
from homeostat.model.outcome import Role

_EDITORS = frozenset(
    {
        "Edit", "MultiEdit", "NotebookEdit", "Write", "apply_patch", "edit", "write", "patch",
        "str_replace_editor", "str_replace_based_edit_tool", "create", "create_file", "replace",
        "edit_file", "write_file", "multiedit", "search_replace", "replace_in_file",
        "write_to_file", "insert_edit_into_file", "replace_string_in_file", "text_editor",
    }
)  # fmt: skip
_IN_PLACE = re.compile(r"-[A-Za-z0-9]{0,6}i|--in-place")
_PATCHERS = (("git", "apply"), ("git", "am"), ("git", "cherry-pick"), ("git", "revert"))
_NO_WORK = re.compile(
    r"&?\d?$|/dev/|/tmp/|/private/tmp/|/var/|\$\{?\(?(?:tmp|TMP|mktemp|out|log|dir)"
    r"|~/\.|.*\.(?:log|out|err|txt|tmp|pid|jsonl|csv|diff|patch|html|png)$"
)
"""Where output goes that is no part of the work."""
_ARGS_HEAD = 2000
"""Characters of the arguments in which a file is named: before its content."""
_NO_WORK_ARGS = re.compile(
    r""""(?:file_?|notebook_)?[pP]ath"\s{0,9}:\s{0,9}"
    (?:/tmp/|/private/tmp/|/var/|[^"]{0,400}/\.claude/)""",
    re.VERBOSE,
)
_LOOKS = re.compile(r'"command"\s{0,9}:\s{0,9}"view"')
"""How the editor of several clients is asked only to show a file."""
_PASSED = re.compile(
    r"\bpass(?:ed|ing)?\b|\bPassed$|\b[Nn]o (?:errors|issues|fixes)|\b[Aa]ll checks\b"
    r"|\b0 (?:errors|failures|issues|problems|fail)|lint-staged|✔|✓",
    re.MULTILINE,
)
_COMMITTED = re.compile(r"^\[.*$", re.MULTILINE)
"""git's own line, which holds the words of the commit."""


def edits(tool: str, args: str) -> bool:
    """Whether a tool that is no shell changes a file of the work; notes and plans are none."""
    head = args[:_ARGS_HEAD]
    return tool in _EDITORS and not _NO_WORK_ARGS.search(head) and not _LOOKS.search(head)


def has_checked(output: str) -> bool:
    """Whether checking hooks ran with a commit: by their words, git itself says nothing of them."""
    return _PASSED.search(_COMMITTED.sub("", output[-4000:])) is not None


def role_of(steps: Iterable[Read], command: str) -> Role:
    """Of several the last: what was edited and then checked in one line is checked."""
    role = Role.OTHER
    is_scratch = "mktemp" in command or "tmp/" in command
    for item in steps:
        found = _role(item, is_scratch=is_scratch)
        role = role if found is Role.OTHER else found
    return role


def _role(item: Read, *, is_scratch: bool) -> Role:
    step = item.step
    if item.family is Family.HOOKS:
        is_commit = "commit" in step.words[:4] and "--dry-run" not in step.words
        return Role.COMMIT if is_commit else Role.OTHER
    if is_on_the_work(item.family):
        return Role.CHECK
    return Role.EDIT if _edits(step, is_scratch=is_scratch) else Role.OTHER


def _edits(step: Step, *, is_scratch: bool) -> bool:
    """Whether a step changes files of the work; a variable may name a file of a scratch folder."""
    targets = (t for t in step.writes if not (is_scratch and t.startswith("$")))
    if any(not _NO_WORK.match(target) for target in targets):
        return True
    name, rest = step.name, step.words[1:6]
    if name in ("sed", "perl", "gsed", "ruby"):
        return any(_IN_PLACE.match(word) for word in rest)
    if name in ("tee", "sponge"):
        return any(word[:1] != "-" and not _NO_WORK.match(word) for word in rest)
    return name in ("apply_patch", "patch") or step.words[:2] in _PATCHERS
