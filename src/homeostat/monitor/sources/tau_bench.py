"""tau-bench: a JSON list of runs, `{task_id, trial, reward, info, traj: [messages]}` each."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence

import msgspec

from homeostat.model.call import RUN
from homeostat.model.event import Event, Kind, Score
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Framing, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    DAMAGED,
    Grade,
    each_object,
    maybe,
    stem,
    text_of,
    written,
)
from homeostat.monitor.parts import Parts
from homeostat.monitor.skipping import SkippingReader

CLIENT = "tau-bench"
STOP = "###STOP###"
"""How the simulated user ends a conversation."""
RESPOND = "respond"
"""The action of an agent that writes its actions as words: it says something."""
OBSERVED = "API output: "
"""How the answer to such an action begins, which comes as the user's words."""
UNCALLED = "answer to no call"
_ACTION = re.compile(r"Action:\s*(\{.*)", re.DOTALL)
_NOTHING = msgspec.Raw(b"null")


class Function(msgspec.Struct, gc=False):
    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Call(msgspec.Struct, gc=False):
    id: str | int | None = None
    function: Function = msgspec.field(default_factory=Function)


class Message(msgspec.Struct, gc=False):
    role: str = ""
    content: msgspec.Raw = _NOTHING
    tool_calls: msgspec.Raw = _NOTHING
    tool_call_id: str | int | None = None


class Info(msgspec.Struct, gc=False):
    error: str | None = None
    """What stopped a run that never came to its end."""


class Run(msgspec.Struct, gc=False):
    task_id: int | str | None = None
    trial: int | str | None = None
    reward: Grade | None = None
    info: msgspec.Raw = _NOTHING
    traj: msgspec.Raw = _NOTHING


_runs = msgspec.json.Decoder(Run)
_info = msgspec.json.Decoder(Info)
_action = msgspec.json.Decoder(Function).decode
_calls = Parts(msgspec.json.Decoder(list[Call] | None), msgspec.json.Decoder(Call), "call")
_messages = Parts(
    msgspec.json.Decoder(list[Message] | None), msgspec.json.Decoder(Message), "message"
)


class TauBenchReader(SkippingReader):
    """Reads the runs of one file. Ids of calls repeat across runs: a call is `<run>:<call>`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._seen = Counter[str]()

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for run in each_object(line, _runs, self._skipped):
            yield from self._run(run, offset)

    def _run(self, run: Run, place: int) -> Iterator[Event]:
        frame = Frame(CLIENT, self._run_id(run))
        conversation = _Conversation(frame, place, self._skipped)
        for index, message in _messages.of(run.traj, self._skipped):
            yield from conversation.message(message, str(index))
        info = maybe(run.info, _info, self._skipped, name="info")
        if info and info.error:
            yield frame.event(Kind.API_ERROR, None, "error", tool=RUN, text=info.error)
        if run.reward is not None:
            score = Score(source=CLIENT, value=run.reward, decides=True)
            yield frame.event(Kind.SCORE, None, "reward", name="reward", score=score)

    def _run_id(self, run: Run) -> str:
        """`<file>:<task>:<trial>`; with a number behind it where the file repeats a trial."""
        name = f"{self._name}:{run.task_id}:{run.trial}"
        self._seen[name] += 1
        return name if self._seen[name] == 1 else f"{name}:{self._seen[name]}"


class _Conversation:
    """The messages of one run: calls are joined to answers in the order in which they were made."""

    def __init__(self, frame: Frame, place: int, skipped: Counter[str]) -> None:
        self._frame = frame
        self._place = place
        self._skipped = skipped
        self._calls = 0
        self._waiting: defaultdict[str, deque[str]] = defaultdict(deque)

    def message(self, message: Message, key: str) -> Iterator[Event]:
        text = text_of(message.content, self._skipped)
        match message.role:
            case "user" if text.startswith(OBSERVED) and self._waiting[OBSERVED]:
                observed = text.removeprefix(OBSERVED)
                yield _answered(self._frame, self._waiting[OBSERVED].popleft(), observed)
            case "user":
                kind = Kind.TURN_END if STOP in text else Kind.PROMPT
                yield self._frame.event(kind, None, key, text=text)
            case "assistant":
                if text:
                    yield self._frame.event(Kind.SAID, None, key)
                yield from self._called(message, text)
            case "tool":
                waiting = self._waiting[str(message.tool_call_id)]
                if waiting:
                    yield self._answer(waiting.popleft(), message, text)
                else:
                    self._skipped[UNCALLED] += 1
            case "system":
                pass
            case other:
                self._skipped[f"message {other}"] += 1

    def _called(self, message: Message, text: str) -> Iterator[Event]:
        calls = list(_calls.of(message.tool_calls, self._skipped))
        for _, call in calls:
            yield self._call(str(call.id), call.function)
        action = None if calls else _written_action(text)
        if action and action.name != RESPOND:
            yield self._call(OBSERVED, action)

    def _call(self, given: str, function: Function) -> Event:
        call_id = f"{self._place}:{self._calls}"
        self._calls += 1
        self._waiting[given].append(call_id)
        return self._frame.of_call(
            Kind.CALL, None, call_id, tool=function.name or "?", args=written(function.arguments)
        )

    def _answer(self, call_id: str, message: Message, text: str) -> Event:
        """What is no text is no answer of the environment: nothing is known from it."""
        if text or bytes(message.content) in (b'""', b"[]"):
            return _answered(self._frame, call_id, text)
        return self._frame.of_call(
            Kind.RESULT, None, call_id, outcome=Outcome.UNKNOWN, failure_kind="no_status",
            text=written(message.content),
        )  # fmt: skip


def _written_action(text: str) -> Function | None:
    """The action of an agent that calls no tools, but writes `Action: {"name", "arguments"}`."""
    if (found := _ACTION.search(text)) is None:
        return None
    try:
        action = _action(found[1])
    except DAMAGED:
        return None
    return action if action.name else None


def _answered(frame: Frame, call_id: str, text: str) -> Event:
    """The format marks no failure: the environment's answer then begins with `Error`."""
    is_failed = text.startswith("Error")
    return frame.of_call(
        Kind.RESULT, None, call_id,
        outcome=Outcome.ERROR if is_failed else Outcome.OK,
        failure_kind="error" if is_failed else "",
        text=text,
    )  # fmt: skip


class TauBench(Source):
    client = CLIENT
    homes = ()
    names = ("*.json",)

    def recognises(self, head: Sequence[bytes]) -> bool:
        found = documents.keys(head)
        if {"item.traj", "item.traj.item.role"} <= found:
            return True
        # The first runs may have died before their first message.
        return {"item.traj", "item.task_id", "item.trial", "item.reward"} <= found

    def framing(self, head: Sequence[bytes]) -> Framing:
        del head
        return Document()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return TauBenchReader(stem(origin.path))


source = TauBench()
