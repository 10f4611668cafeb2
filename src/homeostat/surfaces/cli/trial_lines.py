"""A verdict in words: the answer first, then why, what was looked at and when, what to do."""

from collections.abc import Sequence
from textwrap import wrap

from homeostat.loop.trials import Judged
from homeostat.model.exposure import BlindSpots
from homeostat.model.trial import Design
from homeostat.model.verdict import ArmDay, Effect, Look, Ruling, Verdict
from homeostat.surfaces.cli.output import count, shortened, when

LABEL = 10
_WIDTH = 80
_LEVELS = 4
_SHOWN_STREAMS = 6
_NAME, _CELL = 40, 10
_NOT_LAST_WEEK = "the last seven days alone do not show it"
_NOT_FIRM = "for a proof the fall itself must be a little clearer"
_WIDEST_CHART = 28
"""Days; of a longer trial the last ones."""
_ALL_OTHERS = "or any other"
_OWN = ("target", "target or unknown")


def lines(found: Judged) -> list[str]:
    verdict = found.verdict
    return [
        *_head(found),
        *_labelled("Answer", [_answer(verdict), *_counts(found)]),
        *_labelled("Because", _because(verdict)),
        *_looks(found),
        *_unseen(found),
        *_chart(found),
        *_labelled("Next", [_next(verdict)]),
    ]


_DESIGNS = {
    Design.CANARY: "at random",
    Design.SWITCHBACK: "in blocks of hours, by a coin",
    Design.FULL: "to all at once",
}


def _head(found: Judged) -> list[str]:
    trial = found.trial
    part = f"{trial.share:.0%} of the units, ".replace("%", " %")
    applied = f"applied {when(found.applied_at)}, {count(found.verdict.day, 'day')} seen"
    asked = f"does it lower {trial.signature} on {trial.tool}?"
    given = part if trial.design is Design.CANARY else ""
    return [
        "   ".join([found.verdict.ruling.value, found.change_id or "change", applied]),
        *_labelled("Question", [asked]),
        *_labelled("Given", [f"{given}{_DESIGNS[trial.design]}"]),
    ]


def _because(verdict: Verdict) -> Sequence[str]:
    """All reasons but the counts, which stand in the answer."""
    return verdict.reasons if verdict.effect_now is None else verdict.reasons[:-1]


def _answer(verdict: Verdict) -> str:
    said = {
        Ruling.VERIFIED: f"yes: {_effect(verdict.effect)}",
        Ruling.DOWN: f"it is down: {_effect(verdict.effect)}; moved elsewhere not excluded",
        Ruling.WORSE: "no, it does harm",
        Ruling.NO_EFFECT: f"no: {_effect(verdict.effect)}",
        Ruling.IMPROVED_UNPROVEN: "fewer since then, cause not proven",
        Ruling.NO_DATA: "cannot be judged",
    }
    return said.get(verdict.ruling) or _open(verdict)


def _open(verdict: Verdict) -> str:
    if verdict.needed is None:
        return "not proven"
    seen = f"{min(verdict.seen, verdict.needed)} of {verdict.needed} failures seen"
    if verdict.seen > verdict.needed:
        seen = f"{verdict.seen} failures seen, {verdict.needed} were to be enough"
    if verdict.next_look is None:
        return f"not proven on any planned day: {seen}"
    days = verdict.days_to_go
    to_go = "" if days is None else f", about {count(max(1, round(days)), 'day')} to go"
    return f"not proven yet: {seen}{to_go}"


def _effect(effect: Effect | None) -> str:
    if effect is None:
        return "how much cannot be said yet"
    return f"{_relative(effect.estimate)} ({_range(effect)}; 95 % at any look)"


def _relative(change: float) -> str:
    return f"{abs(change):.0%} {'fewer' if change <= 0 else 'more'}".replace("%", " %")


def _range(effect: Effect) -> str:
    high = "no upper end" if effect.high is None else _relative(effect.high)
    return f"{_relative(effect.low)} to {high}"


def _counts(found: Judged) -> list[str]:
    days = found.verdict.days
    said = [
        f"{name} {failing} of {count(units, 'unit')} failed or came out unknown"
        for name, failing, units in (
            ("with it", sum(d.treated_failing for d in days), sum(d.treated for d in days)),
            ("without", sum(d.control_failing for d in days), sum(d.control for d in days)),
        )
        if units
    ]
    if found.verdict.ruling in {Ruling.WORSE, Ruling.INCONCLUSIVE} and found.verdict.effect_now:
        said.append(f"its failures: {_effect(found.verdict.effect_now)}")
    return said


def _looks(found: Judged) -> list[str]:
    """A line a stream, a column a look: failing units with and without the change."""
    looks = found.verdict.looks
    if not looks:
        return []
    streams = {s.stream: s.units for s in looks[-1].streams}
    own = [name for name in streams if name in _OWN]
    others = sorted((n for n in streams if n not in own), key=lambda n: (-streams[n], n))
    names = [*own, *others[:_SHOWN_STREAMS]]
    said = [
        f"{'failing with/without':{_NAME}}"
        + "".join(f"{f'day {look.day}':>{_CELL}}" for look in looks),
        *(
            shortened(_stream_name(name), _NAME).ljust(_NAME)
            + "".join(f"{_cell(look, name):>{_CELL}}" for look in looks)
            for name in names
        ),
    ]
    if len(others) > _SHOWN_STREAMS:
        said.append(f"and {len(others) - _SHOWN_STREAMS} other names")
    said.append("* too few with it for chance; verified asks for all of them")
    said += [
        f"day {look.day}: {word}"
        for look in looks
        for word in (*_moved(look), *_missing(look))
        if look is looks[-1]
    ]
    return _labelled("Looked at", [*said, f"harm: every day until day {found.verdict.day}"])


