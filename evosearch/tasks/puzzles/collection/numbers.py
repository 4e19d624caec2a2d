"""Puzzles over whole numbers and prices."""

from typing import List


def sat_last_full_crate(answer: int, crate=12, apples=500):
    """Find the largest number of apples that fills whole crates and is not more than there are apples.

    difficulty: trivial
    """
    return answer % crate == 0 and answer <= apples and answer + crate > apples


def sol_last_full_crate(crate=12, apples=500):
    return apples - apples % crate


def sat_price_before(answer: float, paid=59.5, discount=30, postage=3.5):
    """Find the list price of a parcel: a discount in percent came off it, postage went on top, and this was paid.

    difficulty: trivial
    """
    return abs(answer * (100 - discount) / 100 + postage - paid) < 1e-6


def sol_price_before(paid=59.5, discount=30, postage=3.5):
    return (paid - postage) * 100 / (100 - discount)


def sat_factorial_tail(answer: int, zeros=7):
    """Find a number whose factorial, written in decimal, ends in exactly so many zeros.

    The zeros are counted by the fives among the factors.

    difficulty: medium
    """
    return 0 < answer <= 10 * zeros and sum(answer // 5**k for k in range(1, 30)) == zeros


def sol_factorial_tail(zeros=7):
    low, high = 0, 5 * zeros
    while low < high:
        middle = (low + high) // 2
        if sum(middle // 5**k for k in range(1, 30)) < zeros:
            low = middle + 1
        else:
            high = middle
    return low


def sat_digit_product(answer: int, product=360, digits=4):
    """Find a number with so many decimal digits whose digits multiply to the product.

    difficulty: easy
    """
    if not 10 ** (digits - 1) <= answer < 10**digits:
        return False
    left = 1
    for digit in str(answer):
        left *= int(digit)
    return left == product


def sol_digit_product(product=360, digits=4):
    number, place = 0, 1
    for digit in range(9, 1, -1):
        while product % digit == 0:
            product //= digit
            number += digit * place
            place *= 10
    while place < 10**digits:
        number += place
        place *= 10
    return number


def sat_triangle_trio(answer: List[int], marbles=59):
    """Lay out the marbles as three triangles: find the lengths of their bottom rows.

    A triangle with a bottom row of k has k * (k + 1) / 2 marbles; a row of 0 is an empty triangle.

    difficulty: medium
    """
    return (
        len(answer) == 3
        and all(0 <= row <= marbles for row in answer)
        and sum(row * (row + 1) // 2 for row in answer) == marbles
    )


def sol_triangle_trio(marbles=59):
    from math import isqrt

    def row_of(count):
        return (isqrt(8 * count + 1) - 1) // 2

    for first in range(row_of(marbles), -1, -1):
        rest = marbles - first * (first + 1) // 2
        for second in range(row_of(rest), -1, -1):
            last = rest - second * (second + 1) // 2
            if second * (second + 1) // 2 < last:
                break
            if row_of(last) * (row_of(last) + 1) // 2 == last:
                return [first, second, row_of(last)]
    return []


def sat_lighthouse_beams(answer: int, periods=[5, 7, 8], delays=[2, 4, 1]):
    """Find the first second, not before 2, at which all the lighthouses flash together.

    Lighthouse i flashes at delays[i] seconds and then once in every periods[i] seconds. No two periods share a factor.

    difficulty: medium
    """
    cycle = 1
    for period in periods:
        cycle *= period
    return 2 <= answer < cycle + 2 and all((answer - late) % period == 0 for period, late in zip(periods, delays))


def sol_lighthouse_beams(periods=[5, 7, 8], delays=[2, 4, 1]):
    second, step = 2, 1
    for period, late in zip(periods, delays):
        while (second - late) % period:
            second += step
        step *= period
    return second


def sat_unit_shares(answer: List[int], top=4, bottom=5, most=4):
    """Write the fraction as a sum of different fractions with 1 on top: find their bottoms, at most so many.

    difficulty: medium
    """
    if len(answer) > most or len(set(answer)) != len(answer) or not all(1 < part < 10**60 for part in answer):
        return False
    whole = 1
    for part in answer:
        whole *= part
    return sum(whole // part for part in answer) * bottom == top * whole


def sol_unit_shares(top=4, bottom=5, most=4):
    parts = []
    while top > 0:
        part = -(-bottom // top)
        parts.append(part)
        top, bottom = top * part - bottom, bottom * part
    return parts


def sat_whole_wheel(answer: int, prime=23, factors=[2, 11]):
    """Find a number whose powers, divided by the prime, leave every remainder from 1 to prime - 1.

    `factors` are the prime factors of prime - 1, and it is enough to look at the powers (prime - 1) / factor. The
    number lies between 2 and prime - 2.

    difficulty: easy
    """
    return 2 <= answer <= prime - 2 and all(pow(answer, (prime - 1) // factor, prime) != 1 for factor in factors)


def sol_whole_wheel(prime=23, factors=[2, 11]):
    return next(g for g in range(2, prime) if all(pow(g, (prime - 1) // factor, prime) != 1 for factor in factors))


def sat_almost_root(answer: List[int], area=7):
    """Find whole numbers [x, y] above zero for which x * x is by 1 larger than area * y * y.

    difficulty: hard
    """
    return (
        len(answer) == 2
        and all(0 < number < 10**80 for number in answer)
        and answer[0] * answer[0] - area * answer[1] * answer[1] == 1
    )


def sol_almost_root(area=7):
    from math import isqrt

    root = isqrt(area)
    shift, scale, term = 0, 1, root
    (x_old, x), (y_old, y) = (1, root), (0, 1)
    while x * x - area * y * y != 1:
        shift = term * scale - shift
        scale = (area - shift * shift) // scale
        term = (root + shift) // scale
        x_old, x = x, term * x + x_old
        y_old, y = y, term * y + y_old
    return [x, y]


def sat_jumpy_multiple(answer: int, digits=4, jump=5, divisor=13):
    """Find a multiple of the divisor with so many digits in which neighbouring digits are at least the jump apart.

    difficulty: hard
    """
    if not 10 ** (digits - 1) <= answer < 10**digits:
        return False
    text = str(answer)
    return answer % divisor == 0 and all(abs(int(a) - int(b)) >= jump for a, b in zip(text, text[1:]))


def sol_jumpy_multiple(digits=4, jump=5, divisor=13):
    found = {(digit, digit % divisor): digit for digit in range(1, 10)}
    for _ in range(digits - 1):
        longer = {}
        for (last, rest), number in found.items():
            for digit in range(10):
                if abs(digit - last) >= jump:
                    longer.setdefault((digit, (10 * rest + digit) % divisor), 10 * number + digit)
        found = longer
    return next(number for (_, rest), number in found.items() if rest == 0)


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "last_full_crate": [
        {"crate": 7, "apples": 100},
        {"crate": 365, "apples": 99999},
        {"crate": 1021, "apples": 12345678},
        {"crate": 6700417, "apples": 987654321987},
    ],
    "price_before": [
        {"paid": 25.0, "discount": 20, "postage": 5.0},
        {"paid": 12.25, "discount": 5, "postage": 0.75},
        {"paid": 4250.0, "discount": 62, "postage": 119.0},
    ],
    "factorial_tail": [{"zeros": 24}, {"zeros": 100}, {"zeros": 2499}, {"zeros": 123456789}],
    "digit_product": [
        {"product": 49, "digits": 3},
        {"product": 5040, "digits": 6},
        {"product": 88905600, "digits": 14},
        {"product": 491612405760000, "digits": 40},
    ],
    "triangle_trio": [{"marbles": 100}, {"marbles": 2024}, {"marbles": 81113}, {"marbles": 40000027}],
    "lighthouse_beams": [
        {"periods": [3, 4], "delays": [2, 3]},
        {"periods": [9, 10, 11, 13], "delays": [1, 7, 0, 3]},
        {"periods": [16, 27, 25, 49, 11], "delays": [3, 16, 12, 40, 10]},
        {"periods": [101, 103, 107, 109, 113, 127], "delays": [34, 93, 19, 72, 81, 22]},
    ],
    "unit_shares": [
        {"top": 3, "bottom": 7, "most": 3},
        {"top": 5, "bottom": 11, "most": 3},
        {"top": 12, "bottom": 13, "most": 4},
        {"top": 19, "bottom": 23, "most": 5},
    ],
    "whole_wheel": [
        {"prime": 41, "factors": [2, 5]},
        {"prime": 409, "factors": [2, 3, 17]},
        {"prime": 5881, "factors": [2, 3, 5, 7]},
        {"prime": 55441, "factors": [2, 3, 5, 7, 11]},
    ],
    "almost_root": [{"area": 2}, {"area": 13}, {"area": 61}, {"area": 421}],
    "jumpy_multiple": [
        {"digits": 6, "jump": 3, "divisor": 101},
        {"digits": 9, "jump": 6, "divisor": 89},
        {"digits": 12, "jump": 4, "divisor": 1009},
        {"digits": 30, "jump": 5, "divisor": 2048},
    ],
}
# fmt: on
