"""Python's tracebacks: the last exception and the user's function that raised it."""

import re

import msgspec

from homeostat.analyze.extract.exceptions import (
    Raised,
    environment_key,
    exception,
    same_everywhere,
)
from homeostat.analyze.extract.found import FailureText, Found
from homeostat.model.signature import ErrorClass

_HEADER = "traceback (most recent call last)"
_FRAME = re.compile(
    r'^\s{0,40}(?:\| ?)?\s{0,20}File "([^"\n]{1,400})", line \d{1,7}(?:, in (.{1,120}))?'
)
_RAISED = re.compile(
    r"^(?:E\s{1,8}|\s{0,8}\|\s{0,6}|\[.{1,40}\] )?((?:(?:[A-Za-z_]\w{0,80}|<locals>)\.){0,6}"
    r"[A-Z_a-z]\w{1,80})(?::(?:\s(.{0,2000}))?)?$"
)
_NAMED_LIKE_ONE = re.compile(
    r"(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Timeout|Failure|Fault|Abort|Cancelled"
    r"|Refused|NotFound|Denied|Expired|Invalid|Conflict|Missing|Exceeded|Unavailable|Group|Empty"
    r"|Full|DoesNotExist|Violation|Undefined\w{0,20}|Duplicate\w{0,20}|Locked|Closed|Required)$"
)
_LIBRARY = ("site-packages", "dist-packages", "/lib/python", "<frozen", "lib\\python", "/Lib/")
_PYDANTIC = re.compile(r"\d{1,5} validation errors? for (\w{1,80})")
_PYDANTIC_TYPE = re.compile(r"\[type=(\w{1,60})")
_RPC_STATUS = re.compile(r"\bStatusCode\.([A-Z_]{2,40})")
_FRAMES_KEPT = 400


def python_failure(text: FailureText) -> Found | None:
    """The last exception of the last traceback, or a module that `python -m` did not find."""
    at = text.folded.rfind(_HEADER)
    if at < 0:
        return _without_header(text)
    lines = text.body[at:].split("\n")[1 : _FRAMES_KEPT + 1]
    frames = [frame for line in lines if (frame := _FRAME.match(line))]
    raised = _raised(lines)
    if raised is None:
        return None
    found = exception(_with_place(raised, frames), rule="python-traceback")
    return _special(found, raised, frames=frames, lines=lines)


def _without_header(text: FailureText) -> Found | None:
    if "no module named" in text.folded or "cannot import name" in text.folded:
        for line in text.lines:
            if (found := same_everywhere(line)) and found.kind.startswith("py-"):
                return found
    if "validation error" in text.folded and (model := _PYDANTIC.match(text.body)):
        plain = Found(rule="python-pydantic", kind="validationerror", line=text.lines[0][:500])
        return _pydantic(plain, model[1], list(text.lines))
    if "syntaxerror: " not in text.folded and "indentationerror" not in text.folded:
        return None
    if not any(_FRAME.match(line) for line in text.lines):
        return None
    raised = _raised(list(text.lines))
    return exception(raised, rule="python-syntax") if raised else None


def _raised(lines: list[str]) -> Raised | None:
    """The first line behind the frames that reads as `Type: words`."""
    candidate: Raised | None = None
    for line in lines:
        if not line[:1].strip() and not line.lstrip().startswith("|"):
            continue
        found = _RAISED.match(line)
        if found and (candidate is None or _NAMED_LIKE_ONE.search(found[1])):
            candidate = Raised(type=found[1], said=(found[2] or "").strip(), line=line.strip())
            if _NAMED_LIKE_ONE.search(found[1]):
                break
    return candidate


def _with_place(raised: Raised, frames: list[re.Match[str]]) -> Raised:
    users = [f for f in frames if not any(part in f[1] for part in _LIBRARY)]
    place = (users[-1][2] or "") if users else ""
    return Raised(type=raised.type, said=raised.said, line=raised.line, place=place.strip())


def _special(
    found: Found, raised: Raised, *, frames: list[re.Match[str]], lines: list[str]
) -> Found:
    """What the frames or the lines behind say about an exception of many meanings."""
    kind = raised.type
    if kind == "KeyError" and any("environ" in line for line in lines) and found.identifiers:
        return environment_key(found)
    if kind == "FileNotFoundError" and any(f[2] == "_execute_child" for f in frames):
        return _missing_command(found, raised)
    if kind.endswith("RpcError") and (status := _first(_RPC_STATUS, lines)):
        return msgspec.structs.replace(found, kind=status.lower(), message="rpc error", place="")
    if validation := _PYDANTIC.search(raised.said):
        return _pydantic(found, validation[1], lines)
    return found


def _first(pattern: re.Pattern[str], lines: list[str]) -> str:
    return next((found[1] for line in lines if (found := pattern.search(line))), "")


def _missing_command(found: Found, raised: Raised) -> Found:
    command = raised.said.rpartition(": ")[2].strip("'\"")
    if "/" in command or not command:
        return found
    return Found(
        rule="python-subprocess",
        kind="filenotfounderror",
        line=found.line,
        message="no such command",
        identifiers=(command.lower(),),
        error_class=ErrorClass.COMMAND_NOT_FOUND,
    )


def _pydantic(found: Found, model: str, lines: list[str]) -> Found:
    at = next((n for n, line in enumerate(lines) if _PYDANTIC.search(line)), 0)
    field = lines[at + 1].strip() if at + 1 < len(lines) else ""
    reason = _PYDANTIC_TYPE.search(lines[at + 2]) if at + 2 < len(lines) else None
    return Found(
        rule="python-pydantic",
        kind="validationerror",
        line=found.line,
        message="validation error",
        identifiers=(model.lower(), field[:80].lower(), reason[1] if reason else ""),
        place=found.place,
        error_class=ErrorClass.INVALID_ARGUMENTS,
    )
