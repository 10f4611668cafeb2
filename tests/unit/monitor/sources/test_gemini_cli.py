"""Gemini CLI's chats, as a document and as lines: what each message says."""

import json

import pytest

from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Lines
from homeostat.monitor.sources.gemini_cli import source
from readings import as_bytes, finished, read_records, reading

HEADER = {"sessionId": "s-1", "projectHash": "p", "startTime": "2026-11-20T09:00:00Z"}
AT = "2026-11-20T09:00:01Z"
TOKENS = {"input": 1200, "output": 40, "cached": 800, "thoughts": 5}


def message(kind="gemini", content="", number=1, **fields):
    return {"id": f"m{number}", "type": kind, "timestamp": AT, "content": content} | fields


def call(call_id="c1", name="run_shell_command", status="success", output="", **fields):
    response = {"functionResponse": {"id": call_id, "response": {"output": output}}}
    return {"id": call_id, "name": name, "status": status, "result": [response],
            "args": {"command": "make"}} | fields  # fmt: skip


def of(*messages):
    """The same from a document and from lines."""
    lines = finished(source, as_bytes([HEADER, *messages]))
    document = read_records(source, [HEADER, *({"messages": item} for item in messages)])
    assert lines.unreadable == document.unreadable == []
    assert [event.id for event in lines.events] == [event.id for event in document.events]
    return lines


@pytest.mark.parametrize(
    ("made", "outcome", "kind", "code"),
    [
        (call(output="Output: ok\nProcess Group PGID: 6"), Outcome.OK, "", None),
        (call(output="Output: ok\nExit Code: 0\nSignal: (none)"), Outcome.OK, "", 0),
        (call(output="Output: boom\nExit Code: 1\nPGID: 7"), Outcome.ERROR, "exit_code", 1),
        (call(output="Output: Exit Code: 3\nExit Code: 1\n"), Outcome.ERROR, "exit_code", 1),
        (call(output="Output: see Exit Code: 3 above"), Outcome.OK, "", None),
        (call(name="read_file", output="Exit Code: 1"), Outcome.OK, "", None),
        (
            call(output="Output: (empty)\nSignal: 9\nProcess Group PGID: 7"),
            Outcome.ERROR,
            "signal",
            None,
        ),
        (
            call(
                output="<untrusted_context>\nOutput: x\nSignal: SIGKILL\nBackground PIDs: 8\n"
                "Process Group PGID: 7\n</untrusted_context>"
            ),
            Outcome.ERROR,
            "signal",
            None,
        ),
        (call(output="Output: Signal: 9\nSignal: 9\nDone."), Outcome.OK, "", None),
        (
            call(output="Output: a\nExit Code: 0\nSignal: 0\nProcess Group PGID: 7"),
            Outcome.OK,
            "",
            0,
        ),
        (
            call(
                output="Command was automatically cancelled because it exceeded the timeout of 5.0"
                " minutes without output. There was no output before it was cancelled."
            ),
            Outcome.ERROR,
            "timeout",
            None,
        ),
        (
            call(output="Command was cancelled by user before it could complete."),
            Outcome.INTERRUPTED,
            "aborted",
            None,
        ),
        (call(status="error"), Outcome.ERROR, "status", None),
        (call(status="cancelled"), Outcome.INTERRUPTED, "status", None),
    ],
)
def test_a_call_comes_out_as_its_status_and_its_exit_code_say(made, outcome, kind, code):
    result = of(message(toolCalls=[made])).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.exit_code) == (outcome, kind, code)


def test_the_text_of_a_failure_is_its_error_and_a_policy_may_have_denied_it():
    response = {"functionResponse": {"response": {"error": "Tool execution denied by policy."}}}

    result = of(message(toolCalls=[call(status="error", result=[response])])).one(Kind.RESULT)

    assert (result.text, result.outcome) == ("Tool execution denied by policy.", Outcome.DENIED)


@pytest.mark.parametrize("status", [None, "executing", "awaiting_approval", "paused"])
def test_a_call_that_has_not_ended_has_no_result(status):
    found = of(message(toolCalls=[call(status=status)]))

    assert found.of(Kind.RESULT) == []
    assert found.skipped == ({"status paused": 1} if status == "paused" else {})


def test_what_a_call_is_about():
    edit = call("c2", "replace", args={"file_path": "a.py"})

    calls = of(message(toolCalls=[call(), edit])).of(Kind.CALL)

    assert [(c.call_id, c.tool, c.command, c.path) for c in calls] == [
        ("c1", "run_shell_command", "make", ""),
        ("c2", "replace", "", "a.py"),
    ]


def test_calls_without_ids_of_their_own_are_named_by_their_message():
    calls = of(message(toolCalls=[call(""), call("REDACTED"), call("REDACTED")])).of(Kind.CALL)

    assert [c.call_id for c in calls] == ["m1.0", "m1.1", "m1.2"]


def test_a_message_that_is_written_again_adds_what_is_new():
    first = message(content="Looking.", tokens=TOKENS)

    found = of(first, first | {"toolCalls": [call()]})

    assert len({event.id for event in found.of(Kind.USAGE)}) == 1
    assert len({event.id for event in found.of(Kind.SAID)}) == 1
    assert len(found.of(Kind.CALL)) == len(found.of(Kind.RESULT)) == 1


def test_tokens_are_the_messages():
    usage = of(message(tokens=TOKENS)).one(Kind.USAGE).usage

    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (1200, 40, 800)


def test_prompts_are_a_persons_words():
    found = of(
        message("user", "Fix it."),
        message("user", [{"text": "<session_context>\nToday"}], 2),
        message("user", [{"functionResponse": {"response": {"output": "x"}}}], 3),
    )

    assert [event.text for event in found.of(Kind.PROMPT)] == ["Fix it."]


