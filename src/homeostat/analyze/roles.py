"""What a call does for the question how its run came out: it checks, edits, commits."""

import re
from collections.abc import Iterable

from homeostat.analyze.checker_table import Family
from homeostat.analyze.checkers import is_on_the_work
from homeostat.analyze.commands import Step
from homeostat.analyze.reading import Read
from homeostat.model.outcome import Role

EDITORS = frozenset(
    {
        "Edit", "MultiEdit", "NotebookEdit", "Write", "apply_patch", "edit", "write", "patch",
        "str_replace_editor", "str_replace_based_edit_tool", "create", "create_file", "replace",
        "edit_file", "write_file", "multiedit", "search_replace", "replace_in_file",
        "write_to_file", "insert_edit_into_file", "replace_string_in_file",
    }
)  # fmt: skip
_IN_PLACE = re.compile(r"-[A-Za-z0-9]{0,6}i|--in-place")
_PATCHERS = (("git", "apply"), ("git", "am"), ("git", "cherry-pick"), ("git", "revert"))
_NO_WORK = re.compile(
    r"&?\d?$|/dev/|/tmp/|/private/tmp/|/var/|\$\{?\(?(?:tmp|TMP|mktemp|out|log|dir)"
    r"|~/\.|.*\.(?:log|out|err|txt|tmp|pid|jsonl|csv|diff|patch|html|png)$"
)
"""Where output goes that is no part of the work."""


def role_of(steps: Iterable[Read]) -> Role:
    """Of several the last: what was edited and then checked in one line is checked."""
    role = Role.OTHER
    for item in steps:
        found = _role(item)
        role = role if found is Role.OTHER else found
    return role


def _role(item: Read) -> Role:
    step = item.step
    if item.family is Family.HOOKS:
        is_commit = "commit" in step.words[:4] and "--dry-run" not in step.words
        return Role.COMMIT if is_commit else Role.OTHER
    if is_on_the_work(item.family):
        return Role.CHECK
    return Role.EDIT if _edits(step) else Role.OTHER


def _edits(step: Step) -> bool:
    if any(not _NO_WORK.match(target) for target in step.writes):
        return True
    name, rest = step.name, step.words[1:6]
    if name in ("sed", "perl", "gsed", "ruby"):
        return any(_IN_PLACE.match(word) for word in rest)
    if name in ("tee", "sponge"):
        return any(word[:1] != "-" and not _NO_WORK.match(word) for word in rest)
    return name in ("apply_patch", "patch") or step.words[:2] in _PATCHERS
