"""What kind of thing failed, and which rule says so."""

import re
from itertools import islice

import msgspec

from homeostat.analyze.class_names import (
    CODES,
    EXITS,
    MODULES,
    SQLSTATE,
    SQLSTATES,
    STATUSES,
    TYPE_WORDS,
    TYPES,
    signal_or_code,
)
from homeostat.analyze.class_words import PATTERNS, STATUS
from homeostat.analyze.extract.found import FailureText, Found
from homeostat.analyze.extract.strerror import SYSTEM_TEXTS
from homeostat.analyze.masks import masked
from homeostat.analyze.refusals import refusal
from homeostat.model.signature import ErrorClass

HEAD = 1_500
"""Characters of the text that the last resort looks at."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A class and the name of the rule that decided."""

    error_class: ErrorClass
    rule: str


_STATUS_RULES = {"http-status", "axios-status", "curl-http", "wget-http", "git-http-error"}
_STACKS = ("python", "js", "java", "dotnet", "ruby", "php", "go-panic", "rust-panic")
_TYPE_LENGTH = 80
_KILLED = 137
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
_OF_READERS = frozenset({ErrorClass.PARSE_ERROR, ErrorClass.SYNTAX})
_SAY_LITTLE = frozenset(
    {
        ErrorClass.INVALID_ARGUMENTS,
        ErrorClass.NOT_FOUND,
        ErrorClass.SERVER_ERROR,
        ErrorClass.VALUE_ERROR,
    }
)
"""Classes of words that stand in errors of all kinds: invalid, not found, unexpected."""
_WIDE_TYPES: dict[str, frozenset[ErrorClass]] = {
    "valueerror": _OF_MACHINES,
    "runtimeerror": _OF_SERVICES | {ErrorClass.DEPENDENCY},
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
    "validationexception": _OF_MACHINES | {ErrorClass.NOT_FOUND, ErrorClass.ALREADY_EXISTS},
    "validationerror": frozenset({ErrorClass.NOT_FOUND, ErrorClass.ALREADY_EXISTS}),
    "invalidrequestexception": _OF_MACHINES,
    "interpretererror": _OF_CODE,
    "usageerror": _OF_SERVICES,
    "sql-error": _OF_SERVICES | {ErrorClass.SYNTAX, ErrorClass.VALUE_ERROR, ErrorClass.DEPENDENCY},
    "sqlalchemy.exc.invalidrequesterror": frozenset(),
    "invalidrequesterror": _OF_SERVICES | {ErrorClass.NOT_FOUND, ErrorClass.ALREADY_EXISTS},
    "keyerror": frozenset({ErrorClass.CONFIG_MISSING}),
    "operationfailure": _OF_SERVICES,
    "mongoservererror": _OF_SERVICES,
    "ioexception": _OF_SERVICES,
    "forbidden": frozenset({ErrorClass.QUOTA, ErrorClass.RATE_LIMIT}),
    "resourceexhausted": frozenset({ErrorClass.OUT_OF_MEMORY}),
    "resourceexhaustederror": frozenset({ErrorClass.OUT_OF_MEMORY}),
    "clienterror": _OF_SERVICES | {ErrorClass.NOT_FOUND, ErrorClass.ALREADY_EXISTS},
    "apiexception": _OF_SERVICES | {ErrorClass.NOT_FOUND, ErrorClass.ALREADY_EXISTS},
    "oserror": _OF_SERVICES | {ErrorClass.NOT_FOUND, ErrorClass.DEPENDENCY},
}
"""Types raised for all that goes wrong, and the classes that their words may tell."""
_WIDE_STATUSES = {
    "400": _OF_MACHINES
    | {ErrorClass.AUTH, ErrorClass.NOT_FOUND, ErrorClass.ALREADY_EXISTS, ErrorClass.LOCKED},
    "403": frozenset({ErrorClass.RATE_LIMIT, ErrorClass.QUOTA}),
    "409": frozenset({ErrorClass.LOCKED, ErrorClass.GIT_CONFLICT}),
    "422": frozenset({ErrorClass.QUOTA, ErrorClass.ALREADY_EXISTS, ErrorClass.NOT_FOUND}),
    "429": frozenset({ErrorClass.QUOTA, ErrorClass.DISK_FULL, ErrorClass.OVERLOADED}),
    "500": frozenset({ErrorClass.OVERLOADED, ErrorClass.TIMEOUT, ErrorClass.OUT_OF_MEMORY}),
}
_WIDE_CODES = {
    ErrorClass.SERVER_ERROR: frozenset({ErrorClass.OVERLOADED}),
    ErrorClass.PERMISSION_DENIED: frozenset({ErrorClass.AUTH, ErrorClass.RATE_LIMIT}),
    ErrorClass.INVALID_ARGUMENTS: frozenset({ErrorClass.CONTEXT_OVERFLOW, ErrorClass.AUTH}),
}
"""Statuses that stand for several things, and the classes that the words beside may tell."""
_CODE_IN_WORDS = re.compile(
    r"(?<![\w/.$-])(?:([A-Za-z]{1,20}(?:_[A-Za-z]{1,20}){1,5})|([A-Z][a-z]{1,20}(?:[A-Z][a-z]{1,20}){1,5}))"
    r"(?=$|[\s:,;.)\]'\"])"
)
"""`rate_limited`, `PERMISSION_DENIED` and `NoSuchKey`: words that no person writes."""
_CODES_READ = 8
_ADDRESS = re.compile(r"https?://[^\s\"']{0,500}")
_LOG_LINE = re.compile(
    r"^.{0,40}?\b(?:INFO|DEBUG|TRACE|NOTICE|info|debug|notice):?[\] :].{0,400}$", re.MULTILINE
)
"""What a program tells while all is well."""
_OVERFLOW = re.compile(
    r"maximum context length|context (?:limit|window|length|size)|prompt is too long"
    r"|input is too long|maximum number of (?:input )?tokens"
    r"|token (?:count|limit)[^.]{0,40} exceed",
    re.IGNORECASE,
)
_BILLING = re.compile(
    r"insufficient[_ ](?:quota|credit)|exceeded your current quota|credit balance"
    r"|billing (?:hard |soft )?(?:limit|details|account|plan|has|is)|plan and billing",
    re.IGNORECASE,
)
_GIT_SAYS = re.compile(r"fatal: (?!\[)")
_ANCHOR = re.compile(
    r"no (?:exact )?match|(?:find|found|locate) .{0,40}(?:text|string|snippet|lines|context|match)"
    r"|old[ _]?(?:text|string|str)\b",
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
        or _by_sqlstate(found)
        or _by_type(found)
        or _by_status(found.line, said=_around(text, found))
        or _by_data_package(found)
        or _by_system_text(found)
        or _by_code_in_words(found)
        or _by_line(found)
        or _by_exit(text)
        or _by_text(text, found)
        or _by_stack(found)
        or _by_module(found)
        or _by_refusal(text, found)
        or Verdict(error_class=ErrorClass.UNKNOWN, rule="nothing-fits")
    )


