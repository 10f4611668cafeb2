"""Copilot CLI's events: what each kind of line says."""

from datetime import timedelta

import pytest

from histories import START
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.copilot_cli import MOST_WAITING, source
from readings import as_bytes, finished, reading


class Session:
    """Writes the events of one session; each takes a second."""

    def __init__(self, session="s-1"):
        self.lines = []
        if session:
            self.event("session.start", sessionId=session, copilotVersion="1.0.64",
                       context={"cwd": "/home/dev/ledger", "branch": "main"})  # fmt: skip

    def event(self, kind, **data):
        at = START + timedelta(seconds=len(self.lines))
        stamp = at.isoformat().replace("+00:00", "Z")
        self.lines.append(
            {"type": kind, "data": data, "id": f"e{len(self.lines)}", "timestamp": stamp}
        )
        return self

    def asks(self, *calls, **data):
        requests = [{"toolCallId": i, "name": name, "arguments": args} for i, name, args in calls]
        return self.event("assistant.message", messageId=f"m{len(self.lines)}", content="",
                          toolRequests=requests, outputTokens=30, **data)  # fmt: skip

    def starts(self, call_id, tool="bash", **data):
        arguments = {"command": "make"}
        return self.event(
            "tool.execution_start", toolCallId=call_id, toolName=tool, arguments=arguments, **data
        )

    def ends(self, call_id, content="", *, success=True, **data):
        return self.event("tool.execution_complete", toolCallId=call_id, success=success,
                          result={"content": content}, **data)  # fmt: skip


def of(session):
    found = finished(source, as_bytes(session.lines))
    assert found.unreadable == []
    return found


@pytest.mark.parametrize(
    ("content", "data", "outcome", "kind", "code"),
    [
        ("ok\n<shellId: 5 completed with exit code 0>", {}, Outcome.OK, "", 0),
        ("no\n<shellId: 5 completed with exit code 1>", {}, Outcome.ERROR, "exit_code", 1),
        ("no\n<exited with exit code 128>\n", {}, Outcome.ERROR, "exit_code", 128),
        ("<exited with exit code 1>\nand more", {}, Outcome.OK, "", None),
        ("<command with shellId: 22 is still running after 30 seconds.>", {}, Outcome.OK, "", None),
        ("", {"success": False}, Outcome.ERROR, "flag", None),
        ("", {"success": None}, Outcome.UNKNOWN, "no_status", None),
        ("", {"success": "false"}, Outcome.ERROR, "flag", None),
        ("", {"success": None, "error": {"message": "x"}}, Outcome.ERROR, "flag", None),
        ("", {"success": False, "error": {"message": "x", "code": "failure"}}, Outcome.ERROR,
         "flag", None),
        ("", {"success": False, "error": {"message": "x", "code": "rejected"}}, Outcome.DENIED,
         "flag", None),
        ([{"type": "text", "text": "a"}], {}, Outcome.OK, "", None),
    ],
)  # fmt: skip
def test_a_call_comes_out_as_the_flag_and_the_last_line_say(content, data, outcome, kind, code):
    result = of(Session().starts("c1").ends("c1", content, **data)).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.exit_code) == (outcome, kind, code)


def test_the_text_of_a_failure_is_its_message():
    error = {"message": "Path does not exist", "code": "failure"}
    session = Session().starts("c1", "view")
    session.event("tool.execution_complete", toolCallId="c1", success=False, error=error)

    assert of(session).one(Kind.RESULT).text == "Path does not exist"


def test_a_call_is_the_same_fact_where_it_is_asked_for_and_where_it_begins():
    found = of(Session().asks(("c1", "bash", {"command": "make"})).starts("c1").ends("c1"))

    first, second = found.of(Kind.CALL)
    assert first.id == second.id
    assert (first.tool, first.command) == ("bash", "make")
    assert found.one(Kind.RESULT).duration_ms == 1000


def test_a_call_that_was_asked_for_and_never_began_is_a_call():
    assert of(Session().asks(("c1", "view", {"path": "a.py"}))).one(Kind.CALL).path == "a.py"


def test_what_a_subagent_does_is_its_own():
    session = Session().starts("c1", "task")
    session.event("subagent.started", toolCallId="c1", agentName="explore")
    session.starts("c2", parentToolCallId="c1").ends("c2", parentToolCallId="c1")

    found = of(session)

    assert [(call.call_id, call.agent) for call in found.of(Kind.CALL)] == [
        ("c1", ""),
        ("c2", "explore"),
    ]
    assert found.one(Kind.SPAWN).name == "explore"


def test_output_is_told_by_message_and_input_when_the_session_ends():
    usage = {"inputTokens": 900, "outputTokens": 60, "cacheReadTokens": 700, "cacheWriteTokens": 5}
    session = Session().asks().asks()
    session.event("session.shutdown", modelMetrics={"x": {"usage": usage}, "y": {}, "z": None})

    usages = [event.usage for event in of(session).of(Kind.USAGE)]

    assert [(u.input_tokens, u.output_tokens, u.cache_read_tokens) for u in usages] == [
        (0, 30, 0),
        (0, 30, 0),
        (900, 0, 700),
    ]
    assert len({u.message_id for u in usages}) == 3


