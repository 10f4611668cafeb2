"""What kind of thing failed, and which rule says so."""

import re

import msgspec

from homeostat.analyze.class_names import (
    CODES,
    EXITS,
    MODULES,
    STATUSES,
    TYPE_WORDS,
    TYPES,
    signal_or_code,
)
from homeostat.analyze.class_words import PATTERNS, STATUS
from homeostat.analyze.extract.found import FailureText, Found
from homeostat.analyze.extract.strerror import SYSTEM_TEXTS
from homeostat.analyze.masks import masked
from homeostat.model.signature import ErrorClass

HEAD = 1_500
"""Characters of the text that the last resort looks at."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A class and the name of the rule that decided."""

    error_class: ErrorClass
    rule: str


_STATUS_RULES = frozenset(
    {"http-status", "axios-status", "curl-http", "wget-http", "git-http-error"}
)
_STACKS = ("python", "js", "java", "dotnet", "ruby", "php", "go-panic", "rust-panic")
_TYPE_LENGTH = 80
_BARE_TYPES = frozenset({"error", "unhandledpromiserejection"})
"""What JavaScript calls all that is thrown by hand."""
_OF_MACHINES = frozenset(
    {
        ErrorClass.OUT_OF_MEMORY,
        ErrorClass.CONTEXT_OVERFLOW,
        ErrorClass.RATE_LIMIT,
        ErrorClass.QUOTA,
        ErrorClass.CONFIG_MISSING,
        ErrorClass.DISK_FULL,
    }
)
_OF_SERVICES = _OF_MACHINES | {
    ErrorClass.CONNECTION,
    ErrorClass.AUTH,
    ErrorClass.TIMEOUT,
    ErrorClass.LOCKED,
    ErrorClass.PERMISSION_DENIED,
    ErrorClass.TLS,
    ErrorClass.SERVER_CRASHED,
    ErrorClass.OVERLOADED,
}
_OF_CODE = frozenset(
    {
        ErrorClass.PERMISSION_DENIED,
        ErrorClass.TYPE_ERROR,
        ErrorClass.LOOKUP_ERROR,
        ErrorClass.ATTRIBUTE_ERROR,
        ErrorClass.IMPORT_ERROR,
        ErrorClass.TIMEOUT,
    }
)
_NAMELESS = frozenset({"error", "exception"})
_WIDE_TYPES = {
    "valueerror": _OF_MACHINES,
    "runtimeerror": _OF_SERVICES,
    "exception": _OF_SERVICES,
    "psqlexception": _OF_SERVICES,
    "sqlexception": _OF_SERVICES,
    "operationalerror": _OF_SERVICES,
    "databaseerror": _OF_SERVICES,
    "interfaceerror": _OF_SERVICES,
    "dberror": _OF_SERVICES,
    "internalerror": _OF_SERVICES,
    "internal": _OF_SERVICES,
    "unknown": _OF_SERVICES,
    "apierror": _OF_SERVICES,
    "apistatuserror": _OF_SERVICES,
    "servererror": _OF_SERVICES,
    "assertionerror": _OF_MACHINES,
    "illegalstateexception": _OF_SERVICES,
    "badrequesterror": _OF_MACHINES,
    "validationexception": _OF_MACHINES,
    "invalidrequestexception": _OF_MACHINES,
    "interpretererror": _OF_CODE,
}
"""Types raised for all that goes wrong, and the classes that their words may tell."""
_WIDE_STATUSES = {
    "400": _OF_MACHINES
    | {ErrorClass.AUTH, ErrorClass.NOT_FOUND, ErrorClass.ALREADY_EXISTS, ErrorClass.LOCKED},
    "403": frozenset({ErrorClass.RATE_LIMIT, ErrorClass.QUOTA}),
    "409": frozenset({ErrorClass.LOCKED, ErrorClass.GIT_CONFLICT}),
    "422": frozenset({ErrorClass.ALREADY_EXISTS, ErrorClass.NOT_FOUND}),
    "429": frozenset({ErrorClass.QUOTA, ErrorClass.OVERLOADED}),
    "500": frozenset({ErrorClass.OVERLOADED, ErrorClass.TIMEOUT, ErrorClass.OUT_OF_MEMORY}),
}
"""Statuses that stand for several things, and the classes that the words beside may tell."""
_LOG_LINE = re.compile(
    r"^.{0,40}?\b(?:INFO|DEBUG|TRACE|NOTICE|info|debug|notice):?[\] :].{0,400}$", re.MULTILINE
)
"""What a program tells while all is well."""
_OVERFLOW = re.compile(
    r"maximum context length|context (?:limit|window|length)|prompt is too long|input is too long",
    re.IGNORECASE,
)
_BILLING = re.compile(
    r"insufficient[_ ](?:quota|credit)|exceeded your current quota|credit balance"
    r"|billing (?:hard |soft )?(?:limit|details|account|plan|has|is)|plan and billing",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(
    r"unexpected keyword argument|required (?:positional|keyword-only) argument"
    r"|multiple values for|positional arguments? but",
    re.IGNORECASE,
)


def verdict(text: FailureText, found: Found) -> Verdict:
    """The class of a failure: the extractor's word, then type, status, line, text, exit code."""
    if found.error_class is not None:
        return Verdict(error_class=found.error_class, rule=f"rule:{found.rule}")
    return (
        _by_meaning(text, found)
        or _of_a_wide_type(found)
        or _by_code(found)
        or _by_type(found)
        or _by_status(found.line)
        or _by_module(found, only_nameless=True)
        or _by_system_text(found)
        or _by_words(_telling(found), where="line")
        or _by_module(found, only_nameless=False)
        or _by_exit(text)
        or _by_text(text, found)
        or _by_stack(found)
        or Verdict(error_class=ErrorClass.UNKNOWN, rule="nothing-fits")
    )


def _telling(found: Found) -> str:
    """The words that say what happened: of a line with data in braces, what was taken out."""
    if found.kind == "api" or (found.message and "{" in found.line):
        return found.message
    return masked(found.line).text


def _by_meaning(text: FailureText, found: Found) -> Verdict | None:
    """What stands behind a code or a type that is used for several things."""
    if found.kind == "api" and (known := _OVERFLOW.search(found.line)):
        return Verdict(error_class=ErrorClass.CONTEXT_OVERFLOW, rule=f"line:{known[0].lower()}")
    if found.kind == "api" and (known := _BILLING.search(found.line)):
        return Verdict(error_class=ErrorClass.QUOTA, rule=f"line:{known[0].lower()}")
    if found.kind == "syntaxerror" and "json" in found.message:
        return Verdict(error_class=ErrorClass.PARSE_ERROR, rule="type:syntaxerror-of-json")
    called_wrongly = found.kind == "typeerror" and found.rule == "typed-line"
    if called_wrongly and text.family != "shell" and _ARGUMENT.search(found.line):
        return Verdict(error_class=ErrorClass.INVALID_ARGUMENTS, rule="type:call-of-a-tool")
    return None


def _by_code(found: Found) -> Verdict | None:
    names = found.identifiers if found.kind == "api" or found.rule in _STATUS_RULES else ()
    for name in (*names, found.kind):
        if known := CODES.get(name):
            return Verdict(error_class=ErrorClass(known), rule=f"code:{name}")
    for name in names:
        if known := STATUSES.get(name):
            told = _by_words(_telling(found), where="line") if name in _WIDE_STATUSES else None
            if told and told.error_class in _WIDE_STATUSES[name]:
                return told
            return Verdict(error_class=ErrorClass(known), rule=f"status:{name}")
    return None


def _by_text(text: FailureText, found: Found) -> Verdict | None:
    """The last resort; not for stacks, where the lines above are the program's own text."""
    if found.rule.startswith((*_STACKS, "api")):
        return None
    head = _LOG_LINE.sub("", text.body[:HEAD])
    return _by_status(head) or _by_words(head, where="text")


def _by_stack(found: Found) -> Verdict | None:
    """An exception of the program's own: other run-time errors of code."""
    if found.kind in _BARE_TYPES and found.rule.startswith("js"):
        return None
    if found.rule.startswith(_STACKS) and not found.kind.endswith("calledprocesserror"):
        return Verdict(error_class=ErrorClass.VALUE_ERROR, rule="stack:own-exception")
    return None


def _by_type(found: Found) -> Verdict | None:
    short = found.kind.rpartition(".")[2].rpartition("\\")[2].rpartition("::")[2]
    if known := TYPES.get(found.kind) or TYPES.get(short):
        return Verdict(error_class=known, rule=f"type:{short}")
    if len(short) < _TYPE_LENGTH and (speaking := TYPE_WORDS.search(short)):
        word = str(speaking.lastgroup)
        return Verdict(error_class=ErrorClass(word.rstrip("_")), rule=f"type:{short}")
    return None


def _by_module(found: Found, *, only_nameless: bool) -> Verdict | None:
    """What the exception's package is for; a name such as `zlib.error` says nothing else."""
    package, _, short = found.kind.rpartition(".")
    while package and package not in MODULES:
        package = package.rpartition(".")[0]
    known = MODULES.get(package)
    if known is None:
        return None
    reads_data = known is ErrorClass.PARSE_ERROR
    if only_nameless and not (reads_data or short in _NAMELESS):
        return None
    return Verdict(error_class=known, rule=f"package:{package}")


def _of_a_wide_type(found: Found) -> Verdict | None:
    """Some types are raised for all that goes wrong: there the words know more."""
    known = _WIDE_TYPES.get(found.kind.rpartition(".")[2])
    if known is None:
        return None
    told = _by_words(masked(found.line).text, where="line")
    return told if told and told.error_class in known else None


def _by_status(line: str) -> Verdict | None:
    found = STATUS.search(line)
    status = (found[1] or found[2]) if found else ""
    if known := STATUSES.get(status):
        return Verdict(error_class=ErrorClass(known), rule=f"status:{status}")
    return None


def _by_system_text(found: Found) -> Verdict | None:
    if "error" not in found.kind:
        return None
    for said, error_class in SYSTEM_TEXTS.items():
        if said in found.message:
            return Verdict(error_class=error_class, rule=f"system:{said}")
    return None


def _by_words(said: str, *, where: str) -> Verdict | None:
    for error_class, pattern in PATTERNS:
        if found := pattern.search(said):
            return Verdict(error_class=error_class, rule=f"{where}:{found[0].lower()[:60]}")
    return None


def _by_exit(text: FailureText) -> Verdict | None:
    known = EXITS.get(signal_or_code(text.exit_code))
    if known is None:
        return None
    return Verdict(error_class=known, rule=f"exit:{text.exit_code}")
