"""A chat-driven agent's log (`data/logs/agent.log`) and its list of things it could not do."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Framing, Lines, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import each_object, stem
from homeostat.monitor.moments import local, parsed, utc
from homeostat.monitor.skipping import SkippingReader

CLIENT = "chat-agent"
MAX_TEXT = 16_000
"""Characters of an error and the traceback that follows it."""
_RECORD = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) - (\S{1,200}) - "
    r"(DEBUG|INFO|WARNING|ERROR|CRITICAL) - (.*)",
    re.DOTALL,
)
_FAILURES = frozenset({"ERROR", "CRITICAL"})


class Gap(msgspec.Struct, gc=False):
    """An entry of `capability_backlog.json`; fields keep its names."""

    response_text: str = ""
    gap_description: str = ""
    likely_tool: str | None = None
    original_task: str = ""
    detected_at: datetime | None = None


class Held(msgspec.Struct):
    """An error whose traceback may go on in the next lines."""

    run_id: str
    at: datetime | None
    offset: int
    logger: str
    text: str


class _State(msgspec.Struct):
    held: Held | None = None


_gaps = msgspec.json.Decoder(Gap)


class ChatAgentReader(SkippingReader):
    """An error is told when the record behind it begins, or when the file ends."""

    def __init__(self, origin: Origin, state: bytes | None) -> None:
        super().__init__()
        self._file = stem(origin.path)
        self._state = msgspec.json.decode(state, type=_State) if state else _State()

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        if line.startswith(b"{"):
            for gap in each_object(line, _gaps, self._skipped):
                yield from self._gap(gap, offset)
            return
        text = line.decode("utf-8", "replace").rstrip("\r")
        found = _RECORD.match(text)
        if found is None:
            if (held := self._state.held) and len(held.text) < MAX_TEXT:
                held.text += f"\n{text}"
            return
        yield from self.finish()
        day, clock, ms, logger, level, message = found.groups()
        if level in _FAILURES:
            at = local(parsed(f"{day} {clock}.{ms}"))
            self._state.held = Held(f"{self._file} {day}", at, offset, logger, message)

    def finish(self) -> Iterator[Event]:
        held, self._state.held = self._state.held, None
        if held:
            run, call_id = Frame(CLIENT, held.run_id), f"{held.logger}@{held.offset}"
            yield run.of_call(Kind.CALL, held.at, call_id, tool=held.logger)
            yield run.of_call(
                Kind.RESULT, held.at, call_id, outcome=Outcome.ERROR, failure_kind="logged",
                text=held.text[:MAX_TEXT],
            )  # fmt: skip

    def _gap(self, gap: Gap, offset: int) -> Iterator[Event]:
        """Something that it was asked for and had no tool for."""
        at = utc(gap.detected_at)
        run = Frame(CLIENT, self._file)
        call_id = f"{at.isoformat() if at else offset} {gap.gap_description[:100]}"
        yield run.event(Kind.PROMPT, at, call_id, text=gap.original_task)
        yield run.of_call(Kind.CALL, at, call_id, tool=gap.likely_tool or "unknown")
        yield run.of_call(
            Kind.RESULT, at, call_id, outcome=Outcome.ERROR, failure_kind="capability_gap",
            text=f"{gap.gap_description}\n{gap.response_text}".strip(),
        )  # fmt: skip


class ChatAgent(Source):
    client = CLIENT
    homes = ()
    names = ("agent.log", "capability_backlog.json")

    def recognises(self, head: Sequence[bytes]) -> bool:
        if {"item.gap_description", "item.likely_tool"} <= documents.keys(head):
            return True
        return any(_RECORD.match(line.decode("utf-8", "replace")) for line in head[:20])

    def framing(self, head: Sequence[bytes]) -> Framing:
        return Document() if "item" in documents.keys(head) else Lines()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        return ChatAgentReader(origin, state)


source = ChatAgent()