def test_a_turn_ends_when_the_agent_asks_for_nothing_more():
    session = Session().asks(("c1", "bash", {})).event("assistant.turn_end", turnId="0")
    session.asks().event("assistant.turn_end", turnId="1")

    assert of(session).one(Kind.TURN_END).ts == START + timedelta(seconds=4)


def test_prompts_words_interrupts_errors_compactions():
    session = Session().event("user.message", content="Fix it.")
    session.event("user.message", content="A skill's text", source="skill-x")
    session.event("assistant.message", messageId="m1", content="I will.")
    session.event("session.compaction_complete", success=True)
    session.event("session.compaction_complete", success=False)
    session.event("session.error", errorType="rate_limit", message="slow down")
    session.event("abort", reason="user_initiated")

    found = of(session)

    assert found.one(Kind.PROMPT).text == "Fix it."
    assert len(found.of(Kind.SAID)) == len(found.of(Kind.COMPACTION)) == 1
    assert found.one(Kind.API_ERROR).name == "rate_limit"
    assert found.one(Kind.INTERRUPT).name == "user_initiated"


def test_hooks_take_from_their_start_to_their_end():
    session = Session().event("hook.start", hookInvocationId="h1", hookType="preToolUse")
    session.event("hook.end", hookInvocationId="h1", success=True)
    session.event("hook.end", hookInvocationId="h2", hookType="postToolUse", success=True)

    hooks = [(hook.name, hook.duration_ms) for hook in of(session).of(Kind.HOOK)]

    assert hooks == [("preToolUse", 1000), ("postToolUse", None)]


def test_what_a_session_runs_on_is_said_when_it_changes():
    session = Session().event("session.model_change", newModel="small-1").asks(model="small-1")
    session.asks(model="large-2").asks(model="tiny", parentToolCallId="c1")

    contexts = [event.context for event in of(session).of(Kind.CONTEXT)]

    assert [c.model for c in contexts] == ["", "small-1", "large-2"]
    assert {(c.project, c.git_branch, c.client_version) for c in contexts} == {
        ("/home/dev/ledger", "main", "1.0.64")
    }


def test_a_session_without_its_first_line_has_the_name_of_its_file():
    found = finished(source, as_bytes(Session("").starts("c1").lines))

    assert found.one(Kind.CALL).run_id == "a"


def test_types_that_a_newer_version_writes_are_counted():
    found = of(Session().event("session.hologram").event("session.info").event("session.hologram"))

    assert found.skipped == {"session.hologram": 2}


def test_a_reader_goes_on_with_the_state_that_another_left():
    session = Session().starts("c1")
    before = as_bytes(session.lines)
    after = as_bytes(session.ends("c1").lines)[len(before) :]
    first = reading(source, before)

    second = reading(source, after, after=first.state, offset=len(before))

    result = second.one(Kind.RESULT)
    assert (result.run_id, result.duration_ms) == ("s-1", 1000)


def test_calls_that_never_end_are_forgotten():
    session = Session()
    for number in range(MOST_WAITING + 1):
        session.starts(f"c{number}")

    found = of(session.ends("c0").ends(f"c{MOST_WAITING}"))

    assert [r.duration_ms is None for r in found.of(Kind.RESULT)] == [True, False]


@pytest.mark.parametrize(
    "line",
    [
        {"type": "tool.execution_complete", "data": {"toolCallId": 7}},
        {"type": "tool.execution_complete", "data": None},
        {"type": "tool.execution_start", "data": [], "timestamp": "now"},
        {"type": "assistant.message", "data": {"toolRequests": 5, "outputTokens": -(10**30)}},
        {"type": "hook.end", "data": {}, "timestamp": 7},
        {"type": "user.message", "data": {"content": {"x": 1}}},
        {"type": 7},
        [],
    ],
)
def test_damage_is_named_at_most(line):
    session = Session().starts("c1")
    session.lines.append(line)

    found = finished(source, as_bytes(session.ends("c1").lines))

    assert len(found.of(Kind.CALL)) >= 1
    assert "c1" in [result.call_id for result in found.of(Kind.RESULT)]


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        ([b'{"type": "session.start", "data": {"sessionId": "x"}}'], True),
        ([b"torn", b'{"id": "1", "data": {}, "type": "tool.execution_start"}'], True),
        ([b'{"type": "session.start"}'], False),
        ([b'{"type": "abort", "data": {}}'], False),
        ([b'{"type": "user", "sessionId": "s"}'], False),
        ([b'{"type":"thread.started","thread_id":"x"}'], False),
        ([], False),
    ],
)
def test_a_session_is_recognised_by_its_first_lines(head, recognised):
    assert source.recognises(head) is recognised


def test_arguments_may_be_a_text_and_an_answer_mere_words():
    session = Session().asks(("c1", "bash", '{"command": "make"}'))
    session.event("tool.execution_complete", toolCallId="c1", success=True,
                  result="no\n<exited with exit code 3>")  # fmt: skip

    found = of(session)

    assert (found.one(Kind.CALL).command, found.one(Kind.CALL).args) == (
        "make", '{"command": "make"}',
    )  # fmt: skip
    assert found.one(Kind.RESULT).exit_code == 3


def test_a_flag_that_is_none_names_the_line():
    session = Session().asks(("c1", "bash", {})).ends("c1", success="perhaps")

    found = finished(source, as_bytes(session.lines))

    assert found.unreadable == [3]
    assert found.of(Kind.RESULT) == []
