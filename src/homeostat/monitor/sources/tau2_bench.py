"""tau2-bench: one JSON document, `{info, tasks, simulations: [{id, messages, ...}]}`.

Newer versions may keep each simulation in a file of its own, and tell those that were spoken in
ticks instead of messages.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from homeostat.model.call import RUN
from homeostat.model.event import Event, Kind, RunContext, Score, Usage
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Framing, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import (
    DAMAGED,
    Figure,
    Grade,
    each_member,
    each_object,
    maybe,
    stem,
    text_of,
    written,
)
from homeostat.monitor.moments import utc
from homeostat.monitor.parts import Parts
from homeostat.monitor.skipping import SkippingReader

CLIENT = "tau2-bench"
USER = "user"
"""The simulated user, who may have tools as well: an agent, but not the one that is tested."""
_STOPPED = frozenset({"user_stop", "agent_stop"})
_LIMITS = frozenset({"max_steps", "too_many_errors", "timeout", "context_window_exceeded"})
UNCALLED = "answer to no call"


_NOTHING = msgspec.Raw(b"null")


class Tokens(msgspec.Struct, gc=False):
    prompt_tokens: Figure | None = None
    completion_tokens: Figure | None = None


class Call(msgspec.Struct, gc=False):
    id: str | int | None = None
    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Message(msgspec.Struct, gc=False):
    role: str = ""
    content: msgspec.Raw = _NOTHING
    tool_calls: msgspec.Raw = _NOTHING
    tool_messages: msgspec.Raw = _NOTHING
    """Several answers in one."""
    id: str | int | None = None
    tool_call_id: str | int | None = None
    error: msgspec.Raw = _NOTHING
    timestamp: datetime | None = None
    usage: msgspec.Raw = _NOTHING


class Tick(msgspec.Struct, gc=False):
    """What both sides said and did in a moment of a spoken conversation."""

    timestamp: datetime | None = None
    agent_chunk: msgspec.Raw = _NOTHING
    user_chunk: msgspec.Raw = _NOTHING
    agent_tool_calls: msgspec.Raw = _NOTHING
    user_tool_calls: msgspec.Raw = _NOTHING
    agent_tool_results: msgspec.Raw = _NOTHING
    user_tool_results: msgspec.Raw = _NOTHING


class Reward(msgspec.Struct, gc=False):
    reward: Grade | None = None
    reward_breakdown: msgspec.Raw = _NOTHING


class Simulation(msgspec.Struct, gc=False):
    id: str = ""
    task_id: str | int | None = None
    trial: int | str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    termination_reason: str | None = None
    agent_cost: Grade | None = None
    reward_info: msgspec.Raw = _NOTHING
    messages: msgspec.Raw = _NOTHING
    ticks: msgspec.Raw = _NOTHING


class Agent(msgspec.Struct, gc=False):
    llm: str | None = None


class Domain(msgspec.Struct, gc=False):
    domain_name: str | None = None


class Info(msgspec.Struct, gc=False):
    git_commit: str | None = None
    agent_info: Agent | None = None
    environment_info: Domain | None = None


class Record(msgspec.Struct, gc=False):
    """The document without its simulations, or one of them; a file may be one as well."""

    messages: msgspec.Raw = _NOTHING
    ticks: msgspec.Raw = _NOTHING
    info: msgspec.Raw = _NOTHING
    simulations: msgspec.Raw = _NOTHING


_records = msgspec.json.Decoder(Record)
_runs = msgspec.json.Decoder(Simulation)
_info = msgspec.json.Decoder(Info)
_tokens = msgspec.json.Decoder(Tokens)
_grade = msgspec.json.Decoder(Grade)
_reward = msgspec.json.Decoder(Reward)
_flag = msgspec.json.Decoder(bool, strict=False).decode
_calls = Parts(msgspec.json.Decoder(list[Call] | None), msgspec.json.Decoder(Call), "call")
_ticks = Parts(msgspec.json.Decoder(list[Tick] | None), msgspec.json.Decoder(Tick), "tick")
_chunk = msgspec.json.Decoder(Message)
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
        for record in each_object(line, _records, self._skipped):
            if info := maybe(record.info, _info, self._skipped, name="info"):
                self._context = _context(info)
            if bytes(record.simulations)[:1] == b"{":
                for run in each_object(bytes(record.simulations), _runs, self._skipped):
                    # Before the first run stands the rest of the document.
                    yield from self._run(run, offset - 1)
            elif record.simulations != _NOTHING:
                self._skipped["unreadable simulation"] += 1
            elif record.messages != _NOTHING or record.ticks != _NOTHING:
                for run in each_object(line, _runs, self._skipped):
                    yield from self._run(run, offset)

    def _run(self, run: Simulation, place: int) -> Iterator[Event]:
        frame = Frame(CLIENT, self._run_id(run))
        at = utc(run.start_time)
        yield frame.event(Kind.CONTEXT, at, context=self._context)
        conversation = _Conversation(frame, place, self._skipped)
        for index, message in self._said(run):
            at = utc(message.timestamp) or at
            yield from conversation.message(message, str(index), at)
        yield from _ended(frame, run, utc(run.end_time) or at, self._skipped)

    def _said(self, run: Simulation) -> Iterator[tuple[int, Message]]:
        if run.messages != _NOTHING:
            yield from _messages.of(run.messages, self._skipped)
        else:
            yield from enumerate(_spoken_in(run.ticks, self._skipped))

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
        self._waiting: defaultdict[str, deque[tuple[str, str]]] = defaultdict(deque)

    def message(self, message: Message, key: str, at: datetime | None) -> Iterator[Event]:
        text = "" if message.role == "tool" else text_of(message.content, self._skipped)
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
                several = list(_messages.of(message.tool_messages, self._skipped))
                for _, answer in several or [(0, message)]:
                    yield from self._answers(answer, utc(answer.timestamp) or at)
            case "system":
                pass
            case other:
                self._skipped[f"message {other}"] += 1

    def _answers(self, message: Message, at: datetime | None) -> Iterator[Event]:
        if waiting := self._waiting[str(message.tool_call_id or message.id)]:
            yield self._answered(*waiting.popleft(), message, at)
        else:
            self._skipped[UNCALLED] += 1

    def _spoken(
        self, message: Message, key: str, at: datetime | None, *, agent: str
    ) -> Iterator[Event]:
        if tokens := maybe(message.usage, _tokens, self._skipped, name="usage"):
            usage = Usage(
                message_id=f"{self._frame.run_id} {key}",
                input_tokens=tokens.prompt_tokens or 0,
                output_tokens=tokens.completion_tokens or 0,
            )
            yield self._frame.event(Kind.USAGE, at, key, agent=agent, usage=usage)
        for _, call in _calls.of(message.tool_calls, self._skipped):
            call_id = f"{self._place}:{self._calls}"
            self._calls += 1
            self._waiting[str(call.id)].append((call_id, agent))
            yield self._frame.of_call(
                Kind.CALL, at, call_id, agent=agent, tool=call.name or "?",
                args=written(call.arguments),
            )  # fmt: skip

    def _answered(self, call_id: str, agent: str, message: Message, at: datetime | None) -> Event:
        text = text_of(message.content, self._skipped)
        is_failed = self._has_failed(message, text)
        kinds = {True: "error", False: "", None: "no_status"}
        return self._frame.of_call(
            Kind.RESULT, at, call_id, agent=agent, failure_kind=kinds[is_failed],
            outcome=_OUTCOMES[is_failed], text=text or written(message.content),
        )  # fmt: skip

    def _has_failed(self, message: Message, text: str) -> bool | None:
        """As it is marked. Files of older versions mark nothing: there the answer to a failed
        call begins with `Error`. A mark that is no truth value says nothing."""
        if message.error != _NOTHING:
            try:
                return _flag(message.error)
            except DAMAGED:
                self._skipped["unreadable error"] += 1
                return None
        if text or bytes(message.content) in (b'""', b"[]"):
            return text.startswith("Error")
        return None


_OUTCOMES = {True: Outcome.ERROR, False: Outcome.OK, None: Outcome.UNKNOWN}


def _spoken_in(ticks: msgspec.Raw, lost: Counter[str]) -> Iterator[Message]:
    """A spoken conversation as messages: in each tick the agent's before the user's."""
    for _, tick in _ticks.of(ticks, lost):
        sides = (
            ("assistant", tick.agent_chunk, tick.agent_tool_calls, tick.agent_tool_results),
            ("user", tick.user_chunk, tick.user_tool_calls, tick.user_tool_results),
        )
        for role, chunk, calls, results in sides:
            said = maybe(chunk, _chunk, lost, name="chunk") or Message()
            yield Message(
                role=role, content=said.content, usage=said.usage, tool_calls=calls,
                timestamp=said.timestamp or tick.timestamp,
            )  # fmt: skip
            for _, answer in _messages.of(results, lost):
                yield answer


def _ended(
    frame: Frame, run: Simulation, at: datetime | None, lost: Counter[str]
) -> Iterator[Event]:
    reason = run.termination_reason or ""
    if reason in _STOPPED:
        yield frame.event(Kind.TURN_END, at, reason)
    elif reason in _LIMITS:
        yield frame.event(Kind.LIMIT, at, reason, name=reason)
    elif reason:  # agent_error, user_error, infrastructure_error
        yield frame.event(Kind.API_ERROR, at, reason, tool=RUN, name=reason, text=reason)
    if run.agent_cost is not None:
        yield frame.event(Kind.COST, at, str(run.agent_cost), cost_usd=run.agent_cost)
    if (given := maybe(run.reward_info, _reward, lost, name="reward_info")) is None:
        return
    parts = each_member(given.reward_breakdown, _grade, lost, name="reward_breakdown")
    for name, value in parts.items():
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
        if {"simulations.item.task_id", "simulations.item.messages"} <= found:
            return True
        return {"task_id", "termination_reason"} <= found and bool({"messages", "ticks"} & found)

    def framing(self, head: Sequence[bytes]) -> Framing:
        del head
        return Document(split=("simulations",))

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return Tau2BenchReader(stem(origin.path))


source = Tau2Bench()
