import decimal
from fractions import Fraction


def solve():
    with decimal.localcontext() as context:
        context.prec = 50
        root = decimal.Decimal(2).sqrt()
    return [str(root), str(sum(Fraction(1, n) for n in range(1, 30))), str(Fraction(0.75).limit_denominator(10))]
