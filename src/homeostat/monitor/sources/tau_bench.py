"""tau-bench: a JSON list of runs, `{task_id, trial, reward, info, traj: [messages]}` each."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from homeostat.model.event import Event, Kind, Score
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Framing, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import Grade, each_object, stem, text_of
from homeostat.monitor.parts import Parts
from homeostat.monitor.skipping import SkippingReader

CLIENT = "tau-bench"
STOP = "###STOP###"
"""How the simulated user ends a conversation."""


class Function(msgspec.Struct, gc=False):
    name: str = ""
    arguments: str = ""


class Call(msgspec.Struct, gc=False):
    id: str | None = None
    function: Function = msgspec.field(default_factory=Function)


class Message(msgspec.Struct, gc=False):
    role: str = ""
    content: msgspec.Raw = msgspec.Raw(b"null")
    tool_calls: list[Call] | None = None
    tool_call_id: str | None = None


class Run(msgspec.Struct, gc=False):
    task_id: int | str | None = None
    trial: int | str | None = None
    reward: Grade | None = None
    traj: msgspec.Raw = msgspec.Raw(b"null")


_runs = msgspec.json.Decoder(Run)
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
        for run in each_object(line, _runs):
            yield from self._run(run, offset)

    def _run(self, run: Run, place: int) -> Iterator[Event]:
        frame = Frame(CLIENT, self._run_id(run))
        conversation = _Conversation(frame, place, self._skipped)
        for index, message in _messages.of(run.traj, self._skipped):
            yield from conversation.message(message, str(index))
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
        self._waiting: defaultdict[str | None, deque[str]] = defaultdict(deque)

    def message(self, message: Message, key: str) -> Iterator[Event]:
        text = text_of(message.content)
        match message.role:
            case "user":
                kind = Kind.TURN_END if STOP in text else Kind.PROMPT
                yield self._frame.event(kind, None, key, text=text)
            case "assistant":
                if text:
                    yield self._frame.event(Kind.SAID, None, key)
                yield from self._called(message.tool_calls or ())
            case "tool":
                waiting = self._waiting[message.tool_call_id]
                if waiting:
                    yield _answered(self._frame, waiting.popleft(), text)
            case "system":
                pass
            case other:
                self._skipped[f"message {other}"] += 1

    def _called(self, calls: Iterable[Call]) -> Iterator[Event]:
        for call in calls:
            call_id = f"{self._place}:{self._calls}"
            self._calls += 1
            self._waiting[call.id].append(call_id)
            function = call.function
            yield self._frame.of_call(
                Kind.CALL, None, call_id, tool=function.name, args=function.arguments
            )


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
        return {"item.traj", "item.traj.item.role"} <= documents.keys(head)

    def framing(self, head: Sequence[bytes]) -> Framing:
        del head
        return Document()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return TauBenchReader(stem(origin.path))


source = TauBench()
