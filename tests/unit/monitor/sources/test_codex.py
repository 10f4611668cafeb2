"""Codex's rollouts: what each kind of line says."""

import json

import pytest

from histories import CodexSession
from homeostat.model.event import Channel, Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.codex.reader import MAX_OPEN_PROCESSES, source
from readings import Reading, as_bytes, finished, reading


def of(session: CodexSession) -> Reading:
    found = finished(source, as_bytes(session.lines))
    assert found.unreadable == []
    return found


ANSWERS = [
    ("Process exited with code 0\nOutput:\nok", Outcome.OK, "", 0),
    (
        "Wall time: 0.1 seconds\nProcess exited with code 2\nOutput:\n",
        Outcome.ERROR,
        "exit_code",
        2,
    ),
    (
        "Chunk ID: ab12\nWall time: 2 seconds\nProcess exited with code 1",
        Outcome.ERROR,
        "exit_code",
        1,
    ),
    ("Exit code: 127\nWall time: 0 seconds\nOutput:\n", Outcome.ERROR, "exit_code", 127),
    ("Process exited with code -1\nOutput:\n", Outcome.ERROR, "exit_code", -1),
    ('{"output": "", "metadata": {"exit_code": 3}}', Outcome.ERROR, "exit_code", 3),
    ('{"output": "", "metadata": {"exit_code": 0}}', Outcome.OK, "", 0),
    ('{"metadata": {"exit_code": 1' + "0" * 40 + "}}", Outcome.OK, "", None),
    ('{"output": "no metadata"}', Outcome.OK, "", None),
    ("{broken", Outcome.OK, "", None),
    ("Process running with session ID 7\nOutput:\n", Outcome.UNKNOWN, "still_running", None),
    ("exec_command failed: CreateProcess", Outcome.ERROR, "tool_error", None),
    ("unsupported call: shell_x", Outcome.ERROR, "tool_error", None),
    ("exec_command failed for `ls`: CreateProcess", Outcome.ERROR, "tool_error", None),
    ("unable to locate image at `/x`: gone", Outcome.ERROR, "tool_error", None),
    ("failed to parse function arguments: x", Outcome.ERROR, "tool_use_error", None),
    ("exec command rejected by user", Outcome.DENIED, "denied", None),
    ("patch rejected: blocked", Outcome.DENIED, "denied", None),
    (
        'exec_command failed for `ls`: CreateProcess { message: "Rejected(\\"no\\")" }',
        Outcome.DENIED,
        "denied",
        None,
    ),
    ("Process exited with code 0\nOutput:\nexec command rejected by user", Outcome.OK, "", 0),
    ("aborted by user after 3.1s", Outcome.INTERRUPTED, "aborted", None),
    ("Output:\nProcess exited with code 1", Outcome.OK, "", None),
    ("Process exited with code 0\nOutput:\nthe build failed: x", Outcome.OK, "", 0),
    ("", Outcome.OK, "", None),
]


@pytest.mark.parametrize(("text", "outcome", "kind", "code"), ANSWERS)
def test_an_answer_is_judged_by_its_header(text, outcome, kind, code):
    result = of(CodexSession().call("c1", "make").output("c1", text)).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.exit_code) == (outcome, kind, code)
    assert result.text == text


def test_how_long_a_command_took_stands_in_its_header():
    result = of(CodexSession().call("c1", "make").exited("c1", 0)).one(Kind.RESULT)

    assert result.duration_ms == 500


@pytest.mark.parametrize(
    ("output", "status", "outcome", "kind"),
    [
        ([{"type": "input_image"}], None, Outcome.OK, ""),
        (None, "failed", Outcome.ERROR, "status"),
        (None, "completed", Outcome.OK, ""),
    ],
)
def test_an_answer_that_is_no_text_is_judged_by_its_status(output, status, outcome, kind):
    session = CodexSession().call("c1", "view")
    session.item("function_call_output", call_id="c1", output=output, status=status)

    result = of(session).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.text) == (outcome, kind, "")


