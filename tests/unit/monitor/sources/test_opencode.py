"""opencode's sessions, messages and parts: what each says."""

import json

import pytest

from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.model.ports import Document, Tables
from homeostat.monitor.sources.opencode.reader import source
from opencode_sessions import SCHEMA, OpencodeSession
from readings import read_records

METADATA = "<bash_metadata>\n%s\n</bash_metadata>"
STATES = [
    ("bash", {"status": "completed", "metadata": {"exit": 0}}, Outcome.OK, "", 0),
    ("bash", {"status": "completed", "metadata": {"exit": 2}}, Outcome.ERROR, "exit_code", 2),
    ("bash", {"status": "completed"}, Outcome.OK, "", None),
    ("bash", {"status": "completed", "metadata": {"exit": "2"}}, Outcome.ERROR, "exit_code", 2),
    ("bash", {"status": "completed", "metadata": {"exit": []}}, Outcome.UNKNOWN, "no_status", None),
    ("bash", {"status": "completed", "metadata": 7}, Outcome.UNKNOWN, "no_status", None),
    ("read", {"status": "completed", "metadata": {"exit": 2}}, Outcome.OK, "", 2),
    ("read", {"status": "error", "error": "File not found"}, Outcome.ERROR, "status", None),
    (
        "bash",
        {"status": "error", "error": "The user rejected permission to use this tool call."},
        Outcome.DENIED,
        "status",
        None,
    ),
    ("bash", {"status": "error", "error": "Tool execution aborted"}, Outcome.INTERRUPTED, "status",
     None),
    ("invalid", {"status": "completed", "output": "..."}, Outcome.ERROR, "tool_use_error", None),
    (
        "bash",
        {"status": "completed", "metadata": {"exit": None},
         "output": METADATA % "bash tool terminated command after exceeding timeout 5 ms"},
        Outcome.ERROR,
        "timeout",
        None,
    ),
    (
        "bash",
        {"status": "completed", "output": METADATA % "User aborted the command"},
        Outcome.INTERRUPTED,
        "aborted",
        None,
    ),
    (
        "bash",
        {"status": "completed", "metadata": {"exit": 0}, "output": METADATA % "exceeding timeout"},
        Outcome.OK,
        "",
        0,
    ),
]  # fmt: skip


def of(session):
    found = read_records(source, session.records())
    assert found.unreadable == []
    return found


@pytest.mark.parametrize(("tool", "state", "outcome", "kind", "code"), STATES)
def test_a_call_comes_out_as_its_final_state_says(tool, state, outcome, kind, code):
    result = of(OpencodeSession().calls("c1", tool, **state)).one(Kind.RESULT)

    assert (result.outcome, result.failure_kind, result.exit_code) == (outcome, kind, code)


@pytest.mark.parametrize("status", ["pending", "running"])
def test_a_call_that_has_not_ended_has_no_result(status):
    found = of(OpencodeSession().calls("c1", status=status, input={"command": "make"}))

    assert found.of(Kind.RESULT) == []
    assert found.one(Kind.CALL).command == "make"
    assert found.skipped == {}


def test_a_call_that_is_still_being_written_is_another_fact_than_the_whole_one():
    pending = of(OpencodeSession().calls("c1", status="pending")).one(Kind.CALL)
    running = of(OpencodeSession().calls("c1", status="running")).one(Kind.CALL)

    assert pending.call_id == running.call_id
    assert pending.id != running.id


def test_a_status_that_nobody_knows_is_no_result_and_counted():
    found = of(OpencodeSession().calls("c1", status="paused"))

    assert found.of(Kind.RESULT) == []
    assert found.skipped == {"status paused": 1}


def test_what_a_call_is_about():
    session = OpencodeSession().calls("c1", "edit", status="running", input={"filePath": "a.py"})
    session.calls("c2", "grep", status="running", input={"path": "src", "pattern": "x"})
    session.calls("c3", "task", status="running", input={"subagent_type": "review"})

    found = of(session)

    assert [(call.tool, call.path, call.command) for call in found.of(Kind.CALL)] == [
        ("edit", "a.py", ""),
        ("grep", "src", ""),
        ("task", "", ""),
    ]
    assert json.loads(found.of(Kind.CALL)[1].args) == {"path": "src", "pattern": "x"}
    assert found.one(Kind.SPAWN).name == "review"


