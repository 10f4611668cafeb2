"""Secrets that the name before them announces: variables, keys, headers, flags, prose."""

import re

import msgspec

from homeostat.analyze.redact_commands import echoed
from homeostat.analyze.redact_encoded import of_kubernetes
from homeostat.analyze.redact_headers import authorization, cookies, in_encoded_query
from homeostat.analyze.redact_names import Says, says, words
from homeostat.analyze.redact_places import in_path, putty_key
from homeostat.analyze.redact_reading import Value, Written, encoded_value_at, is_secret, value_at
from homeostat.analyze.redact_spans import Span, Text, line_start
from homeostat.analyze.redact_tables import GOES_ON, in_columns
from homeostat.analyze.redact_values import (
    has_digit_and_letter,
    is_code,
    is_long_hex,
    is_mixed,
    is_passphrase,
    is_random,
    is_wordy,
)

_COLOURS = r"(?:\x1b\[[\d;]{0,12}m){0,3}"
# What binds a value to the name before it. All patterns are linear over a bounded window.
_BOUND = re.compile(
    _COLOURS
    + r"""(?P<closed>\\{0,15}["'`]|&(?:quot|\#3[49]);)?"""
    + _COLOURS
    + r"""[\])]{0,2}(?:[ ]\d{1,2}(?=:))?[ \t]{0,24}
    (?:(?P<typed>:[ ]?[A-Za-z][\w.\[\]|]{0,30}(?:[ ]=[ ]|=(?=["'])))
      |(?P<op>:=|\?=|=>|->|={1,3}|!=|:(?!:)|%3[aAdD]|(?<=["'`]),)
      |(?P<tag>>)
    )(?:\*{2,3}|__)?[ \t]{0,12}"""
    + _COLOURS
    + r"(?:&(?:quot|\#3[49]);)?",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s{0,24}(?:<!\[CDATA\[)?")
_CLOSING = re.compile(r"(?:\]\]>)?\s{0,24}</")
_CELL = re.compile(r"\t|[`*]{0,3}[ ]{0,24}[|│┃][ ]{1,4}")  # the next cell of a table
_REMARK = re.compile(r"[ ]\([^()\n]{1,40}\):[ ]{1,2}")
_BLOCK = re.compile(  # before a value: a block's mark, a tag, a type, a line break
    r"[|>][-+]?[ \t]{0,4}(?:\n|\\n)[ \t]{1,24}"
    r"|(?:!![a-z]{3,8}|&[\w-]{1,40})[ ]{1,4}(?=[^\s&|])"
    r"|(?:process\.env|os\.environ|import\.meta\.env|ENV)[\w.\[\]\"'()]{0,60}"
    r"[ ](?:\|\||\?\?|or)[ ](?=[\"'`])"  # a default behind what the environment holds
    r"|\s{0,24}string\(\d{1,5}\)[ ]|\\\r?\n[ \t]{0,24}"
)
_BELOW = re.compile(  # alone on a line
    r"[ ]?[^\n:=]{0,60}:[ ]?\r?\n(?:\r?\n)?[ \t]{0,8}(?P<value>[A-Za-z0-9+/=_-]{16,128})(?=\s|$)"
)
_PAIRS = re.compile(  # before a name: pairs between blanks or semicolons, as no program writes them
    r"(?:^|[\s\"'])[\w.-]{1,40}=[^\s,()\"']{1,200}[ ]$|;[ ]?$|\bkv[ ](?:put|patch)[ ]\S{1,100}[ ]$"
    r"|[ ]--set(?:-string)?[ =][^\s()]{0,200}$"
)
_PAIR = re.compile(  # {"name": "DB_PASSWORD", "value": "..."}, the same in YAML and XML
    r"""\\{0,7}["']?[ \t]{0,4},?(?:\\{1,2}n|\s){0,40}"""
    r"""\\{0,7}["']?(?:(?:parameter|string)?value|val|v)"""
    r"""\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}"""
    # attributes of OpenTelemetry: {"arrayValue": {"values": [{"stringValue": "..."}]}}
    r"""(?:[\[{]{1,2}[ ]?\\{0,7}["'](?:(?:string|array)_?value|values)\\{0,7}["'][ ]?:[ ]?){0,4}"""
    r"""|"[ ]\{(?:\\n|\s)[^{}]{0,200}?\bdefault\s{0,12}=\s{0,4}"""  # Terraform's variables
    r"""|\n[ ]{1,4}(?:Input|Value|String)[ ][^\n]{0,120}?input_value="""  # pydantic
    r"""|</key>(?:\\{1,2}[nt]|\s){0,24}<string>|[ ](?:--body|--value|-b)[ =]""",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"""[ ]{0,2}(?:\([^()\n]{0,40}\)[ ])?
    (?:[ ]?(?:for|of|on|to|in|at|from|di|da|do|de|del|für|von|pour|para|per|voor)
    [ ][\w./@"'-]{1,40}(?:[ ][\w./@-]{1,30}){0,2}?)?
    [ ](?:is|was|are|equals|reads|as|to|now|given|used|provided|supplied|being|
       (?:will|should|must|has|had)[ ](?:be|been)|set|changed|called
       |lautet|ist|heißt|war|est|es|é|è|era|será|était)
    (?:[ ](?:now|still|set|to|currently|just|changed|be)){0,3}[ ]?[:=]?[ ]{0,2}["'`(]{0,3}""",
    re.VERBOSE,
)
_USER_AND = re.compile(  # the credentials are admin / X
    r"(?:[ ](?:are|is|were|used)|:)?[ ]{1,2}[\w.@-]{2,40}[ ]?[/:][ ]?"
)
_LEADS = re.compile(  # "X is the password", "with X as my API key"
    r"""["'`)*]{0,3}[ ](?:is|as|was|for)[ ](?:(?:the|your|my|our|an?|its|this|new|current|old|api
    |access|secret|auth|bearer|admin|root|db|database|shared|login|service)[ ]){0,4}$""",
    re.IGNORECASE | re.VERBOSE,
)
_LEADING = words(
    "is as was for the your my our a an its this new current old api access secret auth bearer"
    " admin root db database shared login service"
)
_SETS = re.compile(r"""\b(?:define|setenv|setdefault)\([ ]?\\{0,3}["']$""", re.IGNORECASE)
_USER_BEFORE = re.compile(
    r"\b(?:user(?:name)?|login|account) (?:is )?[\w.@-]{2,40}[,;]? (?:and )?$"
)
_WORD = re.compile(r"""[^\s"'`<>()\[\]{},;|\\]{6,512}""")
_LINE_END = re.compile(r"\n|\\n")
_DIGIT = re.compile(r"[0-9]")
_KIND_OF_KEY = re.compile(
    r"(?:api|secret|access|private|signing|encryption|master|account|auth|unseal|recovery)[ ]$",
    re.IGNORECASE,
)
_LOGIN_PAIR = re.compile(  # requests: auth=("ada", "x"), HTTPBasicAuth("ada", "x")
    r"""=?\(\\?["'][^"'\n\\]{1,80}\\?["'],[ ]?\\?["'](?P<value>[^"'\n\\]{3,256})\\?["']\)"""
)
_REDIS = re.compile(r"[ ](?:[\w.-]{2,40}[ ])?(?P<value>[^\s\"'\\]{8,256})(?=\s|$|[\"'\\])")
_FIELD = re.compile(r"""\\?["'](?:\r?\n|\\r\\n|\\n){2}""")  # of a form of several parts
_BLANK = re.compile(r"[ \t]{1,4}(?:\\{1,2}(?:\r?\n|n)[ \t]{0,12})?(?!-)")
_LOGIN = re.compile(r"(?:machine|login|default|requirepass|masterauth)\b")

_SETTINGS = words("requirepass masterauth")
_OF_SESSIONS = words("JSESSIONID PHPSESSID")
_OF_PROGRAMS = frozenset(".:([{<")
_PIPED_TO = words("chpasswd passwd secret secrets")

_REVERSED = re.compile(  # {"value": "...", "name": "DB_PASSWORD"}
    r"""value\\{0,7}["']\s?:\s?\\{0,7}["'](?P<value>[^"'\\]{3,512})\\{0,7}["']\s?,\s{0,24}
    \\{0,7}["']name\\{0,7}["']\s?:\s?\\{0,7}["']$""",
    re.IGNORECASE | re.VERBOSE,
)
_FIELD_NAMES = ('name="', 'name":"', 'name": "', 'name\\":\\"', 'name\\": \\"', "name': '")
_REVERSE_WINDOW = 600
_QUOTES = frozenset("\"'")
_GLUE = frozenset("/+@")  # the name is the end of a path, of base64, of an address
_QUERY_MARKS = frozenset("?&")
_LONGEST_NAME = 80
_NEAR = 80
_LONGEST_LEAD = 14
_LOGIN_WINDOW = 200
_SHORTEST_PATHLIKE = 30


class _Name(msgspec.Struct, frozen=True):
    text: str
    start: int
    end: int
    kind: Says


def named(text: Text, at: int) -> tuple[Span, ...]:
    """What the name around `at` announces: nothing, or the secret that follows."""
    lowest = max(0, at - _LONGEST_NAME)
    start = text.shape.rfind(" ", lowest, at) + 1 or lowest
    end = text.shape.find(" ", at, at + _LONGEST_NAME)
    whole = text.text
    name = whole[start : end if end > 0 else at + _LONGEST_NAME].rstrip(".~")
    kind = says(name)
    if kind is Says.NOTHING or len(name) > _LONGEST_NAME:
        return putty_key(whole, at) if name.startswith("PuTTY-User-Key-File") else ()
    end = start + len(name)
    before = whole[start - 1] if start else ""
    if before == "%" and (found := in_encoded_query(whole, name, end)):
        return found
    if before in _QUERY_MARKS and whole.startswith("=", end):
        return ()  # a query: found by its own mark
    if name == "Secret" and (data := of_kubernetes(text, start)):
        return data
    if (
        name != "pass"
        and (on := GOES_ON.match(whole, end))
        and (cells := in_columns(whole, start, on))
    ):
        return cells
    if kind is Says.WEAK and before == " " and _is_spaced_key(whole, start):
        kind = Says.SECRET
    return _announced(whole, _Name(name, start, end, kind))


def _is_spaced_key(text: str, start: int) -> bool:
    """Whether the word before `key` makes it telling: "API key"."""
    return _KIND_OF_KEY.search(text, max(0, start - _LONGEST_LEAD), start) is not None


def _announced(text: str, name: _Name) -> tuple[Span, ...]:
    bound = _BOUND.match(text, name.end)
    before = text[name.start - 1 : name.start]
    if bound and ((bound["tag"] and before != "<") or before == bound[0] == ":"):
        bound = None  # no tag, or the middle of a:secret:b
    if name.kind is Says.COOKIE:
        return cookies(text, bound.end()) if bound else ()
    if name.kind is Says.AUTHORIZATION:
        return authorization(text, bound.end()) if bound else ()
    if (value := _of_field(text, name)) and (field := _judged(name.kind, value)):
        return field
    login = _login(text, name) if name.kind is Says.WEAK else ()
    return login or (_assigned(text, name, bound) if bound else _unbound(text, name))


def _of_field(text: str, name: _Name) -> Value | None:
    """The value of a field whose name this is: behind it, or before it."""
    if text[name.start - 1 : name.start] in _QUOTES and text.endswith(_FIELD_NAMES, 0, name.start):
        if field := _FIELD.match(text, name.end):
            return value_at(text, field.end())
        lowest = max(0, name.start - _REVERSE_WINDOW)
        if found := _REVERSED.search(text, lowest, name.start):
            return Value(found["value"], found.start("value"), Written.QUOTED)
    pair = _PAIR.match(text, name.end)
    return value_at(text, pair.end()) if pair else None


def _login(text: str, name: _Name) -> tuple[Span, ...]:
    """The password of ("user", "password"), and what `AUTH` is given on a console of Redis."""
    if name.text.lower().endswith("auth") and (pair := _LOGIN_PAIR.match(text, name.end)):
        value = Value(pair["value"], pair.start("value"), Written.QUOTED)
        return _judged(Says.PASSWORD, value)
    if name.text == "AUTH" and (found := _REDIS.match(text, name.end)):
        word = Value(found["value"], found.start("value"), Written.BARE)
        return (word.span(Says.PASSWORD.value),) if is_random(word.text) else ()
    return ()


def _unbound(text: str, name: _Name) -> tuple[Span, ...]:
    """What follows a name that nothing binds to it: a cell, a part of a path, a word."""
    if name.text.lower() == "pass":
        return ()
    if next_cell := _next_cell(text, name):
        return _judged(name.kind, value_at(text, next_cell.end()))
    if name.kind is Says.WEAK:
        return ()
    if text[name.end : name.end + 1] in _GLUE:
        return in_path(text, name.end, name.kind.value)
    return _spoken(text, name)


def _assigned(text: str, name: _Name, bound: re.Match[str]) -> tuple[Span, ...]:
    """`name = value` in any of its spellings."""
    if (bound["op"] or "").startswith("%"):
        encoded = encoded_value_at(text, bound.end())
        return _judged(name.kind, _in_shell(encoded)) if encoded else ()
    inner = (_SPACE if bound["tag"] else _BLOCK).match(text, bound.end())
    value = value_at(text, inner.end() if inner else bound.end())
    if value is None and bound["op"] == ":" and name.kind is not Says.WEAK:
        return _below(text, name)
    if value is None or (bound["tag"] and not _CLOSING.match(text, value.start + len(value.text))):
        return ()
    if bound["op"] == "," and not (_is_set(text, name, value) or _is_pair(name, value)):
        return ()
    if bound["tag"] and _DIGIT.search(value.text):
        value = _in_shell(value)
    if _is_no_program(text, name, bound) or _is_beside_user(text, name, value):
        value = _in_shell(value)
    return () if _names_a_thing(name, value) else _judged(name.kind, value)


def _names_a_thing(name: _Name, value: Value) -> bool:
    """Whether it may as well be a route, or four words that nobody wrote as a secret."""
    if name.text in _OF_SESSIONS:
        return is_wordy(value.text)
    if value.written is not Written.BARE or has_digit_and_letter(value.text):
        return False
    return is_passphrase(value.text)


def _is_no_program(text: str, name: _Name, bound: re.Match[str]) -> bool:
    """Whether `name=value` stands where no program's expression can."""
    if bound[0] != "=":
        return False
    if name.text.isupper() or name.text.startswith("--"):
        return True
    before = text[line_start(text, name.start, _LOGIN_WINDOW) : name.start]
    return _PAIRS.search(before) is not None


def _is_beside_user(text: str, name: _Name, value: Value) -> bool:
    """Whether a person wrote it, behind a user's name or as a phrase, and it is no expression."""
    if name.kind is not Says.PASSWORD:
        return False
    if name.text.isupper() and is_passphrase(value.text):
        return True
    if is_code(value.text) and not _OF_PROGRAMS.isdisjoint(value.text):
        return False
    return _USER_BEFORE.search(text, max(0, name.start - _NEAR), name.start) is not None


def _next_cell(text: str, name: _Name) -> re.Match[str] | None:
    """Where NAME and value are cells: a table, the output of a database, a jar of cookies."""
    if not (name.text.isupper() and "_" in name.text) and text[name.start - 1 : name.start] != "\t":
        return None
    return _CELL.match(text, name.end)


def _below(text: str, name: _Name) -> tuple[Span, ...]:
    """A random line below the one that announces it: "the following password ...:" """
    found = _BELOW.match(text, name.end)
    word = Value(found["value"], found.start("value"), Written.BARE) if found else None
    telling = word and (is_random(word.text) or is_long_hex(word.text))
    return (word.span(name.kind.value),) if word and telling else ()


def _is_pair(name: _Name, value: Value) -> bool:
    """Whether ("NAME", "value") is a name with its value, and not two names of a list."""
    if value.written is not Written.QUOTED or not is_mixed(value.text):
        return False
    flagged = name.text.startswith("--") and not value.text.startswith("-")
    return flagged or not is_wordy(value.text)


def _is_set(text: str, name: _Name, value: Value) -> bool:
    """Whether a call that sets names to values takes the name: PHP's define('NAME', 'value')."""
    if not name.text.isupper() and is_wordy(value.text):
        return False  # two names
    return _SETS.search(text, max(0, name.start - _LONGEST_LEAD), name.start) is not None


def _in_shell(value: Value) -> Value:
    if value.written is Written.QUOTED:
        return value
    return Value(value.text, value.start, Written.SHELL)


def _judged(kind: Says, value: Value | None) -> tuple[Span, ...]:
    return (value.span(kind.value),) if value and is_secret(kind, value) else ()


def _spoken(text: str, name: _Name) -> tuple[Span, ...]:
    """`--name value`, `name value`, "the name is value", and a random word close by."""
    blank = _BLANK.match(text, name.end)
    value = value_at(text, blank.end()) if blank else None
    if value and (name.text.startswith("-") or name.text in _SETTINGS):
        return _judged(name.kind, _in_shell(value))
    if value and _is_word_of(name, value) and _takes_a_word(text, name, value):
        return _judged(name.kind, value)
    if name.text in _PIPED_TO and (piped := echoed(text, name.start)):
        return piped
    if below := _below(text, name):
        return below
    if login := _USER_AND.match(text, name.end):
        word = _word_at(text, login.end())
        return (word.span(Says.PASSWORD.value),) if word and is_mixed(word.text) else ()
    if prose := _REMARK.match(text, name.end) or _PROSE.match(text, name.end):
        word = _word_at(text, prose.end())
        if word and _is_word_of(name, word) and not is_code(word.text):
            return (word.span(name.kind.value),)
    return _nearby(text, name)


def _is_word_of(name: _Name, value: Value) -> bool:
    """Whether a word may be the secret that a name beside it announces."""
    return is_mixed(value.text) or (name.kind is Says.PASSWORD and is_passphrase(value.text))


def _word_at(text: str, at: int) -> Value | None:
    """The word at `at` without the full stop behind it."""
    found = _WORD.match(text, at)
    return Value(found[0].rstrip(".:*_?"), at, Written.BARE) if found else None


def _takes_a_word(text: str, name: _Name, value: Value) -> bool:
    """Whether a blank binds: SQL's PASSWORD 'x', ENV API_KEY x, netrc, requirepass x."""
    if value.written is Written.QUOTED or "_" in name.text:
        return True
    if name.kind is Says.PASSWORD and not is_code(value.text):
        return True
    return _LOGIN.search(text, line_start(text, name.start, _LOGIN_WINDOW), name.end) is not None


def _nearby(text: str, name: _Name) -> tuple[Span, ...]:
    """A random word after the name on its line, or before it: "using X as the token"."""
    end = _LINE_END.search(text, name.end, name.end + _NEAR)
    stop = end.start() if end else min(len(text), name.end + _NEAR)
    if _DIGIT.search(text, name.end, stop):
        for found in _WORD.finditer(text, name.end, stop):
            word = _word_at(text, found.start()) if has_digit_and_letter(found[0]) else None
            if word and _stands_out(word.text):
                return (word.span(name.kind.value),)
    return _before(text, name)


def _before(text: str, name: _Name) -> tuple[Span, ...]:
    previous = text[max(0, name.start - _LONGEST_LEAD) : name.start].rstrip().rpartition(" ")[2]
    if previous.lower() not in _LEADING:
        return ()
    leads = _LEADS.search(text, max(0, name.start - _NEAR), name.start)
    if leads is None:
        return ()
    start = max(text.rfind(mark, 0, leads.start()) for mark in " \n\"'`(") + 1
    word = _word_at(text, start)
    if word and word.start + len(word.text) <= leads.start() and is_mixed(word.text):
        return () if is_code(word.text) else (word.span(name.kind.value),)
    return ()


def _stands_out(word: str) -> bool:
    return is_random(word) and ("/" not in word or len(word) >= _SHORTEST_PATHLIKE)


def by_key(key: str, text: str) -> tuple[Span, ...]:
    """What its key makes a secret in a decoded string: all of it, or what a scheme leads."""
    kind = says(key)
    if kind is Says.NOTHING:
        return ()
    if kind is Says.COOKIE:
        return cookies(text, 0)
    if kind is Says.AUTHORIZATION:
        return authorization(text, 0)
    return _judged(kind, Value(text, 0, Written.QUOTED))
