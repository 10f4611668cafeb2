"""How fast redaction is on text without secrets, beside a bare scan for five words of it.

    python bench/redaction.py [FOLDER]
    python bench/redaction.py --histories FOLDER

Without a folder the standard library's sources are read; with one, its text files. Of histories
all texts, commands and arguments are taken, as an import redacts them.
"""

import statistics
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from homeostat.analyze.redact import redactor
from homeostat.model.event import Event
from homeostat.model.ports import Origin, UnreadableLineError
from homeostat.monitor import lines
from homeostat.monitor.sources.claude_code.reader import source as claude_code
from homeostat.monitor.sources.codex.reader import source as codex

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


def events(folder: Path) -> Iterator[Event]:
    """The events of all histories below the folder."""
    for path in sorted(folder.rglob("*.jsonl*")):
        head = lines.head(path)
        known = next((s for s in (claude_code, codex) if s.recognises(head)), None)
        if known is None:
            continue
        reader = known.reader(Origin(path=str(path)), None)
        for line in lines.lines(path):
            try:
                yield from reader.events(line.data, line.offset) if line.data.strip() else ()
            except UnreadableLineError:
                continue


def histories(folder: Path) -> None:
    """CPU seconds that redaction takes of an import."""
    redact, redact_json = redactor(b"k" * 32).redact, redactor(b"k" * 32).redact_json
    found = list(events(folder))
    texts = [text for event in found for text in (event.text, event.command) if text]
    values = [msgspec.json.decode(e.args) for e in found if e.args.startswith(("{", "["))]
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            redact(text)
        middle = time.process_time()
        for value in values:
            redact_json(value)
        spent.append((middle - began, time.process_time() - middle))
    megabytes = sum(map(len, texts)) / 1e6
    of_texts, of_values = (statistics.median(column) for column in zip(*spent, strict=True))
    print(
        f"{len(found):,} events\n"
        f"{len(texts):,} texts, {megabytes:.1f} MB: {of_texts:.3f} s of CPU,"
        f" {megabytes / of_texts:.1f} MB/s\n"
        f"arguments of {len(values):,} calls: {of_values:.3f} s"
    )


def main() -> None:
    if sys.argv[1:2] == ["--histories"]:
        histories(Path(sys.argv[2]))
        return
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
