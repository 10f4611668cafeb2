"""The text of a failed call without what the client and the terminal put around it."""

import re

import msgspec

CAP = 8_000
"""Characters kept of each end: causes stand at the beginning or at the end of long outputs."""

_ANSI = re.compile(
    r"\x1b(?:\[[0-9;:?<=>]{0,64}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)?|[@-Z\\^_=>78])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\ufeff]")
_ZSH = re.compile(r"^\(eval\):", re.MULTILINE)
"""What zsh calls itself when a client hands it a command."""
_EXIT_LINES = (
    re.compile(r"\s{0,20}Exit code:? (-?\d{1,5})(?: \([^()\n]{0,40}\))?[ \t]{0,20}(?:\n|$)"),
    re.compile(r"\s{0,20}(?:Command|Process) (?:failed|exited) with (?:exit )?code:? (-?\d{1,5})"),
    re.compile(r"\s{0,20}<returncode>(-?\d{1,5})</returncode>"),
)
_TRAILING_EXIT = re.compile(
    r"(?:^|\n)\s{0,8}[\[(<]?(?:Command )?(?:exit(?:ed with)?|returned)? ?"
    r"(?:exit )?(?:code|status)[:=]? ?(-?\d{1,5})[\])>.]?\s{0,8}$",
    re.IGNORECASE,
)
_CODEX_LINE = re.compile(
    r"(?:Chunk ID: |Wall time: |Process exited with code |Process running with session ID "
    r"|Original token count: |Total output lines: |Exit code: |Warning: truncated output)"
)
_CODEX_EXIT = re.compile(r"(?:Process exited with code|Exit code:) (-?\d{1,5})")
_TAGS = re.compile(
    r"</?(?:tool_use_error|error|stdout|stderr|output|result|returncode|bash-stdout|bash-stderr"
    r"|tool_result|warning|exception|e)>"
)
_REMINDER = re.compile(r"<system-reminder>[^<]{0,2000}(?:</system-reminder>|$)")
_JSON_OUTPUT = re.compile(r'\{"output": ?"((?:[^"\\]|\\.){0,8000})"')
_JSON_EXIT = re.compile(r'"exit_code": ?(-?\d{1,5})')
_FIELD = re.compile(
    r"(Command|Directory|Signal|Background PIDs|Process Group PGID): [^\n]{0,500}\n?"
)
_FRAMEWORK = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:Agent\w{0,30}Error|ToolError|ToolException): (?=(?:Code |Error ))",
        r"Code execution failed at line [^\n]{0,4000}? due to: ",
        r"Code parsing failed on line \d{1,6} due to: ",
        (
            r"Error when executing tool [\w.-]{1,80} with arguments [^\n]{0,4000}?\}: "
            r"(?=[A-Za-z_][\w.]{0,80}(?:Error|Exception|Warning|Interrupt|Exit)\b)"
        ),
        r"(?:AgentGenerationError: )?Error in generating model output:\s",
        (
            r"Error (?:executing|calling|invoking|running) tool:? ['\"`]?[\w.:/-]{1,80}['\"`]?"
            r"(?: with kwargs \{[^\n]{0,2000}?\} with error)?: ?\n?"
        ),
        r"(?:Tool|Function) (?:call|execution|invocation) (?:failed|error): ",
        r"Tool ['\"`]?[\w.:/-]{1,80}['\"`]? (?:failed|errored|execution failed)(?: with error)?: ",
    )
)
_PARSING = re.compile(r"\A(\w{1,40}Error)\n(?:[^\n]{0,2000}\n){0,3}?Error: (?=\S)")
"""How a framework shows code that it could not read: type, source, caret, words."""
_ADVICE = ("\nYou should only use this tool with a correct input", "\nPlease try again or use")


class Unwrapped(msgspec.Struct, frozen=True, kw_only=True):
    """What the program said, and the exit code its client told."""

    body: str
    exit_code: int | None


def unwrapped(text: str) -> Unwrapped:
    """The text without wrapper; at most 2 * `CAP` characters, whatever comes in."""
    body = _clean(_capped(text))
    body, code = _without_codex_header(body)
    if code is None:
        body, code = _without_exit_line(body)
    if code is None:
        body, code = _without_trailing_exit(body)
    if "<" in body:
        body = _TAGS.sub("", _REMINDER.sub("", body))
    if body.startswith("Command: ") or "\nDirectory: " in body[:3000]:
        body = _without_gemini_fields(body)
    return Unwrapped(body=_without_framework(body.strip("\n")).strip(), exit_code=code)


def _capped(text: str) -> str:
    if len(text) <= 2 * CAP:
        return text
    return text[:CAP] + "\n" + text[-CAP:]


def _clean(text: str) -> str:
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "(eval):" in text:
        text = _ZSH.sub("zsh:", text)
    if "\u0130" in text:
        # The one letter whose lower case is longer: offsets must agree after lower().
        text = text.replace("\u0130", "I")
    return _CONTROL.sub("", text)


def _without_codex_header(body: str) -> tuple[str, int | None]:
    if body.startswith('{"output":'):
        return _without_json(body)
    if not _CODEX_LINE.match(body):
        return body, None
    head, mark, rest = body[:1500].partition("Output:")
    if not mark:
        return body, None
    found = _CODEX_EXIT.search(head)
    rest = rest + body[1500:]
    return rest.lstrip(" ").removeprefix("\n"), int(found[1]) if found else None


def _without_json(body: str) -> tuple[str, int | None]:
    output, code = _JSON_OUTPUT.match(body), _JSON_EXIT.search(body[-300:])
    if not output:
        return body, None
    plain = output[1].replace("\\n", "\n").replace('\\"', '"').replace("\\t", "\t")
    return plain, int(code[1]) if code else None


def _without_exit_line(body: str) -> tuple[str, int | None]:
    for pattern in _EXIT_LINES:
        if found := pattern.match(body):
            return body[found.end() :], int(found[1])
    return body, None


def _without_trailing_exit(body: str) -> tuple[str, int | None]:
    tail = body[-80:]
    found = _TRAILING_EXIT.search(tail)
    if not found:
        return body, None
    return body[: len(body) - len(tail) + found.start()], int(found[1])


def _without_gemini_fields(body: str) -> str:
    said = _FIELD.sub("", body)
    lines = [line for line in said.split("\n") if line not in {"Error: (none)", "Output: (empty)"}]
    return "\n".join(lines).removeprefix("Output: ")


def _without_framework(body: str) -> str:
    for _ in range(3):
        found = next((m for p in _FRAMEWORK if (m := p.match(body))), None)
        if not found:
            break
        body = _PARSING.sub(r"\1: ", body[found.end() :].lstrip(), count=1)
    for advice in _ADVICE:
        head, mark, _rest = body.partition(advice)
        if mark:
            body = head
    return body
