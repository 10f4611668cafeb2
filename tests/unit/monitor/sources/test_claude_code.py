"""Claude Code's transcripts: what each kind of line says."""

import json

import pytest

from histories import ClaudeSession
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.claude_code.reader import source
from readings import Reading, as_bytes, finished, reading

TEXT: list[dict[str, object]] = [{"type": "text", "text": "..."}]


def of(session: ClaudeSession) -> Reading:
    found = finished(source, session.data())
    assert found.unreadable == []
    return found


def test_a_call_and_its_answer_share_their_id():
    session = ClaudeSession().call("t1", command="make", description="Build").result("t1", "done")

    found = of(session)

    call, result = found.one(Kind.CALL), found.one(Kind.RESULT)
    assert (call.call_id, call.tool, call.command) == ("t1", "Bash", "make")
    assert json.loads(call.args) == {"command": "make", "description": "Build"}
    assert (result.call_id, result.outcome, result.text) == ("t1", Outcome.OK, "done")
    assert (call.run_id, call.agent) == ("session-1", "")


@pytest.mark.parametrize("field", ["file_path", "notebook_path"])
def test_a_call_names_the_file_it_works_on(field):
    found = of(ClaudeSession().call("t1", "Edit", **{field: "/home/dev/ledger/a.py"}))

    assert found.one(Kind.CALL).path == "/home/dev/ledger/a.py"
    assert found.one(Kind.CALL).command == ""


def test_arguments_may_be_anything_that_a_model_writes():
    session = ClaudeSession().call("t1").call("t2", command=["not", "a", "line"], file_path=7)
    session.said(
        [{"type": "tool_use", "id": "t3", "name": "Bash", "input": "not an object"}],
        message_id="m3",
    )

    calls = of(session).of(Kind.CALL)

    assert [(call.call_id, call.command, call.path) for call in calls] == [
        ("t1", "", ""),
        ("t2", "", ""),
        ("t3", "", ""),
    ]
    assert calls[2].args == '"not an object"'


ANSWERS = [
    ("Exit code 2\nboom", {}, Outcome.ERROR, "exit_code", 2),
    ("Exit code -9\nkilled", {}, Outcome.ERROR, "exit_code", -9),
    (
        "<tool_use_error>String to replace not found</tool_use_error>",
        {},
        Outcome.ERROR,
        "tool_use_error",
        None,
    ),
    (
        "<tool_use_error>Sibling tool call errored</tool_use_error>",
        {},
        Outcome.INTERRUPTED,
        "sibling_errored",
        None,
    ),
    ("The user doesn't want to proceed", {}, Outcome.DENIED, "user_rejected", None),
    (
        "Stopped.",
        {"toolDenialKind": "user-rejected"},
        Outcome.DENIED,
        "user_rejected",
        None,
    ),
    (
        "[Request interrupted by user for tool use]",
        {},
        Outcome.DENIED,
        "user_rejected",
        None,
    ),
    (
        "The user doesn't want to proceed",
        {"toolDenialKind": "user-rejected"},
        Outcome.INTERRUPTED,
        "aborted",
        None,
    ),
    (
        "The user doesn't want to proceed",
        {"toolDenialKind": "user-rejected", "toolDenialBeforeRun": True},
        Outcome.DENIED,
        "user_rejected",
        None,
    ),
    (
        "The user doesn't want to proceed",
        {"toolDenialKind": "user-rejected", "permissionDecision": {"decision": "reject"}},
        Outcome.DENIED,
        "user_rejected",
        None,
    ),
    ("Permission to use Bash has been denied.", {}, Outcome.DENIED, "denied", None),
    ("PreToolUse:Write hook error", {"toolDenialKind": "hook"}, Outcome.DENIED, "denied", None),
    ("File does not exist.", {}, Outcome.ERROR, "other", None),
    ("", {}, Outcome.ERROR, "other", None),
]


@pytest.mark.parametrize(("text", "fields", "outcome", "kind", "code"), ANSWERS)
def test_why_an_answer_that_is_marked_as_an_error_is_one(text, fields, outcome, kind, code):
    session = ClaudeSession().call("t1").result("t1", text, is_error=True, **fields)

    result = of(session).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.exit_code) == (outcome, kind, code)


def test_words_of_failure_in_a_good_answer_are_only_words():
    result = of(ClaudeSession().call("t1").result("t1", "Exit code 1")).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.exit_code) == (Outcome.OK, "", None)


