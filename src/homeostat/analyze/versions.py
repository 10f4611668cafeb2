"""Whether one version of a client fails more often than the others, beyond chance."""

from collections.abc import Sequence
from math import sqrt

from homeostat.model.views import VersionRate, VersionSuspect

FEWEST = 200
"""Calls of a version below which it is not judged: one bad afternoon is no trend."""
_Z = 1.96


def suspect(versions: Sequence[VersionRate]) -> VersionSuspect | None:
    """The version whose share of faults lies above that of all others together, if one does.

    Above: the 95 % intervals (Wilson 1927) of both shares do not touch. No proof of cause: work
    changes with versions too.
    """
    known = [version for version in versions if version.calls >= FEWEST]
    if len(known) < 2:  # noqa: PLR2004  # nothing to compare with
        return None
    worst = max(known, key=lambda v: (v.faults / v.calls, v.client, v.version))
    calls = sum(version.calls for version in known) - worst.calls
    faults = sum(version.faults for version in known) - worst.faults
    if wilson(worst.faults, worst.calls)[0] <= wilson(faults, calls)[1]:
        return None
    return VersionSuspect(version=worst, other_faults=faults, other_calls=calls)


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) where there is nothing to go by."""
    if not of:
        return 0.0, 1.0
    share, z2 = count / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = _Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)
