"""How well fault is told from finding on real calls, and how runs came out, with intervals.

    python bench/nature.py

Labels stand in tests/data, the recordings in the folder that HOMEOSTAT_TEST_DATA names.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import natures
from homeostat.analyze.intervals import wilson
from natures import Half, Labelled, Score
from processes import test_data


def show(name: str, score: Score) -> None:
    parts = [
        f"{word} {score.hits}/{tries} = {score.hits / max(1, tries):.3f} "
        f"({interval.low:.3f} to {interval.high:.3f})"
        for word, tries in (("precision", score.said), ("recall", score.true))
        for interval in [wilson(score.hits, tries)]
    ]
    print(f"  {name:30} {'   '.join(parts)}")


def show_calls(calls: list[Labelled]) -> None:
    parts = {half.value: [call for call in calls if call.half is half] for half in Half}
    parts["all"] = calls
    for title, score in (("finding", natures.findings), ("masked", natures.masks)):
        print(f"{title}, without the arguable ones:")
        for name, part in parts.items():
            show(name, score(part))
    print("simpler rules for finding, all:")
    for name, found in natures.baselines(calls).items():
        show(name, found)
    rules = Counter(
        f"{call.judged.rule} -> {call.judged.nature}" for call in calls if not call.masked
    )
    print("rules that decided of the failed calls:")
    for rule, count in rules.most_common():
        print(f"  {count:5} {rule}")


def show_runs(traces: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = list(natures.outcomes(traces, Path(folder)))
    print(f"{len(found)} runs, labelled -> said:")
    for (label, said), count in sorted(Counter((o.label, o.said) for o in found).items()):
        print(f"  {count:5} {label} -> {said}")
    print("rules that decided:")
    for (rule, said), count in Counter((o.rule, o.said) for o in found).most_common():
        print(f"  {count:5} {rule} -> {said}")


def main() -> None:
    traces = test_data() / "traces"
    calls = natures.labelled(traces)
    failed = sum(not call.masked for call in calls)
    arguable = sum(call.is_arguable for call in calls)
    print(
        f"{failed} failed and {len(calls) - failed} successful calls, {arguable} of them arguable"
    )
    show_calls(calls)
    show_runs(traces)


if __name__ == "__main__":
    main()
