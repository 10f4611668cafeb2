"""How answers leave: a table on a terminal, tab-separated in a pipe, JSON on demand."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import click
import msgspec

from homeostat.model.views import Window

SCHEMA = 1
ROOMY = 100
MOST_ROWS = 10_000_000
Row = TypeVar("Row")
_CONTROL: dict[int, str | None] = {
    **dict.fromkeys((*range(32), *range(127, 160))),
    **dict.fromkeys(
        (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x200B, 0x2010), 0x2060, 0xFEFF)
    ),
    **dict.fromkeys((0x2028, 0x2029), " "),
    **dict.fromkeys((9, 10, 13), " "),
}
"""Terminal controls and text-direction marks: text from the world must not steer a terminal."""
_ESCAPED = {code: f"\\u{code:04x}" for code in _CONTROL if code >= 127}
as_json = click.option("--json", "json_", is_flag=True, help="As JSON, for scripts.")


class Column(msgspec.Struct, Generic[Row], frozen=True):
    """One column of a list: its head and the text of a row's cell."""

    head: str
    cell: Callable[[Row], str]
    is_number: bool = False
    most: int = 20
    """Characters shown on a terminal that is full; the last column takes what is left."""
    is_spare: bool = False
    """Left out on a terminal of less than 100 columns, where the last column needs the room."""
    piped: Callable[[Row], str] | None = None
    """The cell in a pipe, where it is not the same: whole ids, exact figures, UTC."""


NAMED = 20
"""Characters of an id that somebody made up of names: its end tells it from the others."""
_RANDOM = re.compile(r"[0-9a-f]{8}-")


def run_name(run_id: str) -> str:
    """The beginning by which a person can ask for the run."""
    if _RANDOM.match(run_id):
        return run_id[:8]
    return run_id if len(run_id) <= NAMED else run_id[:12]


def asked() -> str:
    """The command as it was given, to be given again."""
    import shlex  # only for a hint

    return shlex.join(["homeostat", *sys.argv[1:]])


def say(words: str) -> None:
    """Words for the person; data goes to `put`."""
    click.echo(plain(words, keep="\n"), err=True)


def put(line: str) -> None:
    """One line of text."""
    click.echo(plain(line))


def put_lines(lines: Iterable[str]) -> None:
    """Many lines at once: each `put` is written out by itself."""
    click.echo("\n".join(map(plain, lines)))


def put_bytes(data: bytes) -> None:
    """JSON; on a terminal what could steer it is escaped, which means the same."""
    if to_terminal() and not data.isascii():
        data = data.decode().translate(_ESCAPED).encode()
    if sys.stdout is not None:  # closed by whoever called: nobody listens
        sys.stdout.buffer.write(data + b"\n")


def plain(text: str, *, keep: str = "") -> str:
    """Text that cannot steer a terminal: one line, no control characters."""
    if text.isascii() and text.isprintable():
        return text
    table = {code: to for code, to in _CONTROL.items() if chr(code) not in keep}
    return text.translate(table).encode("utf-8", "replace").decode()


def put_json(rows: Iterable[object]) -> None:
    """The envelope for lists: `{"schema": 1, "rows": [...]}`."""
    put_bytes(msgspec.json.encode({"schema": SCHEMA, "rows": list(rows)}))


def put_json_lines(rows: Iterable[object]) -> None:
    encode = msgspec.json.Encoder().encode
    for row in rows:
        put_bytes(encode(row))


def put_table(rows: Iterable[Row], columns: Sequence[Column[Row]]) -> None:
    """Aligned on a terminal, the last column cut to its width, or left out where there is no room
    for it; whole and tabbed in a pipe.
    """
    if not to_terminal():
        for row in rows:
            cells_ = (column.piped or column.cell for column in columns)
            click.echo("\t".join(plain(cell(row)) for cell in cells_))
        return
    columns = [c for c in columns if not c.is_spare or width() >= ROOMY]
    cells = [[plain(column.cell(row)) for column in columns] for row in rows]
    widths = _widths(cells, columns)
    if sum(widths) + 2 * (len(widths) - 1) > width() and len(columns) > 1:
        widths = widths[:-1]
    for line in [[column.head for column in columns], *cells]:
        parts = [
            text.rjust(w) if column.is_number else shortened(text, w).ljust(w)
            for text, w, column in zip(line, widths, columns, strict=False)
        ]
        click.echo("  ".join(parts).rstrip())


def _widths(cells: list[list[str]], columns: Sequence[Column[Row]]) -> list[int]:
    """Each column's: what it needs, where all fit; else its most, the last one what is left."""
    needed = [
        max([len(column.head), *(len(line[i]) for line in cells)])
        for i, column in enumerate(columns)
    ]
    between = 2 * (len(columns) - 1)
    if sum(needed) + between <= width():
        return needed
    *others, last = needed
    first = [
        min(wanted, max(column.most, len(column.head)))
        for wanted, column in zip(others, columns, strict=False)
    ]
    return [*first, max(4, min(last, width() - sum(first) - between))]


def to_terminal() -> bool:
    return bool(sys.stdout) and sys.stdout.isatty()


def width() -> int:
    return shutil.get_terminal_size((80, 24)).columns


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(0, most - 1)] + "…"


HINT = "  homeostat"
"""How a line begins that is to be copied: it is never cut."""
_BESIDE = "\N{NO-BREAK SPACE}"


def fitted(line: str) -> list[str]:
    """On a terminal what is too long goes on below, a little further in."""
    from textwrap import wrap  # only for what is too long

    if not to_terminal() or len(line) <= width() or line.startswith(HINT):
        return [line]
    start = " " * (len(line) - len(line.lstrip()) + 2)
    together = plain(line).replace(" %", f"{_BESIDE}%")
    parts = wrap(together, width(), subsequent_indent=start)
    return [part.replace(_BESIDE, " ") for part in parts]


def ending(text: str, most: int) -> str:
    """Of a path the end tells more; whole in a pipe."""
    return text if len(text) <= most or not to_terminal() else "…" + text[1 - most :]


def duration(ms: int) -> str:
    """As people say it: 19 min, 2 h 10 min, 3 s."""
    # ruff: noqa: PLR2004  # clocks and thousands
    seconds = ms // 1000
    if seconds < 1:
        return f"{ms} ms"
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 60 * 48 else f"{minutes // 60} h"


def count(number: int, one: str, many: str = "") -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def amount(number: int) -> str:
    """Large counts short: 310 k, 2.1 M."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1000:.0f} k" if number < 1_000_000 else f"{number / 1_000_000:.1f} M"


def exact(moment: datetime | None) -> str:
    """ISO 8601 for programs; empty where it is not known."""
    return moment.isoformat() if moment else ""


def when(moment: datetime | None) -> str:
    """A day in the person's own time zone."""
    if moment is None:
        return "unknown"
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y}"


def period(window: Window) -> str:
    """The first and the last day in it: a window ends before its end."""
    last = window.until and window.until - timedelta(microseconds=1)
    return f"{when(window.since)} to {when(last)}"


def is_interactive() -> bool:
    """Whether a person sits there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("CI") != "true"
