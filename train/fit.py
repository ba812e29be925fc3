"""Logistic regression on sparse rows, by L-BFGS: no randomness, and no library whose threads could change a bit."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from train.rows import Rows

Vector = npt.NDArray[np.float64]
_MEMORY = 8


@dataclass(frozen=True, slots=True)
class Linear:
    """`used`: which place of the table each weight is."""

    weights: Vector
    bias: float
    used: npt.NDArray[np.int64]

    def table(self, size: int) -> Vector:
        """The weights where the guard looks for them."""
        whole = np.zeros(size)
        whole[self.used] = self.weights
        return whole

    def scores(self, rows: Rows) -> Vector:
        return _sums(self.weights, rows) + self.bias


def fit(
    rows: Rows,
    labels: Vector,
    importance: Vector,
    decay: Vector | float,
    rounds: int,
    start: Linear | None = None,
) -> Linear:
    """`importance` of each row; `decay` of each weight."""
    sizes = np.diff(np.append(rows.starts, rows.places.size))

    def loss(point: Vector) -> tuple[float, Vector]:
        weights, bias = point[:-1], point[-1]
        margin = _sums(weights, rows) + bias
        signed = np.where(labels > 0, margin, -margin)
        value = float((importance * np.logaddexp(0.0, -signed)).sum() + 0.5 * (decay * weights * weights).sum())
        pull = importance * (1.0 / (1.0 + np.exp(-np.clip(margin, -40, 40))) - labels)
        slope = np.empty_like(point)
        slope[:-1] = np.bincount(rows.places, weights=np.repeat(pull * rows.scale, sizes), minlength=rows.used.size)
        slope[:-1] += decay * weights
        slope[-1] = pull.sum()
        return value, slope

    first = np.zeros(rows.used.size + 1) if start is None else np.append(start.weights, start.bias)
    found = lbfgs(loss, first, rounds)
    return Linear(found[:-1], float(found[-1]), rows.used)


def _sums(weights: Vector, rows: Rows) -> Vector:
    running = np.add.reduceat(weights[rows.places], rows.starts) if rows.places.size else np.zeros(0)
    return running * rows.scale


def lbfgs(loss: Callable[[Vector], tuple[float, Vector]], point: Vector, rounds: int) -> Vector:
    value, slope = loss(point)
    steps: list[Vector] = []
    turns: list[Vector] = []
    for number in range(rounds):
        way = -_direction(slope, steps, turns)
        pace = 1.0 if number else 1.0 / max(1.0, float(np.sqrt((slope * slope).sum())))
        down = float((slope * way).sum())
        for _ in range(20):
            there = point + pace * way
            new, bent = loss(there)
            if new <= value + 1e-4 * pace * down:
                break
            pace *= 0.5
        else:
            return point
        step, turn = there - point, bent - slope
        if float((step * turn).sum()) > 1e-12:
            steps, turns = [*steps[1 - _MEMORY :], step], [*turns[1 - _MEMORY :], turn]
        point, value, slope = there, new, bent
    return point


def _direction(slope: Vector, steps: list[Vector], turns: list[Vector]) -> Vector:
    way = slope.copy()
    shares: list[tuple[float, float]] = []
    for step, turn in zip(reversed(steps), reversed(turns), strict=True):
        curve = 1.0 / float((step * turn).sum())
        share = curve * float((step * way).sum())
        shares.append((curve, share))
        way -= share * turn
    if steps:
        way *= float((steps[-1] * turns[-1]).sum()) / float((turns[-1] * turns[-1]).sum())
    for step, turn, (curve, share) in zip(steps, turns, reversed(shares), strict=True):
        way += (share - curve * float((turn * way).sum())) * step
    return way
