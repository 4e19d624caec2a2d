"""A program's constants as the numbers that are searched over: a step of 1 is a bold one in each of them.

A constant that is a scale (a learning rate, a tolerance) moves by factors; one in (1/2, 1) is usually a decay, and
what matters of it is its distance from 1; a whole number moves by itself. The numbers of a table stand side by side
and may pass zero, so they move by amounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

#: Up to so many constants are single numbers; more of them may be a table.
HANDFUL: Final = 6
#: Steps to a factor of two.
_STEPS_PER_OCTAVE: Final = 2.0
#: A number that is smaller than a table's typical one by this factor is a tolerance, and not of the table; nor is one
#: that is greater by as much.
_TINY: Final = 1e-6
#: Numbers of one sign that differ by less than this factor are a table too.
_SPREAD: Final = 1e3
#: Octaves beyond which a number is of no use.
_OCTAVES: Final = 200.0
_LIMIT: Final = 1e60
#: What a factor may make of a number that is great already: there are no greater ones among constants.
_GREATEST: Final = 1e300


@dataclass(frozen=True, slots=True)
class _Scale:
    """How one constant moves: `linear`, `log` (of its size) or `decay` (log of its distance from 1)."""

    way: str
    unit: float = 1.0
    whole: bool = False

    def into(self, value: float) -> float:
        if self.way == "linear":
            return value / self.unit
        distance = 1.0 - value if self.way == "decay" else value / self.unit
        return float(_STEPS_PER_OCTAVE * np.log2(distance))

    def out(self, x: float) -> float:
        if self.way == "linear":
            value = min(_LIMIT, max(-_LIMIT, x * self.unit))
            return round(value) if self.whole else value
        distance = float(2.0 ** (min(_OCTAVES, max(-_OCTAVES, x)) / _STEPS_PER_OCTAVE))
        return 1.0 - distance if self.way == "decay" else min(_GREATEST, max(-_GREATEST, self.unit * distance))


class Coordinates:
    """The search coordinates of a program's constants.

    Args:
        origin: The constants where the search began; they decide how each moves.
        kinds: `float` or `int` for each.
    """

    def __init__(self, origin: Sequence[float], kinds: Sequence[str]) -> None:
        floats = [value for value, kind in zip(origin, kinds, strict=True) if kind == "float"]
        sizes = [abs(value) for value in floats if value]
        unit = 2 * median(sizes) if _is_table(floats) else 0.0
        self._scales = [
            _whole(value) if kind == "int" else _table(value, unit) if unit else _single(value)
            for value, kind in zip(origin, kinds, strict=True)
        ]

    def encode(self, values: Sequence[float]) -> Vector:
        """Constants as coordinates; those of the origin always have some.

        Raises:
            ValueError: A constant has left what its coordinate can say: a scale has changed its sign, say.
        """
        with np.errstate(all="ignore"):
            x = np.array([scale.into(value) for scale, value in zip(self._scales, values, strict=True)])
        if not np.isfinite(x).all():
            raise ValueError(f"expected constants like those of the origin, got {list(values)!r:.200}")
        return x

    def decode(self, x: Sequence[float] | Vector) -> list[float]:
        """Coordinates as constants, always finite."""
        return [scale.out(float(one)) for scale, one in zip(self._scales, x, strict=True)]


def _is_table(floats: Sequence[float]) -> bool:
    if len(floats) <= HANDFUL or not any(floats):
        return False
    return min(floats) <= 0 <= max(floats) or max(map(abs, floats)) < _SPREAD * min(map(abs, floats))


def _whole(value: float) -> _Scale:
    return _Scale("linear", max(1.0, abs(value) / 8), whole=True)


def _table(value: float, unit: float) -> _Scale:
    is_alien = 0 < abs(value) < _TINY * unit or abs(value) * _TINY > unit
    return _single(value) if is_alien else _Scale("linear", unit)


def _single(value: float) -> _Scale:
    if value == 0:
        return _Scale("linear")
    return _Scale("decay") if 0.5 < value < 1 else _Scale("log", value)
