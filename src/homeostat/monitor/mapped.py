"""Sources made of settings: JSON Lines whose meaning a person told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from homeostat.model import mapping as told
from homeostat.model.event import Event, Kind, RunContext, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Reader, Source
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import DAMAGED, each_object, first_object, stem
from homeostat.monitor.moments import parsed, utc
from homeostat.monitor.skipping import SkippingReader

_MILLISECONDS_FROM = 10**11
"""A larger number of a time is milliseconds: as seconds it would be in the year 5138."""
_lines = msgspec.json.Decoder(dict[str, Any])
_SINGLE = {
    "prompt": Kind.PROMPT,
    "said": Kind.SAID,
    "end": Kind.TURN_END,
    "error": Kind.LOGGED,
}
ANY = "*"


class MappedReader(SkippingReader):
    """Every line says all of itself, but for the run where only the file does."""

    def __init__(self, client: str, mapping: told.Mapping, origin: Origin) -> None:
        super().__init__()
        self._client = client
        self._mapping = mapping
        self._file = stem(origin.path)
        self._fields = [_merged(mapping.fields, record.fields) for record in mapping.records]

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for number, entry in enumerate(each_object(line, _lines, self._skipped)):
            for record, fields in zip(self._mapping.records, self._fields, strict=True):
                if all(_fits(_at(entry, path), value) for path, value in record.when.items()):
                    found = _Found(entry, fields)
                    yield from self._said(record.means, found, offset + number)
                    break
            else:
                self._skipped["line that no record of the settings fits"] += 1

    def _said(self, means: told.Means, found: "_Found", offset: int) -> Iterator[Event]:
        run = Frame(self._client, found.text("run") or self._file, agent=found.text("agent"))
        at = found.moment()
        yield from _context(run, found, at)
        fact = found.text("id") or str(offset)
        if means in _SINGLE:
            yield run.event(_SINGLE[means], at, fact, text=found.text("text"), name=means)
        elif means == "usage":
            yield from _usage(run, found, at, fact)
        if means in ("call", "done"):
            yield run.of_call(
                Kind.CALL, at, fact, tool=found.text("tool") or "unknown",
                command=found.text("command"), path=found.text("path"), args=found.json("args"),
            )  # fmt: skip
        if means in ("result", "done"):
            yield self._result(run, found, at, fact)

    def _result(self, run: Frame, found: "_Found", at: datetime | None, fact: str) -> Event:
        outcome, kind = self._judged(found)
        seconds = found.number("duration_s")
        took = found.number("duration_ms") if seconds is None else seconds * 1000
        code = found.number("exit_code")
        return run.of_call(
            Kind.RESULT, at, fact, outcome=outcome, failure_kind=kind, text=found.text("text"),
            exit_code=None if code is None else round(code),
            duration_ms=None if took is None else max(0, round(took)),
        )  # fmt: skip

    def _judged(self, found: "_Found") -> tuple[Outcome, str]:
        """By the exit code, else by what the status means; else it is not known."""
        if (code := found.number("exit_code")) is not None:
            return (Outcome.ERROR, "exit_code") if code else (Outcome.OK, "")
        status = found.value("status")
        for outcome in (Outcome.OK, Outcome.ERROR, Outcome.DENIED, Outcome.INTERRUPTED):
            words = getattr(self._mapping.statuses, outcome.value)
            if any(_fits(status, word) for word in words):
                kind = status if isinstance(status, str) else "flag"
                return outcome, "" if outcome is Outcome.OK else kind
        return Outcome.UNKNOWN, "no_status"


class _Found:
    """One line, and where in it things stand."""

    def __init__(self, entry: Mapping[str, Any], fields: told.Fields) -> None:
        self._entry = entry
        self._fields = fields

    def value(self, name: str) -> object:
        path = getattr(self._fields, name)
        return _at(self._entry, path) if path else None

    def text(self, name: str) -> str:
        value = self.value(name)
        if isinstance(value, str):
            return value
        return "" if value is None else msgspec.json.encode(value).decode()

    def json(self, name: str) -> str:
        value = self.value(name)
        return "" if value is None else msgspec.json.encode(value).decode()

    def number(self, name: str) -> float | None:
        value = self.value(name)
        if isinstance(value, bool):
            return None
        try:
            return float(cast("float", value)) if isinstance(value, int | float | str) else None
        except ValueError:
            return None

    def moment(self) -> datetime | None:
        value = self.value("time")
        try:
            if isinstance(value, str):
                return utc(parsed(value))
            if isinstance(value, int | float) and not isinstance(value, bool):
                seconds = value / 1000 if value > _MILLISECONDS_FROM else value
                return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return None


def _context(run: Frame, found: _Found, at: datetime | None) -> Iterator[Event]:
    context = RunContext(
        project=found.text("project"),
        client_version=found.text("version"),
        model=found.text("model"),
    )
    if context != RunContext():
        said = (context.project, context.client_version, context.model)
        yield run.event(Kind.CONTEXT, at, *said, context=context)


def _usage(run: Frame, found: _Found, at: datetime | None, fact: str) -> Iterator[Event]:
    usage = Usage(
        message_id=f"{run.run_id} {fact}",
        input_tokens=round(found.number("input_tokens") or 0),
        output_tokens=round(found.number("output_tokens") or 0),
    )
    yield run.event(Kind.USAGE, at, fact, str(usage.output_tokens), usage=usage)
    if (cost := found.number("cost_usd")) is not None:
        yield run.event(Kind.COST, at, fact, cost_usd=cost)


def _merged(common: told.Fields, own: told.Fields) -> told.Fields:
    given = {name: path for name, path in msgspec.structs.asdict(own).items() if path}
    return msgspec.structs.replace(common, **given)


def _at(entry: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(entry, dict):
            return None
        entry = cast("dict[str, object]", entry).get(name)
    return entry


def _fits(value: object, wanted: told.Plain) -> bool:
    if wanted == ANY:
        return value is not None
    return type(value) is type(wanted) and value == wanted


class MappedSource(Source):
    def __init__(self, client: str, mapping: told.Mapping) -> None:
        self.client = client
        self.homes = mapping.homes
        self.names = mapping.files
        self._mapping = mapping

    def recognises(self, head: Sequence[bytes]) -> bool:
        for line in head[:5]:
            try:
                entry = _lines.decode(first_object(line))
            except DAMAGED:
                continue
            if all(_at(entry, path) is not None for path in self._mapping.known_by):
                return True
        return False

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return MappedReader(self.client, self._mapping, origin)
