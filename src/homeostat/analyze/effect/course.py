"""The course of a trial, day by day: harm at any time, "down" and "verified" at planned looks."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from homeostat.analyze.effect.arms import Arms, has_lasted
from homeostat.analyze.effect.evidence import Sums, log_mixed, log_of
from homeostat.analyze.effect.looks import Spending, Taken, early, late
from homeostat.analyze.effect.tally import (
    BAD,
    BAD_WITH_TARGET,
    COSTLY,
    OTHER,
    POOL,
    SLOW,
    TARGET,
    UNCLEAR,
)
from homeostat.model.trial import Design, Rigour, Trial
from homeostat.model.verdict import Look, StreamLook

STAKES = {TARGET: 0.4, OTHER: 0.12, BAD: 0.12, BAD_WITH_TARGET: 0.12, SLOW: 0.12, COSTLY: 0.12}
"""How the bet on harm is spread: a weighted mean of e-values is one, so many streams are watched
for the price of one."""
WORSE = 20.0
"""False in at most one trial of twenty, however often it is looked at."""
PAUSE = 10.0
ALPHA_DOWN = 0.05
ALPHA_FIRM = 0.03
"""Of the fall itself where it is to be verified: costs next to nothing where there is an effect."""
ALPHA_NET = {Design.CANARY: 0.15, Design.SWITCHBACK: 0.10}
"""Against one new name; less by blocks, where numbers that fit a move are told less well."""
ALPHA_NET_STRICT = 0.05
ALPHA_POOL = 0.20
"""Against several new names at once."""
_FIRM = early(ALPHA_FIRM)
WEEK = 7
FADED = 30.0
"""Of the sum of likelihood ratios for "back to no effect" (Shiryaev 1963, Roberts 1966): a false
alarm comes once in at least 30 days."""
_FADE_FROM = 4
"""Days before the verdict from which on fading is looked for."""
_FADE_LEAST, _FADE_MOST = 0.6, 0.8
"""The rate ratio that "back to none" is compared with: nearer to 1 than the effect, as an effect
fades through it, and not below .6, where two failures would be an alarm."""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Days on which something was first so; `None` where it never was."""

    worse_on: int | None
    paused_on: int | None
    down_on: int | None
    verified_on: int | None
    withdrawn_on: int | None
    harm: tuple[tuple[str, float], ...]
    """Streams with their share of the evidence for harm on the day it was called, largest first."""
    looks: tuple[Look, ...]


class _Harm(NamedTuple):
    worse_on: int | None
    paused_on: int | None
    parts: tuple[tuple[str, float], ...]


def course(arms: Arms, trial: Trial, *, siblings: Sequence[str], today: int) -> Course:
    harm = _harm(arms, today)
    days = [day for day in trial.looks if day <= today]
    looks = _looks(arms, trial, siblings, days)
    down_on = next((look.day for look in looks if _is_down(look)), None)
    end = math.inf if harm.worse_on is None else harm.worse_on
    verified_on = next((look.day for look in looks if look.day < end and _is_verified(look)), None)
    said_on = down_on if verified_on is None else verified_on
    return Course(
        worse_on=harm.worse_on,
        paused_on=harm.paused_on,
        down_on=down_on,
        verified_on=verified_on,
        withdrawn_on=None if said_on is None else _withdrawn(arms, said_on, today),
        harm=harm.parts,
        looks=looks,
    )


def _harm(arms: Arms, today: int) -> _Harm:
    paused_on: int | None = None
    parts: tuple[tuple[str, float], ...] = ()
    for day in range(1, today + 1):
        values = {stream: arms.log_harm(stream, day) for stream in STAKES}
        stake = log_mixed((STAKES[stream], value) for stream, value in values.items())
        if paused_on is None and stake >= log_of(PAUSE):
            paused_on = day
        if stake >= log_of(WORSE):
            return _Harm(day, paused_on, _parts(values, stake))
        parts = _parts(values, stake)
    return _Harm(None, paused_on, parts)