@pytest.mark.parametrize(
    ("name", "arguments", "command"),
    [
        ("exec_command", {"cmd": "make test"}, "make test"),
        ("shell", {"command": ["bash", "-lc", "make test"]}, "make test"),
        ("shell", {"command": ["sh", "-c", "ls"]}, "ls"),
        ("shell", {"command": ["git", "status"]}, "git status"),
        ("shell_command", {"command": "ls -l"}, "ls -l"),
        ("exec_command", {"cmd": 7}, ""),
        ("exec_command", {}, ""),
        ("update_plan", {"cmd": "ls"}, ""),
        ("write_stdin", {"session_id": 99}, ""),
    ],
)
def test_the_command_of_a_call_where_the_tool_is_a_shell(name, arguments, command):
    session = CodexSession().item(
        "function_call", name=name, call_id="c1", arguments=json.dumps(arguments)
    )

    call = of(session).one(Kind.CALL)

    assert (call.tool, call.command) == (name, command)
    assert json.loads(call.args) == arguments


def test_arguments_that_are_no_json_are_kept_as_they_are():
    session = CodexSession().item("function_call", name="exec_command", call_id="c1",
                                  arguments="{broken")  # fmt: skip

    assert of(session).one(Kind.CALL).args == "{broken"


def test_a_local_shell_call_brings_its_command_as_an_object():
    action = {"type": "exec", "command": ["bash", "-lc", "ls"]}

    call = of(CodexSession().item("local_shell_call", call_id="c1", action=action)).one(Kind.CALL)

    assert (call.tool, call.command) == ("local_shell_call", "ls")


def test_a_tool_of_a_server_has_the_servers_name_before_it():
    session = CodexSession().item("function_call", name="search", namespace="mcp__docs",
                                  call_id="c1", arguments="{}")  # fmt: skip

    assert of(session).one(Kind.CALL).tool == "mcp__docs.search"


@pytest.mark.parametrize("verb", ["Update", "Add", "Delete"])
@pytest.mark.parametrize("line_break", ["\n", "\\n"])
def test_a_patch_names_the_file_that_it_changes(verb, line_break):
    patch = line_break.join(["*** Begin Patch", f"*** {verb} File: src/a.py", "*** End Patch"])
    session = CodexSession().item("custom_tool_call", name="apply_patch", call_id="c1", input=patch)

    call = of(session).one(Kind.CALL)

    assert (call.path, call.tool) == ("src/a.py", "apply_patch")


def test_a_patch_that_names_no_file_changes_none():
    session = CodexSession().item("custom_tool_call", name="apply_patch", call_id="c1", input="x")

    assert of(session).one(Kind.CALL).path == ""


@pytest.mark.parametrize("call_id", [None, "", "REDACTED_CALL_ID"])
def test_a_call_without_an_id_of_its_own_has_its_place_as_id(call_id):
    session = CodexSession()
    for _ in range(2):
        session.item("function_call", name="exec_command", call_id=call_id, arguments="{}")

    calls = of(session).of(Kind.CALL)

    assert len({call.call_id for call in calls}) == len({call.id for call in calls}) == 2
    assert all(call.call_id.startswith("@") for call in calls)


@pytest.mark.parametrize(
    ("status", "outcome", "kind"),
    [("completed", Outcome.OK, ""), ("failed", Outcome.ERROR, "status")],
)
def test_a_search_of_the_web_brings_its_own_end(status, outcome, kind):
    session = CodexSession().item("web_search_call", call_id="c1", status=status, action={})

    result = of(session).one(Kind.RESULT)

    assert (result.call_id, result.outcome, result.failure_kind) == ("c1", outcome, kind)


def test_a_later_call_that_asks_after_a_process_runs_the_command_of_that_process():
    session = CodexSession().call("c1", "make test").running("c1", 7).stdin("c2", 7)
    session.running("c2", 7).stdin("c3", 7).exited("c3", 2, "boom")

    found = of(session)

    commands = {call.call_id: call.command for call in found.of(Kind.CALL)}
    outcomes = [(r.call_id, r.outcome, r.exit_code) for r in found.of(Kind.RESULT)]
    assert commands == dict.fromkeys(["c1", "c2", "c3"], "make test")
    assert outcomes == [
        ("c1", Outcome.UNKNOWN, None),
        ("c2", Outcome.UNKNOWN, None),
        ("c3", Outcome.ERROR, 2),
    ]


