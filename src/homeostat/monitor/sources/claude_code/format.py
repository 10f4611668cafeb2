"""What we use of a transcript's lines. Fields keep the client's names; all others are skipped."""
# ruff: noqa: N815  # the names are theirs

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeAlias

import msgspec

from homeostat.monitor.json_lines import Dollars, Figure, Milliseconds, maybe
from homeostat.monitor.parts import Parts

SHELLS = frozenset({"Bash", "PowerShell"})
INTERRUPTED = "[Request interrupted by user"
IGNORED = frozenset(
    {
        "agent-color", "agent-name", "agent-setting", "ai-title", "api-request",
        "api-request-blob", "api-request-shape", "atis-latch", "attribution-snapshot",
        "content-replacement", "custom-title", "file-history-snapshot", "last-prompt", "mode",
        "permission-mode", "pr-link", "queue-operation", "summary", "tag", "task-summary",
        "tools-used", "worktree-state",
    }
)  # fmt: skip
"""Lines of bookkeeping: no fact of a run stands in them alone."""
IGNORED_SYSTEM = frozenset(
    {"informational", "local_command", "microcompact_boundary", "model_refusal_no_fallback"}
)
IGNORED_BLOCKS = frozenset({"thinking", "redacted_thinking", "text", "document"})
_ABSENT = msgspec.Raw(b"null")
NOT_TYPED = (
    "<command-name>",
    "<command-message>",
    "<local-command-",
    "<bash-input>",
    "<bash-stdout>",
    "<task-notification>",
    "Caveat: The messages below",
)
"""How texts begin that stand where a prompt stands and that nobody typed."""


class Line(msgspec.Struct, gc=False):
    type: str = ""
    subtype: str | None = None
    uuid: str | None = None
    sessionId: str | None = None
    timestamp: datetime | None = None
    cwd: str | None = None
    version: str | None = None
    gitBranch: str | None = None
    agentId: str | None = None
    isSidechain: bool | None = None
    isMeta: bool | None = None
    isCompactSummary: bool | None = None
    isApiErrorMessage: bool | None = None
    apiErrorStatus: int | None = None
    requestId: str | None = None
    toolDenialKind: str | None = None
    toolDenialBeforeRun: bool | None = None
    permissionDecision: msgspec.Raw = msgspec.Raw(b"null")
    message: msgspec.Raw = _ABSENT
    data: msgspec.Raw = _ABSENT
    attachment: msgspec.Raw = _ABSENT
    error: msgspec.Raw = _ABSENT
    origin: msgspec.Raw = _ABSENT
    hookInfos: msgspec.Raw = _ABSENT
    totalCostUSD: Dollars | None = None


class Usage(msgspec.Struct, gc=False):
    input_tokens: Figure | None = None
    output_tokens: Figure | None = None
    cache_creation_input_tokens: Figure | None = None
    cache_read_input_tokens: Figure | None = None


class Block(msgspec.Struct, gc=False):
    type: str = ""
    id: str | None = None
    name: str | None = None
    input: msgspec.Raw = _ABSENT
    tool_use_id: str | None = None
    is_error: bool | None = None
    content: msgspec.Raw = _ABSENT
    text: str | None = None


class Message(msgspec.Struct, gc=False):
    id: str | None = None
    model: str | None = None
    stop_reason: str | None = None
    usage: Usage | None = None
    content: str | list[Block] | None = None


class _OddMessage(msgspec.Struct, gc=False):
    """One of which a part cannot be read."""

    id: str | None = None
    model: str | None = None
    usage: msgspec.Raw = _ABSENT
    content: msgspec.Raw = _ABSENT


class Input(msgspec.Struct, gc=False):
    command: str | None = None
    file_path: str | None = None
    notebook_path: str | None = None


class AgentMessage(msgspec.Struct, gc=False):
    type: str = ""
    message: msgspec.Raw = _ABSENT
    timestamp: datetime | None = None


