"""SWE-agent's trajectories (`*.traj`), and those of mini-swe-agent."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

import msgspec

from homeostat.model.event import Event, Kind, Score, Usage
from homeostat.model.files import PACKED
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Framing, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    Dollars,
    Figure,
    Seconds,
    each_object,
    maybe,
    member,
    piece,
    text_of,
    written,
)
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.sources.swe_agent.talk import SIGNS, Talk, calls, said

CLIENT = "swe-agent"
_SUFFIXES = (*PACKED, ".json", ".traj")
_TEMPLATES = (
    "Your proposed edit has introduced new syntax error",
    "Your bash command contained syntax errors",
    "Your output could not be parsed",
    "EXECUTION TIMED OUT",
    "COMMAND TIMED OUT",
    "Interactive operation",
    "Your command was blocked",
)
"""How the tool's own refusals begin; nothing else says how a step came out."""
_CANCELLED = "was cancelled because it took more than"
_TEMPLATE_CHARACTERS = 300
_LIMITS = ("exit_cost", "exit_context", "exit_format", "LimitsExceeded", "exit_total_execution")
_NULL = msgspec.Raw(b"null")


class Step(msgspec.Struct, gc=False):
    action: str | None = None
    observation: str | None = None
    response: str | None = None
    execution_time: Seconds | None = None


class Message(msgspec.Struct, gc=False):
    role: str = ""
    content: msgspec.Raw = _NULL
    agent: str | None = None
    action: str | None = None
    tool_calls: msgspec.Raw = _NULL
    tool_call_ids: list[str] | None = None
    is_demo: bool | None = None


class Stats(msgspec.Struct, gc=False):
    instance_cost: Dollars | None = None
    tokens_sent: Figure | None = None
    tokens_received: Figure | None = None


class Info(msgspec.Struct, gc=False):
    exit_status: str | None = None
    model_stats: msgspec.Raw = _NULL


class Record(Message, gc=False):
    """A document without its lists, an element of one of them, or a message of a plain list."""

    trajectory: msgspec.Raw = _NULL
    history: msgspec.Raw = _NULL
    messages: msgspec.Raw = _NULL
    info: msgspec.Raw = _NULL


_records = msgspec.json.Decoder(Record)
_step = msgspec.json.Decoder(Step)
_message = msgspec.json.Decoder(Message)
_info = msgspec.json.Decoder(Info)
_stats = msgspec.json.Decoder(Stats)