def _around(text: FailureText, found: Found) -> str:
    """What else was said; of a stack nothing: the lines above are the program's own text."""
    return found.line if found.rule.startswith(_STACKS) else text.body[:HEAD]


def _telling(found: Found) -> str:
    """The words that say what happened: of a line with data in braces, what was taken out."""
    if found.rule == "rust-panic":
        return found.line
    if found.message and (found.kind == "api" or "{" in found.line):
        return found.message
    return masked(found.line).text


def _by_meaning(text: FailureText, found: Found) -> Verdict | None:
    """What stands behind a code or a type that is used for several things."""
    if found.kind == "api" and (known := _OVERFLOW.search(found.line)):
        return Verdict(error_class=ErrorClass.CONTEXT_OVERFLOW, rule=f"line:{known[0].lower()}")
    if _may_be_billing(found) and (known := _BILLING.search(found.line)):
        return Verdict(error_class=ErrorClass.QUOTA, rule=f"line:{known[0].lower()}")
    if found.kind == "syntaxerror" and "json" in found.message:
        return Verdict(error_class=ErrorClass.PARSE_ERROR, rule="type:syntaxerror-of-json")
    if text.family == "edit" and found.kind == "text" and (known := _ANCHOR.search(found.line)):
        return Verdict(error_class=ErrorClass.EDIT_MISMATCH, rule=f"edit:{known[0].lower()}")
    if signal_or_code(text.exit_code) == _KILLED and found.kind == "text":
        return Verdict(error_class=ErrorClass.OUT_OF_MEMORY, rule="exit:137")
    called_wrongly = found.kind == "typeerror" and found.rule == "typed-line"
    if called_wrongly and text.family != "shell" and _ARGUMENT.search(found.line):
        return Verdict(error_class=ErrorClass.INVALID_ARGUMENTS, rule="type:call-of-a-tool")
    return None


