"""Stack traces of JavaScript, Java, C#, Go, Rust, Ruby, PHP and Perl."""

import re

import msgspec

from homeostat.analyze.extract.exceptions import Raised, exception, same_everywhere
from homeostat.analyze.extract.found import FailureText, Found, found_in
from homeostat.model.signature import ErrorClass

_JS_FRAME = re.compile(
    r"^\s{1,12}at (?:async )?(?:(.{1,160}?) \()?((?:file://|node:|[A-Za-z]:\\|"
    r"/|\.|<|bun:|native|[\w@.-]{1,60}/|[\w-]{1,60}\.[cm]?[jt]sx?)[^()\n]{0,400}?)"
    r"(?::\d{1,7}){1,2}\)?$"
)
_JS_ERROR = re.compile(
    r"^(?:\s{0,8}\[cause\]: )?(?:\[?[\w@/.-]{1,60}\]?:? )?"
    r"(?:\s{0,8}[\u2716-\u2718\u2a2f\u00d7\u274c] )?"
    r"(?:Uncaught |[Uu]nhandled ?\w{1,20}:? {1,2}|error: |Error: )?"
    r"((?:[A-Z]\w{0,60})?(?:Error|Exception|Rejection)(?= |:|$))(?: \[(\w{1,60})"
    r"\])?(?::\s?(.{0,1500}))?$"
)
_JS_CODE = re.compile(r"^\s{0,8}code: '(\w{1,60})'", re.MULTILINE)
_JS_LIBRARY = re.compile(r"node:|internal/|bun:|native\b|(?:.*[\\/])?node_modules[\\/]")
"""Only at the beginning: a user's folder may be called `internal` too."""
_JAVA_ERROR = re.compile(
    r"^(?:Exception in thread \"[^\"\n]{0,80}\" |Caused by: |\[?ERROR\]? .{0,60}?)?"
    r"((?:[a-z]\w{0,40}\.){1,8}[A-Z]\w{0,80})(?::\s(.{0,1500}))?$"
)
_JAVA_FRAME = re.compile(r"^\s{1,8}at ((?:[\w$]{1,80}[./]){1,10}[\w$<>]{1,80})\([^()\n]{0,120}\)")
_JAVA_LIBRARY = (
    "java.",
    "javax.",
    "sun.",
    "jdk.",
    "org.springframework.",
    "org.junit.",
    "java.base",
)
_DOTNET_ERROR = re.compile(
    r"(?:Unhandled exception[.:] )((?:[A-Z]\w{0,60}\.){1,8}[A-Z]\w{0,80})(?: \([^)"
    r"\n]{0,20}\))?: (.{0,1500})"
)
_DOTNET_FRAME = re.compile(r"^\s{1,8}at ((?!System\.|Microsoft\.)[\w.<>`]{1,160})\(", re.MULTILINE)
_GO_PANIC = re.compile(r"^panic: (.{1,600})$", re.MULTILINE)
_GO_FRAME = re.compile(
    r"^((?!runtime\.|panic\(|testing\.)[\w./*()-]{1,200})\([^\n]{0,200}\)\n\t", re.MULTILINE
)
_RUST_NEW = re.compile(
    r"^thread '[^'\n]{0,80}'(?: \(\d{1,9}\))? panicked at [^\n]{1,300}:\d{1,7}:\d{1,6}:\n("
    r".{1,600})",
    re.MULTILINE,
)
_RUST_OLD = re.compile(
    r"^thread '[^'\n]{0,80}' panicked at '(.{1,600})', [^\n]{1,300}:\d{1,7}:\d{1,6}", re.MULTILINE
)
_RUBY = re.compile(
    r"^\S{1,300}\.rb:\d{1,7}:in [`'](?:[\w ]{1,40} )?([\w.<>?!#:=]{1,120})': (.{1,600}?)"
    r"(?: \(([\w:]{1,80})\))?$",
    re.MULTILINE,
)
_PHP = re.compile(
    r"(?:PHP )?(?:Fatal error|Warning|Notice):\s{1,2}(?:Uncaught )?(?:([\w\\]{1,120})"
    r": )?(.{1,600}?)(?: in \S{1,300}(?::\d{1,7}| on line \d{1,7}))",
    re.MULTILINE,
)
_PHP_FRAME = re.compile(r"^#0 \S{1,300}\(\d{1,7}\): ([\w\\>:-]{1,160})\(", re.MULTILINE)
_PERL = re.compile(
    r"^(.{1,400}?) at \S{1,300}\.p[lm] line \d{1,7}(?:, <\w{1,20}> line \d{1,9})?\.$", re.MULTILINE
)
_CPP = re.compile(
    r"terminate called after throwing an instance of '([\w:]{1,120})'"
    r"(?:\s{1,8}what\(\):\s{1,4}(.{1,600}))?"
)
_CRASHES = (
    ("out of shared memory", re.compile(r"out of shared memory", re.IGNORECASE)),
    ("memory allocation of", re.compile(r"memory allocation of \d{1,20} bytes failed")),
    ("heap out of memory", re.compile(r"JavaScript heap out of memory")),
    ("segmentation fault", re.compile(r"Segmentation fault", re.IGNORECASE)),
    ("aborted (core dumped)", re.compile(r"Aborted \(core dumped\)", re.IGNORECASE)),
    ("bus error", re.compile(r"\bBus error\b", re.IGNORECASE)),
    ("illegal instruction", re.compile(r"Illegal instruction", re.IGNORECASE)),
    ("trace/breakpoint trap", re.compile(r"Trace/breakpoint trap", re.IGNORECASE)),
    ("floating point exception", re.compile(r"Floating point exception", re.IGNORECASE)),
    ("stack smashing detected", re.compile(r"stack smashing detected", re.IGNORECASE)),
    ("double free or corruption", re.compile(r"double free or corruption", re.IGNORECASE)),
)


