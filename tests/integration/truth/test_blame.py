"""The rule for who led a failed run astray does better than the best trivial one, in both."""

import json
import re
import subprocess
import sys

import pytest

from homeostat.loop.blame import blamed

pytestmark = pytest.mark.shared


def scored(folder, *arguments):
    """Each table's total: share of runs with the right agent, with the right step."""
    done = subprocess.run(
        [sys.executable, "score_attribution.py", *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    totals = re.findall(r"^all +\d+ +([\d.]+)% +([\d.]+)%", done.stdout, re.MULTILINE)
    return [(float(agent), float(step)) for agent, step in totals]


def test_agent_and_step_are_right_more_often_than_by_any_trivial_rule(shared_data, tmp_path):
    folder, problems = shared_data / "traces", []
    predictions = tmp_path / "predictions.jsonl"
    found = blamed([folder / "who-and-when", folder / "agentrx"], problems)
    predictions.write_text("".join(
        json.dumps({
            "file": guess.file.removeprefix(f"{folder}/"), "agent": guess.agent, "step": guess.step,
        }) + "\n"
        for guess in found
    ))  # fmt: skip

    ((agent, step),) = scored(folder, predictions)

    trivial = scored(folder, "--baselines")
    assert problems == []
    assert agent > max(share for share, _ in trivial)
    assert step > 2 * max(share for _, share in trivial)
    assert (agent, step) == (55.7, 28.7)  # what `homeostat blame` and docs/benchmarks.md say
