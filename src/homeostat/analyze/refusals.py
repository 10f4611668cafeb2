"""A service's tool that says no in one sentence: a rule that the call does not meet."""

import re

from homeostat.analyze.extract.found import FailureText, Found

_NOT_SERVICES = frozenset({"shell", "edit", "read", "search", "web", "agent"})
_FUNCTION = re.compile(r"[A-Za-z]{2,40}(?:[_-]{1,2}[A-Za-z]|[a-z][A-Z])")
"""Two words, as functions are called: a program that is a tool has one, such as `kubectl`."""
_RULE = re.compile(
    r"\bat (?:least|most)\b|\b(?:below|above|beyond)\b"
    r"|\b(?:more|less|fewer|earlier|later|greater|smaller|higher|lower) than\b"
    r"|\b(?:required|requires?|needs?|must|should|may not)\b"
    r"|\b(?:can|may|is|are|applies|allowed) only\b"
    r"|\bonly (?:for|if|when|within|before|until|up to)\b"
    r"|\b(?:in|not )?eligible\b|\bnon-?\w{2,20}able\b|\b(?:minimum|maximum)\b"
    r"|\bno longer (?:eligible|allowed|possible|valid|accepted|offered)\b"
    r"|\b(?:window|period|deadline|date|time|hours)\b.{0,40}\b(?:passed|closed|ended|over)\b"
    r"|\b(?:not applicable|does not apply)\b|\b(?:current )?(?:status|state) is\b"
    r"|\b(?:same as|differs? from)\b|\bin the (?:past|future)\b|\bpolicy\b"
)
_VAGUE = re.compile(
    r"\bfail|\bwrong\b|\binternal|\bunknown\b|\bunexpected|\berror|\bexception|\bcrash|\bserver\b"
    r"|\btry again\b|\bretry|\brespon[ds]|\banswer|\bhappen|\brestart|<(?:path|url|host|data)>"
)
"""What the one who called can do nothing about, and what programs speak of."""
_WORDS = range(4, 41)


def refusal(text: FailureText, found: Found) -> str:
    """The words that make one sentence of a service's tool a refusal; empty when it is none."""
    if found.rule != "salient-line" or "\n" in text.body or text.family in _NOT_SERVICES:
        return ""
    said = found.message
    if not _FUNCTION.match(text.tool) or len(said.split()) not in _WORDS or _VAGUE.search(said):
        return ""
    rule = _RULE.search(said)
    return rule[0] if rule else ""