class SweAgentReader(SkippingReader):
    """The steps are the calls; where there are none, those that the history's messages make."""

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self._run = Frame(CLIENT, _run_id(origin.path))
        self._calls = 0
        self._is_stepped = False
        self._is_prompted = False
        self._waiting: dict[str, None] = {}
        """Calls of a history without an answer yet, in their order."""
        self._talk = Talk(self._run, self._skipped)

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for record in each_object(line, _records, self._skipped):
            if _is_object(record.trajectory):
                self._is_stepped = True
                yield from self._step(piece(record.trajectory, _step, self._skipped), offset)
            elif _is_object(record.history):
                yield from self._of_history(piece(record.history, _message, self._skipped), offset)
            elif _is_object(record.messages):
                message = piece(record.messages, said, self._skipped)
                yield from self._talk.message(message, offset)
            elif record.role:
                message = piece(line, said, self._skipped)
                yield from self._talk.message(message, offset)
            else:
                self._count_odd(record)
                yield from self._told(record)

    def _count_odd(self, record: Record) -> None:
        parts = {
            "step": record.trajectory, "message": record.history, "word": record.messages,
        }  # fmt: skip
        for name, raw in parts.items():
            if raw != _NULL:
                self._skipped[f"unreadable {name}"] += 1

    def finish(self) -> Iterator[Event]:
        """The calls of a history that nothing answered: it says as little of them as of others."""
        for call_id in self._waiting:
            yield self._unknown(call_id, "")
        self._waiting = {}

    def _told(self, record: Record) -> Iterator[Event]:
        info = maybe(record.info, _info, self._skipped, name="info") or Info()
        if stats := maybe(info.model_stats, _stats, self._skipped, name="model_stats"):
            sent, received = stats.tokens_sent or 0, stats.tokens_received or 0
            usage = Usage(message_id="", input_tokens=sent, output_tokens=received)
            yield self._run.event(Kind.USAGE, None, str(sent), str(received), usage=usage)
            if stats.instance_cost:  # replays cost nothing
                cost = stats.instance_cost
                yield self._run.event(Kind.COST, None, str(cost), cost_usd=cost)
        if status := info.exit_status:
            score = Score(source=CLIENT, label=status)
            yield self._run.event(Kind.SCORE, None, status, name="exit_status", score=score)
            if any(limit in status for limit in _LIMITS):
                yield self._run.event(Kind.LIMIT, None, status, name=status)

    def _step(self, step: Step, offset: int) -> Iterator[Event]:
        if (step.response or "").strip():
            yield self._run.event(Kind.SAID, None, str(offset))
        action = (step.action or "").strip()
        if not action:
            return
        call_id = self._id()
        yield self._run.of_call(
            Kind.CALL, None, call_id, tool=action.split(maxsplit=1)[0], command=action
        )
        seen, took = step.observation or "", step.execution_time
        duration_ms = round(took * 1000) if took and 0 < took < _LONGEST_S else None
        if _is_refusal(seen.lstrip()):
            yield self._run.of_call(
                Kind.RESULT, None, call_id, outcome=Outcome.ERROR, failure_kind="template",
                text=seen, duration_ms=duration_ms,
            )  # fmt: skip
        else:
            yield self._unknown(call_id, seen, duration_ms=duration_ms)

    def _unknown(self, call_id: str, text: str, *, duration_ms: int | None = None) -> Event:
        return self._run.of_call(
            Kind.RESULT, None, call_id, outcome=Outcome.UNKNOWN, failure_kind="no_status",
            text=text, duration_ms=duration_ms,
        )  # fmt: skip

    def _id(self, given: str = "") -> str:
        """The format's own; most calls have none, and are named by their place among all."""
        self._calls += 1
        return given if given and "REDACTED" not in given else f"#{self._calls - 1}"

    def _of_history(self, message: Message, offset: int) -> Iterator[Event]:
        """What the model was shown: of a run with steps only the task is told here."""
        if message.is_demo:  # another run, shown as an example
            return
        if message.role == "user":
            yield from self._prompt(message, offset)
        elif not self._is_stepped:
            yield from self._asked(message, offset)

    def _prompt(self, message: Message, offset: int) -> Iterator[Event]:
        """The task; the later messages of the user are answers of tools."""
        if not self._is_prompted:
            self._is_prompted = True
            text = text_of(message.content)
            yield self._run.event(Kind.PROMPT, None, str(offset), text=text)

    def _asked(self, message: Message, offset: int) -> Iterator[Event]:
        if message.role == "assistant" and text_of(message.content).strip():
            yield self._run.event(Kind.SAID, None, str(offset))
        for _, call in calls.of(message.tool_calls, self._skipped):
            call_id = self._id(call.id)
            self._waiting[call_id] = None
            arguments = written(call.function.arguments)
            yield self._run.of_call(
                Kind.CALL, None, call_id, tool=call.function.name or "?",
                command=message.action or "", args=arguments, path=member(arguments, "path"),
            )  # fmt: skip
        if message.role == "tool":
            for call_id in message.tool_call_ids or ():
                if call_id in self._waiting:
                    self._waiting.pop(call_id)
                    yield self._unknown(call_id, text_of(message.content))


_LONGEST_S = 10_000_000


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(raw)[:1] == b"{"


def _is_refusal(observation: str) -> bool:
    return observation.startswith(_TEMPLATES) or _CANCELLED in observation[:_TEMPLATE_CHARACTERS]


def _run_id(path: str) -> str:
    """The file's name, behind that of the folder which tells this run from others of its task.

    SWE-agent puts each trajectory into a folder of the same name; that says nothing.
    """
    place = PurePath(path)
    name = place.name
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    folder = place.parent
    while folder.name == name:
        folder = folder.parent
    return f"{folder.name}/{name}" if folder.name else name


class SweAgent(Source):
    client = CLIENT
    homes = ()
    names = ("*.traj", "*.json")

    def recognises(self, head: Sequence[bytes]) -> bool:
        keys = documents.keys(head)
        if "trajectory.item.action" in keys and "trajectory.item.observation" in keys:
            return True
        if {"history.item.role", "history.item.content", "history.item.agent"} <= keys:
            return True
        talks = ({"item.role", "item.content"}, {"messages.item.role", "messages.item.content"})
        return any(talk <= keys for talk in talks) and any(
            sign in line for line in head for sign in SIGNS
        )

    def framing(self, head: Sequence[bytes]) -> Framing:
        del head
        return Document(split=("trajectory", "history", "messages"))

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state  # a document is read anew
        return SweAgentReader(origin)


source = SweAgent()
