"""Rules that recognise one line: written as tables, one rule a row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from homeostat.analyze.extract.found import LINE_LENGTH, FailureText, Found, found_in
from homeostat.model.signature import ErrorClass

_END = re.compile(r"\(\?P<say>\.\{(\d+),(\d+)\}\)$")
_LINES_TRIED = 12
"""Lines with the rule's literal that are tried: a bound for texts that repeat it."""


_GRAM = 3
_Gram = tuple[str, str, str]


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
    source: str
    """The pattern, compiled when its literal is first met: most never are."""
    length: int
    """Characters of the masked message that count."""


class Table:
    """Rules in the order in which they are asked, found by three characters of their literal.

    Looking for a thousand literals one by one took two thirds of a signature's time.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_gram: defaultdict[_Gram, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for number, rule in enumerate(self.rules):
            is_short = len(rule.literal) < _GRAM
            (self._always if is_short else self._by_gram[_last(rule.literal)]).append(number)
        self._grams = frozenset(self._by_gram)

    def __add__(self, other: "Table") -> "Table":
        return Table(self.rules + other.rules)

    def possible(self, folded: str) -> Iterator[tuple[Rule, int]]:
        """The rules whose literals are in a text in lower case, and where each is first."""
        # Tuples of characters: a quarter faster than slices, which were a fifth of a signature.
        grams = set(zip(folded, folded[1:], folded[2:], strict=False))
        numbers = list(self._always)
        for gram in self._grams & grams:
            numbers += self._by_gram[gram]
        for number in sorted(numbers):
            rule = self.rules[number]
            at = folded.find(rule.literal)
            if at >= 0 and rule.besides in folded:
                yield rule, at


def _last(literal: str) -> _Gram:
    return literal[-3], literal[-2], literal[-1]


def rules(table: str) -> Table:
    """The rows `name | class | literal | pattern`; the class `-` leaves it to the classifier.

    A literal may be two, `literal && besides`; in both `~` is a blank, `\\n` the end of the line.
    """
    rows = (line.split(" | ", 3) for line in table.strip().splitlines() if line.strip())
    return Table(
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
    return Rule(
        name=name,
        error_class=None if cls == "-" else ErrorClass(cls),
        literal=_plain(first),
        besides=_plain(second),
        source=pattern,
        length=length,
    )


def _plain(literal: str) -> str:
    return literal.strip().replace("~", " ").replace(r"\n", "\n")


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


def first_match(text: FailureText, table: Table) -> Found | None:
    """What the first rule of the table that fits says."""
    for rule, at in table.possible(text.folded):
        for line in _lines_with(text, rule.literal, at):
            if match := _compiled(rule.source).search(line):
                return _found(rule, match, line)
    return None


def line_match(line: str, table: Table) -> Found | None:
    """The same for one line alone."""
    for rule, _ in table.possible(line.lower()):
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