def _parts(values: dict[str, float], stake: float) -> tuple[tuple[str, float], ...]:
    shares = [(s, STAKES[s] * math.exp(value - stake)) for s, value in values.items()]
    return tuple(sorted(shares, key=lambda part: (-part[1], part[0])))


def _looks(
    arms: Arms, trial: Trial, siblings: Sequence[str], days: Sequence[int]
) -> tuple[Look, ...]:
    if not days:
        return ()
    horizon = trial.looks[-1]
    streams = [TARGET, UNCLEAR, *siblings, POOL]
    taken = {
        stream: arms.taken(stream, days, horizon=horizon, spending=_spending(stream, trial))
        for stream in streams
    }
    firm = [
        [look.has_crossed for look in arms.taken(s, days, horizon=horizon, spending=_FIRM)]
        for s in (TARGET, UNCLEAR)
    ]
    return tuple(
        _look(arms, index, taken, days, is_firm=all(any(s[: index + 1]) for s in firm))
        for index in range(len(days))
    )


def _spending(stream: str, trial: Trial) -> Spending:
    if stream in {TARGET, UNCLEAR}:
        return early(ALPHA_DOWN)
    if trial.rigour is Rigour.STRICT:
        return early(ALPHA_POOL if stream == POOL else ALPHA_NET_STRICT)
    return late(ALPHA_POOL if stream == POOL else ALPHA_NET[trial.design])


def _look(
    arms: Arms,
    index: int,
    taken: dict[str, tuple[Taken, ...]],
    days: Sequence[int],
    *,
    is_firm: bool,
) -> Look:
    day = days[index]
    unclear = arms.seen(UNCLEAR, day)
    streams: list[StreamLook] = []
    moved: list[str] = []
    for stream, looks in taken.items():
        seen = arms.seen(stream, day)
        if stream not in {TARGET, UNCLEAR}:
            if stream != POOL and seen.total == unclear.total:
                continue  # nobody has seen this name yet
            if arms.fits_moved(stream, day):
                moved.append(stream)
        streams.append(_stream_look(stream, seen, looks[: index + 1], days))
    before = arms.seen(UNCLEAR, day - WEEK)
    week = unclear._replace(
        treated=unclear.treated - before.treated, total=unclear.total - before.total
    )
    return Look(
        day=day,
        streams=tuple(streams),
        is_firm=is_firm,
        moved_elsewhere=tuple(moved),
        fell_last_week=has_lasted(week),
    )


def _stream_look(
    stream: str, seen: Sums, looks: Sequence[Taken], days: Sequence[int]
) -> StreamLook:
    crossed = (day for day, look in zip(days, looks, strict=False) if look.has_crossed)
    return StreamLook(
        stream=stream,
        with_change=seen.treated,
        units=seen.total,
        bound=looks[-1].bound,
        crossed_on=next(crossed, None),
    )


def _is_down(look: Look) -> bool:
    return all(s.crossed_on is not None for s in look.streams if s.stream in {TARGET, UNCLEAR})


def _is_verified(look: Look) -> bool:
    return (
        look.is_firm
        and look.fell_last_week
        and not look.moved_elsewhere
        and all(s.crossed_on is not None for s in look.streams)
    )


def _withdrawn(arms: Arms, said_on: int, today: int) -> int | None:
    """The day on which what had been said no longer holds."""
    found = arms.interval(said_on)
    effect = 0.0 if found is None else found.estimate
    ratio = max(_FADE_LEAST, math.sqrt(min(_FADE_MOST, effect)))
    statistic = 0.0
    for day in range(said_on - _FADE_FROM + 1, today + 1):
        likelihood = arms.log_likelihood(UNCLEAR, ratio, since=day - 1, day=day)
        statistic = (statistic + 1) * math.exp(-likelihood)
        if statistic >= FADED and day > said_on:
            return day
    return None
