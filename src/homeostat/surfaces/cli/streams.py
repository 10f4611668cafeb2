"""classify, templates, redact: the judges by themselves, on text from a file or a pipe."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from homeostat.loop import texts
from homeostat.loop.service import Homeostat
from homeostat.surfaces.cli.output import put_bytes, put_json_lines, say

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


def _lines(path: Path | None) -> Iterator[bytes]:
    if path is None or str(path) == "-":
        yield from sys.stdin.buffer
        return
    with path.open("rb") as file:
        yield from file


@click.command("classify")
@click.argument("file", type=_FILE, required=False)
@click.pass_context
def classify(context: click.Context, *, file: Path | None) -> None:
    """Signature and class of error texts.

    Reads JSON lines {id, tool, text, args?}, writes {id, signature, error_class, rule}.
    A line that cannot be read is named on stderr, and the exit code is 1.

    \b
    echo '{"tool": "Bash", "text": "foo: command not found"}' | homeostat classify
    """
    problems: list[str] = []
    put_json_lines(texts.classified(_lines(file), problems))
    _said(context, problems)


@click.command("templates")
@click.argument("file", type=_FILE)
@click.pass_context
def templates(context: click.Context, *, file: Path) -> None:
    """Templates of the lines of a log FILE: {line, template_id, template} a line."""
    del context
    put_json_lines(texts.templated(_lines(file)))


@click.command("redact")
@click.argument("file", type=_FILE, required=False)
@click.option("--jsonl", "as_lines", is_flag=True, help="JSON lines {id, text} in and out.")
@click.pass_context
def redact(context: click.Context, *, file: Path | None, as_lines: bool) -> None:
    """Take secrets out of a text: `[redacted:TYPE:h]` stands in their place.

    \b
    env | homeostat redact
    """
    homeostat: Homeostat = context.obj
    redactor = homeostat.redactor()
    if not as_lines:
        whole = b"".join(_lines(file)).decode("utf-8", "replace")
        sys.stdout.buffer.write(redactor.redact(whole).text.encode("utf-8", "replace"))
        return
    problems: list[str] = []
    for line in texts.redacted(_lines(file), redactor, problems):
        put_bytes(line)
    _said(context, problems)


def _said(context: click.Context, problems: list[str]) -> None:
    for problem in problems:
        say(f"left out: {problem}")
    if problems:
        context.exit(1)
