"""verify, verify-file, power: whether a change helped, and whether that could be proven."""

import re
from pathlib import Path

import click
import msgspec

from homeostat.loop import trials
from homeostat.loop.proving import Trials
from homeostat.loop.service import Homeostat
from homeostat.model.errors import UsageError
from homeostat.model.trial import MOST_UNITS, Plan, Rigour
from homeostat.surfaces.cli.options import moment
from homeostat.surfaces.cli.output import as_json, count, put, put_bytes, put_json, put_lines, say
from homeostat.surfaces.cli.trial_lines import lines

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_EFFECT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(%?)")


@click.command("verify")
@click.argument("improvement", required=False)
@as_json
@click.pass_obj
def verify(homeostat: Homeostat, *, improvement: str | None, json_: bool) -> None:
    """Say whether an improvement that is on trial (I-...) helps; without one, of all that are.

    Counted is what was imported until now; a day counts when it is over.

    \b
    homeostat verify
    homeostat verify I-4K7Q2M9A --json
    """
    found = (
        [Trials(homeostat).verdict(improvement)] if improvement else Trials(homeostat).verdicts()
    )
    if json_:
        put_json(trials.prediction(one) for one in found)
        return
    for index, one in enumerate(found):
        if index:
            put("")
        put_lines(lines(one))
    if not found:
        say("Nothing is on trial. See what could be: homeostat improvements")


@click.command("verify-file")
@click.argument("case", type=_FILE)
@click.argument("change", type=_FILE)
@click.option("--strict", is_flag=True, help='At most 5 % of "it only moved" by proof, not 10 %.')
@click.option("--as-of", metavar="TIME", help="Judge as of then: 2026-11-20; default: the end.")
@as_json
@click.pass_obj
def verify_file(
    homeostat: Homeostat, *, case: Path, change: Path, strict: bool, as_of: str | None, json_: bool
) -> None:
    """Say whether a change helped, from a file of runs and a file of what was declared.

    CASE has a JSON object a line, of type run or tool_call; CHANGE is one JSON object with
    applied_at, target, trigger and rollout. Nothing later than the day judged is looked at.

    \b
    homeostat verify-file case.jsonl case.change.json
    homeostat verify-file case.jsonl case.change.json --json
    """
    found = trials.judged(
        case,
        change,
        rigour=Rigour.STRICT if strict else Rigour.BALANCED,
        as_of=moment(as_of, now=homeostat.clock.now()) if as_of else None,
    )
    if json_:
        put_bytes(msgspec.json.encode(trials.prediction(found)))
    else:
        put_lines(lines(found))
    for problem in found.problems:
        say(f"left out: {problem}")


@click.command("power")
@click.option("--rate", type=float, required=True, help="Failing runs a day, before the change.")
@click.option("--effect", required=True, metavar="CHANGE", help="Expected: -40%, -0.4 or +60%.")
@click.option("--share", type=float, default=0.5, help="Part that gets the change [0.5].")
@as_json
def power(*, rate: float, effect: str, share: float, json_: bool) -> None:
    """Can a change of this effect be proven at this rate, by when, and what would make it so?

    \b
    homeostat power --rate 3 --effect -40%
    """
    plan = trials.planned(_effect(effect), rate_a_day=rate, share=share)
    if json_:
        put_bytes(msgspec.json.encode({"schema": 1, **msgspec.to_builtins(plan)}))
        return
    put_lines(_plan_lines(plan))


def _effect(said: str) -> float:
    found = _EFFECT.fullmatch(said.strip())
    if found is None:
        raise UsageError(f'"{said}" is no effect.', next_step="Say -40%, -0.4 or +60%.")
    return float(found[1]) / (100 if found[2] else 1)


def _plan_lines(plan: Plan) -> list[str]:
    found = [_can(plan)]
    if plan.needed is not None:
        found.append(
            f"Needed    {count(plan.needed, 'failing run')}, with and without it together,"
            " for 4 chances in 5"
        )
    found += [
        f"{'Chances' if not index else '':10}day {day}: {chance:.0%} to be told that it is down"
        for index, (day, chance) in enumerate(plan.chances)
    ]
    if plan.chances:
        found.append(f'{"":10}"verified" takes more: that it moved nowhere else')
    if not plan.is_provable:
        found += _instead(plan)
    return found


def _can(plan: Plan) -> str:
    what = f"{plan.effect:+.0%} at {plan.rate_a_day:g} failing runs a day"
    if plan.days is None:
        more = f"takes more than {MOST_UNITS:,} failing runs" if plan.rate_a_day else ""
        return f"no: {what} {more or 'is not provable'}"
    days = count(max(1, round(plan.days)), "day")
    if plan.is_provable:
        return f"yes: {what} takes about {days}"
    return f"not within 28 days: {what} takes about {days}"


def _instead(plan: Plan) -> list[str]:
    found: list[str] = []
    if plan.least_rate_a_day is not None:
        rate = f"{plan.least_rate_a_day:.1f}"
        found.append(f"Provable  the same effect from {rate} failing runs a day on: more agents")
    if plan.least_effect is not None:
        found.append(f"{'' if found else 'Provable':10}an effect of {plan.least_effect:+.0%} here")
    if plan.share != 0.5:  # noqa: PLR2004  # half and half tells most
        found.append(f"{'' if found else 'Provable':10}sooner with half of the runs: --share 0.5")
    return found or ["Provable  nothing is, here; an answer from the lab is all there can be"]
