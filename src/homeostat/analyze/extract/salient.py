"""Texts that no format explains: a typed error line, or the line that says most."""

import re
from itertools import takewhile

from homeostat.analyze.class_names import EXITS, signal_or_code
from homeostat.analyze.extract.exceptions import Raised, exception
from homeostat.analyze.extract.found import LINE_LENGTH, FailureText, Found, found_in
from homeostat.analyze.extract.table import first_match, rules
from homeostat.model.signature import ErrorClass

_TYPED = re.compile(
    r"(?:^|[\s\]>:)])((?:[A-Za-z_]\w{0,60}\.){0,6}[A-Z]\w{0,60}(?:Error|Exception|"
    r"Warning|Interrupt|Timeout|Failure)|(?:[a-z_]\w{0,60}\.){1,6}[A-Z][a-z]\w{2,60}(?=: ))"
    r"(?: \[\w{1,60}\])?(?::\s(.{0,1500})"
    r"|$)"
)
_ELIXIR = re.compile(r"\*\* \(([A-Z][\w.]{1,60}(?:Error|Exception))\) (.{0,1500})$")
_NOISE = re.compile(
    r"\s{0,40}(?:hint:|usage:|note:|help:|=|\^|~|at |npm (?:notice|warn)|info[ :\]]|"
    r"debug[ :\]]|warn(?:ing)?[ :\]]|"
    r"\[?(?:info|debug|notice|warn|warning|trace)\b|see |for more |try |did you mean|"
    r"run |to |if |please |"
    r"available |options:|commands:|"
    r"\d{4}[-/]\d\d[-/]\d\d[t ][\d:.,]{8,16}z? \[?(?:info|debug|warn)|"
    r"time=\S{1,40} level=(?:info|debug|warn)|"
    r"processing |loading |starting |building |downloading |collecting |compiling |"
    r"using |fetching |"
    r"cloning into|unable to find image |-{3,}|={3,}|\.{3}|[|+*#>]\s|\$ |> |\d{1,7} ?\||exit code|"
    r"a complete log|node\.js v|"
    r"exited with code|error: script \"|\[?error\]? (?:command|task) failed|"
    r"elifecycle|error command failed|"
    r"make(?:\[\d\])?: \*\*\*|\[error\] task failed|application failed to start|"
    r"failure: build failed|build failed|nginx: configuration file|during handling|"
    r"the above exception|bun v\d|found \d{1,6} (?:error|issue|problem|warning)|"
    r"npm err(?:or|!) (?:code \d|path |command |lifecycle script)|"
    r"error: recipe .{1,80} failed (?:on|with) |"
    r"(?:##\[error\])?process completed with"
    r")",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:error|fatal|failed|failure|exception|panic|cannot|can't|could not|"
    r"couldn't|unable|denied|invalid|refused|"
    r"not found|no such|timed out|timeout|unknown|missing|unexpected|unsupported|"
    r"forbidden|unauthori[sz]ed|"
    r"exceeded|already exists|not allowed|not permitted|not supported|does not exist|"
    r"doesn't exist|aborted|killed|rejected|"
    r"required|undefined|unrecognized|illegal|conflict|expired|crashed|must be|mismatch|"
    r"bad (?:request|credentials|gateway)|http [45]\d\d|not valid|incorrect|insufficient|"
    r"unavailable|unreachable|is busy|you must|malformed|corrupt(?:ed)?|disconnected|overloaded|"
    r"too (?:many|large|long))\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\S{0,60}?(?:error|fatal|panic|exception|critical|err!?)\b\S{0,20}[:\]]?\s", re.IGNORECASE
)
_LEVEL = re.compile(
    r"^(?:[EFW]\d{4} [\d:.]{8,15}\s{1,8}\d{1,9} [\w.-]{1,80}:\d{1,6}\] )?"
    r"(?:\[[^\]\n]{1,60}\] ?){0,3}(?:\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]{5,16}Z?(?:[+-]\d\d:"
    r"?\d\d)? ?)?(?:\[?(?:E|ERROR|FATAL|CRITICAL)\]?[ :-]{1,4})?"
)
_PREFIX = re.compile(
    r"^(?:(?:uncaught |unhandled )?(?:error|fatal|failed|exception|err|fatal error|"
    r"critical)(?: \[[^\]]{1,40}\])?!?:\s{1,4}|\(error\) |npm (?:error|ERR!)"
    r" |[\u2716-\u2718\u2a2f\u274c\u00d7x] )",
    re.IGNORECASE,
)
_BAD_VALUE = re.compile(
    r"\b(invalid (?!option|flag|command|argument|param|field|key|column|attribute|module|name)"
    r"[\w-]{1,30}(?: [\w-]{1,30})?): [^\s:]{1,100}$",
    re.IGNORECASE,
)
"""`invalid port: moon`: a value, where an option, a command or a name would be the failure."""
_USAGE = re.compile(
    r"\s{0,8}usage:\s{1,8}(?!(?:ok|fine|good|normal|high|low|none|\d{1,9})\b)"
    r"(?:\S{1,200}/)?([\w+-]{1,40}(?: [a-z][\w-]{1,40})?)(?= |$)",
    re.IGNORECASE,
)
_LOGGED = re.compile(
    r"\s{0,20}(?:(?:\d{4}-\d\d-\d\d[T ])?[\d:.,]{5,16}Z? )?[\[(]?(?:info|debug|"
    r"trace|notice)[\])]?[ :]",
    re.IGNORECASE,
)
_LOGFMT = re.compile(r'\b(?:msg|message|err|error)="((?:[^"\\\n]|\\.){3,400})"')
"""`level=error msg="cannot open the box" err="it is locked"`: what loggers write of Go programs."""
_JSON_STARTS = frozenset("{[\"'}]")
_JSON_ERROR = re.compile(r"[\"']error[\"']\s{0,4}:\s{0,4}[\"]([^\"\n]{3,400})\"", re.IGNORECASE)
# Who only started the program that failed: asked when nobody else says anything.
_STARTERS = rules(r"""
make-recipe | - | ] error | make(?:\[\d{1,3}\])?: \*\*\* \[(?:[^\]]{0,200}: )?(?P<id1>[\w.+-]{1,100})\] Error
""")  # noqa: E501  # one rule a row
_LINES_SCORED = 300
_FRAME = " \t\r\f\v\u2502\u2503\u2551\u2577\u2575|"
"""Blanks, and the lines that some programs draw beside their messages."""
_LONG = 20
_CAUSES = 12
_CAUSE = re.compile(
    r"^[ \t]{1,20}(?:Caused by:|[\u2570\u2514]\u2500\u25b6) (\S.{0,400})$", re.MULTILINE
)
_NUMBER = re.compile(r"\d{1,2}: ")