def _may_be_billing(found: Found) -> bool:
    return found.kind == "api" or found.rule == "gcloud" or found.kind.endswith("ratelimiterror")


def _by_code(found: Found) -> Verdict | None:
    """What a service calls the failure: by the whole name, by its parts, by HTTP's number."""
    names = found.identifiers if found.kind == "api" or found.rule in _STATUS_RULES else ()
    for name in (*names, found.kind):
        if known := CODES.get(name):
            return _rather(found, _WIDE_CODES.get(known), known, rule=f"code:{name}")
    for name in names:
        if speaking := _by_parts(re.sub(r"[^a-z]", "", name)):
            known = speaking.error_class
            return _rather(found, _WIDE_CODES.get(known), known, rule=speaking.rule)
    for name in names:
        if known := STATUSES.get(name):
            return _rather(found, _WIDE_STATUSES.get(name), known, rule=f"status:{name}")
    return None


def _rather(
    found: Found, wider: frozenset[ErrorClass] | None, known: ErrorClass, *, rule: str
) -> Verdict:
    """The class that a code is known for, unless the words beside it tell one of `wider`."""
    told = _by_words(_telling(found), where="line") if wider else None
    if told and wider and told.error_class in wider:
        return told
    return Verdict(error_class=known, rule=rule)


def _by_text(text: FailureText, found: Found) -> Verdict | None:
    """The last resort; not for stacks, where the lines above are the program's own text."""
    if found.rule.startswith("api"):
        return _by_words(_ADDRESS.sub("", found.line), where="object")
    if found.rule.startswith(_STACKS):
        return None
    head = _LOG_LINE.sub("", text.body[:HEAD])
    return _by_status(head, said="") or _by_words(head, where="text")


def _by_stack(found: Found) -> Verdict | None:
    """An exception of the program's own: other run-time errors of code."""
    if found.kind in _BARE_TYPES and found.rule.startswith("js"):
        return None
    if found.rule.startswith(_STACKS) and not found.kind.endswith("calledprocesserror"):
        return Verdict(error_class=ErrorClass.VALUE_ERROR, rule="stack:own-exception")
    return None


def _by_module(found: Found) -> Verdict | None:
    """A line that names an exception with its module: raised by code, only the stack was cut."""
    has_module = found.rule == "selenium" or (found.rule == "typed-line" and "." in found.kind)
    if has_module and found.kind.endswith(("error", "exception")):
        return Verdict(error_class=ErrorClass.VALUE_ERROR, rule="type:own-exception")
    return None


def _by_refusal(text: FailureText, found: Found) -> Verdict | None:
    if not (said := refusal(text, found)):
        return None
    return Verdict(error_class=ErrorClass.INVALID_ARGUMENTS, rule=f"refusal:{said}")


