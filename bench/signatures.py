"""Grouping of failures and of log lines: ours beside Drain3, with the time that both take.

    python bench/signatures.py [DATA_FOLDER]

The folder (default: HOMEOSTAT_TEST_DATA) holds `error-corpus` and `loghub2k` with their `score.py`.
GA: share of lines whose group is exactly the true one; FGA: the same over groups (F1).
"""

import csv
import importlib.util
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

from homeostat.analyze.aliases import aliases
from homeostat.analyze.signature import sign
from homeostat.analyze.templates import templates

# The masks of Drain3's own examples (https://github.com/logpai/Drain3, drain3.ini).
DRAIN_MASKS = (
    (r"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)", "ID"),
    (r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)", "IP"),
    (r"((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)", "SEQ"),
    (r"((?<=[^A-Za-z0-9])|^)([0-9A-F]{4} ?){4,}((?=[^A-Za-z0-9])|$)", "SEQ"),
    (r"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)", "HEX"),
    (r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)", "NUM"),
    (r"(?<=executed cmd )(\".+?\")", "CMD"),
)
MEGABYTE = 1_000_000
HOSTILE = {
    "1.1.1": "1.",
    "letters": "a",
    "parentheses": "(",
    "line feeds": "\n",
    "blanks": " ",
    "double quotes": '"',
    "single quotes": "'",
    "backslashes": "\\",
    "slashes": "/a",
    "words": "error: failed ",
    "pairs": "'x' \"y\" ",
    "brackets": "{[<",
    "colons": "a:1:",
    "addresses": "a@b.c-",
    "frames": '  File "a.py", line 1, in f\n',
    "javascript frames": "    at f (a.js:1:1)\n",
    "exceptions": "ValueError: x\n",
    "json": '{"error": {"code": "x", ',
    "escapes": "\x1b[31m",
    "hexadecimal": "deadbeef",
    "urls": "http://a.b/",
    "dates": "2026-01-01T00:00:00",
    "one letter and blanks": "E   ",
    "permission denied": "a: permission denied ",
    "tests": "FAILED a::b - c ",
}


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"score_{folder.name}", folder / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drain(texts: Iterable[str]) -> list[str]:
    """Drain3's group of each text, read in this order, with its defaults and usual masks."""
    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(*mask) for mask in DRAIN_MASKS]
    miner = TemplateMiner(config=config)
    return [str(miner.add_log_message(text)["cluster_id"]) for text in texts]


def last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def one_line(text: str) -> str:
    return " ".join(text.split())


def ours(corpus: Sequence[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Signatures with their aliases, and classes."""
    signed = [sign(row["tool"], row["text"]) for row in corpus]
    joined = aliases(signed)
    return [joined.get(s.id, s.id) for s in signed], [s.error_class.value for s in signed]


def seconds(act: Callable[[], object], *, rounds: int = 3) -> float:
    """CPU seconds of the fastest of some rounds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        act()
        taken.append(time.process_time() - start)
    return min(taken)


def hard_pairs(folder: Path, groups: Sequence[str], predicted: Sequence[str]) -> str:
    pairs = json.loads((folder / "hard_pairs.json").read_text(encoding="utf-8"))
    seen: dict[str, set[str]] = {}
    for group, own in zip(groups, predicted, strict=True):
        seen.setdefault(group, set()).add(own)
    apart = [not seen[a] & seen[b] for a, b in pairs["different"] if a in seen and b in seen]
    whole = [len(seen[g]) == 1 for g in pairs["same"] if g in seen]
    return f"{statistics.mean(apart):.2f}/{statistics.mean(whole):.2f}"


def show_corpus(folder: Path) -> None:
    corpus, score = rows(folder / "dev.jsonl"), scorer(folder)
    truth = [row["group"] for row in corpus]
    texts = [row["text"] for row in corpus]
    methods: dict[str, Callable[[], list[str]]] = {
        "homeostat": lambda: ours(corpus)[0],
        "Drain3, usual masks, whole text": lambda: drain(one_line(text) for text in texts),
        "Drain3, usual masks, last line": lambda: drain(last_line(text) for text in texts),
    }
    print(f"Error corpus, {len(corpus)} texts, {len(set(truth))} groups")
    print(f"{'':34} GA    FGA   P     R     hard pairs  texts/s")
    for name, method in methods.items():
        predicted = method()
        found, _wrong = score.grouping(truth, predicted)
        rate = len(corpus) / seconds(method)
        print(
            f"{name:34} {found['GA']:.3f} {found['FGA']:.3f} {found['PW_P']:.3f}"
            f" {found['PW_R']:.3f} {hard_pairs(folder, truth, predicted):11} {rate:7,.0f}"
        )
    classes = score.classes([row["error_class"] for row in corpus], ours(corpus)[1])
    print(f"class: accuracy {classes['ACC']:.3f}, macro F1 {classes['MF1']:.3f}")
    show_times(corpus)


def show_times(corpus: Sequence[dict[str, Any]]) -> None:
    taken = sorted(
        seconds(lambda row=row: sign(row["tool"], row["text"]), rounds=3) * 1e3 for row in corpus
    )
    p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    print(f"one text: p50 {p50:.2f} ms, p99 {p99:.2f} ms, most {taken[-1]:.2f} ms")
    worst = {
        name: seconds(lambda text=text: sign("Bash", text)) * 1e3
        for name, piece in HOSTILE.items()
        for text in [(piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]]
    }
    print("1 MB of one kind, ms: " + ", ".join(f"{n} {ms:.0f}" for n, ms in worst.items()))


def show_logs(folder: Path) -> None:
    print(f"\n{'LogHub-2k, 2,000 lines a set':34} ours GA  FGA    Drain3 GA  FGA")
    all_ours, all_drain, lines = [], [], []
    for path in sorted(folder.glob("*_2k.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            entries = list(csv.DictReader(file))
        content = [row["content"] for row in entries]
        truth = [row["event_id"] for row in entries]
        mine = _figures(truth, [t.template_id for t in templates(content)])
        theirs = _figures(truth, drain(content))
        print(f"{path.name[:-7]:34}    {_pair(mine)}      {_pair(theirs)}")
        all_ours.append(mine)
        all_drain.append(theirs)
        lines += content
    means = [statistics.mean(f[at] for f in own) for own in (all_ours, all_drain) for at in (0, 1)]
    print(f"{'mean':34}    {_pair(means[:2])}      {_pair(means[2:])}")
    rates = [len(lines) / seconds(lambda m=m: m(lines), rounds=1) for m in (templates, drain)]
    print(f"lines/s: ours {rates[0]:,.0f}, Drain3 {rates[1]:,.0f}")


def _pair(figures: Sequence[float]) -> str:
    return f"{figures[0]:.3f} {figures[1]:.3f}"


def _figures(truth: list[str], predicted: list[str]) -> tuple[float, float]:
    pairs = list(zip(predicted, truth, strict=True))
    groups: dict[str, set[int]] = {}
    true: dict[str, set[int]] = {}
    for at, (own, right) in enumerate(pairs):
        groups.setdefault(own, set()).add(at)
        true.setdefault(right, set()).add(at)
    exact = [members for members in groups.values() if members in true.values()]
    share = sum(map(len, exact)) / len(pairs)
    return share, 2 * len(exact) / (len(groups) + len(true))


def main() -> None:
    named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HOMEOSTAT_TEST_DATA", "")
    if not named:
        sys.exit("Name the folder that holds error-corpus and loghub2k.")
    show_corpus(Path(named) / "error-corpus")
    show_logs(Path(named) / "loghub2k")


if __name__ == "__main__":
    main()
