"""What a call did, read once for all that judge it: its steps, what they check, its output."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from homeostat.analyze.checker_signs import sample
from homeostat.analyze.checker_table import Family
from homeostat.analyze.checkers import family_of
from homeostat.analyze.commands import Step, steps
from homeostat.model.call import CallFacts

_CACHED_CHARACTERS = 300
"""Bounds the memory of the cache. A fifth of the lines of a run are repeated, all short ones."""


class Read(msgspec.Struct, frozen=True, gc=False):
    """A step and what it checks, if it is a check."""

    step: Step
    family: Family | None


class Reading(msgspec.Struct, frozen=True, gc=False):
    steps: tuple[Read, ...]
    output: str
    """The beginning and the end of the answer, without header and colours."""
    exit_code: int | None

    @property
    def deciding(self) -> Sequence[Read]:
        """The steps whose failure may be the line's; all, where none is known."""
        return [item for item in self.steps if item.step.can_decide] or self.steps


def read(facts: CallFacts) -> Reading:
    return Reading(
        steps=read_steps(facts.command), output=sample(facts.text), exit_code=facts.exit_code
    )


def read_steps(command: str) -> tuple[Read, ...]:
    """The steps of a shell line and what they check. Never raises."""
    return _known(command) if len(command) <= _CACHED_CHARACTERS else _read_steps(command)


def _read_steps(command: str) -> tuple[Read, ...]:
    return tuple(Read(step, family_of(step)) for step in steps(command))


_known = lru_cache(maxsize=1024)(_read_steps)
