"""Before a change: can it be proven here, by when, and what would make it provable."""

import math
from functools import lru_cache

from homeostat.analyze.effect import looks
from homeostat.analyze.effect.evidence import HARM, HELP, Sums, log_e, log_of
from homeostat.analyze.effect.looks import Batch
from homeostat.model.pattern import Provable
from homeostat.model.trial import MOST_UNITS, Plan

CHANCE = 0.8
PROOF = 20.0
LIMIT_DAYS = 28
"""A trial that takes longer is not begun: until then something else has changed as well."""
MOST_A_DAY = 1_000
"""The exact law of more takes longer than a person waits (1,000: 2 s, 10,000: 11 s)."""
_NEGLIGIBLE = 1e-12
_FEWER = tuple(-step / 100 for step in range(10, 100, 5))
_MORE = tuple(step / 10 for step in range(2, 51))
_ALPHA = 0.05


def plan(
    effect: float, *, rate_a_day: float, share: float = 0.5, days: tuple[int, ...] = (7, 14, 21)
) -> Plan:
    """For a relative change of the rate (-0.4 is 40 % fewer) at `rate_a_day` failing units a day.

    Raises `ValueError` for an effect of nothing, below -1, a rate below 0 or above `MOST_A_DAY`,
    and a share that leaves nobody with the change, or nobody without.
    """
    is_effect, is_rate = -1 <= effect < math.inf and effect, 0 <= rate_a_day <= MOST_A_DAY
    if not (is_effect and is_rate and 0 < share < 1):
        raise ValueError(
            f"effect from -1 on and not 0, rate from 0 to {MOST_A_DAY:,}, share above 0 and below "
            "1 (what all have at once is never proven)"
        )
    told = provable(effect, rate_a_day, share=share)
    units, a_day = told.needed, rate_a_day * _left(effect, share)
    return Plan(
        effect=effect,
        share=share,
        rate_a_day=rate_a_day,
        needed=units,
        days=told.days,
        is_provable=told.within_limit,
        chances=chances(effect, a_day=a_day, share=share, days=days) if effect < 0 else (),
        least_effect=_least_effect(effect, rate_a_day, share),
        least_rate_a_day=None if units is None else units / (LIMIT_DAYS * _left(effect, share)),
    )


def provable(effect: float, rate_a_day: float, *, share: float = 0.5) -> Provable:
    """Whether a change of this effect could be told from luck, and by when, at the present rate."""
    units, a_day = needed(effect, share=share), rate_a_day * _left(effect, share)
    days = units / a_day if units is not None and a_day > 0 else None
    return Provable(
        effect=effect,
        needed=units,
        a_day=rate_a_day,
        days=days,
        within_limit=days is not None and days <= LIMIT_DAYS,
    )


def _left(effect: float, share: float) -> float:
    """Of the failing units, while `share` of the units have the change."""
    return share * (1 + effect) + 1 - share


def _treated(effect: float, share: float) -> float:
    return share * (1 + effect) / _left(effect, share)


@lru_cache(maxsize=256)
def needed(effect: float, *, share: float = 0.5, most: int = MOST_UNITS) -> int | None:
    """Failing units until e >= 20 has come up with this chance, looking at each.

    Exact, by the law of the number of treated ones among them, of trials that have not ended yet.
    """
    ratios, is_help = (HELP, True) if effect < 0 else (HARM, False)
    treated = _treated(effect, share)
    law: dict[int, float] = {0: 1.0}
    edge = -1 if is_help else 0
    ended = 0.0
    for units in range(1, most + 1):
        law = _one_more(law, treated)
        edge = _edge(edge, units, share, ratios, is_help=is_help)
        out = [k for k in law if (k <= edge if is_help else k >= edge)]
        ended += sum(law.pop(k) for k in out)
        if ended >= CHANCE:
            return units
    return None


def _one_more(law: dict[int, float], treated: float) -> dict[int, float]:
    found: dict[int, float] = {}
    for k, mass in law.items():
        if mass > _NEGLIGIBLE:
            found[k] = found.get(k, 0.0) + mass * (1 - treated)
            found[k + 1] = found.get(k + 1, 0.0) + mass * treated
    return found


def _edge(edge: int, units: int, share: float, ratios: tuple[float, ...], *, is_help: bool) -> int:
    """Of help: the most treated units that still prove it; of harm: the fewest."""

    def proves(treated: int) -> bool:
        return log_e([Sums(share, treated, units)], ratios) >= log_of(PROOF)

    if is_help:
        while edge + 1 <= units and proves(edge + 1):
            edge += 1
        return edge
    while not proves(edge) and edge <= units:
        edge += 1
    return edge


def chances(
    effect: float, *, a_day: float, share: float, days: tuple[int, ...]
) -> tuple[tuple[int, float], ...]:
    """Of "down" by each planned look, with as many failing units a day as are to expect."""
    edges = (0, *days)
    groups = [
        round(a_day * day) - round(a_day * since) for since, day in zip(edges, days, strict=False)
    ]
    rule = [
        (day / days[-1], [Batch(1, share, 0, units)])
        for day, units in zip(days, groups, strict=True)
    ]
    boundaries = [look.boundary for look in looks.taken(rule, looks.early(_ALPHA))]
    law, said = {0: 1.0}, 0.0
    found: list[tuple[int, float]] = []
    for day, units, boundary in zip(days, groups, boundaries, strict=True):
        for _ in range(units):
            law = _one_more(law, _treated(effect, share))
        said += sum(law.pop(k) for k in [k for k in law if k <= boundary])
        found.append((day, said))
    return tuple(found)


def _least_effect(wished: float, rate_a_day: float, share: float) -> float | None:
    """Of the same sign."""
    for effect in _FEWER if wished < 0 else _MORE:
        seen = math.floor(LIMIT_DAYS * rate_a_day * _left(effect, share))
        if needed(effect, share=share, most=min(seen, MOST_UNITS)) is not None:
            return effect
    return None