def test_an_answer_in_parts_is_their_text_one_a_line_and_its_images_count():
    content = [
        {"type": "text", "text": "one"},
        {"type": "image", "source": {"data": "..."}},
        {"type": "text", "text": "two"},
    ]
    block = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    session = ClaudeSession().line("user", message={"role": "user", "content": [block, block]})

    found = of(session)

    assert [result.text for result in found.of(Kind.RESULT)] == ["one\n\ntwo"] * 2
    assert len(found.of(Kind.IMAGE)) == 2


@pytest.mark.parametrize("content", [None, "", []])
def test_an_answer_without_words_is_an_answer(content):
    block = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    session = ClaudeSession().line("user", message={"role": "user", "content": [block]})

    assert of(session).one(Kind.RESULT).text == ""


def test_a_message_of_several_lines_has_one_usage_with_the_figures_of_the_last():
    session = ClaudeSession()
    for tokens in (1, 8, 940):
        session.said(TEXT, message_id="m1", output_tokens=tokens)
    session.said(TEXT, message_id="m2", output_tokens=3)

    usages = [event.usage for event in of(session).of(Kind.USAGE)]

    assert [(u.message_id, u.output_tokens) for u in usages] == [
        ("m1:req-m1", 940),
        ("m2:req-m2", 3),
    ]
    assert (usages[0].input_tokens, usages[0].cache_read_tokens) == (5, 1000)
    assert usages[0].cache_creation_tokens == 100


def test_a_message_without_figures_has_no_usage():
    session = ClaudeSession().line("assistant", message={"id": "m1", "content": TEXT})

    assert of(session).of(Kind.USAGE) == []


def test_the_last_usage_of_a_run_stays_with_it_when_another_run_follows_in_the_file():
    first = ClaudeSession("first").said(TEXT, message_id="m1", output_tokens=7)
    second = ClaudeSession("second").prompt().said(TEXT, message_id="m2", output_tokens=9)

    found = finished(source, first.data() + second.data())

    usages = [(event.run_id, event.usage.output_tokens) for event in found.of(Kind.USAGE)]
    assert usages == [("first", 7), ("second", 9)]


def test_what_a_run_runs_on_is_said_once_and_again_when_it_changes():
    session = ClaudeSession().prompt().prompt().said(TEXT, message_id="m1")
    session.line("user", message={"content": "go on"}, version="2.2.0", cwd="/elsewhere")

    contexts = [event.context for event in of(session).of(Kind.CONTEXT)]

    assert [(c.client_version, c.model) for c in contexts] == [
        ("2.1.329", ""),
        ("2.1.329", "opus"),
        ("2.2.0", "opus"),
    ]
    assert {c.project for c in contexts} == {"/home/dev/ledger"}


def test_a_subagents_model_is_not_the_runs_model():
    session = ClaudeSession().prompt().said(TEXT, message_id="m1")
    session.lines[-1] |= {"isSidechain": True, "agentId": "abc"}

    assert {event.context.model for event in of(session).of(Kind.CONTEXT)} == {""}


@pytest.mark.parametrize(
    ("companion", "agent"),
    [
        (b'{"agentType": "tester"}', "tester"),
        (b'{"agentType": null}', "abc"),
        (b'{"agentTy', "abc"),
        (b"[1]", "abc"),
        (b"", "abc"),
        (None, "abc"),
    ],
)
def test_a_subagents_file_is_named_by_the_small_file_beside_it(companion, agent):
    session = ClaudeSession().call("t1", command="ls")
    session.lines[-1] |= {"isSidechain": True, "agentId": "abc"}

    found = finished(source, session.data(), companion=companion)

    assert found.one(Kind.CALL).agent == agent
    assert found.one(Kind.USAGE).agent == agent


def test_what_a_person_typed_is_a_prompt_and_what_a_program_put_there_is_not():
    session = ClaudeSession().prompt("Fix it.")
    session.prompt("<command-name>/clear</command-name>").prompt("  \n")
    session.prompt("<task-notification>done</task-notification>")
    session.line("user", message={"content": "Caveat: none"}, isMeta=True)
    session.line("user", message={"content": "This session goes on"}, isCompactSummary=True)
    session.line("user", message={"content": "done"}, origin={"kind": "task-notification"})
    session.line("user", message={"content": [{"type": "text", "text": "And test it."}]})

    assert [event.text for event in of(session).of(Kind.PROMPT)] == ["Fix it.", "And test it."]


def test_an_interrupt_is_no_prompt():
    session = ClaudeSession().prompt("[Request interrupted by user]")

    found = of(session)

    assert found.of(Kind.PROMPT) == []
    assert found.one(Kind.INTERRUPT).run_id == "session-1"


