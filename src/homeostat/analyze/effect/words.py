"""Why a verdict is what it is, in plain words, what decided first."""

from homeostat.analyze.effect.course import Course
from homeostat.analyze.effect.differences import Difference
from homeostat.analyze.effect.evidence import Sums
from homeostat.analyze.effect.tally import POOL, SIBLING, TARGET, UNCLEAR
from homeostat.model.trial import Trial
from homeostat.model.verdict import Look, Ruling

_SHOWN_PARTS = 2
_TOLD_PART = 0.1
"""Of the evidence for harm: streams with less are not named."""


def reasons(ruling: Ruling, way: Course, seen: Sums) -> tuple[str, ...]:
    counts = f"{seen.treated} units failed with the change, {seen.total - seen.treated} without"
    look = way.looks[-1] if way.looks else None
    said = {
        Ruling.VERIFIED: _verified,
        Ruling.DOWN: _down,
        Ruling.WORSE: _worse,
        Ruling.NO_EFFECT: _no_effect,
    }.get(ruling, _open)(way, look)
    return (*said, counts)


def _verified(way: Course, look: Look | None) -> list[str]:
    tested = len([s for s in look.streams if s.stream.startswith(SIBLING)]) if look else 0
    return [
        f"fewer failures with the change than chance allows, on the look of day {way.verified_on}",
        f"not moved elsewhere: {tested} other failures of the tool were counted along",
        "no sign of harm to other failures, runs, time or cost",
    ]


def _down(_: Course, look: Look | None) -> list[str]:
    said = ["fewer failures with the change than chance allows"]
    if look is None:
        return said
    open_ = [s for s in look.streams if s.crossed_on is None and s.stream not in {TARGET, UNCLEAR}]
    if look.moved_elsewhere:
        said.append(f"moved elsewhere is not excluded: {_rise(look)}")
    elif open_:
        widest = max(open_, key=lambda s: (s.units, s.stream))
        name = "all other names" if widest.stream == POOL else widest.stream.removeprefix(SIBLING)
        with_it, without = widest.with_change, widest.units - widest.with_change
        said.append(
            f"moved elsewhere is not excluded: together with {name} {with_it} with the change, "
            f"{without} without"
        )
    if not look.is_firm:
        said.append("for a proof the fall itself must be a little clearer")
    if not look.fell_last_week:
        said.append("the last seven days alone do not show it")
    return said


def _rise(look: Look) -> str:
    """The largest name that may have taken what fell, with its own numbers."""
    units = {stream.stream: stream for stream in look.streams}
    own = units[UNCLEAR]
    single = [name for name in look.moved_elsewhere if name != POOL]
    stream = max(
        (units[name] for name in single or look.moved_elsewhere),
        key=lambda stream: (stream.units, stream.stream),
    )
    name = "all other names" if stream.stream == POOL else stream.stream.removeprefix(SIBLING)
    with_it = stream.with_change - own.with_change
    without = stream.units - own.units - with_it
    return f"{name} {with_it} with the change, {without} without, which fits a move"


def _worse(way: Course, _: Look | None) -> list[str]:
    named = [name for name, part in way.harm if part >= _TOLD_PART][:_SHOWN_PARTS]
    said = [f"more than chance allows with the change, on day {way.worse_on}: {', '.join(named)}"]
    if way.verified_on is not None:
        said.append(f"it had been verified on day {way.verified_on}; harm outweighs that")
    return said


def _no_effect(_: Course, __: Look | None) -> list[str]:
    return ["the interval excludes that it takes away a tenth of the failures or more"]


def _open(way: Course, look: Look | None) -> list[str]:
    if way.withdrawn_on is not None:
        was = f"down on day {way.down_on}"
        if way.verified_on is not None:
            was = f"verified on day {way.verified_on}"
        return [f"{was}; since day {way.withdrawn_on} that no longer holds"]
    said = ["the numbers with and without the change do not differ beyond chance yet"]
    if look is None:
        said = ["no planned look has been reached yet"]
    if way.paused_on is not None:
        said.append(f"signs of harm since day {way.paused_on}, not beyond chance: do not widen it")
    return said


def reasons_of_all(
    ruling: Ruling, found: Difference | None, *, trial: Trial, risen: bool
) -> tuple[str, ...]:
    if trial.trigger_from is None:
        return ("what made somebody act was not recorded, so there is no honest time before",)
    if found is None:
        return ("there is too little before or after the change, or in other tools, to compare",)
    rates = (
        f"{found.rate_before:.3f} of the runs failed before the alarm, {found.rate_after:.3f} after"
        f" the change; {found.placebos} failures of other tools for comparison"
    )
    cause = "it went to all at once: nothing but time tells before from after, so no cause is shown"
    if ruling is Ruling.IMPROVED_UNPROVEN:
        return "it fell more than failures that the change cannot touch", cause, rates
    if risen:
        rise = "it rose more than failures that the change cannot touch: take it back to be safe"
        return rise, cause, rates
    return "it did not fall beyond what other failures did", cause, rates
