"""Who&When and AgentRx: runs, steps and agents as counted, and the labels as people gave them."""

import gzip
import json
from collections import Counter

import pytest

from truths import a_homeostat, counted, details, truths

pytestmark = pytest.mark.shared
CLIENTS = ("who-and-when", "agentrx")


def label_files(folder, client):
    return [folder / "traces" / "agentrx" / "magentic_one_ground_truth.json"] * (
        client != CLIENTS[0]
    )


def figures(run):
    often = {fact.name: fact.count for fact in run.facts}
    asked = often.get("prompt", 0)
    return {
        "steps": asked + often.get("agent.said", 0),
        "run_outcome": {"badly": "failed"}.get(run.run.outcome),
        "agents": Counter({who.name: who.count for who in run.agents}),
        "asked": asked,
    }


@pytest.mark.parametrize("client", CLIENTS)
def test_each_run_has_the_steps_agents_and_outcome_of_the_truth(client, shared_data, tmp_path):
    wanted = {n: t for n, t in truths(shared_data, client).items() if "steps" in t}
    homeostat = a_homeostat(tmp_path)

    homeostat.import_files(
        [*(shared_data / "traces" / name for name in wanted), *label_files(shared_data, client)]
    )

    runs = {run.run.source_path: figures(run) for run in details(homeostat)}
    assert len(runs) == len(wanted)
    for name, truth in wanted.items():
        found = runs[str(shared_data / "traces" / name)]
        people = sum(truth["agents"].pop(who, 0) for who in ("human", "user"))
        assert (found["steps"], found["run_outcome"]) == (truth["steps"], truth["run_outcome"])
        assert (found["asked"], found["agents"]) == (people, truth["agents"]), name


def test_all_files_give_the_totals(shared_data, tmp_path):
    totals = json.loads((shared_data / "traces" / "totals.json").read_text())
    for client in CLIENTS:
        homeostat = a_homeostat(tmp_path / client)
        homeostat.import_files([shared_data / "traces" / client])
        # Files of labels are no runs.
        found = counted(homeostat, client) | {"files": totals[client]["files"]}
        assert {key: found[key] for key in totals[client]} == totals[client]


def test_a_persons_word_who_failed_and_when_is_a_score(shared_data, tmp_path):
    homeostat = a_homeostat(tmp_path)
    folder = shared_data / "traces" / "who-and-when"
    homeostat.import_files([folder])

    found = {
        (run.run.source_path, score.agent, score.step)
        for run in details(homeostat)
        for score in run.scores
        if score.name == "mistake"
    }

    wanted = set()
    for path in folder.rglob("*.json.gz"):
        label = json.loads(gzip.decompress(path.read_bytes()))
        wanted.add((str(path), label["mistake_agent"], int(label["mistake_step"])))
    assert found == wanted


def test_each_failure_that_people_found_is_a_score(shared_data, tmp_path):
    homeostat = a_homeostat(tmp_path)
    labels = shared_data / "traces" / "agentrx" / "magentic_one_ground_truth.json"
    homeostat.import_files([labels])

    found = {
        run.run.run_id: {(s.agent, s.step, s.name) for s in run.scores if s.step is not None}
        for run in details(homeostat)
    }

    assert found == {
        record["trajectory_id"]: {
            (f["failed_agent"], int(f["step_number"]) - 1, f["failure_category"])
            for f in record["failures"]
        }
        for record in json.loads(labels.read_text())
    }
