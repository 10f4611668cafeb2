"""Failures of no known class that say much the same: candidates for one group, or a new rule."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from homeostat.model.signature import ErrorClass
from homeostat.model.views import FailureGroup

MOST_COMPARED = 150
ALIKE = 0.6
"""Jaccard similarity of the words of two lines; measured on variants of one message, whose names
and numbers differ, it lies between .6 and .9, on others of the same tool below .4."""
LEAST_WORDS = 3
"""Two lines with fewer words in common share a form, not a cause."""
_WORD = re.compile(r"[A-Za-z_]{2,40}")


class Alike(NamedTuple):
    words: tuple[str, ...]
    """Those that all of them have, in the order of the first."""
    signatures: tuple[str, ...]
    """The most frequent first."""
    failures: int


def alike(groups: Sequence[FailureGroup]) -> list[Alike]:
    """Clusters of at least two groups of class unknown and of one tool, the most failures first."""
    unknown = [g for g in groups if g.error_class == ErrorClass.UNKNOWN]
    ranked = sorted(unknown, key=lambda g: (-g.failures, g.signature))[:MOST_COMPARED]
    clusters: list[list[tuple[FailureGroup, frozenset[str]]]] = []
    for group in ranked:
        words = frozenset(_words(group.line))
        for cluster in clusters:
            first, theirs = cluster[0]
            if first.tool == group.tool and _similar(words, theirs):
                cluster.append((group, words))
                break
        else:
            clusters.append([(group, words)])
    found = [_told(cluster) for cluster in clusters if len(cluster) > 1]
    return sorted(found, key=lambda item: (-item.failures, item.signatures))


def _similar(one: frozenset[str], other: frozenset[str]) -> bool:
    common = len(one & other)
    return common >= LEAST_WORDS and common >= ALIKE * len(one | other)


def _told(cluster: Sequence[tuple[FailureGroup, frozenset[str]]]) -> Alike:
    first, common = cluster[0]
    for _, words in cluster:
        common = common & words  # a frozenset is not changed in place
    return Alike(
        words=tuple(dict.fromkeys(word for word in _words(first.line) if word in common)),
        signatures=tuple(group.signature for group, _ in cluster),
        failures=sum(group.failures for group, _ in cluster),
    )


def _words(line: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(line[:500])]
