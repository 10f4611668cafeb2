"""The signature of a failure: which failures one fix would serve."""

import hashlib
import re

from homeostat.analyze.classify import verdict
from homeostat.analyze.extract.api import api_error
from homeostat.analyze.extract.arguments import with_parameter
from homeostat.analyze.extract.catalogue import CATALOGUE
from homeostat.analyze.extract.found import FailureText, Found
from homeostat.analyze.extract.python import python_failure
from homeostat.analyze.extract.rules_clients import CLIENT_RULES
from homeostat.analyze.extract.salient import salient_line, typed_line
from homeostat.analyze.extract.stacks import crash, module_missing, stack
from homeostat.analyze.extract.strerror import system_error
from homeostat.analyze.extract.suites import failing_test
from homeostat.analyze.extract.table import first_match
from homeostat.analyze.normalise import unwrapped
from homeostat.analyze.variables import words_of
from homeostat.model.ids import SignatureId
from homeostat.model.signature import ErrorClass, Signature

RULES_VERSION = 1
"""Part of every id: a change of rules gives new ids, never an old id with a new meaning."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 10
_FAMILIES = {
    tool: family
    for family, tools in {
        "shell": "bash exec_command shell write_stdin run_shell_command local_shell terminal"
        " run_in_terminal execute_command run_command execute_bash container.exec shell_command"
        " bashoutput killshell killbash unified_exec sh powershell",
        "edit": "edit multiedit write notebookedit apply_patch str_replace replace write_file"
        " str_replace_editor str_replace_based_edit_tool edit_file create_file"
        " replace_string_in_file insert_edit_into_file patch",
        "read": "read read_file view read_many_files",
        "search": "grep glob list ls search_file_content list_directory list_dir codebase_search"
        " grep_search file_search",
        "web": "webfetch web_fetch fetch",
    }.items()
    for tool in tools.split()
}
_AGENT_SPANS = words_of("model llm chat agent process_item invoke_agent completion main")
_METHOD = re.compile(r"[A-Z]\w{0,80}\.\w{1,80}")
_CODE_BUGS = frozenset(
    {
        ErrorClass.TYPE_ERROR,
        ErrorClass.ATTRIBUTE_ERROR,
        ErrorClass.LOOKUP_ERROR,
        ErrorClass.VALUE_ERROR,
        ErrorClass.PARSE_ERROR,
        ErrorClass.INVALID_ARGUMENTS,
        ErrorClass.UNKNOWN,
    }
)


def _known_line(text: FailureText) -> Found | None:
    return first_match(text, CATALOGUE)


_EXTRACTORS = (
    failing_test,
    python_failure,
    stack,
    crash,
    module_missing,
    api_error,
    _known_line,
    system_error,
    typed_line,
)
_CLIENT_HEAD, _CLIENT_TAIL = 600, 300


def sign(tool: str, text: str) -> Signature:
    """The signature of one failed call: the same for the same arguments, whatever came before.

    Takes time bounded by the cap of `unwrapped`, and never raises.
    """
    plain = unwrapped(text)
    failure = FailureText(
        body=plain.body,
        folded=plain.body.lower(),
        lines=tuple(plain.body.split("\n")),
        exit_code=plain.exit_code,
        tool=tool,
        family=family_of(tool),
    )
    return _signature(failure, _found(failure))


def family_of(tool: str) -> str:
    """Tools that fail alike are one family; any other tool is its own."""
    name = tool.strip().lower()
    if known := _FAMILIES.get(name):
        return known
    if name.startswith("step ") or name in _AGENT_SPANS or _METHOD.fullmatch(tool.strip()):
        return "agent"
    return name


def _found(text: FailureText) -> Found:
    if not text.body:
        return Found(rule="silent", kind="silent", line="", error_class=_silent_class(text))
    if found := first_match(_ends(text), CLIENT_RULES):
        return with_parameter(found, text)
    return next((f for extract in _EXTRACTORS if (f := extract(text))), None) or salient_line(text)


def _silent_class(text: FailureText) -> ErrorClass | None:
    return None if text.exit_code else ErrorClass.UNKNOWN


def _ends(text: FailureText) -> FailureText:
    """Beginning and end: where a client speaks. In between a file's text may quote one."""
    if len(text.body) <= _CLIENT_HEAD + _CLIENT_TAIL:
        return text
    body = text.body[:_CLIENT_HEAD] + "\n" + text.body[-_CLIENT_TAIL:]
    return FailureText(
        body=body,
        folded=body.lower(),
        lines=(),
        exit_code=text.exit_code,
        tool=text.tool,
        family=text.family,
    )


def _signature(text: FailureText, found: Found) -> Signature:
    judged = verdict(text, found)
    place = found.place if judged.error_class in _CODE_BUGS else ""
    # A host may look like any other word with a number (`redis-01`): both are one mark in the key.
    message = found.message.replace("<host>", "<n>")
    key = "|".join((text.family, found.kind, message, ",".join(found.identifiers), place))
    return Signature(
        id=_id(key),
        key=key,
        family=text.family,
        kind=found.kind,
        message=found.message,
        identifiers=found.identifiers,
        place=place,
        rule=found.rule,
        error_class=judged.error_class,
        class_rule=judged.rule,
        line=found.line,
    )


def _id(key: str) -> SignatureId:
    digest = hashlib.sha256(f"{RULES_VERSION}|{key}".encode("utf-8", "surrogatepass")).digest()
    number = int.from_bytes(digest[:8], "big")
    letters = "".join(_ALPHABET[number >> 5 * at & 31] for at in range(_LETTERS))
    return SignatureId(f"S-{letters}")
