"""Files of calls for replays: one JSON object a line, as the simulator's files, `homeostat calls
--json` and plain exports have them. What a replay needs and a line does not have, it leaves out."""

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from homeostat.model.signature import ErrorClass
from homeostat.model.simulated import Checked, Failure, KeyedCall, TimedCall, Tried

COMPARED_CHARACTERS = 300
"""Of a command: the store keeps so much of one that worked, and more of one that failed."""


class ReplayCall(msgspec.Struct, kw_only=True):
    """A call with the names that either of the formats has."""

    run_id: str = ""
    tool: str = ""
    agent: str = ""
    ok: bool | None = None
    outcome: str = ""
    error_type: str | None = None
    error_class: str | None = None
    signature: str | None = None
    ts: datetime | None = None
    started_at: datetime | None = None
    duration_ms: float | None = None
    limit_ms: float | None = None
    command: str = ""
    path: str = ""
    input: msgspec.Raw = msgspec.Raw(b"")
    result: msgspec.Raw = msgspec.Raw(b"")

    @property
    def has_worked(self) -> bool | None:
        if self.outcome:
            return {"ok": True, "error": False}.get(self.outcome)
        return self.ok

    @property
    def at_s(self) -> float | None:
        moment = self.ts or self.started_at
        return moment.timestamp() if moment else None

    @property
    def was_cut(self) -> bool:
        return self.has_worked is False and ErrorClass.TIMEOUT.value in {
            self.error_type,
            self.error_class,
        }

    @property
    def asked(self) -> bytes:
        """What the tool was asked, as JSON: the input, or the command and the file that
        `homeostat calls` tells instead; empty where the line has none of them."""
        told = {"command": self.command[:COMPARED_CHARACTERS], "path": self.path}
        known = {name: text for name, text in told.items() if text}
        return bytes(self.input) or (msgspec.json.encode(known) if known else b"")

    @property
    def is_same_as(self) -> tuple[str, bytes]:
        return self.tool, self.asked


class Calls(NamedTuple):
    found: list[ReplayCall]
    bad_lines: int


def calls(lines: Iterable[bytes], *, tool: str = "") -> Calls:
    """The calls of a tool, or all, in the order of the file."""
    decoder = msgspec.json.Decoder(ReplayCall)
    found: list[ReplayCall] = []
    bad = 0
    for line in lines:
        try:
            call = decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            bad += bool(line.strip())
            continue
        if call.tool and tool in ("", call.tool):
            found.append(call)
    return Calls(found, bad)


def timed(found: Iterable[ReplayCall], *, limit_ms: float) -> Iterator[TimedCall]:
    """Of a call without a limit of its own: `limit_ms` where it was cut, and none where it ended
    later than that."""
    for call in found:
        if call.duration_ms is None or call.has_worked is None:
            continue
        usual = limit_ms if call.was_cut or call.duration_ms <= limit_ms else math.inf
        limit = usual if call.limit_ms is None else call.limit_ms
        yield TimedCall(call.duration_ms, limit, call.was_cut)


def failures(found: Iterable[ReplayCall], *, signature: str = "") -> Iterator[Failure]:
    """The first failure of each signature in each run, with the call of the tool that followed."""
    before: dict[tuple[str, str], ReplayCall] = {}
    seen: set[tuple[str, str | None]] = set()
    for call in found:
        place = call.run_id, call.tool
        first = before.pop(place, None)
        if first is not None:
            is_same = first.is_same_as == call.is_same_as
            yield Failure(is_same, call.has_worked if is_same else None)
        is_wanted = call.has_worked is False and signature in ("", call.signature)
        if is_wanted and (call.run_id, call.signature) not in seen:
            seen.add((call.run_id, call.signature))
            before[place] = call
    for _ in before:
        yield Failure(was_retried=False, has_worked=None)


def arrivals(found: Iterable[ReplayCall]) -> Iterator[float]:
    return (call.at_s for call in found if call.at_s is not None)


def tried(found: Iterable[ReplayCall], *, first: str, other: str) -> Iterator[Tried]:
    """Failures of tool `first`, and what `other` did right after in the same run."""
    before: dict[str, ReplayCall] = {}
    for call in found:
        failed = before.pop(call.run_id, None)
        if failed is not None:
            yield Tried(failed.agent, call.has_worked if call.tool == other else None)
        if call.tool == first and call.has_worked is False:
            before[call.run_id] = call
    for failed in before.values():
        yield Tried(failed.agent, None)


def checked(found: Iterable[ReplayCall], refuses: Callable[[str], bool]) -> Iterator[Checked]:
    for call in found:
        if call.has_worked is not None and call.asked:
            yield Checked(refuses(call.asked.decode("utf-8", "replace")), not call.has_worked)


def keyed(found: Iterable[ReplayCall]) -> Iterator[KeyedCall]:
    for call in found:
        if call.at_s is not None and call.input and call.has_worked:
            key = f"{call.tool} {bytes(call.input)!r}"
            yield KeyedCall(key, call.at_s, repr(bytes(call.result)))
