"""tau2-bench: one JSON document, `{info, tasks, simulations: [{id, messages, ...}]}`."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.event import Event, Kind, RunContext, Score, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Framing, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    Figure,
    Grade,
    each_member,
    each_object,
    maybe,
    stem,
    text_of,
)
from homeostat.monitor.moments import utc
from homeostat.monitor.parts import Parts
from homeostat.monitor.skipping import SkippingReader

CLIENT = "tau2-bench"
USER = "user"
"""The simulated user, who may have tools as well: an agent, but not the one that is tested."""
_STOPPED = frozenset({"user_stop", "agent_stop"})
_LIMITS = frozenset({"max_steps", "too_many_errors", "timeout"})


_NOTHING = msgspec.Raw(b"null")


class Tokens(msgspec.Struct, gc=False):
    prompt_tokens: Figure | None = None
    completion_tokens: Figure | None = None


class Call(msgspec.Struct, gc=False):
    id: str | None = None
    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Message(msgspec.Struct, gc=False):
    role: str = ""
    content: msgspec.Raw = _NOTHING
    tool_calls: list[Call] | None = None
    id: str | None = None
    tool_call_id: str | None = None
    error: bool | None = None
    timestamp: datetime | None = None
    usage: msgspec.Raw = _NOTHING


class Reward(msgspec.Struct, gc=False):
    reward: Grade | None = None
    reward_breakdown: msgspec.Raw = _NOTHING


class Simulation(msgspec.Struct, gc=False):
    id: str = ""
    task_id: str | int | None = None
    trial: int | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    termination_reason: str | None = None
    agent_cost: Grade | None = None
    reward_info: msgspec.Raw = _NOTHING
    messages: msgspec.Raw = _NOTHING


class Agent(msgspec.Struct, gc=False):
    llm: str | None = None


class Domain(msgspec.Struct, gc=False):
    domain_name: str | None = None


class Info(msgspec.Struct, gc=False):
    git_commit: str | None = None
    agent_info: Agent | None = None
    environment_info: Domain | None = None


class Record(msgspec.Struct, gc=False):
    """The document without its simulations, or one of them."""

    info: msgspec.Raw = _NOTHING
    simulations: msgspec.Raw = _NOTHING


_records = msgspec.json.Decoder(Record)
_runs = msgspec.json.Decoder(Simulation)
_info = msgspec.json.Decoder(Info)
_tokens = msgspec.json.Decoder(Tokens)
_grade = msgspec.json.Decoder(Grade)
_reward = msgspec.json.Decoder(Reward)
_messages = Parts(
    msgspec.json.Decoder(list[Message] | None), msgspec.json.Decoder(Message), "message"
)


class Tau2BenchReader(SkippingReader):
    """Reads the runs of one file. Ids of calls repeat across runs: a call is `<run>:<call>`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._context = RunContext()
        self._seen = Counter[str]()

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for record in each_object(line, _records):
            if info := maybe(record.info, _info):
                self._context = _context(info)
            if bytes(record.simulations) != b"null":
                for run in each_object(bytes(record.simulations), _runs):
                    # Before the first run stands the rest of the document.
                    yield from self._run(run, offset - 1)

    def _run(self, run: Simulation, place: int) -> Iterator[Event]:
        frame = Frame(CLIENT, self._run_id(run))
        at = utc(run.start_time)
        yield frame.event(Kind.CONTEXT, at, context=self._context)
        conversation = _Conversation(frame, place, self._skipped)
        for index, message in _messages.of(run.messages, self._skipped):
            at = utc(message.timestamp) or at
            yield from conversation.message(message, index, at)
        yield from _ended(frame, run, utc(run.end_time) or at)

    def _run_id(self, run: Simulation) -> str:
        """Its id; with a number behind it where the file repeats one."""
        name = run.id or f"{self._name}:{run.task_id}:{run.trial}"
        self._seen[name] += 1
        return name if self._seen[name] == 1 else f"{name}:{self._seen[name]}"


