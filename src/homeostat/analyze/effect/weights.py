"""How much a failing unit tells of the target rather than of its siblings, by stratum.

Where the target is most of what fails (an agent, a weekday), a treated unit that fails anyway
tells more. Weights come from before the change, so they cannot follow the assignment, and the
test stays exact with any of them.
"""

import math
from collections.abc import Mapping

from homeostat.model.trial_sums import Before

BASELINE_DAYS = 28
_PRIOR_UNITS = 6
"""Units that the fleet's own share of the target counts for in each stratum."""
_TRUST = 0.9
"""Of the target's share: it may have changed since."""
_HIGHEST = 1 - 0.9 * 0.99
"""What is left of a stratum in which 99 % are the target's: its weight is the greatest."""
STEPS = 20
PLAIN_FROM = 5_000
"""Units to expect, from which on all weigh the same: the law of a sum has as many points as weights
times units, and so many units need no help."""


def steps(units: float) -> int:
    """Of weights, for so many units to expect until the last look."""
    return STEPS if units < PLAIN_FROM else 1


def weights(before: Mapping[str, Before], *, steps: int) -> Mapping[str, int]:
    """Whole weights of the strata; of one that was never seen see `of_unseen`."""
    return {
        stratum: _weight(_share(counts, _overall(before)), steps)
        for stratum, counts in before.items()
    }


def of_unseen(before: Mapping[str, Before], *, steps: int) -> int:
    return _weight(_overall(before), steps)


def _overall(before: Mapping[str, Before]) -> float:
    target = sum(counts.target for counts in before.values())
    siblings = sum(counts.siblings for counts in before.values())
    return (target + 1) / (target + siblings + 2)


def _share(counts: Before, overall: float) -> float:
    units = counts.target + counts.siblings
    return (counts.target + _PRIOR_UNITS * overall) / (units + _PRIOR_UNITS)


def _weight(share: float, steps: int) -> int:
    return max(1, round(steps * math.log(1 - _TRUST * share) / math.log(_HIGHEST)))