def stack(text: FailureText) -> Found | None:
    """What the first stack trace in the text says was raised, and where."""
    folded = text.folded
    for literal, extract in _LANGUAGES:
        if literal in folded and (found := extract(text)):
            return found
    return None


def module_missing(text: FailureText) -> Found | None:
    """A module that some language did not find, told without a stack."""
    if not any(
        word in text.folded
        for word in (
            "cannot ",
            "can't locate",
            "not found",
            "export",
            "could not resolve:",
            "could not find or load",
            "no package",
            "es module",
            "unknown file ext",
            "noclassdef",
        )
    ):
        return None
    for line in text.lines[:400]:
        if "error TS" not in line and (found := same_everywhere(line[:500])):
            return found
    return None


def _javascript(text: FailureText) -> Found | None:
    lines = text.lines
    first = next((n for n, line in enumerate(lines) if _JS_FRAME.match(line)), None)
    if first is None:
        return None
    error = _js_error(lines, first)
    if error is None:
        return None
    frames = [m for line in lines[first : first + 60] if (m := _JS_FRAME.match(line))]
    users = [m for m in frames if not _JS_LIBRARY.match(m[2])]
    said, code = (error[3] or "").strip(), error[2]
    if not code and (found := _JS_CODE.search(text.body)):
        code = found[1]
    place = (users[0][1] or "").removeprefix("Object.").removeprefix("new ") if users else ""
    place = place.partition(" [as ")[0]
    if place == "<anonymous>":
        place = ""
    if said == "fetch failed" and code:
        said = f"fetch failed: {code}"
    raised = Raised(type=error[1], said=said, place=place, line=error[0].strip())
    return _script_or(exception(raised, rule="js-stack"), text)


def _script_or(found: Found, text: FailureText) -> Found:
    """A module that nobody required is the script that node was to start."""
    if found.kind != "js-module" or found.identifiers or "requireStack: []" not in text.body:
        return found
    return msgspec.structs.replace(found, kind="js-script", message="js-script")


def _js_error(lines: tuple[str, ...], first: int) -> re.Match[str] | None:
    """The nearest line above the first frame that names an error."""
    for line in reversed(lines[max(0, first - 12) : first]):
        if found := _JS_ERROR.match(line[:1700]):
            return found
    for line in lines[:first]:
        if found := _JS_ERROR.match(line[:1700]):
            return found
    return None


