"""The judge on a few cases of the shared simulator; bench/verification.py has the rates."""

import importlib.util
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from homeostat.loop.trials import judged, prediction
from homeostat.model.verdict import Ruling

pytestmark = pytest.mark.shared
SEEDS = range(3)


@pytest.fixture(scope="module")
def simulator(shared_data):
    pytest.importorskip("numpy")
    spec = importlib.util.spec_from_file_location(
        "shared_simulator", shared_data / "verification" / "simulate.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def verdicts(simulator, folder, scenario, design="canary"):
    found = Counter()
    for seed in SEEDS:
        path = folder / f"{scenario}{design}{seed}.jsonl"
        simulator.write(simulator.generate(scenario, seed, design=design), str(path))
        said = judged(path, path.with_suffix(".change.json"))
        assert said.bad_lines == 0
        assert said.verdict.day == 21
        answer = prediction(said)
        assert answer.decided_at is None or answer.decided_at > datetime(2026, 1, 5, tzinfo=UTC)
        found[said.verdict.ruling] += 1
        found.update(f"ever {ruling}" for ruling in said.verdict.ever)
    return found


def test_a_fault_that_is_removed_is_found(simulator, tmp_path):
    assert verdicts(simulator, tmp_path, "onset_fixed")[Ruling.VERIFIED] >= 2


def test_harm_to_a_sibling_is_found_and_seldom_verified(simulator, tmp_path):
    """In 1 of 100 it is, by proof in at most 15: the third of these seeds is such a case."""
    found = verdicts(simulator, tmp_path, "harm_side")

    assert found[Ruling.WORSE] == 2
    assert found["ever verified"] <= 1


def test_with_blocks_harm_to_a_sibling_is_never_verified(simulator, tmp_path):
    assert verdicts(simulator, tmp_path, "harm_side", "switchback")["ever verified"] == 0


@pytest.mark.parametrize("scenario", ["null_outage", "effect_80", "harm_150"])
def test_a_full_roll_out_is_neither_verified_nor_worse(simulator, tmp_path, scenario):
    found = verdicts(simulator, tmp_path, scenario, "full")

    assert found["ever verified"] == found["ever worse"] == 0