def _missing(look: Look) -> list[str]:
    """What else "verified" asks for, where the fall itself is there."""
    fell = all(s.crossed_on is not None for s in look.streams if s.stream in _OWN)
    said = [_NOT_FIRM] if fell and not look.is_firm else []
    return said if look.fell_last_week else [*said, _NOT_LAST_WEEK]


def _moved(look: Look) -> list[str]:
    single = [name for name in look.moved_elsewhere if name != _ALL_OTHERS]
    names = ", ".join(name.removeprefix("or ") for name in single or look.moved_elsewhere)
    return [f"what fell may have moved to {names}"] if names else []


def _stream_name(name: str) -> str:
    return f"target {name}" if name.startswith("or ") else name


def _cell(look: Look, name: str) -> str:
    for stream in look.streams:
        if stream.stream == name:
            mark = " " if stream.crossed_on is None else "*"
            return f"{stream.with_change}/{stream.units - stream.with_change}{mark}"
    return "- "


def _unseen(found: Judged) -> list[str]:
    verdict = found.verdict
    said: list[str] = []
    if verdict.blind_days:
        listed = _spans(verdict.blind_days)
        said.append(f"fewer than half of the units to expect on day {listed}")
    if found.bad_lines:
        said.append(f"{count(found.bad_lines, 'line')} could not be read")
    if found.spots is not None:
        said += _spots(found.spots)
    return _labelled("Not seen", said)


def _spans(days: Sequence[int]) -> str:
    """Days in order, as people say them: 3, 5 to 9."""
    spans: list[list[int]] = []
    for day in days:
        if spans and day == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], day]
        else:
            spans.append([day])
    return ", ".join(" to ".join(map(str, span)) for span in spans)


def _spots(spots: BlindSpots) -> list[str]:
    said: list[str] = []
    if spots.unrecorded:
        said.append(
            f"{count(spots.unrecorded, 'unit')} ran, and nobody wrote down whether with it: not "
            "counted"
        )
    if spots.late:
        said.append(
            f"{count(spots.late, 'unit')} had begun when their arm was written down: not counted"
        )
    if spots.unseen_treated or spots.unseen_control:
        said.append(
            f"no run of {count(spots.unseen_treated, 'unit')} with it and "
            f"{spots.unseen_control:,} without"
        )
    return said


def _chart(found: Judged) -> list[str]:
    days = found.verdict.days[-_WIDEST_CHART:]
    has_control = any(day.control for day in days)
    rates = [rate for day in days for rate in _rates(day) if rate is not None]
    if not rates or max(rates) <= 0:
        return []
    top = max(rates)
    rows = [
        f"{top * level / _LEVELS:9.3f} |" + "".join(f" {_mark(day, top, level)}" for day in days)
        for level in range(_LEVELS, -1, -1)
    ]
    keys = "x with it, o without, # both" if has_control else "x with it"
    axis = f"{'':10}+{'-' * (2 * len(days))} day {days[0].day} to {days[-1].day}"
    return [f"part of the units that failed, by day ({keys})", *map(str.rstrip, rows), axis]


def _rates(day: ArmDay) -> tuple[float | None, float | None]:
    return (
        day.treated_failing / day.treated if day.treated else None,
        day.control_failing / day.control if day.control else None,
    )


def _mark(day: ArmDay, top: float, level: int) -> str:
    with_it, without = (
        rate is not None and round(rate / top * _LEVELS) == level for rate in _rates(day)
    )
    if with_it:
        return "#" if without else "x"
    return "o" if without else " "


def _next(verdict: Verdict) -> str:
    again = "" if verdict.next_look is None else f"; the next look is on day {verdict.next_look}"
    return {
        Ruling.VERIFIED: "keep it, and leave a tenth without it: if it fades, this says so",
        Ruling.DOWN: "keep watching the other names" + again,
        Ruling.WORSE: "take it back",
        Ruling.NO_EFFECT: "take it back: it costs and does not help",
        Ruling.IMPROVED_UNPROVEN: "for a proof, give it to a random half",
        Ruling.NO_DATA: "nothing was decided; mend what is missing first",
    }.get(verdict.ruling, _next_open(verdict) + again)


def _next_open(verdict: Verdict) -> str:
    if verdict.pause:
        return "do not give it to more, or take it back to be safe"
    return "go on" if verdict.next_look else "keep it or take it back: nothing says which"


def _labelled(label: str, said: Sequence[str]) -> list[str]:
    within = [line for text in said for line in _within(text)]
    return [
        f"{label if not index else '':{LABEL}}{text}".rstrip() for index, text in enumerate(within)
    ]


def _within(text: str) -> list[str]:
    return wrap(text, _WIDTH - LABEL) if len(text) > _WIDTH - LABEL else [text]