def test_an_image_that_a_person_pasted_counts():
    content = [{"type": "image", "source": {}}, {"type": "text", "text": "see"}]

    found = of(ClaudeSession().line("user", message={"content": content}))

    assert len(found.of(Kind.IMAGE)) == 1
    assert found.one(Kind.PROMPT).text == "see"


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        ({"status": 529}, "529", ""),
        ({"status": 529, "formatted": "529 Overloaded"}, "529", "API Error: 529 Overloaded"),
        (
            {"status": 529, "error": {"type": "error", "error": {"type": "overloaded_error"}}},
            "529",
            'API Error: 529 {"type": "error", "error": {"type": "overloaded_error"}}',
        ),
        ({"formatted": "Connection dropped"}, "", "API Error: Connection dropped"),
        ({}, "", ""),
        (None, "", ""),
        ("ECONNRESET", "", ""),
        ({"status": "x"}, "", ""),
    ],
)
def test_each_retry_of_the_api_is_told_with_its_status_and_why(error, status, text):
    session = ClaudeSession().line("system", subtype="api_error", error=error, retryAttempt=1)

    retry = of(session).one(Kind.RETRY)

    assert (retry.name, retry.text) == (status, text)


def test_an_error_of_the_api_is_no_word_of_the_agent():
    session = ClaudeSession().said(
        [{"type": "text", "text": "API Error: 529 overloaded"}], message_id="m1"
    )
    session.lines[-1] |= {"isApiErrorMessage": True, "apiErrorStatus": 529}

    found = of(session)

    error = found.one(Kind.API_ERROR)
    assert (error.name, error.text) == ("529", "API Error: 529 overloaded")
    assert found.of(Kind.SAID) == []
    assert found.of(Kind.TURN_END) == []


def test_a_compaction_and_a_limit_are_told():
    session = ClaudeSession().line("system", subtype="compact_boundary")
    session.line("attachment", attachment={"type": "max_turns_reached"})

    found = of(session)

    assert found.one(Kind.COMPACTION).run_id == "session-1"
    assert found.one(Kind.LIMIT).name == "max_turns"


@pytest.mark.parametrize("reason", ["end_turn", "stop_sequence"])
def test_a_turn_ends_with_the_message_that_says_so(reason):
    message = {"id": "m1", "content": TEXT, "stop_reason": reason}

    assert len(of(ClaudeSession().line("assistant", message=message)).of(Kind.TURN_END)) == 1


@pytest.mark.parametrize("subtype", ["turn_duration", "stop_hook_summary"])
def test_a_turn_ends_with_the_clients_own_word(subtype):
    assert len(of(ClaudeSession().line("system", subtype=subtype)).of(Kind.TURN_END)) == 1


def test_a_message_that_asks_for_a_tool_ends_no_turn():
    message = {"id": "m1", "content": TEXT, "stop_reason": "tool_use"}

    assert of(ClaudeSession().line("assistant", message=message)).of(Kind.TURN_END) == []


def test_how_long_a_hook_took_is_told_in_whole_milliseconds():
    item = {
        "type": "hook_success",
        "hookName": "PostToolUse:Bash",
        "durationMs": 12.6,
        "exitCode": 0,
        "command": "lint",
    }
    infos = [{"command": "save", "durationMs": 7}, {"command": "unmeasured"}]
    session = ClaudeSession().line("attachment", attachment=item)
    session.line("system", subtype="stop_hook_summary", hookInfos=infos)

    hooks = of(session).of(Kind.HOOK)

    assert [(h.name, h.command, h.duration_ms, h.exit_code) for h in hooks] == [
        ("PostToolUse", "lint", 13, 0),
        ("Stop", "save", 7, None),
    ]


def test_a_hook_without_a_duration_and_other_attachments_say_nothing():
    session = ClaudeSession().line("attachment", attachment={"type": "hook_success"})
    session.line("attachment", attachment={"type": "todo"}).line("attachment", attachment=None)

    assert [event.kind for event in of(session).events] == [Kind.CONTEXT]


def progress(kind: str, content: list[dict[str, object]]) -> dict[str, object]:
    message = {"id": "m9", "content": content, "usage": {"output_tokens": 4}}
    return {
        "type": "agent_progress",
        "agentId": "abc",
        "message": {"type": kind, "message": message},
    }


def test_a_subagent_inside_the_main_transcript_has_its_own_calls():
    use = [{"type": "tool_use", "id": "s1", "name": "Bash", "input": {"command": "make"}}]
    answer = [
        {"type": "tool_result", "tool_use_id": "s1", "content": "Exit code 1", "is_error": True}
    ]
    session = ClaudeSession().line("progress", data=progress("assistant", use))
    session.line("progress", data=progress("user", answer))

    found = of(session)

    assert (found.one(Kind.CALL).agent, found.one(Kind.CALL).command) == ("abc", "make")
    assert (found.one(Kind.RESULT).agent, found.one(Kind.RESULT).exit_code) == ("abc", 1)
    assert found.one(Kind.USAGE).usage.output_tokens == 4