def test_only_so_many_running_processes_are_remembered_and_the_oldest_is_forgotten_first():
    session = CodexSession()
    for number in range(MAX_OPEN_PROCESSES + 1):
        session.call(f"c{number}", f"serve {number}").running(f"c{number}", number)
    session.stdin("old", 0).stdin("new", MAX_OPEN_PROCESSES)

    commands = {call.call_id: call.command for call in of(session).of(Kind.CALL)}

    assert (commands["old"], commands["new"]) == ("", f"serve {MAX_OPEN_PROCESSES}")


LATE = [
    ({"type": "patch_apply_end", "call_id": "c1", "success": False}, "patch", None),
    ({"type": "mcp_tool_call_end", "call_id": "c1", "result": {"Err": "refused"}}, "mcp", None),
    ({"type": "mcp_tool_call_end", "call_id": "c1", "result": {"Ok": {"isError": True}}}, "mcp",
     None),
    ({"type": "item_completed", "item": {"type": "CommandExecution", "id": "c1", "exit_code": 3}},
     "exit_code", 3),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "kind", "code"), LATE)
def test_what_the_client_itself_recorded_counts_more_than_the_answer(payload, kind, code):
    found = of(CodexSession().line("event_msg", **payload))

    result = found.one(Kind.RESULT)

    assert (result.call_id, result.outcome) == ("c1", Outcome.ERROR)
    assert (result.failure_kind, result.exit_code) == (kind, code)
    assert result.channel is Channel.EXECUTION_LOG


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "patch_apply_end", "call_id": "c1", "success": True},
        {"type": "patch_apply_end", "success": False},
        {"type": "mcp_tool_call_end", "call_id": "c1", "result": {"Ok": {"isError": False}}},
        {"type": "mcp_tool_call_end", "call_id": "c1", "result": None},
        {
            "type": "item_completed",
            "item": {"type": "CommandExecution", "id": "c1", "exit_code": 0},
        },
        {"type": "item_completed", "item": {"type": "FileChange", "id": "c1", "status": "failed"}},
        {"type": "item_completed"},
        {"type": "agent_reasoning", "text": "hm"},
    ],
)
def test_what_went_well_needs_no_correction(payload):
    assert of(CodexSession().line("event_msg", **payload)).of(Kind.RESULT) == []


def test_what_a_newer_version_writes_is_counted_and_what_is_known_is_not():
    session = CodexSession().line("hologram").line("world_state").told("agent_message")
    session.told("oracle").told("oracle").item("reasoning").item("painting_call")
    session.told("token_count", info=None).item("function_call_output", output="x")

    assert of(session).skipped == {"hologram": 1, "message oracle": 2, "item painting_call": 1}


def test_tokens_are_running_totals_of_the_run():
    session = CodexSession()
    for tokens in (10, 10, 25):
        total = {"input_tokens": 100, "cached_input_tokens": 60, "output_tokens": tokens}
        session.told("token_count", info={"total_token_usage": total})
    session.told("token_count", info=None)

    usages = of(session).of(Kind.USAGE)

    assert [u.usage.output_tokens for u in usages] == [10, 10, 25]
    assert len({u.id for u in usages}) == 2
    assert {(u.usage.message_id, u.usage.cache_read_tokens) for u in usages} == {("", 60)}


def test_prompts_words_ends_interrupts_and_compactions_are_told():
    session = CodexSession().told("user_message", message="Fix it.").told("user_message")
    session.item("message", role="assistant", id="m1").item("message", role="user", id="m2")
    session.told("task_complete", turn_id="1").told("turn_aborted", turn_id="2", reason="replaced")
    session.line("compacted", message="...")

    found = of(session)

    assert [event.text for event in found.of(Kind.PROMPT)] == ["Fix it.", ""]
    assert len(found.of(Kind.SAID)) == 1
    assert len(found.of(Kind.TURN_END)) == 1
    assert found.one(Kind.INTERRUPT).name == "replaced"
    assert len(found.of(Kind.COMPACTION)) == 1


def test_what_a_run_runs_on_is_said_when_it_changes():
    session = CodexSession().line("turn_context", model="gpt-x", cwd="/elsewhere")
    session.line("turn_context", model="gpt-x").line("turn_context", model="gpt-y")
    session.line("session_meta", id="codex-1", git={"branch": "topic"})

    contexts = [event.context for event in of(session).of(Kind.CONTEXT)]

    assert [(c.model, c.git_branch) for c in contexts] == [
        ("", ""),
        ("gpt-x", ""),
        ("gpt-y", ""),
        ("gpt-y", "topic"),
    ]
    assert {(c.project, c.client_version) for c in contexts} == {("/home/dev/ledger", "0.169.0")}


