"""What Codex's answers say of a call: its exit code, whether it still runs, how long it took."""

import re

import msgspec

from homeostat.model.outcome import Outcome
from homeostat.monitor.json_lines import Figure

_HEADER = r"(?:Chunk ID: \w{1,40}\n)?(?:Wall time: [\d.]{1,20} seconds\n)?"
_EXITED = re.compile(_HEADER + r"(?:Process exited with code|Exit code:) (-?\d{1,9})")
_RUNNING = re.compile(_HEADER + r"Process running with session ID (\d{1,18})")
_FAILED = re.compile(r"[\w ]{0,200}failed(?:: | for `)|unsupported |unable to locate ")
_UNREAD = "failed to parse function arguments"
_DENIED = re.compile(
    r"(?:exec command|patch) rejected|approval policy is |exec_command failed for .*\bRejected\(",
    re.DOTALL,
)
"""A person, a rule or the policy said no before it ran."""
_WALL_TIME = re.compile(r"Wall time: (\d{1,9}(?:\.\d{1,6})?) seconds")
_HEAD_CHARACTERS = 600


class _Metadata(msgspec.Struct, gc=False):
    exit_code: Figure | None = None


class _JsonOutput(msgspec.Struct, gc=False):
    metadata: _Metadata | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, judged by its header alone: a command's own words may say anything."""

    outcome: Outcome
    failure_kind: str = ""
    exit_code: int | None = None
    duration_ms: int | None = None
    process: str = ""
    """The session of a process that goes on; its end comes under a later call."""


_json_output = msgspec.json.Decoder(_JsonOutput).decode


def answer(output: str) -> Answer:
    """The header of `output`, judged. It ends where the command's own words begin."""
    split = "Output:" in output[:_HEAD_CHARACTERS]
    head = output.split("Output:", 1)[0] if split else output
    running = _RUNNING.match(head)
    wall = _WALL_TIME.search(head[:200])
    return msgspec.structs.replace(
        _judged(output, head),
        duration_ms=round(float(wall[1]) * 1000) if wall else None,
        process=running[1] if running else "",
    )


def by_flag(*, failed: bool) -> Answer:
    """Where the client only says whether it worked."""
    if failed:
        return Answer(outcome=Outcome.ERROR, failure_kind="status")
    return Answer(outcome=Outcome.OK)


def _judged(output: str, head: str) -> Answer:
    code = int(found[1]) if (found := _EXITED.match(head)) else _code_in_json(output)
    if code:
        return Answer(outcome=Outcome.ERROR, failure_kind="exit_code", exit_code=code)
    if code is not None:
        return Answer(outcome=Outcome.OK, exit_code=code)
    if _RUNNING.match(head):
        return Answer(outcome=Outcome.UNKNOWN, failure_kind="still_running")
    if head.startswith(_UNREAD):
        return Answer(outcome=Outcome.ERROR, failure_kind="tool_use_error")
    if _DENIED.match(head):
        return Answer(outcome=Outcome.DENIED, failure_kind="denied")
    if _FAILED.match(head):
        return Answer(outcome=Outcome.ERROR, failure_kind="tool_error")
    if head.startswith("aborted"):
        return Answer(outcome=Outcome.INTERRUPTED, failure_kind="aborted")
    return Answer(outcome=Outcome.OK)


def _code_in_json(output: str) -> int | None:
    """Older clients answered with JSON."""
    if not output.startswith("{"):
        return None
    try:
        metadata = _json_output(output).metadata
    except msgspec.MsgspecError:
        return None
    return metadata.exit_code if metadata else None