@pytest.mark.parametrize("data", [None, {"type": "hook_progress"}, {"type": "agent_progress"}])
def test_other_progress_says_nothing(data):
    assert [e.kind for e in of(ClaudeSession().line("progress", data=data)).events] == [
        Kind.CONTEXT
    ]


def test_what_a_run_cost_is_told_where_the_client_says_it():
    session = ClaudeSession().line("cost-state", totalCostUSD=0.25).line("cost-state")

    assert of(session).one(Kind.COST).cost_usd == 0.25


def test_lines_of_other_kinds_repeat_what_is_known_and_are_passed_over():
    block = {"type": "tool_result", "tool_use_id": "t1", "content": "again"}
    session = ClaudeSession().line("api-request-blob", message={"content": [block]})
    session.line("file-history-snapshot", message=None).line("", message={"content": "x"})

    assert of(session).events == []


def test_lines_before_the_session_is_known_say_nothing():
    assert finished(source, as_bytes([{"type": "user", "message": {"content": "x"}}])).events == []


def test_the_same_lines_have_the_same_ids_in_whichever_file():
    session = ClaudeSession().prompt().failing("t1").finished()

    first = of(session)
    second = finished(source, b"\n\n" + session.data())

    assert [event.id for event in first.events] == [event.id for event in second.events]
    assert len({event.id for event in first.events}) == len(first.events)


def test_a_part_of_a_message_that_cannot_be_read_takes_no_other_with_it():
    session = ClaudeSession().call("t1").call("t2").result("t1").result("t2", is_error=True)
    said, _, _, failed = session.lines
    said["message"]["content"] += [{"type": "tool_use", "id": 7, "name": "Bash"}, "words"]
    said["message"]["usage"]["input_tokens"] = "many"
    failed["message"]["content"][0]["is_error"] = "true"

    found = finished(source, session.data())

    assert [call.call_id for call in found.of(Kind.CALL)] == ["t1", "t2"]
    assert [e.outcome for e in found.of(Kind.RESULT)] == [Outcome.OK, Outcome.ERROR]
    assert found.of(Kind.USAGE)[0].usage.output_tokens == 10
    assert found.skipped == {
        "unreadable id": 1, "unreadable block": 2, "unreadable input_tokens": 1,
    }  # fmt: skip


def test_a_damaged_line_leaves_the_reader_as_it_was():
    session = ClaudeSession().call("t1").result("t1")
    other = b'{"type":"user","sessionId":"another","message":7}\n'
    data = session.data().replace(b"\n", b"\n" + other, 1)

    found = finished(source, data)

    assert found.unreadable == [2]
    assert {event.run_id for event in found.events} == {"session-1"}


def test_the_state_of_a_reader_is_enough_for_another_to_go_on():
    session = ClaudeSession().prompt().said(TEXT, message_id="m1", output_tokens=3)
    first = reading(source, session.data())
    rest = ClaudeSession().prompt("and?").data().replace(b'"cwd": "/home/dev/ledger", ', b"")

    second = reading(source, rest, after=first.state, offset=len(session.data()))

    assert [event.kind for event in second.events] == [Kind.PROMPT]
    assert second.events[0].run_id == "session-1"


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        ([b'{"type": "user", "sessionId": "s"}'], True),
        ([b'{"type": "summary", "summary": "x"}'], True),
        ([b'{"type": "file-history-snapshot"}'], True),
        ([b"broken", b'{"type": "mode", "sessionId": "s"}'], True),
        ([b'{"type": "user", "sessionId": "s"}{"glued": 1}'], True),
        ([b'{"type": "session_meta", "payload": {"id": "x"}}'], False),
        ([b'{"sessionId": "s"}'], False),
        ([b"[1]"], False),
        ([], False),
    ],
)
def test_a_transcript_is_recognised_by_its_first_lines(head, recognised):
    assert source.recognises(head) is recognised


def test_what_a_newer_version_writes_is_counted_and_what_is_known_is_not():
    session = ClaudeSession().prompt().line("hologram").line("queue-operation").line("hologram")
    session.line("system", subtype="oracle").line("system", subtype="informational")
    session.line("attachment", attachment={"type": "skill_listing"})
    session.said([{"type": "thinking"}, {"type": "painting"}], message_id="m1")
    session.line("user", message={"content": [{"type": "document"}, {"type": "echo"}]})

    found = finished(source, session.data())

    assert found.skipped == {
        "hologram": 2,
        "system oracle": 1,
        "block painting": 1,
        "block echo": 1,
    }