def test_ids_that_were_blanked_are_counted_and_never_join_two_calls():
    session = OpencodeSession().runs("c1", "ls", 0).runs("REDACTED", "make", 1)
    session.runs("REDACTED", "make", 2)

    found = of(session)

    assert [call.call_id for call in found.of(Kind.CALL)] == ["c1", "#1", "#2"]
    assert [result.exit_code for result in found.of(Kind.RESULT)] == [0, 1, 2]


def test_messages_whose_ids_were_blanked_spend_their_tokens_each():
    session = OpencodeSession().says().says()
    for message in session.messages:
        message["info"]["id"] = "REDACTED"

    usages = [event.usage for event in of(session).of(Kind.USAGE)]

    assert len({usage.message_id for usage in usages}) == 2


def test_tokens_and_costs_are_the_messages():
    found = of(OpencodeSession().says().says())

    usage = found.of(Kind.USAGE)[0].usage
    assert (usage.input_tokens, usage.output_tokens) == (400, 40)
    assert (usage.cache_read_tokens, usage.cache_creation_tokens) == (800, 3)
    assert [event.cost_usd for event in found.of(Kind.COST)] == [0.25, 0.5]


def test_a_message_that_is_written_on_has_the_later_figures_as_another_fact():
    session = OpencodeSession().says()
    early = of(session).one(Kind.USAGE)
    session.messages[0]["info"]["tokens"] = {"input": 400, "output": 90}

    late = of(session).one(Kind.USAGE)

    assert early.id != late.id
    assert early.usage.message_id == late.usage.message_id


def test_words_of_people_and_of_the_agent():
    session = OpencodeSession().prompt("Fix it.").says("I will.").message("user")
    session.part(type="text", text="Go on with what the tool said.", synthetic=True)
    session.part(type="text", text="  ").part(type="file", mime="image/png")
    session.part(type="file", mime="text/plain")

    found = of(session)

    assert [event.text for event in found.of(Kind.PROMPT)] == ["Fix it."]
    assert (
        len(found.of(Kind.SAID)) == len(found.of(Kind.TURN_END)) == len(found.of(Kind.IMAGE)) == 1
    )


def test_of_a_part_alone_only_the_agents_words_have_a_time():
    parts = OpencodeSession().prompt("Fix it.").says("I will.").messages

    found = read_records(source, [message["parts"][0] for message in parts])

    assert [event.kind for event in found.events] == [Kind.PROMPT, Kind.SAID]


@pytest.mark.parametrize(
    ("error", "kind", "name"),
    [
        ({"name": "MessageAbortedError", "data": {"message": "x"}}, Kind.INTERRUPT, ""),
        ({"name": "APIError", "data": {"message": "x", "statusCode": 429}}, Kind.API_ERROR, "429"),
        ({"name": "UnknownError", "data": {"message": "x"}}, Kind.API_ERROR, "UnknownError"),
        ({"name": "UnknownError", "data": None}, Kind.API_ERROR, "UnknownError"),
    ],
)
def test_how_a_message_failed(error, kind, name):
    event = of(OpencodeSession().message("assistant", error=error)).one(kind)

    assert event.name == name


def test_retries_and_compactions():
    session = OpencodeSession().message("assistant")
    data = {"statusCode": 529, "message": "Overloaded"}
    session.part(type="retry", attempt=1, error={"name": "APIError", "data": data})
    session.part(type="compaction", auto=True)

    found = of(session)

    assert (found.one(Kind.RETRY).name, found.one(Kind.RETRY).text) == ("529", "Overloaded")
    assert len(found.of(Kind.COMPACTION)) == 1


def test_parts_that_a_newer_version_writes_are_counted():
    session = OpencodeSession().message("assistant", {"type": "hologram"}, {"type": "reasoning"})

    assert of(session).skipped == {"part hologram": 1}


