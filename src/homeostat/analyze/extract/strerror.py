"""The operating system's own error texts, and the program that met them."""

import re

from homeostat.analyze.extract.found import LINE_LENGTH, FailureText, Found
from homeostat.analyze.masks import masked
from homeostat.model.signature import ErrorClass

SYSTEM_TEXTS = {
    "no such file or directory": ErrorClass.NOT_FOUND,
    "cannot find the path specified": ErrorClass.NOT_FOUND,
    "permission denied": ErrorClass.PERMISSION_DENIED,
    "operation not permitted": ErrorClass.PERMISSION_DENIED,
    "access is denied": ErrorClass.PERMISSION_DENIED,
    "read-only file system": ErrorClass.PERMISSION_DENIED,
    "is a directory": ErrorClass.INVALID_ARGUMENTS,
    "not a directory": ErrorClass.INVALID_ARGUMENTS,
    "file exists": ErrorClass.ALREADY_EXISTS,
    "directory not empty": ErrorClass.INVALID_ARGUMENTS,
    "invalid argument": ErrorClass.INVALID_ARGUMENTS,
    "file name too long": ErrorClass.INVALID_ARGUMENTS,
    "argument list too long": ErrorClass.INVALID_ARGUMENTS,
    "too many levels of symbolic links": ErrorClass.INVALID_ARGUMENTS,
    "invalid cross-device link": ErrorClass.INVALID_ARGUMENTS,
    "bad file descriptor": ErrorClass.INVALID_ARGUMENTS,
    "inappropriate ioctl for device": ErrorClass.INVALID_ARGUMENTS,
    "operation not supported": ErrorClass.INVALID_ARGUMENTS,
    "no space left on device": ErrorClass.DISK_FULL,
    "disk quota exceeded": ErrorClass.DISK_FULL,
    "device or resource busy": ErrorClass.LOCKED,
    "resource busy": ErrorClass.LOCKED,
    "text file busy": ErrorClass.LOCKED,
    "resource temporarily unavailable": ErrorClass.LOCKED,
    "address already in use": ErrorClass.LOCKED,
    "connection refused": ErrorClass.CONNECTION,
    "connection reset by peer": ErrorClass.CONNECTION,
    "no route to host": ErrorClass.CONNECTION,
    "network is unreachable": ErrorClass.CONNECTION,
    "connection timed out": ErrorClass.TIMEOUT,
    "operation timed out": ErrorClass.TIMEOUT,
    "broken pipe": ErrorClass.CONNECTION,
    "too many open files": ErrorClass.QUOTA,
    "cannot allocate memory": ErrorClass.OUT_OF_MEMORY,
    "input/output error": ErrorClass.SERVER_ERROR,
    "stale file handle": ErrorClass.CONNECTION,
    "no such process": ErrorClass.NOT_FOUND,
    "no such device": ErrorClass.NOT_FOUND,
    "no such host": ErrorClass.CONNECTION,
}
_ALL = "|".join(re.escape(text) for text in SYSTEM_TEXTS)
# `prog: [words] path: text`, `prog: text: path` (zsh), `CODE: text, syscall 'path'` (node).
_PROGRAM_FIRST = re.compile(
    rf"(?:^|[\s/>])([\w+-][\w.+-]{{0,40}}?)(?:\[\d{{1,9}}\]| \(child\))?:(?:\d{{1,6}}:)? "
    rf"(?:line \d{{1,6}}: )?([^\n]{{0,300}}?)"
    rf":? ?(?:\[Errno \d{{1,4}}\] |IO error for operation on [^\n]{{1,200}}: )?\(?({_ALL})"
    rf"\b",
    re.IGNORECASE,
)
_SHELL_FIRST = re.compile(
    rf"^(?:\S{{0,100}}/)?([\w+-][\w.+-]{{0,40}})(?:\[\d{{1,9}}\])?:(?:\d{{1,6}}:)? ({_ALL})(?::|$)",
    re.IGNORECASE,
)
_NODE = re.compile(rf"\b(E[A-Z]{{3,20}}): ({_ALL}), (\w{{1,20}})", re.IGNORECASE)
_BARE = re.compile(rf"({_ALL})", re.IGNORECASE)
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh", "-bash", "-sh", "ash"})
_BUILTIN = re.compile(
    r"(cd|source|\.|export|pushd|popd|ulimit|exec|kill|read|test|\[|umask)(?::|$)"
)
_PHRASE = re.compile(
    r"(?:error |warning |unable |failed |cannot |can't |could not |couldn't )"
    r"[a-z -]{1,40}(?=[ :]|$)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"(?:error: )?((?:cannot|can't|could not|couldn't|unable to|failed to) [a-z]{2,20}) ",
    re.IGNORECASE,
)
_READING = re.compile(
    r"(?:cannot|can't|could not|couldn't|unable to|failed to) "
    r"(?:access|stat|open|read|create directory)(?: directory)?$"
)
"""What GNU's programs say where others say nothing: `ls: cannot access 'a'`, `ls: a`."""
_VERSIONED = re.compile(r"(python|pip|ruby|perl|php|lua|gcc|g\+\+|clang(?:\+\+)?)-?\d[\d.]{0,8}")
_NOT_A_PROGRAM = frozenset(
    {"error", "fatal", "line", "err", "warning", "e", "cause", "os", "caused"}
)


