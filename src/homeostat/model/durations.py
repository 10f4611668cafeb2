"""How long calls took, as counts in steps of about 1.4: small, exact to add up, good to a fifth."""

from bisect import bisect_right

LARGEST = 27
"""2^27 ms are 37 hours: longer than any call."""
BOUNDS_MS = (
    1,
    *(bound for power in range(1, LARGEST) for bound in (2**power, round(2 ** (power + 0.5)))),
    2**LARGEST,
)
"""A step holds what took at least the bound before it, and less than its own."""


def step_of(duration_ms: int) -> int:
    """How many bounds it reaches: 0 is less than a millisecond."""
    return bisect_right(BOUNDS_MS, duration_ms)


def middle_ms(step: int) -> float:
    """What a call of this step took, about: the geometric middle of its bounds."""
    if step <= 0:
        return 0.5
    if step >= len(BOUNDS_MS):
        return float(BOUNDS_MS[-1])
    return float((BOUNDS_MS[step - 1] * BOUNDS_MS[step]) ** 0.5)