def _java(text: FailureText) -> Found | None:
    lines = text.lines
    causes = [n for n, line in enumerate(lines) if line.startswith("Caused by: ")]
    if causes:
        start = causes[-1]
    else:
        frame = next((n for n, line in enumerate(lines) if _JAVA_FRAME.match(line)), 0)
        named = (n for n, line in enumerate(lines[:300]) if _JAVA_ERROR.match(line[:1700]))
        start = frame - 1 if frame else next(named, 0)
    error = _JAVA_ERROR.match(lines[start][:1700])
    if error is None:
        return None
    frames = [m for line in lines[start : start + 60] if (m := _JAVA_FRAME.match(line))]
    users = [m for m in frames if not m[1].startswith(_JAVA_LIBRARY)]
    place = users[0][1].rpartition(".")[2] if users else ""
    return exception(
        Raised(type=error[1], said=error[2] or "", place=place, line=lines[start].strip()),
        rule="java-stack",
    )


def _dotnet(text: FailureText) -> Found | None:
    error = _DOTNET_ERROR.search(text.body)
    if error is None:
        return None
    frame = _DOTNET_FRAME.search(text.body)
    place = frame[1].rpartition(".")[2] if frame else ""
    return exception(
        Raised(type=error[1], said=error[2], place=place, line=error[0]), rule="dotnet-stack"
    )


def _go(text: FailureText) -> Found | None:
    error = _GO_PANIC.search(text.body)
    if error is None:
        return None
    frame = _GO_FRAME.search(text.body, error.end())
    place = frame[1].rpartition(".")[2] if frame else ""
    found = found_in(error[0], rule="go-panic", kind="panic", place=place, text=error[1])
    return found if found.message else None


def _rust(text: FailureText) -> Found | None:
    error = _RUST_NEW.search(text.body) or _RUST_OLD.search(text.body)
    if error is None:
        return None
    return found_in(error[1], rule="rust-panic", kind="panic", text=error[1])


def _ruby(text: FailureText) -> Found | None:
    error = _RUBY.search(text.body)
    if error is None:
        return None
    place = error[1].rpartition("#")[2].rpartition(".")[2]
    return exception(
        Raised(type=error[3] or "RuntimeError", said=error[2], place=place, line=error[0]),
        rule="ruby-stack",
    )


def _php(text: FailureText) -> Found | None:
    error = _PHP.search(text.body)
    if error is None:
        return None
    frame = _PHP_FRAME.search(text.body)
    place = re.split(r"->|::", frame[1])[-1] if frame else ""
    return exception(
        Raised(type=error[1] or "Error", said=error[2], place=place, line=error[0]),
        rule="php-stack",
    )


def _perl(text: FailureText) -> Found | None:
    error = _PERL.search(text.body)
    if error is None:
        return None
    if found := same_everywhere(error[1]):
        return found
    return found_in(error[0], rule="perl-die", kind="die", text=error[1])


def _cpp(text: FailureText) -> Found | None:
    error = _CPP.search(text.body)
    if error is None:
        return None
    raised = Raised(type=error[1], said=error[2] or "", line=" ".join(error[0].split()))
    return exception(raised, rule="cpp-terminate")


def crash(text: FailureText) -> Found | None:
    """A program that the system killed."""
    for literal, pattern in _CRASHES:
        if literal in text.folded and (found := pattern.search(text.body)):
            memory = "memory" in literal
            return Found(
                rule="crash",
                kind="crash",
                line=found[0],
                message=literal,
                error_class=ErrorClass.OUT_OF_MEMORY if memory else ErrorClass.SERVER_CRASHED,
            )
    return None


_LANGUAGES = (
    ("panic: ", _go),
    ("panicked at ", _rust),
    ("terminate called after", _cpp),
    ("unhandled exception", _dotnet),
    (".java:", _java),
    ("caused by: ", _java),
    ("exception in thread", _java),
    ("at ", _javascript),
    (".rb:", _ruby),
    ("fatal error: ", _php),
    (" line ", _perl),
)
