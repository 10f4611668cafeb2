"""Readers that count what they do not know."""

from collections import Counter
from collections.abc import Mapping

from homeostat.model.ports import Reader


class SkippingReader(Reader):
    """Counts in `_skipped`, by the type of a record, what it passed over."""

    def __init__(self) -> None:
        self._skipped: Counter[str] = Counter()

    def skipped(self) -> Mapping[str, int]:
        found, self._skipped = self._skipped, Counter()
        return found