def test_interrupts_errors_and_what_runs():
    found = of(
        message("info", "Request cancelled."),
        message("info", "Update available", 2),
        message("error", "[API Error: quota]", 3),
        message(model="small-1", number=4),
        message(model="small-1", number=5),
        message(model="large-2", number=6),
    )

    assert len(found.of(Kind.INTERRUPT)) == 1
    assert found.one(Kind.API_ERROR).text == "[API Error: quota]"
    assert [event.context.model for event in found.of(Kind.CONTEXT)] == ["small-1", "large-2"]


def test_updates_bring_messages_and_what_is_taken_back_was_done():
    lines = [
        HEADER,
        {"$set": {"messages": [message("user", "Fix it."), message(toolCalls=[call()])]}},
        {"$set": {"lastUpdated": AT}},
        {"$rewindTo": "m1"},
    ]

    found = finished(source, as_bytes(lines))

    assert [e.kind for e in found.events] == [Kind.PROMPT, Kind.CALL, Kind.RESULT]
    assert found.skipped == {}


def test_what_a_newer_version_writes_is_counted():
    found = of(message("oracle"), message("oracle", number=2))

    assert found.skipped == {"message oracle": 2}
    assert finished(source, as_bytes([HEADER, {"$undo": "m1"}])).skipped == {"record": 1}


def test_a_session_without_its_first_line_has_the_name_of_its_file():
    found = finished(source, as_bytes([message(toolCalls=[call()])]))

    assert found.one(Kind.CALL).run_id == "a"


def test_a_reader_goes_on_with_the_state_that_another_left():
    before = as_bytes([HEADER, message(model="small-1")])
    first = reading(source, before)

    second = reading(
        source, as_bytes([message(toolCalls=[call()], model="small-1", number=2)]),
        after=first.state, offset=len(before),
    )  # fmt: skip

    assert second.one(Kind.CALL).run_id == "s-1"
    assert second.of(Kind.CONTEXT) == []


@pytest.mark.parametrize(
    "damaged",
    [
        message(toolCalls=[7, call()]),
        message(toolCalls=[call(), {"id": 7, "status": []}]),
        message(toolCalls=[call(args=None, result=5)]),
        message(toolCalls=[call()], tokens={"input": -(10**30)}),
        message(toolCalls=[call()], tokens=[1]),
        message(toolCalls=[call(timestamp="now")], timestamp=7),
        message(toolCalls=[call()], content={"x": 1}),
    ],
)
def test_damage_leaves_what_can_be_read(damaged):
    found = finished(source, as_bytes([HEADER, damaged]))

    assert "c1" in [result.call_id for result in found.of(Kind.RESULT)]


@pytest.mark.parametrize("line", [b"[]", b"null", b"7", b"{", b'{"$set": 7}', b'{"messages": [1]}'])
def test_lines_that_say_nothing_change_nothing(line):
    found = finished(source, as_bytes([HEADER]) + line + b"\n" + as_bytes([message("user", "x")]))

    assert [event.kind for event in found.events] == [Kind.PROMPT]


DOCUMENT = HEADER | {"messages": [message()]}


@pytest.mark.parametrize(
    ("head", "framing"),
    [
        (json.dumps(DOCUMENT, indent=2).encode().splitlines(), Document(split=("messages",))),
        ([json.dumps(DOCUMENT).encode()], Document(split=("messages",))),
        (as_bytes([HEADER, message()]).splitlines(), Lines()),
    ],
)
def test_a_chat_is_recognised_and_framed_by_its_members(head, framing):
    assert source.recognises(head)
    assert source.framing(head) == framing


def test_a_chat_without_the_members_of_its_project_is_recognised():
    message = '{"id": "1", "timestamp": "2026-11-20T10:00:00Z", "type": "user", "content": "x"}'
    head = [f'{{"messages": [{message}], "sessionId": "s"}}'.encode()]

    assert source.recognises(head)
    assert source.framing(head) == Document(split=("messages",))


@pytest.mark.parametrize("head", [[], [b'{"sessionId": "x"}'], [b"{"], [b'{"projectHash": ""}']])
def test_other_files_are_not(head):
    assert not source.recognises(head)


@pytest.mark.shared
def test_the_recorded_chat_gives_its_calls(shared_data):
    (path,) = (shared_data / "other-clients" / "gemini" / "chats").glob("*.jsonl")

    found = finished(source, path.read_bytes())

    tools = {c.call_id: c.tool for c in found.of(Kind.CALL)}
    ends = [(tools[r.call_id], r.failure_kind, r.exit_code) for r in found.of(Kind.RESULT)]
    assert ends == [
        ("run_shell_command", "", None),
        ("run_shell_command", "exit_code", 1),
        ("read_file", "status", None),
        ("replace", "status", None),
        ("no_such_tool", "status", None),
    ]
    assert [event.text for event in found.of(Kind.PROMPT)] == ["Fix the app."]
    assert (found.unreadable, found.skipped) == ([], {})


ENDED = "Exit Code: 4"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"result": {"functionResponse": {"response": {"output": ENDED}}}}, ENDED),
        ({"result": [{"functionResponse": {"response": {"k": 1}}}]}, '{"k": 1}'),
        ({"result": None, "resultDisplay": "gone"}, "gone"),
        ({"result": [], "resultDisplay": {"fileDiff": "x"}}, ""),
    ],
)
def test_an_answer_of_another_shape_is_read_as_far_as_it_has_words(fields, text):
    result = of(message(toolCalls=[call(**fields)])).one(Kind.RESULT)

    assert result.text == text
    assert result.outcome is (Outcome.ERROR if text == ENDED else Outcome.OK)
