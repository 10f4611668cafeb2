"""What spans say of a run. One failure marks several spans: only that of the tool is the call."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from homeostat.model.event import Channel, Event, Kind, RunContext, Score, Usage
from homeostat.model.ids import CallId
from homeostat.model.outcome import Outcome
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import DAMAGED, member
from homeostat.monitor.sources.otel import span as names
from homeostat.monitor.sources.otel.span import Part, Span, part

CLIENT = "otel"
SPANS = "spans"
"""Who says that a step failed, where no call did."""
CLIENTS = {
    "claude-code": "claude-code", "codex_exec": "codex", "codex_cli_rs": "codex",
    "codex-cli": "codex", "gemini-cli": "gemini-cli",
}  # fmt: skip
"""Services whose own histories are read as well. Their calls are joined by id; all else that
their spans say stands in the histories, and would count twice."""
_GEMINI_FAILED = re.compile(r'\{"status":"(error|cancelled)"')
"""Gemini CLI's spans of failed calls have the status ok; the answer says otherwise."""
_SHELL = "run_shell_command"
"""Of Gemini CLI: its spans have the status ok whatever the command's exit code was."""
_MOST = 2**53
"""Beyond it nobody has counted."""
_EVALUATION = "gen_ai.evaluation.result"


def facts(span: Span, run_id: str, skipped: Counter[str]) -> Iterator[Event]:
    """The events of one span of a run."""
    client = CLIENTS.get(span.service)
    frame = Frame(client or CLIENT, run_id, channel=Channel.TELEMETRY)
    kind = part(span)
    if kind is None:
        skipped[f"span {span.text(names.KIND, names.OPERATION)}"] += 1
    if span.in_call and not span.text(*names.CALL_ID):
        kind = Part.OTHER
    if kind is Part.TOOL or span.text(*names.CALL_ID):
        yield from _call(frame, span, is_begun=kind is Part.TOOL)
    elif client is None:
        yield from _step(frame, span, kind or Part.OTHER)


def _call(frame: Frame, span: Span, *, is_begun: bool) -> Iterator[Event]:
    """A call and its answer; where the execution is a span of its own, the answer alone."""
    is_named = span.text(names.OPERATION) or not span.text(names.KIND)
    call_id = (span.text(*names.CALL_ID) if is_named else "") or span.span_id
    agent = span.text("agent_id")
    if is_begun:
        arguments = span.text(*names.ARGUMENTS) or _json(span, *names.ARGUMENTS)
        given = _named_arguments(arguments)
        yield frame.of_call(
            Kind.CALL, span.began, call_id, agent=agent,
            tool=span.text(*names.TOOL_NAME) or span.name, args=arguments,
            command=span.text(names.COMMAND) or member(given, "command", "cmd"),
            path=span.text("file_path") or member(given, "file_path", "path"),
        )  # fmt: skip
    outcome, kind = _judged(span)
    text = _answer(span)
    if outcome is not Outcome.UNKNOWN or text:
        yield frame.of_call(
            Kind.RESULT, span.ended, call_id, agent=agent, outcome=outcome, failure_kind=kind,
            duration_ms=span.duration_ms, text=text,
        )  # fmt: skip


def _judged(span: Span) -> tuple[Outcome, str]:
    """An open status says nothing: instruments leave it open after success, and some always."""
    told = span.flag("success")
    if span.is_error:
        return Outcome.ERROR, "status"
    if span.text(names.ERROR_TYPE):
        return Outcome.ERROR, "error_type"
    if told is False:
        return Outcome.ERROR, "flag"
    if found := _GEMINI_FAILED.match(span.text("gen_ai.output.messages")):
        is_error = found[1] == "error"
        return (Outcome.ERROR, "status") if is_error else (Outcome.INTERRUPTED, "cancelled")
    if CLIENTS.get(span.service) == "gemini-cli" and span.text(*names.TOOL_NAME) == _SHELL:
        return Outcome.UNKNOWN, "no_status"
    return (Outcome.OK, "") if span.is_ok or told else (Outcome.UNKNOWN, "no_result")


def _answer(span: Span) -> str:
    if span.is_error or span.text(names.ERROR_TYPE):
        return _failure(span)
    return span.text(*names.ANSWER) or _json(span, *names.ANSWER) or span.text("error")


def _failure(span: Span) -> str:
    """Status, else the exception that was thrown, else the type of the error."""
    said = span.message or span.text("error", "error.message", "exception.message")
    for event in span.happened:
        if not said and event.name.endswith("exception"):
            words = (event.attributes.get(f"exception.{part_}") for part_ in ("type", "message"))
            said = ": ".join(str(word) for word in words if word)
    return said or span.text(names.ERROR_TYPE)


