"""How fast redaction is on text without secrets, beside a bare scan for five words of it.

    python bench/redaction.py [FOLDER]

Without a folder the standard library's sources are read; with one, its text files.
"""

import statistics
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from homeostat.analyze.redact import redactor

ROUNDS = 5
WORDS = ("pass", "secret", "token", "key", "auth")
ENDINGS = {".py", ".log", ".txt", ".jsonl", ".md", ".csv"}
MOST_BYTES = 8_000_000
LONGEST_FIELD = 32_768


def fields(folder: Path) -> list[str]:
    """The texts below the folder, in pieces as events have them."""
    texts: list[str] = []
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix not in ENDINGS or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        texts += [text[i : i + LONGEST_FIELD] for i in range(0, len(text), LONGEST_FIELD)]
        size += len(text)
        if size > MOST_BYTES:
            break
    return texts


def seconds(act: Callable[[str], object], texts: Sequence[str]) -> float:
    start = time.perf_counter()
    for text in texts:
        act(text)
    return time.perf_counter() - start


def bare_scan(text: str) -> int:
    lower = text.lower()
    return sum(word in lower for word in WORDS)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(sysconfig.get_path("stdlib"))
    redact = redactor(b"k" * 32).redact
    texts = fields(folder)
    quiet = [text for text in texts if not redact(text).found]
    megabytes = sum(map(len, quiet)) / 1e6
    ratios, rates = [], []
    for _ in range(ROUNDS):
        ours, bare = seconds(redact, quiet), seconds(bare_scan, quiet)
        ratios.append(ours / bare)
        rates.append(megabytes / ours)
    print(
        f"{len(quiet)} of {len(texts)} fields have no hit, {megabytes:.1f} MB\n"
        f"redact: {statistics.median(rates):.1f} MB/s ({min(rates):.1f} to {max(rates):.1f})\n"
        f"times a bare scan for {len(WORDS)} words: {statistics.median(ratios):.1f}"
        f" ({min(ratios):.1f} to {max(ratios):.1f})"
    )


if __name__ == "__main__":
    main()
