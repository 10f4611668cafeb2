"""Made-up histories in the clients' own formats."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class ClaudeSession:
    """Writes the lines of one Claude Code session; each thing takes a second."""

    def __init__(self, session: str = "session-1", start: datetime = START) -> None:
        self.session = session
        self.start = start
        self.lines: list[dict[str, object]] = []
        self._numbers = count(1)

    def line(self, kind: str, **fields: object) -> "ClaudeSession":
        number = next(self._numbers)
        at = self.start + timedelta(seconds=number)
        self.lines.append(
            {
                "type": kind,
                "uuid": f"{self.session}-{number}",
                "sessionId": self.session,
                "timestamp": at.isoformat().replace("+00:00", "Z"),
                "cwd": "/home/dev/ledger",
                "version": "2.1.329",
                "gitBranch": "main",
                **fields,
            }
        )
        return self

    def prompt(self, text: str = "Make it work.") -> "ClaudeSession":
        return self.line("user", message={"role": "user", "content": text})

    def call(
        self, call_id: str, tool: str = "Bash", output_tokens: int = 10, **arguments: object
    ) -> "ClaudeSession":
        block = {"type": "tool_use", "id": call_id, "name": tool, "input": arguments}
        return self.said([block], message_id=f"msg-{call_id}", output_tokens=output_tokens)

    def said(
        self, content: list[dict[str, object]], *, message_id: str, output_tokens: int = 10
    ) -> "ClaudeSession":
        usage = {
            "input_tokens": 5,
            "output_tokens": output_tokens,
            "cache_creation_input_tokens": 100,
            "cache_read_input_tokens": 1000,
        }
        message = {"id": message_id, "model": "opus", "content": content, "usage": usage}
        return self.line("assistant", message=message, requestId=f"req-{message_id}")

    def result(
        self, call_id: str, text: str = "done", *, is_error: bool = False, **fields: object
    ) -> "ClaudeSession":
        block = {"type": "tool_result", "tool_use_id": call_id, "content": text}
        if is_error:
            block["is_error"] = True
        return self.line("user", message={"role": "user", "content": [block]}, **fields)

    def failing(
        self, call_id: str, text: str = "Exit code 1\nboom", tool: str = "Bash", **arguments: object
    ) -> "ClaudeSession":
        arguments = arguments or {"command": "make"}
        return self.call(call_id, tool, **arguments).result(call_id, text, is_error=True)

    def unanswered(self, status: int, text: str) -> "ClaudeSession":
        """What the client writes where the model's answer would stand."""
        said = [{"type": "text", "text": text}]
        message = {"id": f"msg-{len(self.lines)}", "model": "<synthetic>", "content": said}
        return self.line(
            "assistant", message=message, isApiErrorMessage=True, apiErrorStatus=status
        )

    def finished(self, text: str = "All done.") -> "ClaudeSession":
        content: list[dict[str, object]] = [{"type": "text", "text": text}]
        return self.said(content, message_id=f"msg-end-{self.session}")

    def data(self) -> bytes:
        return b"".join(json.dumps(line).encode() + b"\n" for line in self.lines)

    def write(self, folder: Path, name: str = "") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or f"{self.session}.jsonl")
        path.write_bytes(self.data())
        return path


class CodexSession:
    """Writes the lines of one Codex rollout."""

    def __init__(self, session: str = "codex-1") -> None:
        self.session = session
        self.lines: list[dict[str, object]] = []
        self.line(
            "session_meta", id=session, cwd="/home/dev/ledger", cli_version="0.169.0", git=None
        )

    def line(self, kind: str, **payload: object) -> "CodexSession":
        at = START + timedelta(seconds=len(self.lines))
        stamp = at.isoformat().replace("+00:00", "Z")
        self.lines.append({"timestamp": stamp, "type": kind, "payload": payload})
        return self

    def call(self, call_id: str, command: str) -> "CodexSession":
        return self.item("function_call", name="exec_command", call_id=call_id,
                         arguments=json.dumps({"cmd": command}))  # fmt: skip

    def stdin(self, call_id: str, process: int) -> "CodexSession":
        return self.item("function_call", name="write_stdin", call_id=call_id,
                         arguments=json.dumps({"session_id": process, "chars": ""}))  # fmt: skip

    def output(self, call_id: str, text: object) -> "CodexSession":
        return self.item("function_call_output", call_id=call_id, output=text)

    def exited(self, call_id: str, code: int, text: str = "") -> "CodexSession":
        head = f"Chunk ID: ab12\nWall time: 0.5000 seconds\nProcess exited with code {code}\n"
        return self.output(call_id, f"{head}Original token count: 1\nOutput:\n{text}")

    def running(self, call_id: str, process: int) -> "CodexSession":
        head = "Chunk ID: ab12\nWall time: 1.0000 seconds\n"
        return self.output(call_id, f"{head}Process running with session ID {process}\nOutput:\n")

    def item(self, kind: str, **payload: object) -> "CodexSession":
        return self.line("response_item", type=kind, **payload)

    def told(self, kind: str, **payload: object) -> "CodexSession":
        return self.line("event_msg", type=kind, **payload)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"rollout-{self.session}.jsonl"
        path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in self.lines))
        return path


def jsonl(objects: Iterable[object]) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in objects)
