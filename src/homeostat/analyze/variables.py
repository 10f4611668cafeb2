"""Words that no mask can know for variable: many of them at one place of an equal text."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

_DONE = re.compile(
    r"\W{0,3}(?:[A-Za-z][a-z]{2,20}(?:ed|ing)|GET|PUT|POST|PATCH|DELETE|HEAD|OPTIONS)\W{0,3}"
)
_MARK = re.compile(r"<[a-z]{1,4}>")
GAP = "\x00"


def words_of(table: str) -> frozenset[str]:
    """The words of a table that is written as one text."""
    return frozenset(table.split())


class Shape(msgspec.Struct, frozen=True):
    """A text as words; only shapes of one `scope` and one length are ever compared."""

    scope: str
    words: tuple[str, ...]


def joined(
    shapes: Iterable[Shape],
    *,
    values: int,
    fixed: int,
    limit: int,
    telling: frozenset[str] = frozenset(),
) -> Mapping[Shape, Shape]:
    """Each shape with a place where at least `values` words were seen, to one that stands for all.

    `fixed` words must be equal besides. Does not depend on the order of `shapes`, only on how often
    each occurs; of more than `limit` of one scope and length the rarest are left alone. `telling`
    words never count as values.
    """
    counts = Counter(shapes)
    rooms: defaultdict[tuple[str, int], list[Shape]] = defaultdict(list)
    for shape in counts:
        rooms[shape.scope, len(shape.words)].append(shape)
    result: dict[Shape, Shape] = {}
    for room in rooms.values():
        if len(room) < values:
            continue
        room.sort(key=lambda shape: (-counts[shape], shape.words))
        result.update(_joined_in(room[:limit], values=values, fixed=fixed, telling=telling))
    return result


def _joined_in(
    room: Sequence[Shape], *, values: int, fixed: int, telling: frozenset[str]
) -> dict[Shape, Shape]:
    buckets: defaultdict[tuple[str, ...], list[Shape]] = defaultdict(list)
    for shape in room:
        words = shape.words
        for at, word in enumerate(words):
            if (
                word not in telling
                and _may_vary(word)
                and len(words) - 1 - _marks(words, at) >= fixed
            ):
                buckets[(*words[:at], _stem(word) + GAP, *words[at + 1 :])].append(shape)
    taken: dict[Shape, Shape] = {}
    large = [(gap, members) for gap, members in buckets.items() if len(members) >= values]
    for gap, members in sorted(large, key=lambda item: (-len(item[1]), item[0])):
        free = [shape for shape in members if shape not in taken]
        if len(free) < values:
            continue
        whole = Shape(free[0].scope, gap)
        taken.update((shape, whole) for shape in free)
    return taken


def _stem(word: str) -> str:
    """The `key=` of `key=value`: the key does not vary with its value."""
    key, mark, value = word.rpartition("=")
    return key + mark if value else ""


def _may_vary(word: str) -> bool:
    """Whether a word may be a name: what was done (`started`, `closing`, `GET`) is none."""
    if "<" in word:
        return bool(_MARK.fullmatch(word))
    return any(map(str.isalnum, word)) and not _DONE.fullmatch(word)


def _marks(words: tuple[str, ...], without: int) -> int:
    """Words that are marks or too short to say anything."""
    return sum(
        ("<" in word or not any(map(str.isalpha, word)))
        for at, word in enumerate(words)
        if at != without
    )
