"""OpenClaw's sessions: what each kind of line says."""

import json
from datetime import timedelta

import pytest

from histories import START
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.openclaw import source
from readings import as_bytes, finished, reading

USAGE = {"input": 100, "output": 20, "cacheRead": 50, "cacheWrite": 3, "cost": {"total": 0.25}}


class Session:
    """Writes the lines of one session; each takes a second."""

    def __init__(self, session="s-1"):
        self.lines = []
        if session:
            self.line("session", version=3, cwd="/home/dev/ledger", id=session)

    def line(self, kind, **fields):
        at = START + timedelta(seconds=len(self.lines))
        stamp = at.isoformat().replace("+00:00", "Z")
        self.lines.append(
            {"type": kind, "id": f"e{len(self.lines)}", "parentId": None, "timestamp": stamp}
            | fields
        )
        return self

    def message(self, role, **message):
        return self.line("message", message={"role": role, **message})

    def calls(self, call_id="c1", name="exec", **arguments):
        block = {"type": "toolCall", "id": call_id, "name": name, "arguments": arguments}
        return self.message("assistant", content=[block], model="small-1", usage=USAGE,
                            stopReason="toolUse")  # fmt: skip

    def result(self, call_id="c1", text="done", **message):
        content = [{"type": "text", "text": text}]
        return self.message("toolResult", toolCallId=call_id, content=content, **message)

    def says(self, text="Done.", stop="stop", **message):
        content = [{"type": "text", "text": text}]
        return self.message("assistant", content=content, stopReason=stop, **message)


def of(session):
    found = finished(source, as_bytes(session.lines))
    assert found.unreadable == []
    return found


@pytest.mark.parametrize(
    ("message", "outcome", "kind", "code"),
    [
        ({"isError": False}, Outcome.OK, "", None),
        ({"isError": True, "details": {"exitCode": 1}}, Outcome.ERROR, "flag", 1),
        ({"isError": False, "details": {"status": "error"}}, Outcome.ERROR, "status", None),
        ({"details": {"status": "completed", "exitCode": 2}}, Outcome.ERROR, "exit_code", 2),
        ({"details": {"status": "failed", "exitCode": 2}}, Outcome.ERROR, "exit_code", 2),
        ({"details": {"status": "failed", "exitCode": None}}, Outcome.ERROR, "status", None),
        ({"details": {"status": "completed", "exitCode": 0}}, Outcome.OK, "", 0),
        ({"details": {"status": "running"}}, Outcome.OK, "", None),
        ({"details": None}, Outcome.OK, "", None),
        ({"details": [1]}, Outcome.UNKNOWN, "no_status", None),
        ({"details": {"exitCode": "x"}}, Outcome.UNKNOWN, "no_status", None),
        ({"details": {"exitCode": "2"}}, Outcome.ERROR, "exit_code", 2),
        ({"details": {"exitCode": "x", "status": "error"}}, Outcome.ERROR, "status", None),
    ],
)
def test_a_call_comes_out_as_its_details_say(message, outcome, kind, code):
    result = of(Session().calls(command="make").result(**message)).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.exit_code) == (outcome, kind, code)
    assert result.text == "done"


def test_what_a_call_is_about():
    session = Session().calls("c1", command="make").calls("c2", "read", path="a.py")

    calls = of(session.calls("", "process", action="poll")).of(Kind.CALL)

    assert [(call.call_id, call.command, call.path) for call in calls] == [
        ("c1", "make", ""),
        ("c2", "", "a.py"),
        ("#2", "", ""),
    ]
    assert json.loads(calls[1].args) == {"path": "a.py"}


def test_how_long_a_command_took_stands_in_its_details():
    details = {"durationMs": 18.4}

    assert of(Session().calls().result(details=details)).one(Kind.RESULT).duration_ms == 18


def test_tokens_and_costs_are_the_messages():
    found = of(Session().calls().calls().says())

    usages = [event.usage for event in found.of(Kind.USAGE)]
    assert [(u.input_tokens, u.output_tokens, u.cache_read_tokens) for u in usages] == [
        (100, 20, 50)
    ] * 2
    assert len({u.message_id for u in usages}) == 2
    assert [event.cost_usd for event in found.of(Kind.COST)] == [0.25, 0.5]


