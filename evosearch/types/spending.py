"""What is spent: evaluations, calls, tokens, money, time; and what may still be."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What something cost, or may cost.

    Attributes:
        evaluations: Candidates really tried, those inside a proposer's own batch included.
        calls: Calls of a language model.
        tokens: Tokens sent and received.
        usd: Money, in US dollars, as far as prices are known.
        seconds: Seconds on the wall.
        unpriced: How many of the calls have no known price; while there is one, `usd` is only a part of the cost.
    """

    evaluations: int = 0
    calls: int = 0
    tokens: int = 0
    usd: float = 0.0
    seconds: float = 0.0
    unpriced: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.evaluations + other.evaluations,
            self.calls + other.calls,
            self.tokens + other.tokens,
            self.usd + other.usd,
            self.seconds + other.seconds,
            self.unpriced + other.unpriced,
        )

    @property
    def money(self) -> float | None:
        """Money in US dollars; None if it is not known, which is not the same as nothing."""
        return None if self.unpriced else self.usd


@dataclass(frozen=True, slots=True)
class Funds:
    """What calls of models may still cost; infinite where nothing caps it."""

    calls: float = math.inf
    tokens: float = math.inf
    usd: float = math.inf

    def cover(self, cost: Usage) -> bool:
        """Whether they suffice; money of an unknown price is covered by endless money alone."""
        money = math.inf if cost.unpriced else cost.usd
        return cost.calls <= self.calls and cost.tokens <= self.tokens and money <= self.usd

    def less(self, cost: Usage) -> "Funds":
        """What is left after a cost, never below nothing."""
        return Funds(
            max(0.0, self.calls - cost.calls), max(0.0, self.tokens - cost.tokens), max(0.0, self.usd - cost.usd)
        )

    def part(self, wanted: Usage) -> Usage:
        """As much of what is wanted as there is."""
        return Usage(
            calls=int(min(self.calls, wanted.calls)),
            tokens=int(min(self.tokens, wanted.tokens)),
            usd=min(self.usd, wanted.usd),
            unpriced=wanted.unpriced,
        )

    def dealt(self, share: Usage) -> "Funds":
        """A share of them, endless where they are."""
        return Funds(
            share.calls if math.isfinite(self.calls) else math.inf,
            share.tokens if math.isfinite(self.tokens) else math.inf,
            share.usd if math.isfinite(self.usd) else math.inf,
        )
