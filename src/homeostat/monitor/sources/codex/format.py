"""What we use of a rollout's lines. Fields keep the client's names; all others are skipped."""
# ruff: noqa: N815  # the names are theirs

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from homeostat.monitor.json_lines import Figure

SHELLS = frozenset({"exec_command", "shell", "local_shell_call", "shell_command", "write_stdin"})
CALLS = frozenset(
    {"function_call", "custom_tool_call", "tool_search_call", "web_search_call", "local_shell_call"}
)
OUTPUTS = frozenset({"function_call_output", "custom_tool_call_output", "tool_search_output"})
IGNORED = frozenset({"token_usage_record", "world_state"})
IGNORED_ITEMS = frozenset({"compaction", "ghost_snapshot", "message", "reasoning"})
IGNORED_MESSAGES = frozenset(
    {
        "agent_message", "agent_reasoning", "agent_reasoning_raw_content",
        "agent_reasoning_section_break", "context_compacted", "entered_review_mode",
        "exited_review_mode", "item_started", "task_started", "thread_name_updated",
        "thread_settings_applied", "token_count", "web_search_begin", "web_search_end",
    }
)  # fmt: skip
"""What another line says as well, and what is no fact of a run."""
ABSENT = msgspec.Raw(b"null")
_PATCHED = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (.{1,1000})$", re.MULTILINE)


class Line(msgspec.Struct, gc=False):
    type: str = ""
    timestamp: datetime | None = None
    payload: msgspec.Raw = ABSENT


class Tokens(msgspec.Struct, gc=False):
    input_tokens: Figure = 0
    cached_input_tokens: Figure = 0
    output_tokens: Figure = 0
    cache_write_input_tokens: Figure | None = None


class Info(msgspec.Struct, gc=False):
    total_token_usage: Tokens


class Git(msgspec.Struct, gc=False):
    branch: str | None = None


class Item(msgspec.Struct, gc=False):
    type: str = ""
    id: str | None = None
    exit_code: Figure | None = None
    status: str | None = None


class McpResult(msgspec.Struct, gc=False):
    Ok: msgspec.Raw = ABSENT
    Err: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class McpOk(msgspec.Struct, gc=False):
    isError: bool | None = None


class Payload(msgspec.Struct, gc=False):
    type: str = ""
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    namespace: str | None = None
    arguments: msgspec.Raw = ABSENT
    input: msgspec.Raw = ABSENT
    action: msgspec.Raw = ABSENT
    output: msgspec.Raw = ABSENT
    status: str | None = None
    role: str | None = None
    content: msgspec.Raw = ABSENT
    message: msgspec.Raw = ABSENT
    info: Info | None = None
    success: bool | None = None
    result: msgspec.Raw = ABSENT
    item: Item | None = None
    cwd: str | None = None
    cli_version: str | None = None
    model: str | None = None
    git: Git | None = None
    turn_id: str | None = None
    reason: str | None = None


class Arguments(msgspec.Struct, gc=False):
    cmd: str | list[str] | None = None
    command: str | list[str] | None = None
    session_id: int | str | None = None


_OLD_HEAD = re.compile(rb'\s*\{(?=[^{]*"id")(?=[^{]*"timestamp")(?=.*"instructions")', re.DOTALL)
CONTEXTS = ("<environment_context>", "<user_instructions>")
"""What the client itself told the model, in the user's name."""

line = msgspec.json.Decoder(Line).decode
payload = msgspec.json.Decoder(Payload | None).decode
text = msgspec.json.Decoder(str).decode
_arguments = msgspec.json.Decoder(Arguments | None).decode
_mcp_result = msgspec.json.Decoder(McpResult | None).decode
_mcp_ok = msgspec.json.Decoder(McpOk | None).decode


def args(item: Payload) -> str:
    """The arguments as text: a JSON string holds JSON again, other kinds hold an object."""
    for raw in (item.arguments, item.input, item.action):
        if raw != ABSENT:
            try:
                return text(raw)
            except msgspec.MsgspecError:
                return bytes(raw).decode("utf-8", "replace")
    return ""


def arguments(written: str) -> Arguments:
    """The arguments that we read; a model may have written anything there."""
    try:
        return _arguments(written) or Arguments()
    except msgspec.MsgspecError:
        return Arguments()


def patched_file(written: str) -> str:
    """The first file that a patch names, empty if there is none."""
    found = _PATCHED.search(written.replace("\\n", "\n"))
    return found[1] if found else ""


def mcp_failed(raw: msgspec.Raw) -> bool:
    """Whether an MCP server refused the call, or answered that it failed."""
    result = _mcp_result(raw)
    if result is None:
        return False
    if result.Err is not msgspec.UNSET:
        return True
    answer = _mcp_ok(result.Ok)
    return bool(answer and answer.isError)


def text_or_empty(raw: msgspec.Raw) -> str:
    try:
        return text(raw)
    except msgspec.MsgspecError:
        return ""


def is_old(head: Sequence[bytes]) -> bool:
    """Until the summer of 2025 a line was an item itself; the first told the session."""
    items = (b'"record_type"', b'"message"', b'"function_call"', b'"reasoning"')
    return bool(
        len(head) > 1
        and _OLD_HEAD.match(head[0])
        and b'"payload"' not in head[0]
        and any(item in head[1] for item in items)
    )
