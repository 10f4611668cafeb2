"""The goals of grouping on recorded failures and log lines."""

import csv
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from homeostat.analyze.aliases import aliases
from homeostat.analyze.signature import sign
from homeostat.analyze.templates import templates

pytestmark = pytest.mark.shared


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_score", folder / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def corpus(shared_data: Path) -> list[dict[str, Any]]:
    lines = (shared_data / "error-corpus" / "dev.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def signed(corpus: list[dict[str, Any]]):
    return [sign(row["tool"], row["text"]) for row in corpus]


def test_failures_are_grouped_as_people_group_them(shared_data: Path, corpus, signed):
    joined = aliases(signed)
    predicted = [joined.get(key.id, key.id) for key in signed]

    score, _wrong = scorer(shared_data / "error-corpus").grouping(
        [row["group"] for row in corpus], predicted
    )

    assert score["GA"] >= 0.98
    assert score["PW_P"] >= 0.995


def test_hard_pairs_stay_apart(shared_data: Path, corpus, signed):
    pairs = json.loads((shared_data / "error-corpus" / "hard_pairs.json").read_text())
    groups: dict[str, set[str]] = {}
    for row, key in zip(corpus, signed, strict=True):
        groups.setdefault(row["group"], set()).add(key.id)

    joined = [(a, b) for a, b in pairs["different"] if groups.get(a, set()) & groups.get(b, set())]

    assert joined == []


def test_failures_are_classified_as_people_classify_them(shared_data: Path, corpus, signed):
    score = scorer(shared_data / "error-corpus").classes(
        [row["error_class"] for row in corpus], [key.error_class.value for key in signed]
    )

    assert score["ACC"] >= 0.98


def test_log_lines_are_grouped_without_being_told_their_source(shared_data: Path):
    accuracies = []
    for path in sorted((shared_data / "loghub2k").glob("*_2k.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found = templates([row["content"] for row in rows])
        accuracies.append(
            grouping_accuracy([t.template_id for t in found], [row["event_id"] for row in rows])
        )

    assert len(accuracies) == 8
    assert sum(accuracies) / len(accuracies) >= 0.94


def grouping_accuracy(predicted: list[str], truth: list[str]) -> float:
    """Share of lines whose predicted group is exactly the true group (Zhu et al., ICSE 2019)."""
    own: dict[str, set[int]] = {}
    true: dict[str, set[int]] = {}
    for at, (group, right) in enumerate(zip(predicted, truth, strict=True)):
        own.setdefault(group, set()).add(at)
        true.setdefault(right, set()).add(at)
    exact = set(map(frozenset, true.values()))
    return sum(len(group) for group in own.values() if frozenset(group) in exact) / len(truth)
