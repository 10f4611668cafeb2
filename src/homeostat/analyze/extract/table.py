"""Rules that recognise one line: written as tables, one rule a row."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec

from homeostat.analyze.extract.found import LINE_LENGTH, FailureText, Found, found_in
from homeostat.model.signature import ErrorClass

_END = re.compile(r"\(\?P<say>\.\{(\d+),(\d+)\}\)$")
_LINES_TRIED = 12
"""Lines with the rule's literal that are tried: a bound for texts that repeat it."""


_GRAM = 3
_LONG = 1_500
"""Characters from which it pays to know a text's trigrams before looking for 1,000 literals."""


class Rule(msgspec.Struct, frozen=True):
    """`literal` must be in the text before `pattern` is tried on the lines that hold it.

    `besides` must be somewhere in the text too. Groups named `id1` .. `id3` are kept identifiers,
    `kind` is the kind, `say` is a part of the line that is masked and becomes the message; without
    it the rule's name is the message.
    """

    name: str
    error_class: ErrorClass | None
    literal: str
    besides: str
    trigrams: frozenset[str]
    """First and last three characters of the literal: without them it cannot be in a text."""
    source: str
    """The pattern, compiled when its literal is first met: most never are."""
    length: int
    """Characters of the masked message that count."""


def rules(table: str) -> tuple[Rule, ...]:
    """The rows `name | class | literal | pattern`; the class `-` leaves it to the classifier.

    A literal may be two, `literal && besides`; in both `~` is a blank, `\\n` the end of the line.
    """
    rows = (line.split(" | ", 3) for line in table.strip().splitlines() if line.strip())
    return tuple(
        _rule(name.strip(), cls=cls.strip(), literal=literal.strip(), pattern=pattern.strip())
        for name, cls, literal, pattern in rows
    )


def _rule(name: str, *, cls: str, literal: str, pattern: str) -> Rule:
    # The end of a message is cut after masking: before, a long path would move the cut.
    end = _END.search(pattern)
    length = int(end[2]) if end else LINE_LENGTH
    if end:
        pattern = f"{pattern[: end.start()]}(?P<say>.{{{end[1]},{LINE_LENGTH}}})"
    first, _and, second = literal.partition("&&")
    plain = _plain(first)
    return Rule(
        name=name,
        error_class=None if cls == "-" else ErrorClass(cls),
        literal=plain,
        trigrams=frozenset({plain[:_GRAM], plain[-_GRAM:]} if len(plain) > _GRAM else ()),
        besides=_plain(second),
        source=pattern,
        length=length,
    )


def _plain(literal: str) -> str:
    return literal.strip().replace("~", " ").replace(r"\n", "\n")


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


def first_match(text: FailureText, table: Sequence[Rule]) -> Found | None:
    """What the first rule of the table that fits says."""
    folded = text.folded
    if len(folded) > _LONG:
        present = {folded[at : at + _GRAM] for at in range(len(folded) - _GRAM + 1)}
        table = [rule for rule in table if rule.trigrams <= present]
    for rule in table:
        at = folded.find(rule.literal)
        if at < 0 or rule.besides not in folded:
            continue
        for line in _lines_with(text, rule.literal, at):
            if match := _compiled(rule.source).search(line):
                return _found(rule, match, line)
    return None


def line_match(line: str, table: Sequence[Rule]) -> Found | None:
    """The same for one line alone."""
    folded = line.lower()
    for rule in table:
        if rule.literal not in folded or rule.besides not in folded:
            continue
        if match := _compiled(rule.source).search(line):
            return _found(rule, match, line)
    return None


def _lines_with(text: FailureText, literal: str, at: int) -> Iterator[str]:
    body = text.body
    for _ in range(_LINES_TRIED):
        start = body.rfind("\n", 0, at) + 1
        end = body.find("\n", at)
        end = len(body) if end < 0 else end
        if at - start > LINE_LENGTH // 2:
            start = at - LINE_LENGTH // 2
        yield body[start : min(end, start + LINE_LENGTH)].strip()
        at = text.folded.find(literal, end + 1)
        if at < 0:
            return


def _found(rule: Rule, match: re.Match[str], line: str) -> Found:
    named = match.groupdict()
    identifiers = tuple(
        value.strip().lower()
        for name in ("id1", "id2", "id3")
        if (value := named.get(name)) is not None and value.strip()
    )
    kind = (named.get("kind") or rule.name).lower()
    said = named.get("say")
    if said is None:
        return Found(
            rule=rule.name,
            kind=kind,
            line=line[:LINE_LENGTH],
            message=rule.name,
            identifiers=identifiers,
            error_class=rule.error_class,
        )
    found = found_in(line, rule=rule.name, kind=kind, error_class=rule.error_class, text=said)
    return msgspec.structs.replace(
        found,
        message=found.message[: rule.length].rstrip(),
        identifiers=identifiers + found.identifiers,
    )