def test_a_fork_keeps_the_name_of_the_first_session_of_its_file():
    session = CodexSession("fork").line("session_meta", id="original").call("c1", "ls")

    assert {event.run_id for event in of(session).events} == {"fork"}


def test_lines_before_the_session_is_known_say_nothing():
    lines = CodexSession().call("c1", "ls").lines[1:]

    assert finished(source, as_bytes(lines)).events == []


def test_a_line_of_two_objects_has_two_events_with_different_ids():
    first, second = as_bytes(
        CodexSession().told("user_message", message="x").lines * 1
    ).splitlines()

    found = finished(source, first + b"\n" + second + second + b"\n")

    prompts = found.of(Kind.PROMPT)
    assert len({event.id for event in prompts}) == len(prompts) == 2


def test_a_damaged_line_leaves_the_reader_as_it_was():
    session = CodexSession().call("c1", "make test").running("c1", 7)
    odd = {"type": "response_item", "payload": {"type": "function_call_output", "call_id": 5}}
    session.lines.append(odd)
    session.stdin("c2", 7)

    found = finished(source, as_bytes(session.lines))

    assert found.unreadable == [4]
    assert [call.command for call in found.of(Kind.CALL)] == ["make test", "make test"]


def test_a_reader_goes_on_with_the_state_that_another_left():
    session = CodexSession().call("c1", "make test").running("c1", 7)
    before = as_bytes(session.lines)
    after = as_bytes(session.stdin("c2", 7).lines)[len(before) :]
    first = reading(source, before)

    second = reading(source, after, after=first.state, offset=len(before))

    assert second.one(Kind.CALL).command == "make test"


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        ([b'{"type": "session_meta", "payload": {"id": "x"}}'], True),
        ([b'{"type": "response_item", "payload": {"type": "message"}}'], True),
        ([b'{"timestamp": "x", "type": "session_meta", "payload": {"instructions": "cut'], True),
        ([b'{"type":"session_meta","payload":{"instructions":"cut'], True),
        ([b'{"type": "user", "sessionId": "s"}'], False),
        ([b'{"type": "session_meta"}'], False),
        ([b'{"kind": "cut'], False),
        ([], False),
    ],
)
def test_a_rollout_is_recognised_by_its_first_lines(head, recognised):
    assert source.recognises(head) is recognised


OLD = [
    {"id": "s1", "timestamp": "2025-06-07T17:24:38.123Z", "instructions": None,
     "git": {"branch": "main"}},
    {"record_type": "state"},
    {"type": "message", "role": "user", "content": [
        {"type": "input_text", "text": "<environment_context>x</environment_context>"}]},
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Fix it."}]},
    {"type": "reasoning", "summary": []},
    {"type": "function_call", "name": "shell", "call_id": "c1",
     "arguments": '{"command": ["bash", "-lc", "make"]}'},
    {"type": "function_call_output", "call_id": "c1",
     "output": '{"output": "boom", "metadata": {"exit_code": 2}}'},
    {"type": "message", "role": "assistant", "content": []},
    {"type": "dream_call"},
]  # fmt: skip


def test_lines_of_older_clients_are_items_without_a_frame():
    data = as_bytes(OLD)

    found = finished(source, data)

    assert source.recognises(data.splitlines())
    assert {event.run_id for event in found.events} == {"s1"}
    assert found.one(Kind.PROMPT).text == "Fix it."
    assert found.one(Kind.CONTEXT).context.git_branch == "main"
    assert (found.one(Kind.CALL).tool, found.one(Kind.CALL).call_id) == ("shell", "c1")
    result = found.one(Kind.RESULT)
    assert (result.outcome, result.exit_code) == (Outcome.ERROR, 2)
    assert len(found.of(Kind.SAID)) == 1
    assert found.skipped == {"item dream_call": 1}


def test_other_lines_with_an_id_and_a_time_are_no_older_codex():
    lines = [{"id": "s1", "timestamp": "2025-06-07T17:24:38Z"}, {"type": "message"}]

    assert not source.recognises(as_bytes(lines).splitlines())
