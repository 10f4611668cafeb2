"""A version is named only where its faults are beyond chance."""

import pytest

from homeostat.analyze.versions import suspect
from homeostat.model.views import VersionRate


def rate(version: str, faults: int, calls: int) -> VersionRate:
    return VersionRate(
        client="codex", version=version, first_at=None, runs=1, calls=calls, faults=faults
    )


def test_a_version_far_above_the_others_is_named_with_what_it_is_compared_to():
    found = suspect([rate("1", 20, 1000), rate("2", 90, 1000), rate("3", 10, 500)])

    assert found
    assert (found.version.version, found.other_faults, found.other_calls) == ("2", 30, 1500)


@pytest.mark.parametrize(
    "versions",
    [
        [],
        [rate("1", 90, 1000)],
        [rate("1", 20, 1000), rate("2", 90, 100)],
        [rate("1", 20, 1000), rate("2", 25, 1000)],
        [rate("1", 0, 1000), rate("2", 0, 1000)],
    ],
    ids=["none", "one", "too few calls", "by chance", "no faults"],
)
def test_nobody_is_named_without_evidence(versions):
    assert suspect(versions) is None
