"""How far two markers agree. Pure; exact fractions, so that a figure is the same on every machine.

Weighted kappa: J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968) 213-220, with quadratic weights as in
J. L. Fleiss and J. Cohen, Educational and Psychological Measurement 33 (1973) 613-619. ICC(2,1), two-way random
effects, absolute agreement, one rater: P. E. Shrout and J. L. Fleiss, Psychological Bulletin 86 (1979) 420-428.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from fractions import Fraction

LEAST = 5  # cases below which no figure is shown: it would say something about a person and nothing about agreement
Pair = tuple[int, int]


def weighted_kappa(pairs: Collection[Pair]) -> Fraction | None:
    """1 - Σ w·observed / Σ w·expected with w = (i - j)², of pairs of ranks; 1 is agreement, 0 is chance.

    ``None`` when everybody gave one and the same rank: chance then explains all. The usual divisor of the weights, the
    square of the number of ranks less one, stands above and below and falls away.
    """
    rows, columns = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum((i - j) ** 2 * n * m for i, n in rows.items() for j, m in columns.items())
    observed = sum((i - j) ** 2 for i, j in pairs)
    return 1 - Fraction(observed * len(pairs), expected) if expected else None


def icc(rows: Sequence[Sequence[Decimal]]) -> Fraction | None:
    """(MSR - MSE) / (MSR + (k - 1)·MSE + k·(MSC - MSE)/n) of n works with k marks each.

    ``None`` with fewer than two works, or when nothing differs.
    """
    n, k = len(rows), len(rows[0]) if rows else 0
    if n < 2 or k < 2:
        return None
    marks = [[Fraction(one) for one in row] for row in rows]
    mean = sum(map(sum, marks), Fraction(0)) / (n * k)
    of_rows = k * sum((sum(row) / k - mean) ** 2 for row in marks)
    of_columns = n * sum((sum(column) / n - mean) ** 2 for column in zip(*marks, strict=True))
    total = sum((one - mean) ** 2 for row in marks for one in row)
    msr, msc = of_rows / (n - 1), of_columns / (k - 1)
    mse = (total - of_rows - of_columns) / ((n - 1) * (k - 1))
    below = msr + (k - 1) * mse + k * (msc - mse) / n
    return (msr - mse) / below if below else None


def exact(pairs: Collection[Pair]) -> Fraction | None:
    """The share of pairs that are equal."""
    return _share(pairs, 0)


def adjacent(pairs: Collection[Pair]) -> Fraction | None:
    """The share of pairs that are equal or one rank apart."""
    return _share(pairs, 1)


def mean(values: Collection[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None


def median(values: Collection[Decimal]) -> Decimal | None:
    """The middle value, or the mean of the two in the middle."""
    order = sorted(values)
    half = len(order) // 2
    if not order:
        return None
    return order[half] if len(order) % 2 else (order[half - 1] + order[half]) / 2


def _share(pairs: Collection[Pair], apart: int) -> Fraction | None:
    return Fraction(sum(abs(i - j) <= apart for i, j in pairs), len(pairs)) if pairs else None
