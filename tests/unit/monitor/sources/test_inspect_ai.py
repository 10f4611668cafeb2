import json
import zipfile

import pytest

from damaged import raised, with_one_wrong
from documents import read_document, read_file
from homeostat.model.event import Kind
from homeostat.model.outcome import Outcome
from homeostat.monitor.sources.inspect_ai.reader import source

EVAL = {
    "task": "fix", "task_id": "T1", "run_id": "R1", "model": "org/m-1", "created": "2025-05-12",
    "packages": {"inspect_ai": "0.3.95", "other": {"editable": True}}, "dataset": {}, "config": {},
}  # fmt: skip
HEADER = {"version": 2, "status": "success", "eval": EVAL, "plan": {}, "stats": {}}


def called(*calls, message_id="m1", content=""):
    return {"id": message_id, "role": "assistant", "content": content, "tool_calls": list(calls)}


def call(call_id, function="bash", **arguments):
    return {"id": call_id, "function": function, "arguments": arguments}


def answer(call_id, content="ok", error=None, function="bash"):
    return {
        "role": "tool", "content": content, "tool_call_id": call_id, "function": function,
        "error": error,
    }  # fmt: skip


MESSAGES = [
    {"id": "m0", "role": "user", "content": [{"type": "text", "text": "Fix it."}]},
    called(call("c1", cmd="make"), call("c2", "look", path="a.py")),
    answer("c1", "", {"type": "timeout", "message": "took too long"}),
    answer("c2", function="look"),
    {"id": "m2", "role": "assistant", "content": "Done."},
]
EVENTS = [
    {"event": "sample_init", "timestamp": "2025-05-12T20:27:36+00:00", "sample": {}},
    {
        "event": "model", "timestamp": "2025-05-12T20:27:37+00:00",
        "completed": "2025-05-12T20:27:38+00:00",
        "output": {"choices": [{"message": {"id": "m1"}}]},
    },
    {
        "event": "tool", "timestamp": "2025-05-12T20:27:39+00:00", "id": "c1",
        "completed": "2025-05-12T20:27:49+00:00", "working_time": 9.5,
    },
    {"event": "score", "timestamp": "2025-05-12T20:27:55+00:00", "score": {"value": "C"}},
]  # fmt: skip


def a_sample(**fields):
    return {
        "id": 1, "epoch": 1, "messages": MESSAGES, "events": EVENTS,
        "scores": {"match": {"value": "C", "explanation": "as wanted"}},
        "model_usage": {
            "org/m-1": {"input_tokens": 100, "output_tokens": 9, "input_tokens_cache_read": 60}
        },
        **fields,
    }  # fmt: skip


def a_log(*samples):
    return {**HEADER, "samples": list(samples), "reductions": []}


def test_a_failed_call_is_one_whose_answer_names_an_error(tmp_path):
    found = read_document(source, tmp_path, a_log(a_sample()))

    failed, fine = found.answers()["c1"], found.answers()["c2"]
    assert (failed.outcome, failed.failure_kind) == (Outcome.ERROR, "timeout")
    assert failed.text == "took too long"
    assert fine.outcome is Outcome.OK
    assert found.calls()["c1"].command == "make"
    assert found.calls()["c2"].path == "a.py"


def test_times_are_those_of_the_events(tmp_path):
    found = read_document(source, tmp_path, a_log(a_sample()))

    assert found.calls()["c1"].ts.second == 39
    assert found.answers()["c1"].ts.second == 49
    assert found.answers()["c1"].duration_ms == 9500
    assert found.of(Kind.PROMPT)[0].ts.second == 36


def test_an_answer_alone_tells_of_its_call(tmp_path):
    messages = [answer("c7", "no", {"type": "permission", "message": "no"})]

    found = read_document(source, tmp_path, a_log(a_sample(messages=messages)))

    assert (found.one(Kind.CALL).tool, found.one(Kind.RESULT).outcome) == ("bash", Outcome.ERROR)


def test_a_call_without_an_answer_has_none(tmp_path):
    found = read_document(source, tmp_path, a_log(a_sample(messages=MESSAGES[:2])))

    assert len(found.of(Kind.CALL)) == 2
    assert found.of(Kind.RESULT) == []


def test_a_run_is_a_sample_and_an_epoch(tmp_path):
    samples = [a_sample(), a_sample(epoch=2), a_sample(id="b", uuid="u-1")]

    found = read_document(source, tmp_path, a_log(*samples))

    assert list(dict.fromkeys(e.run_id for e in found.events)) == ["T1:1:1", "T1:1:2", "u-1"]