def _by_type(found: Found) -> Verdict | None:
    short = found.kind.rpartition(".")[2].rpartition("\\")[2].rpartition("::")[2]
    if known := TYPES.get(found.kind) or TYPES.get(short):
        return Verdict(error_class=known, rule=f"type:{short}")
    # A kind with a hyphen is the name of a rule.
    return _by_parts(short) if "-" not in short else None


def _by_parts(name: str) -> Verdict | None:
    """What the parts of a name say that nobody knows as a whole."""
    if len(name) >= _TYPE_LENGTH or not (speaking := TYPE_WORDS.search(name)):
        return None
    word = str(speaking.lastgroup).rstrip("_")
    return Verdict(error_class=ErrorClass(word), rule=f"type:{name}")


def _by_sqlstate(found: Found) -> Verdict | None:
    """SQL's own codes: the longest beginning that is known."""
    told = SQLSTATE.search(found.line)
    state = (told[1] or told[2] or told[3] or told[4]).upper() if told else ""
    for length in (5, 2):
        if known := SQLSTATES.get(state[:length]):
            return Verdict(error_class=known, rule=f"sqlstate:{state}")
    return None


def _by_line(found: Found) -> Verdict | None:
    """The words of the line; where they say little the exception's package says more."""
    told = _by_words(_telling(found), where="line")
    if told is None or told.error_class in _SAY_LITTLE:
        if _GIT_SAYS.match(found.line):
            return Verdict(error_class=ErrorClass.GIT_ERROR, rule="line:fatal:")
        if told and told.error_class is ErrorClass.INVALID_ARGUMENTS:
            return _by_package(found) or _by_stack(found) or told
        return _by_package(found) or told
    return told


def _by_data_package(found: Found) -> Verdict | None:
    """What reads data calls all its errors alike: `zlib.error` speaks of invalid blocks."""
    told = _by_package(found)
    return told if told and told.error_class in _OF_READERS else None


def _by_package(found: Found) -> Verdict | None:
    """What the exception's package is for."""
    package = found.kind.rpartition(".")[0]
    while package and package not in MODULES:
        package = package.rpartition(".")[0]
    if not package:
        return None
    return Verdict(error_class=MODULES[package], rule=f"package:{package}")


def _of_a_wide_type(found: Found) -> Verdict | None:
    """Some types are raised for all that goes wrong: there the words know more."""
    known = _WIDE_TYPES.get(found.kind, _WIDE_TYPES.get(found.kind.rpartition(".")[2]))
    if known is None:
        return None
    said = found.message if found.kind == "keyerror" else masked(found.line).text
    told = _by_words(said, where="line")
    return told if told and told.error_class in known else None


def _by_status(line: str, *, said: str) -> Verdict | None:
    """HTTP's number in a line; what it means when it stands for several things, `said` tells."""
    found = STATUS.search(line)
    status = (found[1] or found[2]) if found else ""
    known = STATUSES.get(status)
    if known is None:
        return None
    told = _by_words(said, where="text") if status in _WIDE_STATUSES else None
    if told and told.error_class in _WIDE_STATUSES[status]:
        return told
    return Verdict(error_class=known, rule=f"status:{status}")


def _by_system_text(found: Found) -> Verdict | None:
    if "error" not in found.kind:
        return None
    for said, error_class in SYSTEM_TEXTS.items():
        if said in found.message:
            return Verdict(error_class=error_class, rule=f"system:{said}")
    return None


def _by_code_in_words(found: Found) -> Verdict | None:
    """A code that a service's client repeats in a sentence: `the call failed: not_authed`."""
    if found.kind != "text":
        return None
    for code in islice(_CODE_IN_WORDS.finditer(found.line), _CODES_READ):
        name = (code[1] or code[2]).lower()
        if known := CODES.get(name) if code[1] else TYPES.get(name):
            return Verdict(error_class=known, rule=f"code:{name}")
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