def system_error(text: FailureText) -> Found | None:
    """The first line with one of the system's texts; the program is kept, the path is not."""
    folded = text.folded
    places = sorted((at, said) for said in SYSTEM_TEXTS if (at := folded.find(said)) >= 0)
    for at, said in places[:3]:
        start = text.body.rfind("\n", 0, at) + 1
        line = text.body[max(start, at - 300) : at + 200].partition("\n")[0]
        return _of_line(line, said, exit_code=text.exit_code)
    return None


def _of_line(line: str, said: str, *, exit_code: int | None) -> Found:
    error_class = SYSTEM_TEXTS[said]
    program, phrase = _program(line)
    identifiers = tuple(part for part in (program, phrase) if part)
    if program == "sh" and said == "permission denied" and _was_executed(line, exit_code):
        identifiers = (program, "exec")
    return Found(
        rule="strerror",
        kind=said,
        line=line.strip()[:LINE_LENGTH],
        message=said,
        identifiers=identifiers,
        error_class=error_class,
    )


def _program(line: str) -> tuple[str, str]:
    """The program, and what it says it could not do."""
    if node := _NODE.search(line):
        return node[1].lower(), node[3].lower()
    found = _SHELL_FIRST.search(line)
    middle = ""
    if found is None:
        found = _PROGRAM_FIRST.search(line)
        middle = found[2].strip() if found else ""
    program = found[1].lower() if found else ""
    if program in _SHELLS:
        builtin = _BUILTIN.match(middle)
        return (builtin[1], "") if builtin else ("sh", "")
    if found is None or (not middle and _is_file(program, line[: found.start(1)])):
        verb = _VERB.match(line)
        return "", verb[1].lower() if verb else ""
    if program in _NOT_A_PROGRAM or masked(program).text == "<path>":
        program = ""
    if versioned := _VERSIONED.fullmatch(program):
        program = versioned[1]
    phrase = _PHRASE.match(middle)
    tried = " ".join(phrase[0].lower().split()) if phrase else ""
    return program, "" if program and _READING.match(tried) else tried


def _is_file(name: str, before: str) -> bool:
    """Whether a name with nothing between it and the system's text is what was not found."""
    return before.endswith("/") or any(map(str.isdigit, name)) or masked(name).text == "<path>"


def _was_executed(line: str, exit_code: int | None) -> bool:
    if exit_code is not None:
        return exit_code == 126  # noqa: PLR2004 -- the shell's own code for "found, not run"
    return bool(re.search(r": (?:\./|\S{1,200}\.(?:sh|py|pl|rb|bin)\b)", line))
