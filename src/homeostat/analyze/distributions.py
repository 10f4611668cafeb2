"""Distributions, on the standard library alone.

Each function is compared with scipy's in tests/unit/analyze/test_distributions.py.
"""

import math
from collections.abc import Sequence

_TINY = 1e-300
_CLOSE = 1e-15
_MOST_STEPS = 500


def normal_quantile(probability: float) -> float:
    """z below which a standard normal variable falls with this probability, in (0, 1)."""
    from statistics import NormalDist  # noqa: PLC0415  # 15 ms, which no view must take

    return NormalDist().inv_cdf(probability)


def normal_upper_tail(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2))


def log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function: P(X <= x) for X ~ Beta(a, b); a, b > 0.

    Continued fraction by Lentz's method (Press et al., Numerical Recipes, 6.4).
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta(a, b))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _far(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _far(1 + term * d)
            c = _far(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return found


def _far(value: float) -> float:
    """Not zero, so that it can be divided by."""
    return value if abs(value) > _TINY else _TINY


def t_upper_tail(t: float, freedom: float) -> float:
    """P(T >= t) of Student's distribution."""
    half = 0.5 * beta_cdf(freedom / (freedom + t * t), freedom / 2, 0.5)
    return half if t >= 0 else 1 - half


def t_quantile(probability: float, freedom: float) -> float:
    """t below which a variable falls with this probability, by bisection."""
    if probability < 0.5:  # noqa: PLR2004  # the middle
        return -t_quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while 1 - t_upper_tail(high, freedom) < probability:
        high *= 2
    while low < (middle := (low + high) / 2) < high:
        if 1 - t_upper_tail(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def negative_binomial_upper_tail(k: int, mean: float, dispersion: float) -> float:
    """P(Y >= k) for counts of this mean and variance mean + dispersion x mean^2; dispersion > 0."""
    if k <= 0:
        return 1.0
    size = 1 / dispersion
    return beta_cdf(mean / (mean + size), k, size)


def chi_square_upper_tail(x: float) -> float:
    """P(X >= x) with one degree of freedom."""
    return math.erfc(math.sqrt(max(0.0, x) / 2))


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """q values in the order given: the false discovery rate at which each would be called."""
    count = len(p_values)
    order = sorted(range(count), key=p_values.__getitem__, reverse=True)
    found = [1.0] * count
    least = 1.0
    for rank, index in enumerate(order):
        least = min(least, p_values[index] * count / (count - rank))
        found[index] = least
    return found