def test_tokens_are_told_by_model(tmp_path):
    found = read_document(source, tmp_path, a_log(a_sample()))

    usage = found.one(Kind.USAGE).usage
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (100, 9, 60)
    context = found.one(Kind.CONTEXT).context
    assert (context.model, context.project, context.client_version) == ("org/m-1", "fix", "0.3.95")


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        ({"match": {"value": "C"}}, [("match", 1.0, "C", True)]),
        ({"match": {"value": "I"}}, [("match", 0.0, "I", True)]),
        ({"match": {"value": "P"}}, [("match", 0.5, "P", True)]),
        ({"match": {"value": 0.25}}, [("match", 0.25, "", True)]),
        ({"match": {"value": True}}, [("match", 1.0, "", True)]),
        ({"count": {"value": 17}}, [("count", 17.0, "", False)]),
        ({"said": {"value": "refused"}}, [("said", None, "refused", False)]),
        (
            {"both": {"value": {"a": 1, "b": "I"}}},
            [("both.a", 1.0, "", False), ("both.b", 0.0, "I", False)],
        ),
        (
            {"one": {"value": "C"}, "two": {"value": "I"}},
            [("one", 1.0, "C", False), ("two", 0.0, "I", False)],
        ),
        ({"none": {"value": None}}, []),
        ({}, []),
    ],
)
def test_one_grade_decides_and_several_do_not(tmp_path, scores, wanted):
    found = read_document(source, tmp_path, a_log(a_sample(scores=scores)))

    assert [
        (e.name, e.score.value, e.score.label, e.score.decides) for e in found.of(Kind.SCORE)
    ] == wanted


def test_an_error_or_a_limit_of_a_sample_is_told(tmp_path):
    sample = a_sample(error={"message": "boom", "traceback": "..."}, limit={"type": "token"})

    found = read_document(source, tmp_path, a_log(sample))

    assert found.one(Kind.API_ERROR).text == "boom"
    assert found.one(Kind.LIMIT).name == "token"


def test_long_texts_are_found_where_they_were_put(tmp_path):
    messages = [{"role": "user", "content": "attachment://abc"}]
    sample = a_sample(messages=messages, attachments={"abc": "The whole text"})

    found = read_document(source, tmp_path, a_log(sample))

    assert found.one(Kind.PROMPT).text == "The whole text"


def an_archive(path, *samples, header=True):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_journal/start.json", json.dumps({"version": 2, "eval": EVAL}))
        for sample in samples:
            name = f"samples/{sample['id']}_epoch_{sample['epoch']}.json"
            archive.writestr(name, json.dumps(sample))
        if header:
            archive.writestr("header.json", json.dumps(HEADER))
    return path


@pytest.mark.parametrize("header", [True, False], ids=["finished", "still running"])
def test_an_archive_gives_what_the_document_gives(tmp_path, header):
    samples = [a_sample(), a_sample(id=2)]

    found = read_file(source, an_archive(tmp_path / "log.eval", *samples, header=header))

    assert found.events == read_document(source, tmp_path, a_log(*samples)).events


def test_other_archives_are_not_ours(tmp_path):
    assert not source.recognises([b"PK\x03\x04", b"word/document.xml", b"samples/a.json"])


def test_a_value_that_should_not_be_there_costs_at_most_its_record():
    for wrong in with_one_wrong({"samples": a_sample()}):
        assert raised(source, wrong) == [], wrong
    for wrong in with_one_wrong({"header": {"eval": EVAL}}):
        assert raised(source, wrong) == [], wrong


@pytest.mark.parametrize("error", ["took too long", ["x"], {"message": "x", "type": None}])
def test_an_error_of_another_shape_is_a_failure_as_well(tmp_path, error):
    sample = a_sample(messages=[called(call("c1")), answer("c1", "", error)])

    found = read_document(source, tmp_path, HEADER | {"samples": [sample]})

    result = found.one(Kind.RESULT)
    assert (result.outcome, result.failure_kind) == (Outcome.ERROR, "other")
    assert result.text


def test_a_call_that_cannot_be_read_takes_no_other_with_it(tmp_path):
    sample = a_sample(messages=[called("call", call("c1")), answer("c1")])

    found = read_document(source, tmp_path, HEADER | {"samples": [sample]})

    assert list(found.calls()) == ["c1"]
    assert found.skipped == {"unreadable call": 1}


def test_without_events_the_sample_says_when_it_was_and_else_the_evaluation(tmp_path):
    timed = a_sample(events=None, started_at="2025-05-12T21:00:00+00:00")
    document = HEADER | {"samples": [timed, a_sample(events=None, id=2)]}

    found = read_document(source, tmp_path, document)

    first, second = (event.ts for event in found.of(Kind.CONTEXT))
    assert (first.hour, second.hour, second.day) == (21, 0, 12)


def test_texts_kept_apart_are_put_in_also_where_an_answer_has_several_parts(tmp_path):
    parts = [{"type": "text", "text": "attachment://abc"}, {"type": "text", "text": "end"}]
    sample = a_sample(
        messages=[called(call("c1")), answer("c1", parts)], attachments={"abc": "long"}
    )

    found = read_document(source, tmp_path, HEADER | {"samples": [sample]})

    assert found.one(Kind.RESULT).text == "long\nend"
