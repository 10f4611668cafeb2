"""Whether one version of a client fails more often than the others, beyond chance."""

from collections.abc import Sequence

from homeostat.analyze.intervals import wilson
from homeostat.model.views import VersionRate, VersionSuspect

FEWEST = 200
"""Calls of a version below which it is not judged: one bad afternoon is no trend."""


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
