"""The edge to sources, which others may have written: whatever one does, the import goes on."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import TypeVar

import msgspec

from homeostat.model.errors import SourceError
from homeostat.model.event import Event
from homeostat.model.ports import Framing, Lines, Origin, Reader, Source, UnreadableLineError
from homeostat.monitor.mapped import MappedSource

ID_BYTES = 16
LONGEST_ID = 500
"""Characters. Ids are kept whole wherever they join what channels saw."""
MOST = 2**53
"""Beyond it no figure was counted: JSON does not hold it exactly, and a store has 64 bits."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Event).decode
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class GuardedSource:
    """A source that raises nothing but `SourceError`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.is_told = isinstance(source, MappedSource)
        """By the person, in the settings: that goes before what others recognise."""
        self.client = source.client
        self.homes = source.homes
        self.names = names_of(source)

    def recognises(self, head: Sequence[bytes]) -> bool:
        """A source that fails here does not know the file; another may."""
        try:
            return self._source.recognises(head)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's code
            _log.warning("the source %s failed to look at a file: %.200r", self.client, error)
            return False

    def framing(self, head: Sequence[bytes]) -> Framing:
        """Lines, where a source says nothing else."""
        ask = getattr(self._source, "framing", None)
        return _asked(self.client, lambda: ask(head)) if ask else Lines()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        found = _asked(self.client, lambda: self._source.reader(origin, state))
        is_ours = type(self._source).__module__.startswith("homeostat.")
        return GuardedReader(self.client, found, are_typed=is_ours)


class GuardedReader:
    """A reader that raises `UnreadableLineError` for a line and `SourceError` for the file."""

    def __init__(self, client: str, reader: Reader, *, are_typed: bool) -> None:
        self._client = client
        self._reader = reader
        self._are_typed = are_typed

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        try:
            yield from _sound(self._reader.events(line, offset), are_typed=self._are_typed)
        except UnreadableLineError:
            raise
        except (Exception, SystemExit) as error:
            raise UnreadableLineError(_failure(self._client, error)) from error

    def finish(self) -> Sequence[Event]:
        return _asked(
            self._client, lambda: tuple(_sound(self._reader.finish(), are_typed=self._are_typed))
        )

    def state(self) -> bytes:
        return _asked(self._client, self._reader.state)

    def skipped(self) -> Mapping[str, int]:
        ask = getattr(self._reader, "skipped", None)
        return _asked(self._client, ask) if ask else {}


def names_of(source: Source) -> Sequence[str]:
    """What a source's files may be called; lines of JSON where it says nothing."""
    return getattr(source, "names", Source.names)


def _asked(client: str, ask: Callable[[], _T]) -> _T:
    try:
        return ask()
    except (Exception, SystemExit) as error:
        raise SourceError(
            _failure(client, error), next_step="Repair or uninstall the package that brings it."
        ) from error


def _failure(client: str, error: BaseException) -> str:
    return f"the source {client} failed: {type(error).__name__}: {error}"


def _sound(events: Iterable[Event], *, are_typed: bool) -> Iterator[Event]:
    """The same events. Raises `TypeError`, `ValueError` for one that a store cannot keep.

    Those of ours are held to their types when they are built (`are_typed`); nothing else holds
    somebody else's code to them.
    """
    for event in events:
        found = event if are_typed else _typed(event)
        if len(found.id) != ID_BYTES:
            raise ValueError("an event's id has not 16 bytes: use event_id()")
        if len(found.run_id) > LONGEST_ID or len(found.call_id) > LONGEST_ID:
            raise ValueError("an id is longer than any client writes")
        if any("\x00" in name for name in (found.run_id, found.call_id, found.failure_kind)):
            raise ValueError("an id holds a character that ends texts")
        for figure in _figures(found):
            if not -MOST <= figure <= MOST:
                raise ValueError(f"nobody can have counted {figure:.3g}")
        yield found


def _typed(event: Event) -> Event:
    """The event as it comes through an encoder that looks at every field and every character."""
    return _decode(_encode(event))


def _figures(event: Event) -> Iterator[float]:
    if event.exit_code is not None:
        yield event.exit_code
    if event.duration_ms is not None:
        yield event.duration_ms
    if event.cost_usd is not None:
        yield event.cost_usd
    if (usage := event.usage) is not None:
        yield usage.input_tokens
        yield usage.output_tokens
        yield usage.cache_read_tokens
        yield usage.cache_creation_tokens
    if (score := event.score) is not None:
        yield score.step or 0
        yield 0 if score.value is None or isfinite(score.value) else score.value
