"""What was spent, as people say it. Money that is not known is never said to be nothing."""

import math
from collections.abc import Mapping

from evosearch.types import Usage


def spending(usage: Usage) -> str:
    """What was spent, in words; what is zero is left out, but never the evaluations."""
    return ", ".join([count(usage.evaluations, "evaluation"), *call_parts(usage), duration(usage.seconds)])


def call_parts(usage: Usage) -> list[str]:
    """What calls of models cost: `2 calls`, `12.3k tokens`, `$0.12`; nothing if there were none."""
    parts = [count(usage.calls, "call")] if usage.calls else []
    parts += [f"{thousands(usage.tokens)} tokens"] if usage.tokens else []
    return [*parts, _priced(usage)] if usage.calls or usage.usd else parts


def of_caps(usage: Usage, caps: Mapping[str, float]) -> str:
    """What is spent and what may be: `1,200/5,000 evaluations, 40 calls, $0.12/$2.00`.

    Args:
        usage: What is spent.
        caps: What may be, by the names of `Usage`; where there is none, what calls cost is said alone.
    """
    has_calls = bool(usage.calls)
    parts = [_counted(usage.evaluations, caps, "evaluation")]
    parts += [_counted(usage.calls, caps, "call")] if has_calls or "calls" in caps else []
    tokens = f"/{thousands(caps['tokens'])}" if "tokens" in caps else ""
    parts += [f"{thousands(usage.tokens)}{tokens} tokens"] if has_calls or tokens else []
    usd = f"/{dollars(caps['usd'])}" if "usd" in caps else ""
    parts += [f"{_priced(usage)}{usd}"] if has_calls or usd else []
    parts += [f"{usage.seconds:,.0f}{_of(caps, 'seconds')} s"] if "seconds" in caps else []
    return ", ".join(parts)


def money(usage: Usage) -> str:
    """`$0.12`, or `unknown` if no call has a known price, or `$0.12 and 30 calls of unknown price`."""
    if not usage.unpriced:
        return dollars(usage.usd)
    if not _is_partly_known(usage):
        return "unknown"
    return f"{dollars(usage.usd)} and {count(usage.unpriced, 'call')} of unknown price"


def money_in_short(usage: Usage) -> str:
    """`money` for a column: `≥ $0.12` where it is known in part."""
    partly = bool(usage.unpriced) and _is_partly_known(usage)
    return f"≥ {dollars(usage.usd)}" if partly else money(usage)


def dollars(usd: float) -> str:
    """US dollars: two digits after the point, and of a small sum as many as show two that are not 0."""
    if not 0 < usd < 1:
        return f"${usd:,.2f}"
    return f"${usd:.{max(2, 1 - math.floor(math.log10(usd)))}f}"


def thousands(number: float) -> str:
    """A number in three digits or so: `321`, `12.3k`, `4.5M`."""
    for unit, worth in (("M", 1e6), ("k", 1e3)):
        if number >= 0.9995 * worth:
            scaled = number / worth
            return f"{scaled:,.0f}{unit}" if scaled >= 99.95 else f"{scaled:.1f}{unit}"
    return f"{number:,.0f}"


def count(number: int, noun: str) -> str:
    """`1 call`, `1,200 calls`, `2 replies`."""
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else several}"


def duration(seconds: float) -> str:
    """Seconds as people say them: `42 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"


def _counted(number: int, caps: Mapping[str, float], noun: str) -> str:
    """`1 call`, `1/200 calls`."""
    cap = _of(caps, f"{noun}s")
    return f"{number:,}{cap} {noun}s" if cap else count(number, noun)


def _of(caps: Mapping[str, float], name: str) -> str:
    return f"/{caps[name]:,.6g}" if name in caps else ""


def _priced(usage: Usage) -> str:
    """`money` among other amounts, where `unknown` alone would not say what."""
    return money(usage) if _is_partly_known(usage) else "price unknown"


def _is_partly_known(usage: Usage) -> bool:
    return not usage.unpriced or usage.calls > usage.unpriced or usage.usd > 0
