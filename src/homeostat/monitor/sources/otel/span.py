"""A span, whichever form it was written in, and what its attributes are called."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec


class Part(StrEnum):
    """What of an agent's work a span is."""

    TOOL = "TOOL"
    LLM = "LLM"
    AGENT = "AGENT"
    CHAIN = "CHAIN"
    OTHER = "none"


class Happened(msgspec.Struct, frozen=True):
    """An event within a span."""

    name: str
    attributes: Mapping[str, object]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    trace_id: str
    span_id: str
    parent_id: str
    name: str
    began: datetime | None
    ended: datetime | None
    duration_ms: int | None
    is_error: bool
    is_ok: bool
    """Neither is most often: instruments leave it open when nothing was thrown."""
    message: str
    attributes: Mapping[str, object]
    happened: Sequence[Happened] = ()
    service: str = ""
    version: str = ""
    in_agent: bool = False
    """Whether a span of an agent is around it, as far as the record tells."""
    in_call: bool = False
    """Whether it is the transport of a call that has a span of its own around it."""

    def text(self, *names: str) -> str:
        """The first of these attributes that is a text and not empty."""
        found = (self.attributes.get(name) for name in names)
        return next((value for value in found if isinstance(value, str) and value), "")

    def number(self, *names: str) -> int:
        """The first of these attributes that is a count, also as a text; 0 if there is none."""
        for name in names:
            value = self.attributes.get(name)
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, str) and _COUNT.fullmatch(value):
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST:
                return value
        return 0

    def flag(self, name: str) -> bool | None:
        """A truth value, also as a text."""
        return _FLAGS.get(str(self.attributes.get(name)).lower())


_COUNT = re.compile(r"\d{1,16}")
_MOST = 2**53
_FLAGS = {"true": True, "false": False}

RUN = ("session.id", "gen_ai.conversation.id")
"""Claude Code's subagents have a conversation of their own in the session."""
KIND = "openinference.span.kind"
OTHER_KINDS = ("traceloop.span.kind", "ai.operationId")
"""Of instruments that are older than the conventions: OpenLLMetry, the AI SDK."""
OPERATION = "gen_ai.operation.name"
MCP = "mcp.method.name"
"""Of a request to an MCP server: within the call that it is made for."""
TOOL_NAME = (
    "tool.name", "gen_ai.tool.name", "tool_name", "ai.toolCall.name", "traceloop.entity.name",
)  # fmt: skip
CALL_ID = ("gen_ai.tool.call.id", "gen_ai.tool.call_id", "ai.toolCall.id")
ARGUMENTS = (
    "gen_ai.tool.call.arguments", "input.value", "tool.parameters", "tool_arguments",
    "ai.toolCall.args", "traceloop.entity.input",
)  # fmt: skip
ANSWER = (
    "gen_ai.tool.call.result", "output.value", "tool_response", "ai.toolCall.result",
    "traceloop.entity.output",
)  # fmt: skip
COMMAND = "full_command"
MODEL = ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name")
AGENT_NAME = ("gen_ai.agent.name", "agent.name", "graph.node.id")
INPUT = (
    "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt",
)  # fmt: skip
OUTPUT = (
    "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
)  # fmt: skip
CACHE_READ = (
    "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
)  # fmt: skip
CACHE_CREATION = (
    "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
    "llm.token_count.prompt_details.cache_write",
)  # fmt: skip
ERROR_TYPE = "error.type"
_KINDS = {
    "TOOL": Part.TOOL, "LLM": Part.LLM, "AGENT": Part.AGENT, "CHAIN": Part.CHAIN,
    "EMBEDDING": Part.LLM, "RETRIEVER": Part.OTHER, "RERANKER": Part.OTHER,
    "GUARDRAIL": Part.OTHER, "EVALUATOR": Part.OTHER, "PROMPT": Part.OTHER, "UNKNOWN": Part.OTHER,
    "DECISION": Part.OTHER,
}  # fmt: skip
_OTHER_KINDS = {
    "tool": Part.TOOL, "agent": Part.AGENT, "workflow": Part.CHAIN, "task": Part.CHAIN,
    "ai.toolCall": Part.TOOL,
}  # fmt: skip
_OPERATIONS = {
    "execute_tool": Part.TOOL, "tool_call": Part.TOOL, "chat": Part.LLM,
    "text_completion": Part.LLM, "generate_content": Part.LLM, "llm_call": Part.LLM,
    "embeddings": Part.LLM, "invoke_agent": Part.AGENT, "invoke_workflow": Part.CHAIN,
    "create_agent": Part.OTHER, "plan": Part.CHAIN, "retrieval": Part.OTHER,
    "schedule_tool_calls": Part.OTHER,
}  # fmt: skip


def part(span: Span) -> Part | None:
    """`None` for a kind that a newer version of the conventions brought."""
    if kind := span.text(KIND):
        return _KINDS.get(kind.upper())
    if operation := span.text(OPERATION):
        return Part.OTHER if "memory" in operation else _OPERATIONS.get(operation)
    if span.text("gen_ai.tool.name"):
        return Part.TOOL
    if known := _OTHER_KINDS.get(span.text(*OTHER_KINDS)):
        return known
    has_model = span.text("gen_ai.system", "gen_ai.provider.name") and (
        span.number(*INPUT, *OUTPUT) or (span.is_error and span.text(*MODEL))
    )
    return Part.LLM if has_model else Part.OTHER
