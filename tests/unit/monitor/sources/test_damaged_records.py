"""One value of a record after the other is what it should not be: no source fails over it."""

from importlib.metadata import entry_points

import pytest

from damaged import raised, with_one_wrong
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from readings import read_records

AT = "2026-11-20T09:00:00.000Z"
RECORDS: tuple[tuple[str, dict[str, object]], ...] = (
    ("agentv", {
        "timestamp": AT, "start_time": AT, "end_time": AT, "test_id": "a", "suite": "s",
        "target": "t", "score": 0.5, "execution_status": "ok", "error": "x", "cost_usd": 0.1,
        "transcript_summary": {"tool_calls": {"shell": 2}},
        "token_usage": {"input": 1, "output": 2},
        "scores": [{"name": "n", "type": "code", "score": 1, "verdict": "pass"}],
    }),
    ("claude-code", {
        "type": "assistant", "uuid": "u", "sessionId": "s", "timestamp": AT, "cwd": "/p",
        "version": "2", "message": {
            "id": "m", "model": "x", "usage": {"input_tokens": 1, "output_tokens": 2},
            "content": [
                {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "ls"}},
            ],
        },
    }),
    ("claude-code", {
        "type": "user", "uuid": "u", "sessionId": "s", "timestamp": AT, "toolUseResult": "Error: x",
        "message": {"content": [
            {"type": "tool_result", "tool_use_id": "t", "is_error": True, "content": "Exit code 1"},
        ]},
    }),
    ("claude-code", {
        "type": "cost-state", "uuid": "u", "sessionId": "s", "timestamp": AT, "totalCostUSD": 0.5,
    }),
    ("codex", {
        "timestamp": AT, "type": "response_item", "payload": {
            "type": "function_call", "name": "shell", "call_id": "c", "arguments": '{"cmd": "ls"}',
        },
    }),
    ("codex", {
        "timestamp": AT, "type": "event_msg", "payload": {
            "type": "token_count", "info": {"total_token_usage": {
                "input_tokens": 5, "cached_input_tokens": 1, "output_tokens": 2,
            }},
        },
    }),
    ("codex", {
        "timestamp": AT, "type": "response_item", "payload": {
            "type": "function_call_output", "call_id": "c",
            "output": "Wall time: 1.5 seconds\nProcess exited with code 1\nOutput:\nx",
        },
    }),
    ("copilot-cli", {
        "type": "tool.execution_complete", "id": "i", "timestamp": AT, "data": {
            "toolCallId": "t", "success": False, "error": {"message": "x"},
            "result": {"content": "<shellId: 3 completed with exit code 4>"},
        },
    }),
    ("copilot-cli", {
        "type": "session.shutdown", "id": "i", "timestamp": AT, "data": {
            "modelMetrics": {"m": {"usage": {"inputTokens": 1, "outputTokens": 2}}},
        },
    }),
    ("dotfiles", {
        "type": "tool_failure", "tool": "Bash", "input_summary": "ls", "error": "x", "tags": [],
        "project": "/p", "session_id": "s", "timestamp": AT, "occurrences": 2,
        "metadata": {"seen_count": 2, "last_seen": AT},
    }),
    ("dotfiles", {"ts": AT, "service": "db", "action": "restart", "result": "failed_cmd"}),
    ("dotfiles", {
        "ts": AT, "session_id": "s", "total_tool_calls": 5, "tool_counts": {"Bash": 5},
        "search_hit_rate": 0.5, "agent_spawns": 1, "duration_min": 3.5, "projects": ["/p"],
    }),
    ("gemini-cli", {
        "sessionId": "s", "projectHash": "h", "startTime": AT, "messages": {
            "id": "1", "timestamp": AT, "type": "gemini", "content": "x", "model": "m",
            "tokens": {"input": 5, "output": 1, "cached": 0},
            "toolCalls": [{
                "id": "a", "name": "run_shell_command", "args": {"command": "ls"},
                "status": "error", "timestamp": AT, "result": [{"functionResponse": {
                    "response": {"output": "Exit Code: 1"},
                }}],
            }],
        },
    }),
    ("openclaw", {
        "type": "message", "id": "1", "timestamp": AT, "message": {
            "role": "toolResult", "toolCallId": "t", "toolName": "exec", "isError": False,
            "content": [{"type": "text", "text": "x"}],
            "details": {"status": "completed", "exitCode": 2, "durationMs": 15},
        },
    }),
    ("openclaw", {
        "type": "message", "id": "1", "timestamp": AT, "message": {
            "role": "assistant", "model": "m",
            "content": [
                {"type": "toolCall", "id": "t", "name": "exec", "arguments": {"command": "ls"}},
            ],
            "usage": {"input": 5, "output": 1, "cacheRead": 0, "cost": {"total": 0.1}},
        },
    }),
    ("opencode", {
        "messages": {
            "info": {
                "id": "m", "sessionID": "s", "role": "assistant", "cost": 0.1, "modelID": "x",
                "tokens": {"input": 1, "output": 2, "cache": {"read": 3, "write": 0}},
                "time": {"created": 1795212887000, "completed": 1795212888000},
            },
            "parts": [{
                "type": "tool", "tool": "bash", "callID": "c", "id": "p", "state": {
                    "status": "completed", "input": {"command": "ls"}, "output": "x",
                    "metadata": {"exit": 3}, "time": {"start": 1795212887000, "end": 1795212888000},
                },
            }],
        },
    }),
    ("orchestrator", {
        "type": "task_finished", "id": "t", "agent": "Coder", "attempt": 1, "status": "failed",
        "started_at": 1795212887.5, "finished_at": 1795212888.0, "duration_s": 0.5, "ts": AT,
        "errors": ["boom"], "usage": {"total_tokens": 5, "total_usd": 0.1}, "cost_usd": 0.1,
    }),
    ("orchestrator", {
        "type": "cli_command_started", "id": "t", "command": "run", "attempt": 1,
        "started_at": 1795212887.5, "ts": AT, "args": ["x"],
    }),
    ("orchestrator", {
        "ts": AT, "run_id": "r", "level": "error", "event": "failed", "data": {"error": "x"},
    }),
    ("orchestrator", {
        "ts": AT, "run_id": "r", "level": "ERROR", "event": "failed", "data": {"error": "x"},
    }),
    ("swe-agent", {
        "trajectory": {
            "action": "ls", "observation": "x", "response": "y", "execution_time": 0.5,
        },
    }),
    ("swe-agent", {
        "info": {"exit_status": "submitted", "model_stats": {
            "tokens_sent": 5, "tokens_received": 1, "instance_cost": 0.1, "api_calls": 2,
        }},
    }),
    ("workflow-agent", {
        "runs": {
            "id": "r", "workflow_name": "w", "task": "t", "status": "failed", "model": "m",
            "started_at": AT, "completed_at": AT, "duration_ms": 5, "error": "x",
            "total_tokens_in": 5, "total_tokens_out": 1,
        },
    }),
    ("workflow-agent", {
        "run_events": {
            "id": 1, "run_id": "r", "step_index": 0, "event_type": "tool_complete", "timestamp": AT,
            "event_data": '{"type": "tool_complete", "name": "a", "result": "x", "duration": 5}',
        },
    }),
)  # fmt: skip


