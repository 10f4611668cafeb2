"""The judge: from what was declared and what was seen to a verdict, with its reasons."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from homeostat.analyze.effect import differences, words
from homeostat.analyze.effect.arms import Arms
from homeostat.analyze.effect.blindness import ArmUnits, arm_days, blind_days
from homeostat.analyze.effect.course import Course, course
from homeostat.analyze.effect.paired_blocks import PairedBlocks
from homeostat.analyze.effect.power import needed
from homeostat.analyze.effect.random_units import RandomUnits
from homeostat.analyze.effect.tally import (
    POOL,
    SIBLING,
    UNCLEAR,
    UNITS,
    Tally,
    limits,
    marks,
    stratum_of,
    tally,
)
from homeostat.analyze.effect.weights import BASELINE_DAYS
from homeostat.model.trial import Design, Trial, TrialRun
from homeostat.model.trial_sums import Baseline, Before
from homeostat.model.verdict import Effect, Ruling, Verdict

LEAST_EFFECT = -0.1
"""A change that takes away less than this is told to have no effect."""
MOST_CROSSING = 0.05
"""Part of the units that may change arms; they count nowhere, and with more nothing is judged."""


def judge(runs: Iterable[TrialRun], trial: Trial, *, today: int) -> Verdict:
    """The verdict at the end of day `today` since the change; nothing later is looked at.

    The order of the runs does not matter. Raises `ValueError` where `today` is below zero.
    """
    if today < 0:
        raise ValueError("a verdict needs a day after the change")
    known = [run for run in runs if run.ended < today]
    base = baseline(known, trial)
    return verdict(tally(known, trial, base.limits), base, trial, today=today)


def baseline(runs: Sequence[TrialRun], trial: Trial) -> Baseline:
    """Of the 28 days before the change; units, as after it."""
    units: dict[str, tuple[str, set[str]]] = {}
    first = 0.0
    for run in sorted(runs, key=lambda run: (run.started, run.unit)):
        if run.arm is None and -BASELINE_DAYS <= run.started < 0:
            _stratum, found = units.setdefault(run.unit, (stratum_of(run), set()))
            found |= marks(run, trial, differences.NO_LIMITS)
            first = min(first, run.started)
    strata = Counter(stratum.endswith("weekend") for stratum, _ in units.values())
    days = max(1.0, -first)
    return Baseline(
        before=_before(units.values()),
        # Weekends have two days of seven.
        weekday_units=strata[False] / (days * 5 / 7),
        weekend_units=strata[True] / (days * 2 / 7),
        limits=limits(runs),
        unspoilt=differences.unspoilt(runs, trial) if trial.design is Design.FULL else None,
    )


def _before(units: Iterable[tuple[str, set[str]]]) -> dict[str, dict[str, Before]]:
    found: dict[str, dict[str, Before]] = {}
    kept = list(units)
    names = sorted({mark for _, marks in kept for mark in marks if mark.startswith(SIBLING)})
    for stratum, seen in kept:
        has_sibling = any(mark.startswith(SIBLING) for mark in seen)
        for stream in (*names, POOL):
            said = has_sibling if stream == POOL else stream in seen
            if UNCLEAR in seen or said:
                counts = found.setdefault(stream, {}).get(stratum, Before(0, 0))
                target = UNCLEAR in seen
                found[stream][stratum] = Before(
                    counts.target + target, counts.siblings + (not target)
                )
    return found


def verdict(sums: Tally, base: Baseline, trial: Trial, *, today: int) -> Verdict:
    """From sums alone: what a later day costs does not grow with what was seen."""
    if trial.design is Design.FULL:
        return _of_all(sums, base, trial, today=today)
    arms: Arms = (
        PairedBlocks(sums, block_hours=trial.block_hours)
        if trial.design is Design.SWITCHBACK
        else RandomUnits(sums, base.before, horizon=trial.looks[-1])
    )
    unfit = _unfit(sums, arms, today)
    way = None if unfit else course(arms, trial, siblings=sums.siblings, today=today)
    units = ArmUnits.of(sums.counts[UNITS])
    ruling, decided_on = (Ruling.NO_DATA, None) if way is None else _ruling(arms, way, today)
    effect = _effect(arms, today if decided_on is None else decided_on)
    seen = arms.seen(UNCLEAR, today)
    blind = blind_days(units, base.units_a_day, today=today, parts=_parts(trial))
    wanted = needed(trial.expected, share=trial.share) if trial.expected < 0 else None
    next_look = next((day for day in trial.looks if day > today), None)
    return Verdict(
        ruling=ruling,
        day=today,
        decided_on=decided_on,
        effect=None if unfit else effect,
        effect_now=None if unfit else _effect(arms, today),
        reasons=(unfit,) if way is None else words.reasons(ruling, way, seen),
        seen=seen.total,
        needed=wanted,
        days_to_go=_days_to_go(seen.total, wanted, today=today, next_look=next_look),
        ever=() if way is None else _ever(way, ruling),
        pause=way is not None and way.paused_on is not None,
        blind_days=blind,
        looks=() if way is None else way.looks,
        next_look=next_look,
        days=arm_days(units, sums.counts[UNCLEAR], today=today),
    )


def _parts(trial: Trial) -> tuple[float, float]:
    """Of a day's units, with and without the change; a switchback may give an arm the nights."""
    if trial.design is Design.CANARY:
        return trial.share, 1 - trial.share
    return 0.0, 0.0


