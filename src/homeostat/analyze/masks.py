"""One line with its variable parts replaced by typed marks, and the names that must stay."""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec


class Masked(msgspec.Struct, frozen=True):
    """`text` in lower case with marks; `kept` are the names taken out of quotes, in order."""

    text: str
    kept: tuple[str, ...]


# A quoted name stays when one of these words stands before or behind it: it is the failure then.
_NOUNS = (
    "module|package|library|crate|gem|extension|plugin|feature|"
    "command|subcommand|sub-command|option|flag|switch|argument|arguments|arg|"
    "parameter|parameters|param|kwarg|keyword|script|target|task|recipe|goal|"
    "variable|env|environment variable|attribute|property|properties|prop|key|keys|"
    "column|columns|table|relation|view|constraint|index key|field|fields|symbol|function|"
    "method|macro|header|test|fixture|type|class|struct|enum|trait|interface|"
    "export|import|member|identifier|tool|skill|agent|agent type|operator|event|hook|"
    "provider|setting|directive|provider|block type|block|apiversion|kind|version|"
    "capability|permission|scope|action|operation|rule|unit|service|decorator|"
    "tag|codec|encoding|format|dtype|device|model type|architecture|loader|preset|"
    "executable|program|binary|name|named|reading|setting|reference to|call to|global|"
    "undeclared|unresolved import|unresolved|undefined reference to|undefined|cannot find|"
    "extra_forbidden|error code|status|reason|lint|variant|lifetime|generic|overload|"
    "dependency|requirement|distribution|workflow|job|step|stage|pipeline|step named"
)
_BEFORE = re.compile(rf"(?:^|[^\w])(?:{_NOUNS})s?(?: is| named| name| called)?[:=]? ?\(?$")
_BEHIND = re.compile(
    r" ?(?:is not defined|is not a function|undeclared|object (?:has|is|does|cannot|can|of)|"
    r"is a required|is required|was unexpected|must be|property|command|option|flag|package|"
    r"argument|parameter|attribute|field|column|table|module|method|function|key|imported|"
    r"declared|redeclared|was not declared|is missing|has not been declared|has no |"
    r"does not contain|is not exported|codec|is not recognized|is possibly|is private|"
    r"(?:is|are) possibly|is assigned|is defined but|instances|operator|not supported|"
    r"is never|does not have|cannot be null|cannot be used|doesn't have)"
)
_VARIABLE_BEFORE = re.compile(
    r"(?:file|directory|folder|path|branch|tag|commit|ref|revision|remote|bucket|object|database|"
    r"role|user|username|container|pod|host|image|repository|repo|session|worktree|queue|topic|"
    r"cluster|namespace|project|account|order|customer|value|string|input|literal|url|address|"
    r"instance|disk|volume|network|deployment|node|row|entry|record|line|text|token|server|"
    r"branch named|string:|release|organization|channel|thread|message|invoice|"
    r"subscription|job id|model|resource)(?: named| called| name| id)?[:=]? ?\(?$"
)
_NAME = re.compile(r"[@$*&\w./:<>,\[\]() +#|?!-]{1,120}")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$.:<>, \[\]*&-]{0,120}")
_TEXT_BEFORE = re.compile(r"(?:string|file|path|literal|directory|input)[:=]? ?\(?$")
_PATH_START = re.compile(r"(?:[A-Za-z]:[\\/]|~?/|\.{1,2}/|\\\\)")
_QUOTED = re.compile(
    r"(?:(?<![\w\\])|(?<=[\s(=,\[]b))'([^'\n]{0,300})'(?![A-Za-z])"
    r'|(?<![\w\\])\\?"((?:[^"\\\n]|\\[^"]){0,300})\\?"'
    r"|`([^`'\n]{0,300})'(?![A-Za-z])"
    r"|`([^`\n]{0,300})`"
    r"|\u2018([^\u2018\u2019\n]{0,300})\u2019"
    r"|\u201c([^\u201c\u201d\n]{0,300})\u201d"
    r"|``([^'\n]{0,300})''"
)
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s'\"`<>)\]},;]{0,500}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}")
_ARN = re.compile(r"\barn:[\w:/*.-]{1,300}")
_TIME = re.compile(
    r"\b\d{4}[-/]\d\d[-/]\d\d(?:[T ,]{1,2}\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?"
    r"(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?|\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?"
)
_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\[^\s'\"<>|()\[\]]{0,300}(?<![.,;:])")
_USER = re.compile(
    r"\b(user) (?!(?:is|does|has|was|who|account|name|id|with|already|cannot|lacks|not|input)\b)"
    r"[\w.@-]{1,64}(?= (?:does|is|has|cannot|lacks|already|not)\b)",
    re.IGNORECASE,
)
# `(server shop-api, pid 9)`: where something happened, told behind what happened.
_IN_PARENTHESES = re.compile(
    r"\((server|worker|host|node|instance|container|pod|job|project|service|queue|topic|cluster"
    r"|session|tenant|region|zone|account|client|broker|shard|peer) [\w.@/-]{1,64}(?=[,;) ])",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b((?:in|from|on|for|of|to|at) (?:the )?(?:namespace|project|bucket|topic|queue|pod|tenant"
    r"|worker|cluster|organi[sz]ation|workspace|region|host|server|service|node|instance)) "
    r"(?!(?:is|was|has|does|not|cannot|could|failed|already|name|id|with|for|in|on|to|from|and|or"
    r"|error|must|found|missing|at|of|that|which|are|settings|config|configuration|key|account"
    r"|principal|process|port|side|type|file|response|certificate|before|after|because|when)\b)"
    r"[A-Za-z][\w.-]{1,64}(?=[,;:.) ]|$)",
    re.IGNORECASE,
)
_STARRED = re.compile(r"[\w-]{0,40}\*{2,60}[\w-]{0,40}")
_BRACES = re.compile(r"\{[^{}\n]{0,400}\}")
_TYPED = (
    ("://", _URL, "<url>"),
    ("arn:", _ARN, "<arn>"),
    ("@", _MAIL, "<mail>"),
    (":", _TIME, "<time>"),
    ("-", _TIME, "<time>"),
    ("\\", _WINDOWS_PATH, "<path>"),
    ("user ", _USER, r"\1 <q>"),
    ("(", _IN_PARENTHESES, r"(\1 <q>"),
    (" ", _PLACE, r"\1 <q>"),
    ("**", _STARRED, "<n>"),
    ("{", _BRACES, "<data>"),
)
_SEPARATORS = re.compile(r"([\s=,()\[\]{};|\"'<>:*]+)")
_UNITS = frozenset(
    [
        "ms",
        "s",
        "m",
        "h",
        "d",
        "sec",
        "secs",
        "second",
        "seconds",
        "min",
        "mins",
        "minute",
        "minutes",
        "hour",
        "hours",
        "day",
        "days",
        "b",
        "kb",
        "mb",
        "gb",
        "tb",
        "kib",
        "mib",
        "gib",
        "tib",
        "bytes",
        "byte",
        "k",
        "mi",
        "gi",
        "ki",
        "%",
    ]
)
# A parenthesis that tells only where or under which id: some occurrences have it, some not.
_WHERE = re.compile(
    r" ?\((?:(?:server|pid|worker|host|node|instance|pod|session|attempt|id|trace|request"
    r"|(?:x-)?request[ _-]?id|trace[ _-]?id)[ :=]{1,2}<\w{1,4}>(?:[ ,;]{1,2}<\w{1,4}>)?"
    r"[,; ]{0,2}){1,5}\)"
)
_COLLAPSE = (
    (_WHERE, ""),
    (re.compile(r"<(path|host|url)>(?:[:(,]{1,2}<n>\)?){1,3}"), r"<\1>"),
    (re.compile(r"<n>(?:[ :,./x*+-]{1,2}<n>){1,40}"), "<n>"),
    (re.compile(r"<path>(?:[ :,]{1,2}<path>){1,40}"), "<path>"),
    (re.compile(r"<q>(?:[ :,]{1,2}<q>){1,40}"), "<q>"),
)
_KEPT_TOKEN = re.compile(
    r"(?:TS|CS|NU|MSB|NETSDK|SC|ORA-|SQL|CA|IDE|FS|BC|LNK|DS|MC|RUF|PLR|RSC|CVE-)[0-9]{3,6}|"
    r"[BCDEFNSW][0-9]{3,4}|[Uu][Tt][Ff]-?(?:8|16|32)|[iuf](?:8|16|32|64|128)|u?int(?:8|16|32|64)|float\d\d|"
    r"sha-?(?:1|256|512)|md5|base64|x86_64|amd64|arm64|[sS]3|[eE][cC]2|[kK]8s|[oO]auth2|ipv[46]|"
    r"http2?|tls1?|x509|h2|latin-1|ascii|python[23]?|pip3?|[bv]8|l10n|i18n|"
    r"(?:lib)?[a-z]{1,20}\.so\.\d{1,2}|[A-Z][a-z]{2,20}[23]|[a-z]{1,12}2[a-z]{1,12}|-\d|"
    r"[A-Z0-9]{2,20}(?:_[A-Z0-9]{1,20}){1,8}",
)
_CODE_BEFORE = frozenset(
    [
        "error",
        "errno",
        "status",
        "code",
        "http",
        "http/1.1",
        "http/2",
        "http/1.0",
        "errno:",
        "error:",
        "exit",
        "statuscode",
        "status_code",
        "response",
        "returned",
        "curl",
        "signal",
        "warning",
        "winerror",
        "rc",
    ]
)
_STATUS_BEHIND = frozenset(
    [
        "client",
        "server",
        "unauthorized",
        "forbidden",
        "not",
        "bad",
        "internal",
        "too",
        "service",
        "gateway",
        "conflict",
        "payment",
        "unprocessable",
        "method",
        "request",
        "gone",
        "precondition",
        "error",
    ]
)
_STATUS = re.compile(r"[1-5]\d\d|5[23]\d")
_CODE = re.compile(r"-?\d{1,5}|0x[0-9A-Fa-f]{8}|\d{2}[0-9A-Z]{3}")
_EXTENSION = re.compile(
    r"[\w@.+-]{1,200}\.(?:py|pyc|pyi|ipynb|js|jsx|ts|tsx|mjs|cjs|json|jsonl|ya?ml|toml|ini|cfg|conf|"
    r"env|txt|md|rst|csv|tsv|xml|html?|css|scss|sh|bash|zsh|ps1|bat|go|rs|rb|php|pl|java|kt|class|"
    r"jar|c|h|cc|cpp|hpp|cs|swift|scala|lua|sql|db|sqlite3?|log|lock|pem|crt|key|tar|gz|tgz|zip|"
    r"whl|png|jpe?g|gif|svg|pdf|docx?|xlsx?|parquet|pkl|pt|bin|so|dll|exe|out|o|a|tf|tfvars|proto|"
    r"vue|svelte|ex|exs|erl|hs|ml|r|patch|diff|bak|tmp|pid|sock|service|img|iso|mp[34]|wav)",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,6}\."
    r"(?:com|org|net|io|dev|test|local|lan|internal|example|invalid|localhost|ai|app|cloud|co|edu)",
    re.IGNORECASE,
)
_WORD_PAIRS = frozenset(
    [
        "and/or",
        "i/o",
        "tcp/ip",
        "read/write",
        "n/a",
        "on/off",
        "yes/no",
        "true/false",
        "client/server",
        "input/output",
        "import/export",
        "owner/name",
        "get/set",
        "application/json",
        "text/html",
        "text/plain",
    ]
)
_HEX = re.compile(r"[0-9a-f]{12,64}")
_DOTS_OF_IPV4 = 3
_BLANKS_IN_NAME = 4
_DIGITS_IN_NAME = 2
_DIGIT = re.compile(r"\d")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,500}={0,2}")


@lru_cache(maxsize=8192)
def _token_mark(token: str) -> str:
    """The token, or the mark that stands for what it is."""
    core = token.strip(".!?-\u2026\u00b7")
    if not core:
        return token
    if "/" in core or "\\" in core:
        return token if core.lower() in _WORD_PAIRS else token.replace(core, "<path>")
    if core[0] in "~." and len(core) > 1:
        return "<path>"
    if mark := _named_mark(core):
        return token.replace(core, mark)
    if _DIGIT.search(core):
        return token if _KEPT_TOKEN.fullmatch(core) else token.replace(core, "<n>")
    if _HEX.fullmatch(core) or _BASE64.fullmatch(core):
        return token.replace(core, "<n>")
    return token


def _named_mark(core: str) -> str:
    """The mark of a file's or a host's name; empty for other words."""
    if core == "localhost":
        return "<host>"
    if "." not in core:
        return ""
    if _EXTENSION.fullmatch(core):
        return "<path>"
    if core.count(".") == _DOTS_OF_IPV4 and core.replace(".", "").isdigit():
        return "<host>"
    if _HOST.fullmatch(core):
        return "<host>"
    return ""


def masked(text: str) -> Masked:
    """`text` with its variable parts as marks; linear in its length."""
    return _masked(text, _stays)


def masked_code(text: str) -> Masked:
    """The same for what compilers say: every quoted identifier is part of the failure."""
    return _masked(text, _stays_in_code)


def _masked(text: str, stays: Callable[[str, str, str], bool]) -> Masked:
    kept: list[str] = []

    def quoted(found: re.Match[str]) -> str:
        value = found[found.lastindex or 0]
        before = text_now[max(0, found.start() - 40) : found.start()].lower()
        behind = text_now[found.end() : found.end() + 30].lower()
        if stays(value, before, behind):
            kept.append(value.strip().lower())
            return "<id>"
        return "<q>"

    text_now = _typed(text)
    if (
        "'" in text_now
        or '"' in text_now
        or "`" in text_now
        or "\u2018" in text_now
        or "\u201c" in text_now
    ):
        text_now = _QUOTED.sub(quoted, text_now)
    return Masked(_collapsed(_tokens(text_now)), tuple(kept))


def _typed(text: str) -> str:
    """Each pattern behind a literal that it cannot do without: most texts have few of them."""
    for literal, pattern, mark in _TYPED:
        if literal in text:
            text = pattern.sub(mark, text)
    return text


def _stays(value: str, before: str, behind: str) -> bool:
    """Whether a quoted text is a name that belongs to the failure."""
    if not _NAME.fullmatch(value) or _is_variable(value):
        return False
    if _VARIABLE_BEFORE.search(before):
        return False
    return bool(_BEFORE.search(before) or _BEHIND.match(behind))


def _stays_in_code(value: str, before: str, behind: str) -> bool:
    if _stays(value, before, behind):
        return True
    return bool(_IDENTIFIER.fullmatch(value)) and not _TEXT_BEFORE.search(before)


def _is_variable(value: str) -> bool:
    if _PATH_START.match(value) or value.count(" ") > _BLANKS_IN_NAME:
        return True
    digits = sum(map(str.isdigit, value))
    return digits > _DIGITS_IN_NAME or (digits > 0 and value[:1].isdigit())


def _tokens(text: str) -> str:
    parts = _SEPARATORS.split(text)
    for at in range(0, len(parts), 2):
        token = parts[at]
        if not token:
            continue
        mark = _token_mark(token)
        if mark == "<n>" and _is_code(token, parts, at):
            mark = token
        elif at > 1 and parts[at - 2] == "<n>" and token.lower() in _UNITS:
            parts[at - 1] = mark = ""
            parts[at - 2], parts[at] = "", "<n>"
            continue
        parts[at] = mark
    return "".join(parts)


def _is_code(token: str, parts: list[str], at: int) -> bool:
    """Whether a number is a status or an error's code: those tell failures apart."""
    before = parts[at - 2].lower() if at > 1 else ""
    if before in _CODE_BEFORE and _CODE.fullmatch(token):
        return True
    if not _STATUS.fullmatch(token):
        return False
    behind = parts[at + 2].lower() if at + 2 < len(parts) else ""
    return behind in _STATUS_BEHIND


def _collapsed(text: str) -> str:
    text = " ".join(text.split())
    if "<" in text:
        for pattern, mark in _COLLAPSE:
            text = pattern.sub(mark, text)
    return text.lower()