class _Conversation:
    """The messages of one run: calls are joined to answers in the order in which they were made."""

    def __init__(self, frame: Frame, place: int, skipped: Counter[str]) -> None:
        self._frame = frame
        self._place = place
        self._skipped = skipped
        self._calls = 0
        self._waiting: defaultdict[str | None, deque[tuple[str, str]]] = defaultdict(deque)

    def message(self, message: Message, index: int, at: datetime | None) -> Iterator[Event]:
        text, key = text_of(message.content), str(index)
        match message.role:
            case "user":
                if text:
                    yield self._frame.event(Kind.PROMPT, at, key, text=text)
                yield from self._spoken(message, key, at, agent=USER)
            case "assistant":
                if text:
                    yield self._frame.event(Kind.SAID, at, key)
                yield from self._spoken(message, key, at, agent="")
            case "tool":
                waiting = self._waiting[message.tool_call_id or message.id]
                if waiting:
                    yield _answered(self._frame, *waiting.popleft(), message, text, at)
            case "system":
                pass
            case other:
                self._skipped[f"message {other}"] += 1

    def _spoken(
        self, message: Message, key: str, at: datetime | None, *, agent: str
    ) -> Iterator[Event]:
        if tokens := maybe(message.usage, _tokens):
            usage = Usage(
                message_id=f"{self._frame.run_id} {key}",
                input_tokens=tokens.prompt_tokens or 0,
                output_tokens=tokens.completion_tokens or 0,
            )
            yield self._frame.event(Kind.USAGE, at, key, agent=agent, usage=usage)
        for call in message.tool_calls or ():
            call_id = f"{self._place}:{self._calls}"
            self._calls += 1
            self._waiting[call.id].append((call_id, agent))
            yield self._frame.of_call(
                Kind.CALL, at, call_id, agent=agent, tool=call.name,
                args=bytes(call.arguments).decode(),
            )  # fmt: skip


def _answered(
    frame: Frame, call_id: str, agent: str, message: Message, text: str, at: datetime | None
) -> Event:
    """Files of older versions have no `error`: the answer to a failed call begins with `Error`."""
    is_failed = text.startswith("Error") if message.error is None else message.error
    return frame.of_call(
        Kind.RESULT, at, call_id, agent=agent,
        outcome=Outcome.ERROR if is_failed else Outcome.OK,
        failure_kind="error" if is_failed else "",
        text=text,
    )  # fmt: skip


def _ended(frame: Frame, run: Simulation, at: datetime | None) -> Iterator[Event]:
    reason = run.termination_reason or ""
    if reason in _STOPPED:
        yield frame.event(Kind.TURN_END, at, reason)
    elif reason in _LIMITS:
        yield frame.event(Kind.LIMIT, at, reason, name=reason)
    elif reason:  # agent_error, user_error, infrastructure_error
        yield frame.event(Kind.API_ERROR, at, reason, name=reason, text=reason)
    if run.agent_cost is not None:
        yield frame.event(Kind.COST, at, str(run.agent_cost), cost_usd=run.agent_cost)
    if (given := maybe(run.reward_info, _reward)) is None:
        return
    for name, value in each_member(given.reward_breakdown, _grade).items():
        score = Score(source=CLIENT, value=value)
        yield frame.event(Kind.SCORE, at, name, name=name, score=score)
    if given.reward is not None:
        score = Score(source=CLIENT, value=given.reward, label=reason, decides=True)
        yield frame.event(Kind.SCORE, at, "reward", name="reward", score=score)


def _context(info: Info) -> RunContext:
    return RunContext(
        project=(info.environment_info and info.environment_info.domain_name) or "",
        client_version=info.git_commit or "",
        model=(info.agent_info and info.agent_info.llm) or "",
    )


class Tau2Bench(Source):
    client = CLIENT
    homes = ()
    names = ("*.json",)

    def recognises(self, head: Sequence[bytes]) -> bool:
        found = documents.keys(head)
        if {"info.agent_info", "info.environment_info"} <= found:
            return bool({"info.num_trials", "info.user_info"} & found)
        if {"tasks.item.user_scenario", "tasks.item.evaluation_criteria"} <= found:
            return "item" not in found
        return {"simulations.item.task_id", "simulations.item.messages"} <= found

    def framing(self, head: Sequence[bytes]) -> Framing:
        del head
        return Document(split=("simulations",))

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return Tau2BenchReader(stem(origin.path))


source = Tau2Bench()