def typed_line(text: FailureText) -> Found | None:
    """The last line that reads as `SomeError: words`."""
    if not any(
        word in text.folded
        for word in ("error", "exception", "timeout", "interrupt", "failure", "warning")
    ):
        return None
    for line in reversed(text.lines[-_LINES_SCORED:]):
        found = _ELIXIR.match(line[:1700]) or _TYPED.search(line[:1700])
        if found and not line.lstrip().startswith(("at ", "#", "//")):
            raised = Raised(type=found[1], said=(found[2] or "").strip(), line=line.strip())
            return exception(raised, rule="typed-line")
    return None


def salient_line(text: FailureText) -> Found:
    """The line that says most about the failure, masked; nothing when all lines are log lines."""
    line = _cause(text) or _best(text.lines)
    if not _STRONG.search(line) and (found := _without_words(text)):
        return found
    if line[:1] in _JSON_STARTS and (told := _JSON_ERROR.search(text.body)):
        line = told[1]
    if "level=" in line and (logged := _LOGFMT.findall(line[:LINE_LENGTH])):
        line = ": ".join(logged[:2]).replace('\\"', '"')
    said = _LEVEL.sub("", line, count=1) or line
    for _ in range(3):
        short = _PREFIX.sub("", said, count=1)
        if not short.strip() or short == said:
            break
        said = short
    said = _BAD_VALUE.sub(r"\1: <value>", said, count=1)
    return found_in(line, rule="salient-line", kind="text", text=said)


def _cause(text: FailureText) -> str:
    """The last cause of those that Rust's programs tell below what they could not do."""
    at = text.folded.rfind("\ncaused by:\n")
    if at < 0:
        is_told = " caused by: " in text.folded or "\u2500\u25b6 " in text.folded
        told = _CAUSE.findall(text.body) if is_told else []
        return told[-1] if told else ""
    below = text.body[at:].split("\n")[2 : _CAUSES + 2]
    causes = list(takewhile(lambda line: line[:1] == " " and line.strip(), below))
    return _NUMBER.sub("", causes[-1].strip()) if causes else ""


def _without_words(text: FailureText) -> Found | None:
    """What is known of a failure when no line speaks of one."""
    if found := _usage(text) or first_match(text, _STARTERS):
        return found
    if all(_LOGGED.match(one) for one in text.lines if one.strip()):
        return Found(rule="silent", kind="silent", line="")
    code = signal_or_code(text.exit_code)
    if code not in EXITS:
        return None
    return Found(rule="exit-code", kind="exit", line=text.lines[-1].strip(), message=f"exit {code}")


def _usage(text: FailureText) -> Found | None:
    """A program that shows how it wants to be called, and says no more."""
    if "usage: " not in text.folded:
        return None
    shown = next((m for line in text.lines if (m := _USAGE.match(line))), None)
    if shown is None:
        return None
    return Found(
        rule="usage",
        kind="usage",
        line=shown[0].strip(),
        message="usage",
        identifiers=(shown[1].lower(),),
        error_class=ErrorClass.INVALID_ARGUMENTS,
    )


def _best(lines: tuple[str, ...]) -> str:
    considered = lines if len(lines) <= _LINES_SCORED else lines[:150] + lines[-150:]
    best, best_score = "", -100.0
    for line in considered:
        stripped = line.strip(_FRAME)
        if not stripped:
            continue
        score = _score(stripped[:400])
        if score > best_score:
            best, best_score = stripped, score
    return best


def _score(line: str) -> float:
    score = 0.0
    if _STRONG.search(line):
        score += 3
    if _LABEL.match(line):
        score += 3
    if _NOISE.match(line):
        score -= 5
    if len(line) < _LONG // 2:
        score -= 0.5
    if not any(map(str.isalpha, line)):
        score -= 4
    return score