class Progress(msgspec.Struct, gc=False):
    type: str = ""
    agentId: str | None = None
    message: AgentMessage | None = None


class Part(msgspec.Struct, gc=False):
    type: str = ""
    text: str | None = None


class Attachment(msgspec.Struct, gc=False):
    type: str = ""
    hookName: str | None = None
    durationMs: Milliseconds | None = None
    exitCode: Figure | None = None
    command: str | None = None


class Hook(msgspec.Struct, gc=False):
    command: str | None = None
    durationMs: Milliseconds | None = None


class ApiError(msgspec.Struct, gc=False):
    status: int | None = None
    formatted: msgspec.Raw = _ABSENT
    """In newer versions."""
    error: msgspec.Raw = _ABSENT
    """What the service answered, in older ones."""


class Meta(msgspec.Struct):
    agentType: str | None = None


line = msgspec.json.Decoder(Line).decode
_message: Callable[[msgspec.Raw], Message | None] = msgspec.json.Decoder(Message | None).decode
_odd_message = msgspec.json.Decoder(_OddMessage).decode
_usage = msgspec.json.Decoder(Usage)
_blocks = Parts(msgspec.json.Decoder(list[Block] | None), msgspec.json.Decoder(Block), "block")
tool_input = msgspec.json.Decoder(Input | None).decode
_Parts: TypeAlias = str | list[Part | str] | None
parts: Callable[[msgspec.Raw], _Parts] = msgspec.json.Decoder(_Parts).decode
progress = msgspec.json.Decoder(Progress | None).decode
attachment = msgspec.json.Decoder(Attachment | None).decode
hooks = msgspec.json.Decoder(list[Hook] | None).decode
error = msgspec.json.Decoder(ApiError | None).decode


def message(raw: msgspec.Raw, lost: Counter[str]) -> Message | None:
    """All of it; where a part cannot be read, what is left without that part.

    Raises what `DAMAGED` names for what is no message at all.
    """
    try:
        return _message(raw)
    except msgspec.ValidationError:
        found = _odd_message(raw)
    is_text = bytes(found.content)[:1] == b'"'
    return Message(
        id=found.id,
        model=found.model,
        usage=maybe(found.usage, _usage, lost, name="usage"),
        content=text_of(found.content) if is_text else list(_whole(found.content, lost)),
    )


def _whole(content: msgspec.Raw, lost: Counter[str]) -> Iterator[Block]:
    """The blocks that can be read; a call or an answer without its id is none."""
    for _, block in _blocks.of(content, lost):
        if block.type in ("tool_use", "tool_result") and not (block.id or block.tool_use_id):
            lost["unreadable block"] += 1
        else:
            yield block


def blocks(said: Message) -> list[Block]:
    return said.content if isinstance(said.content, list) else []


def text_of(content: msgspec.Raw) -> str:
    """The text of a tool result: a string, or its text parts one a line."""
    found = parts(content)
    if isinstance(found, list):
        return "\n".join(p if isinstance(p, str) else p.text or "" for p in found)
    return found or ""


def images_in(content: msgspec.Raw) -> int:
    if b'"image"' not in bytes(content):
        return 0
    found = parts(content)
    return sum(isinstance(p, Part) and p.type == "image" for p in found or ())


def is_prompt(entry: Line, text: str) -> bool:
    """Whether a person (or a program in a person's place) asked this."""
    if entry.isMeta or entry.isCompactSummary or not text.strip():
        return False
    if b"task-notification" in bytes(entry.origin):
        return False
    return not text.lstrip().startswith(NOT_TYPED)


def was_running(entry: Line) -> bool:
    """Whether a person ended a call that had begun: the words are those of a refusal.

    Clients that do not tell who denied a call do not tell this either.
    """
    return bool(
        entry.toolDenialKind
        and not entry.toolDenialBeforeRun
        and bytes(entry.permissionDecision) == b"null"
    )