@pytest.mark.parametrize(("client", "record"), RECORDS)
def test_a_source_takes_any_value_for_damage_not_for_an_end(client, record):
    (entry,) = entry_points(group="homeostat.sources", name=client)
    source = entry.load()

    failed = {reason: wrong for wrong in with_one_wrong(record) for reason in raised(source, wrong)}

    assert failed == {}


@pytest.mark.parametrize(("client", "record"), RECORDS)
def test_no_failure_becomes_a_success_without_a_word(client, record):
    (entry,) = entry_points(group="homeostat.sources", name=client)
    source = entry.load()
    failed = {event.call_id for event in ended(source, record) if event.outcome is Outcome.ERROR}

    silent = [
        wrong
        for wrong in with_one_wrong(record)
        if LIST in values(wrong) and failed & (worked(source, wrong) or set())
    ]

    assert silent == []


LIST = [[]]


def values(record):
    """Every value within a record."""
    yield record
    inner = record.values() if isinstance(record, dict) else record
    if isinstance(record, dict | list):
        for value in inner:
            yield from values(value)


def ended(source, record):
    return read_records(source, [record]).of(Kind.RESULT)


def worked(source, record):
    """The calls that are said to have worked; `None` where something is said to be amiss."""
    found = read_records(source, [record])
    if found.skipped or found.unreadable:
        return None
    return {event.call_id for event in found.of(Kind.RESULT) if event.outcome is Outcome.OK}
