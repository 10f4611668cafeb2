"""The shell calls of real recordings, as the judges of `analyze` see them."""

import gzip
import json
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NamedTuple

from homeostat.analyze.nature import SHELLS
from homeostat.knowledge.call_rows import CallRow, apply
from homeostat.model.call import CallFacts
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Origin, Source, UnreadableLineError
from homeostat.monitor import lines

SOURCES: dict[str, Source] = {
    entry.name: entry.load() for entry in entry_points(group="homeostat.sources")
}


class Recorded(NamedTuple):
    """One call; `source` is the file below the folder of traces."""

    source: str
    call_id: str
    facts: CallFacts


def calls(traces: Path) -> Iterator[Recorded]:
    """Every call of the recordings whose tool may be a shell, each once, file by file."""
    seen: set[tuple[str, str]] = set()
    for path in sorted(traces.glob("*/**/*.gz")):
        source = str(path.relative_to(traces))
        client = source.partition("/")[0]
        for call_id, facts in of_file(path, client):
            session = path.name.partition(".")[0][-36:]
            if (session, call_id) not in seen:
                seen.add((session, call_id))
                yield Recorded(source, call_id, facts)


def shell_calls(traces: Path) -> Iterator[Recorded]:
    return (call for call in calls(traces) if call.facts.tool in SHELLS)


def of_file(path: Path, client: str) -> Iterator[tuple[str, CallFacts]]:
    """The calls of one file of a client; nothing for clients whose format is not read here."""
    if client == "opencode":
        return _opencode(json.loads(_text(path)))
    if client == "copilot-cli":
        return _copilot([json.loads(line) for line in _text(path).splitlines() if line])
    if client == "who-and-when":
        return _code_blocks(json.loads(_text(path))["history"])
    if path.name.startswith("mini-"):
        return _mini_swe_agent(json.loads(_text(path)))
    if client == "openclaw":
        return _openclaw(_text(path).splitlines()[1:])
    return _by_source(path, SOURCES[client]) if client in SOURCES else iter(())


def _by_source(path: Path, source: Source) -> Iterator[tuple[str, CallFacts]]:
    reader = source.reader(Origin(path=str(path)), None)
    rows: dict[str, CallRow] = {}
    for line in lines.lines(path, offset=0):
        try:
            found = list(reader.events(line.data, line.offset)) if line.data.strip() else []
        except UnreadableLineError:
            continue
        for event in found:
            if event.kind is Kind.CALL or event.kind is Kind.RESULT:
                row = rows.setdefault(event.call_id, CallRow(run_key=0, call_id=event.call_id))
                apply(row, event, None)
    for row in rows.values():
        if row.tool:
            yield (
                row.call_id,
                CallFacts(
                    tool=row.tool,
                    outcome=Outcome(row.outcome),
                    failure_kind=row.kind,
                    command=row.command,
                    args=row.args,
                    exit_code=row.exit_code,
                    text=row.answer,
                ),
            )


def _opencode(session: dict[str, Any]) -> Iterator[tuple[str, CallFacts]]:
    """Its call ids are blanked: a call is named by the places of its message and its part."""
    for m, message in enumerate(session["messages"]):
        for p, part in enumerate(message["parts"]):
            if part.get("type") != "tool":
                continue
            state = part["state"]
            code = (state.get("metadata") or {}).get("exit")
            failed = state["status"] == "error" or code not in (0, None)
            yield (
                f"{m}.{p}",
                CallFacts(
                    tool=part["tool"],
                    outcome=Outcome.ERROR if failed else Outcome.OK,
                    failure_kind=("exit_code" if code else "other") if failed else "",
                    command=state["input"].get("command", "")[:4000],
                    exit_code=code,
                    text=state.get("output") or state.get("error") or "",
                ),
            )


def _copilot(entries: list[dict[str, Any]]) -> Iterator[tuple[str, CallFacts]]:
    asked = {
        e["data"]["toolCallId"]: e["data"] for e in entries if e["type"] == "tool.execution_start"
    }
    for entry in entries:
        if entry["type"] != "tool.execution_complete":
            continue
        data = entry["data"]
        begun = asked[data["toolCallId"]]
        text = (data.get("result") or data.get("error") or {}).get("content", "")
        _, marked, said = text.rpartition("completed with exit code ")
        code = int(said.rstrip(">\n ")) if marked and said.rstrip(">\n ").isdigit() else None
        failed = not data["success"] or bool(code)
        yield (
            data["toolCallId"],
            CallFacts(
                tool=begun["toolName"],
                outcome=Outcome.ERROR if failed else Outcome.OK,
                failure_kind=("exit_code" if code else "other") if failed else "",
                command=str((begun.get("arguments") or {}).get("command", ""))[:4000],
                exit_code=code,
                text=text,
            ),
        )


def _code_blocks(history: list[dict[str, Any]]) -> Iterator[tuple[str, CallFacts]]:
    """Code blocks that an executor ran: a shell's as it is, Python's as the script it becomes."""
    for place, entry in enumerate(history):
        answer = entry.get("content") or ""
        ran = re.match(r"exitcode: (\d+)", answer)
        if ran and place:
            block = re.search(r"```(\w*)\n(.*?)```", history[place - 1]["content"], re.DOTALL)
            is_shell = block is not None and block[1] == "sh"
            yield str(place), _by_code(block[2] if block and is_shell else "python3 code.py",
                                       int(ran[1]), answer)  # fmt: skip


def _mini_swe_agent(messages: list[dict[str, Any]]) -> Iterator[tuple[str, CallFacts]]:
    for place, message in enumerate(messages):
        answer = str(message["content"])
        ran = re.match(r"<returncode>(\d+)</returncode>\n<output>\n?", answer)
        asked = str(messages[place - 1]["content"]) if place else ""
        block = re.search(r"```mswea_bash_command\n(.*?)```", asked, re.DOTALL)
        if ran and block:
            yield str(place), _by_code(block[1], int(ran[1]), answer[ran.end() :])


def _openclaw(entries: list[str]) -> Iterator[tuple[str, CallFacts]]:
    commands: dict[str, str] = {}
    for entry in map(json.loads, entries):
        message = entry.get("message") or {}
        for part in message.get("content", ()):
            if part["type"] == "toolCall":
                commands[part["id"]] = part["arguments"].get("command", "")
        if message.get("role") == "toolResult" and message["toolName"] == "exec":
            call_id, code = message["toolCallId"], message["details"].get("exitCode", 0)
            yield call_id, _by_code(commands[call_id], code, message["content"][0]["text"])


def _by_code(command: str, code: int, text: str) -> CallFacts:
    return CallFacts(
        tool="exec",
        outcome=Outcome.ERROR if code else Outcome.OK,
        failure_kind="exit_code" if code else "",
        command=command,
        exit_code=code,
        text=text,
    )


def _text(path: Path) -> str:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read()