def _step(frame: Frame, span: Span, kind: Part) -> Iterator[Event]:
    """What is no call: the model's words, an agent's start and end, a step that failed."""
    context = RunContext(
        project=span.service, client_version=span.version,
        model=span.text(*names.MODEL) if kind is Part.LLM else "",
    )  # fmt: skip
    if any(msgspec.structs.astuple(context)):
        told = msgspec.structs.astuple(context)
        yield frame.event(Kind.CONTEXT, span.began, *told, context=context)
    if kind is Part.AGENT:
        yield from _agent(frame, span)
    elif kind is Part.LLM:
        yield from _model(frame, span)
    elif span.is_error:
        yield _failed(frame, span, kind)
    for index, event in enumerate(span.happened):
        if event.name == _EVALUATION:
            yield _evaluated(frame, span, event.attributes, index)


def _agent(frame: Frame, span: Span) -> Iterator[Event]:
    name = span.text(*names.AGENT_NAME) or span.name
    yield frame.event(Kind.SPAWN, span.began, span.span_id, name=name)
    if not span.in_agent:
        if task := _task(span):
            yield frame.event(Kind.PROMPT, span.began, span.span_id, text=task)
        if not span.is_error:
            yield frame.event(Kind.TURN_END, span.ended, span.span_id)
    if span.is_error:
        yield _failed(frame, span, Part.AGENT)


def _task(span: Span) -> str:
    """What an agent was asked to do: a text, or a member of what it was called with."""
    given = span.text("input.value", "user_prompt", "gen_ai.input.messages")
    return member(given, "task", "input", "query", "question", "prompt") or given


def _model(frame: Frame, span: Span) -> Iterator[Event]:
    usage = Usage(
        message_id=f"{frame.run_id} {span.span_id}",
        input_tokens=span.number(*names.INPUT),
        output_tokens=span.number(*names.OUTPUT),
        cache_read_tokens=span.number(*names.CACHE_READ),
        cache_creation_tokens=span.number(*names.CACHE_CREATION),
    )
    if any(msgspec.structs.astuple(usage)[1:]):
        yield frame.event(Kind.USAGE, span.ended, span.span_id, usage=usage)
    if span.is_error:
        status = span.text(names.ERROR_TYPE)
        failure = _failure(span)
        yield frame.event(Kind.API_ERROR, span.ended, span.span_id, name=status, text=failure)
    else:
        yield frame.event(Kind.SAID, span.ended, span.span_id)


def _failed(frame: Frame, span: Span, kind: Part) -> Event:
    """A step in error is no call; a whole trace in error did not come out well."""
    is_all = not span.parent_id
    failed = frame.event(
        Kind.SCORE, span.ended, SPANS, span.span_id, name=kind.value, text=_failure(span),
        score=Score(source=SPANS, value=0.0, label="error", decides=is_all),
    )  # fmt: skip
    return msgspec.structs.replace(failed, call_id=CallId(span.span_id))


def _evaluated(frame: Frame, span: Span, said: Mapping[str, object], index: int) -> Event:
    value = said.get("gen_ai.evaluation.score.value")
    evaluated = frame.event(
        Kind.SCORE, span.ended, _EVALUATION, span.span_id, str(index),
        name=str(said.get("gen_ai.evaluation.name") or "evaluation"),
        text=str(said.get("gen_ai.evaluation.explanation") or ""),
        score=Score(
            source="gen_ai.evaluation",
            value=float(value) if isinstance(value, int | float) and abs(value) <= _MOST else None,
            label=str(said.get("gen_ai.evaluation.score.label") or ""),
        ),
    )  # fmt: skip
    return msgspec.structs.replace(evaluated, call_id=CallId(span.span_id))


def _json(span: Span, *attributes: str) -> str:
    """An attribute that is an object, as JSON text."""
    found: Any = next((v for name in attributes if (v := span.attributes.get(name))), None)
    return json.dumps(found, ensure_ascii=False) if isinstance(found, dict | list) else ""


class _Wrapped(msgspec.Struct, gc=False):
    kwargs: msgspec.Raw = msgspec.Raw(b"")


_wrapped = msgspec.json.Decoder(_Wrapped).decode


def _named_arguments(arguments: str) -> str:
    """Some instruments write `{"args": [], "kwargs": {...}}` for what a function was given."""
    try:
        kwargs = _wrapped(arguments).kwargs
    except DAMAGED:
        return arguments
    return bytes(kwargs).decode("utf-8", "replace") if kwargs else arguments
