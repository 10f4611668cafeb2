"""Lists within a record, of which single elements may be damaged."""

from collections import Counter
from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from homeostat.model.ports import UnreadableLineError
from homeostat.monitor.json_lines import DAMAGED, each_object

_T = TypeVar("_T")
_pieces = msgspec.json.Decoder(list[msgspec.Raw] | None).decode


class Parts(Generic[_T]):
    """Decodes lists of one type; at once where all is sound, else one element after the other."""

    def __init__(
        self,
        whole: msgspec.json.Decoder[list[_T] | None],
        one: msgspec.json.Decoder[_T],
        name: str,
    ) -> None:
        """`name` is what an element is called when it cannot be read."""
        self._whole = whole.decode
        self._one = one
        self._name = name

    def of(self, data: msgspec.Raw, lost: Counter[str]) -> Iterator[tuple[int, _T]]:
        """Place (0-based) and value of each element that can be read; others are counted as lost,
        and fields that had to be left out.

        What is no list has no elements; null neither.
        """
        try:
            yield from enumerate(self._whole(data) or ())
        except DAMAGED:
            yield from self._each(data, lost)

    def _each(self, data: msgspec.Raw, lost: Counter[str]) -> Iterator[tuple[int, _T]]:
        try:
            pieces = _pieces(data) or ()
        except DAMAGED:
            lost[f"unreadable {self._name}"] += 1
            return
        for place, piece in enumerate(pieces):
            try:
                found = next(each_object(bytes(piece), self._one, lost))
            except (UnreadableLineError, StopIteration):
                lost[f"unreadable {self._name}"] += 1
                continue
            yield place, found
