"""What `opencode run --format json` prints, kept in a file."""

import json

from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Lines
from homeostat.monitor.sources.opencode.reader import source
from opencode_sessions import START_MS, TOKENS, OpencodeSession
from readings import as_bytes, finished, read_records, reading


def printed(session, *events):
    """Each part of a session as the client prints it once it is done; then other events."""
    names = {"step-start": "step_start", "step-finish": "step_finish", "tool": "tool_use"}
    lines = [
        {"type": names.get(part["type"], part["type"]), "part": part}
        for message in session.messages
        if message["info"]["role"] == "assistant"
        for part in message["parts"]
    ]
    return [
        {"timestamp": START_MS + 1000 * number, "sessionID": session.session, **line}
        for number, line in enumerate([*lines, *events])
    ]


def a_session():
    session = OpencodeSession().prompt().runs("c1", "make", 2, "böse")
    session.part(type="step-finish", reason="tool-calls", tokens=TOKENS, cost=0.25)
    session.fails("c2", "read", "File not found", filePath="/x")
    session.part(type="step-finish", reason="tool-calls", tokens=TOKENS, cost=0.25)
    session.says()
    return session.part(type="step-finish", reason="stop", tokens=TOKENS, cost=0.25)


def test_each_call_is_told_with_how_it_came_out():
    found = finished(source, as_bytes(printed(a_session())))

    assert [(e.tool, e.command, e.path) for e in found.of(Kind.CALL)] == [
        ("bash", "make", ""), ("read", "", "/x"),
    ]  # fmt: skip
    assert [(e.outcome, e.failure_kind, e.exit_code) for e in found.of(Kind.RESULT)] == [
        (Outcome.ERROR, "exit_code", 2), (Outcome.ERROR, "status", None),
    ]  # fmt: skip
    assert {e.run_id for e in found.events} == {"ses_1"}
    assert len(found.of(Kind.SAID)) == len(found.of(Kind.TURN_END)) == 1
    assert found.skipped == {}


def test_its_facts_are_those_of_the_exported_session_and_count_once():
    session = a_session()
    exported = read_records(source, session.records())

    found = finished(source, as_bytes(printed(session)))

    kinds = {Kind.CALL, Kind.RESULT, Kind.USAGE, Kind.COST, Kind.SAID, Kind.TURN_END}
    assert {e.id for e in found.events if e.kind in kinds} == {
        e.id for e in exported.events if e.kind in kinds
    }
    assert [e.cost_usd for e in found.of(Kind.COST)] == [0.25, 0.5, 0.75]


def test_costs_go_on_where_the_file_has_grown():
    lines = printed(a_session())

    first = reading(source, as_bytes(lines[:4]))
    then = reading(source, as_bytes(lines[4:]), after=first.state)

    assert [e.cost_usd for e in then.of(Kind.COST)][-1] == 0.75


def test_the_costs_of_two_sessions_in_one_file_are_each_their_own():
    one, other = a_session(), a_session()
    other.session = "ses_2"

    found = finished(source, as_bytes(printed(one) + printed(other)))

    totals = {e.run_id: e.cost_usd for e in found.of(Kind.COST)}
    assert totals == {"ses_1": 0.75, "ses_2": 0.75}


def test_two_lines_glued_together_are_each_read():
    lines = as_bytes(printed(a_session()))

    glued = finished(source, lines.replace(b"\n", b"", 4))

    apart = finished(source, lines)
    assert [(e.kind, e.id) for e in glued.events] == [(e.kind, e.id) for e in apart.events]


def test_a_failure_of_the_model_is_told():
    error = {"name": "APIError", "data": {"message": "scripted", "statusCode": 429}}
    stopped = {"name": "MessageAbortedError", "data": {}}

    found = finished(source, as_bytes(printed(
        a_session(), {"type": "error", "error": error}, {"type": "error", "error": stopped}
    )))  # fmt: skip

    failed = found.one(Kind.API_ERROR)
    assert (failed.name, failed.text) == ("429", "scripted")
    assert len(found.of(Kind.INTERRUPT)) == 1


def test_what_cannot_be_read_is_said():
    lines = printed(a_session(), {"type": "error", "error": "no"}, {"type": "text", "part": 7})
    lines[1]["part"]["state"] = "done"

    found = finished(source, as_bytes(lines))

    assert found.skipped == {"unreadable state": 1, "status ": 1, "unreadable error": 1}
    assert found.unreadable == [len(lines)]
    assert len(found.of(Kind.CALL)) == 2


def test_it_is_known_by_its_lines_also_behind_words_of_the_terminal():
    line = json.dumps(printed(a_session())[0]).encode()

    for head in ([line], [b"! permission requested: bash; auto-rejecting", line]):
        assert source.recognises(head)
        assert source.framing(head) == Lines()


def test_lines_of_others_are_not_taken_for_it():
    for other in (
        {"type": "text", "timestamp": 1, "sessionID": "abc", "part": {}},
        {"type": "session", "timestamp": 1, "sessionID": "ses_1", "part": {}},
        {"type": "text", "sessionID": "ses_1"},
    ):
        assert not source.recognises([json.dumps(other).encode()])
