"""What a run may spend: one text such as `500evals,2usd,30m`, and the sums it is held against."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from evosearch.errors import BudgetError
from evosearch.types import Funds, Usage

#: Unit -> (the field of `Usage` it limits, how much one of it is).
UNITS: Mapping[str, tuple[str, float]] = {
    "evals": ("evaluations", 1),
    "calls": ("calls", 1),
    "tok": ("tokens", 1),
    "ktok": ("tokens", 1_000),
    "mtok": ("tokens", 1_000_000),
    "usd": ("usd", 1),
    "s": ("seconds", 1),
    "m": ("seconds", 60),
    "h": ("seconds", 3_600),
}
_PART = re.compile(r"(?P<number>[0-9][0-9_]*(\.[0-9]+)?)(?P<unit>[a-z]+)")
_HINT = "a budget is one or several of 500evals, 200calls, 300ktok, 2usd, 30m, joined by commas; +500evals adds"


@dataclass(frozen=True, slots=True)
class Budget:
    """Caps on what a run may spend in all, its earlier sessions included; None means no cap.

    Attributes are those of `types.Usage`.
    """

    evaluations: float | None = None
    calls: float | None = None
    tokens: float | None = None
    usd: float | None = None
    seconds: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `500evals,2usd`.

        Raises:
            BudgetError: A part is no positive number with a known unit, or two parts limit the same thing.
        """
        caps: dict[str, float] = {}
        for part in text.replace(" ", "").lower().split(","):
            match = _PART.fullmatch(part)
            if match is None or match["unit"] not in UNITS:
                raise BudgetError(f"cannot read the budget {text!r}: {part!r} is no number with a unit", hint=_HINT)
            name, worth = UNITS[match["unit"]]
            amount = float(match["number"].replace("_", "")) * worth
            if amount <= 0:
                raise BudgetError(f"cannot take the budget {text!r}: {part!r} leaves nothing to spend", hint=_HINT)
            if name in caps:
                raise BudgetError(f"the budget {text!r} limits {name} twice", hint=_HINT)
            caps[name] = amount
        return cls(**caps)

    @classmethod
    def resolve(cls, text: str, earlier: str | None, spent: Usage) -> Self:
        """Read a budget that may add to an earlier one: `+500evals` is 500 evaluations more than it allowed.

        Args:
            text: What the user asked for.
            earlier: The budget of the run before, as text; None for a first run.
            spent: What the archive has cost so far, where the earlier budget had no such cap.

        Raises:
            BudgetError: It cannot be read.
        """
        if not text.startswith("+"):
            return cls.parse(text)
        more, base = cls.parse(text[1:]), cls.parse(earlier) if earlier else cls()
        caps = {}
        for item in fields(cls):
            added, before = getattr(more, item.name), getattr(base, item.name)
            if added is not None:
                caps[item.name] = (before if before is not None else getattr(spent, item.name)) + added
            else:
                caps[item.name] = before
        return cls(**caps)

    def remaining(self, spent: Usage) -> int | None:
        """How many evaluations are left after `spent`; None if they are not capped."""
        return None if self.evaluations is None else max(0, int(self.evaluations) - spent.evaluations)

    def funds(self, spent: Usage) -> Funds:
        """What is left for calls of models after `spent`."""
        caps = {"calls": self.calls, "tokens": self.tokens, "usd": self.usd}
        left = {name: math.inf if cap is None else max(0.0, cap - getattr(spent, name)) for name, cap in caps.items()}
        return Funds(**left)

    @property
    def caps_calls(self) -> bool:
        """Whether calls, tokens or money are capped."""
        return any(cap is not None for cap in (self.calls, self.tokens, self.usd))

    def shortage(self, cost: Usage, spent: Usage) -> str:
        """Why a call that costs up to `cost` cannot be made after `spent`, in words."""
        left = self.funds(spent)
        for name, unit in (("calls", "calls"), ("tokens", "tokens"), ("usd", "usd")):
            if (needed := getattr(cost, name)) > (rest := getattr(left, name)):
                amount = "{:,.4f}" if name == "usd" else "{:,.0f}"
                return f"the next call may cost {amount.format(needed)} {unit}, and {amount.format(rest)} are left"
        return "the next call has no known price, and money is capped"

    def exhausted(self, spent: Usage) -> str | None:
        """The first cap that `spent` has reached, in words; None while there is something left of each."""
        for item in fields(self):
            cap, used = getattr(self, item.name), getattr(spent, item.name)
            if cap is not None and used >= cap:
                return f"{used:,.0f} of {cap:,.0f} {item.name}"
        return None

    def __str__(self) -> str:
        """The text that `parse` reads back to an equal budget."""
        base = {"evaluations": "evals", "calls": "calls", "tokens": "tok", "usd": "usd", "seconds": "s"}
        caps = ((getattr(self, name), unit) for name, unit in base.items())
        return ",".join(f"{cap:.12g}{unit}" for cap, unit in caps if cap is not None)
