"""simulate: what a remedy would have done to the calls of the past."""

from textwrap import wrap
from typing import BinaryIO

import click
import msgspec

from homeostat.loop import replays
from homeostat.loop.replays import Method, Remedy
from homeostat.model.simulated import Simulated, Standing
from homeostat.surfaces.cli.output import as_json, count, put_bytes, put_lines, say

LABEL, WIDTH = 10, 80


@click.command("simulate")
@click.argument("method", type=click.Choice([method.value for method in Method]))
@click.argument("calls", type=click.File("rb"), default="-")
@click.option(
    "--tool", default="", help="Only calls of this tool; of a fallback the one that fails."
)
@click.option("--signature", default="", help="Only this failure (retry).")
@click.option("--from-ms", type=float, default=0.0, help="The limit as it is (timeout).")
@click.option("--to-ms", type=float, default=0.0, help="The limit as it would be (timeout).")
@click.option("--a-minute", type=float, default=0.0, help="Calls the other side allows.")
@click.option("--burst", type=int, default=1, help="Calls it allows at once [1].")
@click.option("--other", default="", help="The tool that is asked instead (fallback).")
@click.option("--refuse", default="", help="Regular expression for inputs to refuse (arguments).")
@click.option("--ttl-s", type=float, default=0.0, help="Seconds an answer is kept (cache).")
@as_json
def simulate(
    *,
    method: str,
    calls: BinaryIO,
    tool: str,
    signature: str,
    from_ms: float,
    to_ms: float,
    a_minute: float,
    burst: int,
    other: str,
    refuse: str,
    ttl_s: float,
    json_: bool,
) -> None:
    """Replay recorded calls: what would this remedy have done? It ranks; it never proves.

    CALLS has a JSON object a line, as `homeostat calls --json` writes them; without it they come
    from standard input. What changes the agent itself (prompt, rule, skill, lesson, code) cannot
    be simulated, and that is the answer.

    \b
    homeostat simulate timeout calls.jsonl --from-ms 120000 --to-ms 300000
    homeostat calls --json | homeostat simulate retry --tool WebFetch
    homeostat simulate rate-limit calls.jsonl --a-minute 60 --burst 10
    homeostat simulate fallback calls.jsonl --tool fetch --other browse
    homeostat simulate arguments calls.jsonl --tool Read --refuse '"/old/'
    homeostat simulate cache calls.jsonl --tool search --ttl-s 300
    """
    remedy = Remedy(
        method=Method(method), tool=tool, signature=signature, from_ms=from_ms, to_ms=to_ms,
        a_minute=a_minute, burst=burst, other=other, refuse=refuse, ttl_s=ttl_s,
    )  # fmt: skip
    found = replays.replay(calls, remedy)
    if json_:
        put_bytes(msgspec.json.encode({"schema": 1, **msgspec.to_builtins(found.answer)}))
    else:
        put_lines(_lines(found.answer))
    if found.bad_lines:
        say(f"left out: {count(found.bad_lines, 'line')} that could not be read")


def _lines(answer: Simulated) -> list[str]:
    if answer.standing is Standing.CANNOT or answer.value is None:
        return wrap(f"{answer.standing.value}: {answer.what}", WIDTH)
    high = answer.value if answer.high is None else answer.high
    low = answer.value if answer.low is None else answer.low
    span = "exact on the record" if low == high else f"{low:.0f} to {high:.0f}"
    return [
        f"{answer.standing.value}: {answer.value:.0f} of {answer.of} {answer.what} ({span})",
        f"{'Rests on':{LABEL}}{count(answer.n, 'comparable call')}",
        *wrap(f"{'If':{LABEL}}{answer.assumption}", WIDTH, subsequent_indent=" " * LABEL),
        *(f"{'Also':{LABEL}}{figure.name}: {figure.value:.0f}" for figure in answer.also),
        f"{'Then':{LABEL}}a replay ranks; only a trial proves: homeostat verify-file",
    ]
