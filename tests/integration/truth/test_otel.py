"""Spans: the independent count is reproduced, and the labels of people are of the same runs."""

import json
from collections import Counter

import pytest

from homeostat.model.views import Window
from truths import NOT_COMPARED, a_homeostat, counted, details, differing, truths

pytestmark = pytest.mark.shared
FORMAT = "otel-openinference"
# How often each kind of span came is of no view, but for those in error, agents and models.
LEFT_OUT = NOT_COMPARED | {"spans", "spans_by_kind", "roots", "repeated_span_ids"}


def figures(homeostat):
    found = counted(homeostat, FORMAT)
    (run,) = details(homeostat)
    often = {fact.name: fact.count for fact in run.facts}
    failed = Counter(score.name for score in run.scores if score.source == "spans")
    failed += Counter({"TOOL": found["failed"], "LLM": often.get("model.error", 0)})
    return found | {
        "error_spans_by_kind": dict(failed),
        "root_error": bool(failed["AGENT"] or failed["none"]),
        "agents": often.get("agent.spawn", 0),
        "answers": often.get("agent.said", 0) + often.get("model.error", 0),
    }


def test_each_trace_gives_the_figures_of_the_truth(shared_data, tmp_path):
    wanted = truths(shared_data, FORMAT)
    wrong = {}

    for index, (name, truth) in enumerate(wanted.items()):
        homeostat = a_homeostat(tmp_path / str(index))
        homeostat.import_files([shared_data / "traces" / name])
        truth["agents"] = truth["spans_by_kind"].get("AGENT", 0)
        truth["answers"] = truth["spans_by_kind"].get("LLM", 0)
        found = differing(truth, figures(homeostat), not_compared=LEFT_OUT)
        wrong |= {f"{name} {key}": both for key, both in found.items()}

    assert wanted
    assert wrong == {}


def test_labels_are_of_the_runs_of_the_spans(shared_data, tmp_path):
    total = json.loads((shared_data / "traces" / "totals.json").read_text())[FORMAT]
    folder = shared_data / "traces" / FORMAT
    homeostat = a_homeostat(tmp_path)

    homeostat.import_files([folder])

    found = counted(homeostat, FORMAT) | {"files": len(truths(shared_data, FORMAT))}
    assert {key: found[key] for key in total} == total
    labels = [json.loads(path.read_text()) for path in folder.glob("*/annotations_*/*.json")]
    said = [score for run in details(homeostat) for score in run.scores if score.source == "trail"]
    assert sum(bool(score.call_id) for score in said) == sum(len(x["errors"]) for x in labels)
    assert sum(score.name == "overall" for score in said) == len(labels)


def test_a_call_of_a_client_is_one_whether_its_transcript_or_its_spans_come_first(
    shared_data, tmp_path
):
    transcripts = shared_data / "claude-code" / "transcripts" / "stock-report"
    spans = shared_data / "claude-code" / "otlp" / "stock-report-json"
    calls = []

    for index, order in enumerate([(transcripts, spans), (spans, transcripts), (transcripts,)]):
        homeostat = a_homeostat(tmp_path / str(index))
        for folder in order:
            homeostat.import_files([folder])
        (run,) = homeostat.runs(Window())
        calls.append({
            (c.call_id, c.tool, c.outcome, c.failure_kind, c.path, c.command)
            for c in homeostat.run(run.run_id).calls
        })  # fmt: skip

    assert calls[0] == calls[1] == calls[2]