def test_what_a_session_runs_on():
    session = OpencodeSession().says().says().message("assistant", modelID="large-2")

    contexts = [event.context for event in of(session).of(Kind.CONTEXT)]

    assert [(c.project, c.client_version, c.model) for c in contexts] == [
        ("/home/dev/ledger", "1.18.33", ""),
        ("", "", "small-1"),
        ("", "", "large-2"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"time": {"start": "yesterday"}},
        {"time": {"start": -5, "end": 1e300}},
        {"time": [1]},
        {"time": None},
        {"metadata": 7},
        {"metadata": {"exit": "1"}},
        {"metadata": {"exit": 10**40}},
        {"input": None},
        {"input": [1]},
    ],
)
def test_damage_in_a_state_leaves_the_call_and_how_it_came_out(change):
    found = of(OpencodeSession().calls("c1", "read", status="error", error="x", **change))

    assert found.one(Kind.CALL).tool == "read"
    assert found.one(Kind.RESULT).outcome is Outcome.ERROR


@pytest.mark.parametrize("damage", [7, None, [], "x", {"type": 7}, {"type": "tool", "tool": None}])
def test_a_damaged_part_is_named_and_the_others_are_read(damage):
    session = OpencodeSession().runs("c1", "ls", 0)
    session.messages[0]["parts"].insert(0, damage)

    found = read_records(source, session.records())

    assert len(found.of(Kind.RESULT)) == 1
    assert len(found.unreadable) <= 1


@pytest.mark.parametrize(
    "record",
    [b"[]", b"null", b"7", b"{}", b'{"info": 7}', b'{"messages": null}', b'{"part": {"data": 7}}',
     b'{"message": {"data": "{"}}', b'{"session": []}', b'{"id": "x"}', b'{"id": "x", "role": 7}',
     b'{"messages": {"info": {"role": "assistant"}, "parts": {}}}', b"\xff{", b'{"messages": NaN}'],
)  # fmt: skip
def test_records_that_are_nothing_raise_nothing_else(record):
    found = read_records(source, [record, *OpencodeSession().runs("c1", "ls", 0).records()])

    assert len(found.of(Kind.RESULT)) == 1


SESSION = {"id": "ses_1", "directory": "/x", "title": "t", "version": "1", "time": {"created": 1}}
MESSAGE = {"id": "msg_1", "sessionID": "ses_1", "role": "user", "time": {"created": 1}}
PART = {"id": "prt_1", "sessionID": "ses_1", "messageID": "msg_1", "type": "text", "text": "x"}
DATABASE = [b"SQLite format 3", *(sql.strip().encode() for sql in SCHEMA.split(";"))]


@pytest.mark.parametrize(
    ("head", "framing"),
    [
        ([json.dumps(OpencodeSession().says().exported()).encode()], ("messages",)),
        ([json.dumps({"info": SESSION, "messages": []}).encode()], ("messages",)),
        ([json.dumps({"messages": [{"parts": [PART], "info": MESSAGE}]}).encode()], ("messages",)),
        ([json.dumps(SESSION).encode()], ()),
        ([json.dumps(MESSAGE).encode()], ()),
        (json.dumps(PART, indent=2).encode().splitlines(), ()),
    ],
)
def test_a_document_is_recognised_by_its_members(head, framing):
    assert source.recognises(head)
    assert source.framing(head) == Document(split=framing)


def test_a_database_is_recognised_by_its_tables():
    framing = source.framing(DATABASE)

    assert source.recognises(DATABASE)
    assert isinstance(framing, Tables)
    assert [table.name for table in framing.tables] == ["session", "message", "part"]


@pytest.mark.parametrize(
    "head",
    [
        [],
        [b"{}"],
        [b'{"info": {}, "messages": []}'],
        [b'{"info": {"id": "x"}, "tasks": [], "simulations": []}'],
        [b'{"id": "1", "role": "user", "time": {}, "sessionID": "s"}'],
        DATABASE[:1],
        DATABASE[:3],
    ],
)
def test_other_files_are_not(head):
    assert not source.recognises(head)