def test_a_model_without_a_price_has_no_cost():
    session = Session().says(usage={"input": 5, "cost": {"total": 0}})

    assert of(session).of(Kind.COST) == []


def test_prompts_words_ends_interrupts_errors_compactions():
    session = Session().message("user", content=[{"type": "text", "text": "Fix it."}]).says()
    session.says("", "aborted").says("", "error", errorMessage="overloaded")
    session.line("compaction", summary="...").message("bashExecution", command="ls", exitCode=1)

    found = of(session)

    assert found.one(Kind.PROMPT).text == "Fix it."
    assert len(found.of(Kind.SAID)) == len(found.of(Kind.TURN_END)) == 1
    assert len(found.of(Kind.INTERRUPT)) == len(found.of(Kind.COMPACTION)) == 1
    assert found.one(Kind.API_ERROR).text == "overloaded"
    assert found.skipped == {}


def test_types_that_a_newer_version_writes_are_counted():
    session = Session().line("hologram").line("thinking_level_change").message("oracle")

    assert of(session).skipped == {"hologram": 1, "message oracle": 1}


def test_stray_bytes_before_the_first_object_are_named_and_the_session_is_known():
    data = b"/speci" + as_bytes(Session("s-9").calls().lines).replace(b'": ', b'":')

    found = finished(source, data)

    assert found.unreadable == [1]
    assert found.of(Kind.CONTEXT)[0].context.project == "/home/dev/ledger"
    assert {event.run_id for event in found.events} == {"s-9"}


def test_a_session_without_its_first_line_has_the_name_of_its_file():
    assert of(Session("").calls()).one(Kind.CALL).run_id == "a"


def test_a_reader_goes_on_with_the_state_that_another_left():
    session = Session().calls("")
    before = as_bytes(session.lines)
    after = as_bytes(session.calls("").lines)[len(before) :]
    first = reading(source, before)

    second = reading(source, after, after=first.state, offset=len(before))

    call = second.one(Kind.CALL)
    assert (call.run_id, call.call_id) == ("s-1", "#1")
    assert second.one(Kind.COST).cost_usd == 0.5
    assert second.of(Kind.CONTEXT) == []


def test_a_damaged_block_is_named_and_the_calls_beside_it_are_read():
    session = Session().calls("c1", command="make")
    session.lines[-1]["message"]["content"] += [7, {"type": "toolCall", "id": 7}]

    found = finished(source, as_bytes(session.lines))

    assert found.of(Kind.CALL)[0].call_id == "c1"
    assert found.unreadable == [2]


@pytest.mark.parametrize(
    "line",
    [
        {"type": "message", "message": 7},
        {"type": "message", "message": {"role": "toolResult"}},
        {"type": "message", "message": {"role": "assistant", "content": [7, None]}},
        {"type": "message", "message": {"role": "assistant", "usage": {"input": 10**40}}},
        {"type": "message", "message": {"role": 7}, "timestamp": "now"},
        {"type": "session", "id": 7},
        {"type": None},
        [],
    ],
)
def test_damage_is_named_at_most(line):
    session = Session().calls("c1")
    session.lines.append(line)

    found = finished(source, as_bytes(session.result("c1").lines))

    assert [result.call_id for result in found.of(Kind.RESULT)] == ["c1"]


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        ([b'{"type":"session","version":3,"id":"x","cwd":"/app"}'], True),
        ([b"/speci{", b'{"type":"message","parentId":null,"message":{"role":"user"}}'], True),
        ([b'{"type":"session","id":"x"}'], False),
        ([b'{"type":"message","message":{"role":"user"}}'], False),
        ([b'{"type":"user","sessionId":"s","parentUuid":null}'], False),
        ([], False),
    ],
)
def test_a_session_is_recognised_by_its_first_lines(head, recognised):
    assert source.recognises(head) is recognised


def test_arguments_may_be_a_text():
    session = Session()
    block = {"type": "toolCall", "id": "c1", "name": "exec", "arguments": '{"command": "make"}'}

    call = of(session.message("assistant", content=[block])).one(Kind.CALL)

    assert (call.command, call.args) == ("make", '{"command": "make"}')