def _unfit(sums: Tally, arms: Arms, today: int) -> str:
    """Why nothing can be judged; empty where it can."""
    treated = sum(cell[1] for cell in sums.counts[UNITS].values())
    control = sum(cell[0] for cell in sums.counts[UNITS].values())
    if not treated + control:
        return "no run since the change says whether it had it"
    if not (treated and control):
        missing = "with" if not treated else "without"
        return f"no run {missing} the change was seen: there is nothing to compare with"
    if sums.crossing > MOST_CROSSING * (treated + control + sums.crossing):
        return f"{sums.crossing} units were seen both with and without the change"
    return arms.has_broken(today)


def _ruling(arms: Arms, way: Course, today: int) -> tuple[Ruling, int | None]:
    if way.worse_on is not None:
        return Ruling.WORSE, way.worse_on
    if way.verified_on is not None and way.withdrawn_on is None:
        return Ruling.VERIFIED, way.verified_on
    if way.down_on is not None and way.withdrawn_on is None:
        return Ruling.DOWN, way.down_on
    found = arms.interval(today)
    if found is not None and found.low >= 1 + LEAST_EFFECT:
        return Ruling.NO_EFFECT, today
    return Ruling.INCONCLUSIVE, None


def _effect(arms: Arms, day: int) -> Effect | None:
    found = arms.interval(day)
    if found is None:
        return None
    return Effect(
        estimate=found.estimate - 1,
        low=found.low - 1,
        high=found.high - 1 if math.isfinite(found.high) else None,
        failing_units=arms.seen(UNCLEAR, day).total,
    )


def _ever(way: Course, ruling: Ruling) -> tuple[Ruling, ...]:
    given = [
        (way.down_on, Ruling.DOWN),
        (way.verified_on, Ruling.VERIFIED),
        (way.worse_on, Ruling.WORSE),
    ]
    on = sorted((day, said) for day, said in given if day is not None)
    return tuple(dict.fromkeys([*(said for _, said in on), ruling]))


def _days_to_go(
    seen: int, wanted: int | None, *, today: int, next_look: int | None
) -> float | None:
    """Until enough was seen, at the rate so far; not before the next look."""
    if wanted is None or next_look is None or not (seen and today):
        return None
    return max(float(next_look - today), (wanted - seen) * today / seen)


def _of_all(sums: Tally, base: Baseline, trial: Trial, *, today: int) -> Verdict:
    """A full roll-out: the cause is never shown, not of a fall and not of a rise."""
    days = [day for day in trial.looks if day <= today]
    found = [(day, differences.difference(base.unspoilt, sums, day=day)) for day in days]
    fallen = next(
        (day for day, d in found if d and d.p_value < differences.ALPHA / len(trial.looks)), None
    )
    risen = any(d and d.p_value > 1 - differences.ALPHA / len(trial.looks) for _, d in found)
    ruling = Ruling.INCONCLUSIVE if fallen is None else Ruling.IMPROVED_UNPROVEN
    units = ArmUnits.of(sums.counts[UNITS])
    if not units.treated or not any(base.units_a_day.values()) or trial.trigger_from is None:
        ruling = Ruling.NO_DATA
    failing = sums.counts[UNCLEAR]
    return Verdict(
        ruling=ruling,
        day=today,
        decided_on=fallen,
        effect=None,
        effect_now=None,
        reasons=words.reasons_of_all(
            ruling, found[-1][1] if found else None, trial=trial, risen=risen
        ),
        seen=sum(treated for _, treated in failing.values()),
        needed=None,
        days_to_go=None,
        ever=(ruling,),
        pause=risen,
        blind_days=blind_days(units, base.units_a_day, today=today, parts=_parts(trial)),
        looks=(),
        next_look=next((day for day in trial.looks if day > today), None),
        days=arm_days(units, failing, today=today),
    )
