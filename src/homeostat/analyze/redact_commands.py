"""Passwords that a command line carries in a short flag, as a word, or through a pipe."""

import re

from homeostat.analyze.redact_encoded import tells
from homeostat.analyze.redact_spans import Span, Text, line_start
from homeostat.analyze.redact_values import is_mixed, is_placeholder

_USER = re.compile(
    r"""\ -(?:-user|-proxy-user|u|U)(?:=|[ ]{0,3})\\?["']?
    [^\s:"'%\\]{0,80}[:%](?P<value>[^\s"'\\]{1,256})""",
    re.VERBOSE,
)
_SHORT = re.compile(
    r"""\ -(?P<flag>passin|passout|password|Password|p|a|w|P|b|k)(?P<gap>[ =]{0,2}(?:pass:)?)
    \\?["']?(?P<value>[^\s"'|;&\\]{3,256})""",
    re.VERBOSE,
)
_PIPED = re.compile(
    r"""(?:echo(?:[ ]-[ne]{1,2})?|printf(?:[ ]['"]?%s(?:\\n)?['"]?)?)[ ]
    \\?["']?(?P<value>[^\s"'|\\]{4,256})\\?["']?[ ]?\|[^|\n]{0,80}$""",
    re.VERBOSE,
)
_SECURE = re.compile(  # PowerShell: ConvertTo-SecureString 'x' -AsPlainText
    r"""securestring(?:\s-(?:force|string))*\s\\*["'](?P<value>[^"'\\\n]{3,256})
    \\*["'](?:\s-force)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_HERE = re.compile(r"""\s-[\w-]{5,20}\s<<<\s?\\?["']?(?P<value>[^\s"'\\]{4,256})""")
_COOKIE = re.compile(  # curl -b 'session=x'
    r""" -b[ ]\\?["']?(?:[\w.-]{1,64}=[^;\s"'\\]{1,8}; ){0,4}"""
    r"""[\w.-]{1,64}=(?P<value>[^\s;"'\\]{8,512})"""
)
_HTTPIE = re.compile(  # http -a user:password
    r""" -(?:a|-auth)[ =]\\?["']?[^\s:"'\\]{1,80}:(?P<value>[^\s"'\\]{3,256})"""
)
_IS_HTTPIE = re.compile(r"(?:^|[\s;&|$])(?:https?|xhs?)(?:[ ][^|;\n]*)?$")
_ECHOED = re.compile(  # echo X | gh secret set NAME
    r"""(?:echo(?:[ ]-[ne]{1,2})?|printf)[ ]\\?["']?(?:[\w.-]{1,40}:)?
    (?P<value>[^\s"'|\\:]{4,256})(?:\\n)?\\?["']?[ ]?\|[ ]?[\w -]{0,30}$""",
    re.VERBOSE,
)
_ENCODED = re.compile(  # echo X | base64 -d
    r"""(?:echo(?:[ ]-[ne]{1,2})?|printf)[ ]\\?["']?(?P<value>[A-Za-z0-9+/]{12,4096}={0,2})
    \\?["']?[ ]?\|[ ]?base64$""",
    re.VERBOSE,
)
_DECODES = (" -d", " -D", " --decode")
_READS_STDIN = (" -S", " --password-stdin", " --with-token", " --stdin", " --passphrase-fd")
_HTPASSWD = re.compile(  # htpasswd -bc file user password
    r" -\w{0,8}[ ]+[^\s-]\S{0,120}[ ]+\S{1,80}[ ]+(?P<value>[^\s\"']{4,128})"
)
_PORTS = re.compile(r"\d+:\d+|/.*|\d{1,5}|-.*")

# Which commands take a password as a short flag: glued to it, or behind a blank.
_GLUED = re.compile(r"\b(?:mysql\w*|mariadb\w*|7z[ar]?|rar|unrar|xtrabackup|sshpass)\b[^|;\n]*$")
_SPACED = re.compile(
    r"\b(?:sshpass|docker login|podman login|helm registry login|az login|redis-cli|ldap\w+"
    r"|mongo\w*|kinit|unzip|zip|openssl|oc login|argocd login|cf login|twine|skopeo login"
    r"|buildah login|influx|ftp|lftp|rabbitmqctl|clickhouse-client|xfreerdp|nerdctl login|snowsql"
    r"|sqlcmd|osql|bcp|cqlsh|dsbulk|nodetool|isql|beeline|vsql|hdbsql|ipmitool|impacket-\w+)"
    r"\b[^|;\n]*$"
)
_LETTERS = frozenset("uUpawPbkSAdD-")
_LONG = frozenset(
    "upswad"
)  # --user, --auth, --decode, --proxy-user, --password-stdin, --stdin, --with-token
_LINE = 300
_SHORTEST = 3


def command_flag(text: Text, at: int) -> tuple[Span, ...]:
    """What the flag behind the blank at `at` carries: `-u user:x`, `-px`, `-p x`, or a pipe."""
    whole = text.text
    letter = whole[at + 2 : at + 3]
    if letter not in _LETTERS or (letter == "-" and whole[at + 3 : at + 4] not in _LONG):
        return ()
    if whole.startswith(_DECODES, at) and whole.endswith("base64", 0, at):
        return _decoded(whole, at)
    if found := _USER.match(whole, at):
        return _secret(found)
    if whole.startswith(_READS_STDIN, at):
        line = whole[line_start(whole, at, _LINE) : at]
        if here := _HERE.match(whole, at):
            return _secret(here)
        piped = _PIPED.search(line)
        return _secret(piped, offset=at - len(line)) if piped else ()
    if letter == "A":
        return _as_plain_text(whole, at)
    if whole.endswith("htpasswd", 0, at):
        found = _HTPASSWD.match(whole, at)
        return _secret(found) if found else ()
    return _short_flag(whole, at)


def echoed(whole: str, at: int) -> tuple[Span, ...]:
    """What is piped to the command that has its telling word at `at`: `echo x | chpasswd`."""
    start = line_start(whole, at, _LINE)
    found = _ECHOED.search(whole[start:at])
    return _secret(found, offset=start) if found and is_mixed(found["value"]) else ()


def _decoded(whole: str, at: int) -> tuple[Span, ...]:
    """`echo X | base64 -d`, where X names a secret once it is decoded."""
    start = line_start(whole, at, _LINE)
    found = _ENCODED.search(whole[start:at])
    if found is None:
        return ()
    return _secret(found, offset=start) if tells(found["value"]) else ()


def _as_plain_text(whole: str, at: int) -> tuple[Span, ...]:
    start = line_start(whole, at, _LINE)
    found = _SECURE.search(whole[start:at]) if whole.startswith(" -AsPlain", at) else None
    return _secret(found, offset=start) if found else ()


def _short_flag(whole: str, at: int) -> tuple[Span, ...]:
    if httpie := _HTTPIE.match(whole, at):
        line = whole[line_start(whole, at, _LINE) : at]
        return _secret(httpie) if _IS_HTTPIE.search(line) else _plain_flag(whole, at)
    return _plain_flag(whole, at)


def _plain_flag(whole: str, at: int) -> tuple[Span, ...]:
    flag = _SHORT.match(whole, at)
    if flag is None:
        return ()
    line = whole[line_start(whole, at, _LINE) : at]
    if flag["flag"] == "b" and "curl" in line and (cookie := _COOKIE.match(whole, at)):
        return _secret(cookie)
    taken = _SPACED.search(line) if flag["gap"] else flag["flag"] in "pP" and _GLUED.search(line)
    return _secret(flag) if taken else ()


def _secret(found: re.Match[str], *, offset: int = 0) -> tuple[Span, ...]:
    value = found["value"]
    if len(value) < _SHORTEST or is_placeholder(value) or _PORTS.fullmatch(value):
        return ()
    start, end = found.span("value")
    return (Span(start + offset, end + offset, "password"),)
