"""Many rehearsals in one table: what each judge said of each kind of change, and what it missed."""

from collections.abc import Iterable, Sequence

from homeostat.model.pattern import Rate
from homeostat.model.rehearsal import Answer, By, Kind, Mark, Table
from homeostat.surfaces.cli.output import count

_TRULY = {Kind.HELPS: "that help", Kind.NOTHING: "that do nothing", Kind.HARMS: "that harm"}


def lines(table: Table) -> list[str]:
    last = table.first_seed + table.seeds - 1
    fleets = f"{count(table.seeds, 'simulated fleet')}, seeds {table.first_seed} to {last}"
    found = [
        f"{fleets}, three changes each, in {table.duration_s:.0f} s.",
        "The judge ran inside this program; in the demo it is a process of its own.",
    ]
    for kind in Kind:
        own = [answer for answer in table.answers if answer.truth is kind]
        found += ["", *_kind(kind, own)]
    return [*found, "", *(_sum(by, table) for by in By), *(_missed(by, table) for by in By)]


def _kind(kind: Kind, answers: Sequence[Answer]) -> list[str]:
    head = f"{answers[0].share.whole:,} changes {_TRULY[kind]}"
    found = [f"{head:<36}{'times':>7}{'share':>8}{'95 % interval':>16}"]
    for by in By:
        shown = [a for a in answers if a.by is by and (a.share.part or _is_usual(a))]
        for index, answer in enumerate(shown):
            found.append(
                f"  {'' if index else by.value:14}{_word(answer):20}{_share(answer.share)}  "
                f"{answer.mark.value}"
            )
    return found


def _is_usual(answer: Answer) -> bool:
    """Shown also where it was never said."""
    return answer.by is By.HOMEOSTAT and answer.answer not in {"improved_unproven", "no_data"}


def _word(answer: Answer) -> str:
    return answer.answer.replace("_", " ")


def _share(found: Rate) -> str:
    span = f"{found.low * 100:.1f} to {found.high * 100:.1f}"
    return f"{found.part:7,}{_percent(found):>8}{span:>16}"


def _percent(found: Rate) -> str:
    return f"{100 * found.part / found.whole:.1f} %"


def _sum(by: By, table: Table) -> str:
    every = table.seeds * len(Kind)
    parts = [f"{mark.value} {_times(table.answers, by, mark):,} of {every:,}" for mark in Mark]
    return f"{by.value:14}{'   '.join(parts)}"


def _times(answers: Iterable[Answer], by: By, mark: Mark, truth: Kind | None = None) -> int:
    return sum(
        a.share.part for a in answers if a.by is by and a.mark is mark and truth in {None, a.truth}
    )


def _missed(by: By, table: Table) -> str:
    cures, harms = (
        table.seeds - _times(table.answers, by, Mark.RIGHT, truth=kind)
        for kind in (Kind.HELPS, Kind.HARMS)
    )
    luck = _times(table.answers, by, Mark.WRONG, truth=Kind.NOTHING)
    return (
        f"{by.value:14}of {table.seeds:,} each: missed {cures:,} cures, {harms:,} harms; "
        f"wrong on {luck:,} useless"
    )
