"""Puzzles over sequences: rules that bind each term to its neighbours."""

from typing import List


def sat_stadium_rows(answer: int, seats=144):
    """Find the number of rows of a stand that has so many seats: 1 in the first row, and 2 more in each next row.

    difficulty: trivial
    """
    return 0 < answer <= 5000 and sum(range(1, 2 * answer, 2)) == seats


def sol_stadium_rows(seats=144):
    return int(seats**0.5)


def sat_saw_blade(answer: List[int], teeth=3, depth=4):
    """Find the profile of a saw with so many teeth: each tooth rises 0, 1, 2, ... to depth - 1 and drops back to 0.

    difficulty: trivial
    """
    return len(answer) == teeth * depth and all(answer[i] == i % depth for i in range(len(answer)))


def sol_saw_blade(teeth=3, depth=4):
    return list(range(depth)) * teeth


def sat_mileage_log(answer: List[int], totals=[12, 30, 31, 55]):
    """Find how far the van went on each day, given what its counter, new on the first day, showed every evening.

    difficulty: easy
    """
    return len(answer) == len(totals) and all(sum(answer[: i + 1]) == totals[i] for i in range(len(totals)))


def sol_mileage_log(totals=[12, 30, 31, 55]):
    return [evening - morning for morning, evening in zip([0, *totals], totals)]


def sat_free_evenings(answer: List[int], count=5, clubs=[2, 3], until=20):
    """Find so many days in rising order, from 2 to the last day, on which no club meets.

    A club meets on each day that its number divides.

    difficulty: easy
    """
    return (
        len(answer) == count
        and all(earlier < later for earlier, later in zip(answer, answer[1:]))
        and all(2 <= day <= until for day in answer)
        and all(day % club != 0 for day in answer for club in clubs)
    )


def sol_free_evenings(count=5, clubs=[2, 3], until=20):
    return [day for day in range(2, until + 1) if all(day % club for club in clubs)][:count]


def sat_hill_walk(answer: List[int], steps=10, summit=4, finish=2):
    """Find a walk of so many steps of 1 (up) or -1 (down) that starts at height 0.

    It reaches the height of the summit, never goes above it, and ends at the height of the finish.

    difficulty: easy
    """
    return (
        len(answer) == steps
        and all(step in (1, -1) for step in answer)
        and sum(answer) == finish
        and max(sum(answer[:i]) for i in range(steps + 1)) == summit
    )


def sol_hill_walk(steps=10, summit=4, finish=2):
    direct = [1] * summit + [-1] * (summit - finish)
    return direct + [-1, 1] * ((steps - len(direct)) // 2)


def sat_shelf_census(answer: List[int], shelves=7):
    """Number the shelves 0, 1, ... and find a list in which entry i says how often the number i is in the list itself.

    difficulty: medium
    """
    return len(answer) == shelves and all(answer[i] == answer.count(i) for i in range(shelves))


def sol_shelf_census(shelves=7):
    census = [0] * shelves
    while True:
        counted = [census.count(i) for i in range(shelves)]
        if counted == census:
            return census
        if counted[0] == shelves - 4 and counted[1] == 2:
            return counted
        census = [0] * shelves
        census[0], census[1], census[2], census[shelves - 4] = shelves - 4, 2, 1, 1


def sat_one_switch(answer: List[int], lamps=3, start=5):
    """Visit every pattern of the lamps once, flipping one lamp at a time, and get back to the start with one more flip.

    A pattern is a number whose binary digits are the lamps; list all the patterns, the start first.

    difficulty: medium
    """
    return (
        len(answer) == 2**lamps
        and answer[0] == start
        and sorted(answer) == list(range(2**lamps))
        and all((answer[i] ^ answer[i - 1]).bit_count() == 1 for i in range(len(answer)))
    )


def sol_one_switch(lamps=3, start=5):
    return [i ^ (i >> 1) ^ start for i in range(2**lamps)]


def sat_rabbit_start(answer: List[int], months=6, pairs=81):
    """Find the first two counts, both above zero and the second the larger, that lead to so many pairs of rabbits.

    Each later count is the sum of the two before it; after the first two, this is done once for each month.

    difficulty: medium
    """
    if len(answer) != 2 or not 0 < answer[0] < answer[1] <= pairs:
        return False
    before, now = answer
    for _ in range(months):
        before, now = now, before + now
    return now == pairs


def sol_rabbit_start(months=6, pairs=81):
    old, new = 1, 0
    for _ in range(months):
        old, new = new, old + new
    # The last count is new * first + (old + new) * second.
    for second in range(pairs // (old + new), 0, -1):
        first = (pairs - (old + new) * second) // new
        if 0 < first < second and new * first + (old + new) * second == pairs:
            return [first, second]
    return []


def sat_every_code(answer: str, keys="01", length=3):
    """Write keys around a wheel so that each code of the given length can be read off, clockwise, at one place only.

    There are as many places on the wheel as there are codes.

    difficulty: hard
    """
    codes = len(keys) ** length
    wheel = answer + answer[: length - 1]
    return (
        len(answer) == codes
        and all(key in keys for key in answer)
        and len({wheel[i : i + length] for i in range(codes)}) == codes
    )


def sol_every_code(keys="01", length=3):
    wheel = keys[0] * (length - 1)
    seen = set()
    while len(seen) < len(keys) ** length:
        tail = wheel[len(wheel) - length + 1 :]
        key = next(key for key in reversed(keys) if tail + key not in seen)
        seen.add(tail + key)
        wheel += key
    return wheel[length - 1 :]


def sat_twins_apart(answer: List[int], pairs=3):
    """Seat twins 1, 2, ... in a row so that exactly k people sit between the two twins of number k.

    difficulty: hard
    """
    return (
        len(answer) == 2 * pairs
        and sorted(answer) == sorted(list(range(1, pairs + 1)) * 2)
        and all(answer[answer.index(k) + 1 :].index(k) == k for k in range(1, pairs + 1))
    )


def sol_twins_apart(pairs=3):
    row = [0] * (2 * pairs)

    def seat(k):
        if k == 0:
            return True
        for i in range(2 * pairs - k - 1):
            if row[i] == 0 and row[i + k + 1] == 0:
                row[i] = row[i + k + 1] = k
                if seat(k - 1):
                    return True
                row[i] = row[i + k + 1] = 0
        return False

    seat(pairs)
    return row


def sat_square_neighbours(answer: List[int], last=15):
    """Put the numbers from 1 to the last in a row in which any two neighbours add up to a square.

    difficulty: hard
    """
    squares = [k * k for k in range(2, last + 1)]
    return sorted(answer) == list(range(1, last + 1)) and all(a + b in squares for a, b in zip(answer, answer[1:]))


def sol_square_neighbours(last=15):
    from math import isqrt

    near = {a: [b for b in range(1, last + 1) if b != a and isqrt(a + b) ** 2 == a + b] for a in range(1, last + 1)}

    def extend(row, left):
        if not left:
            return row
        for b in sorted(left.intersection(near[row[-1]]), key=lambda b: (len(left.intersection(near[b])), b)):
            full = extend([*row, b], left - {b})
            if full:
                return full
        return []

    for first in sorted(near, key=lambda a: (len(near[a]), a)):
        full = extend([first], set(near) - {first})
        if full:
            return full
    return []


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "stadium_rows": [{"seats": 49}, {"seats": 3025}, {"seats": 777924}, {"seats": 23804641}],
    "saw_blade": [
        {"teeth": 1, "depth": 5},
        {"teeth": 8, "depth": 2},
        {"teeth": 6, "depth": 9},
        {"teeth": 40, "depth": 25},
    ],
    "mileage_log": [
        {"totals": [5, 10]},
        {"totals": [10, 36, 62, 102, 120, 150, 163, 193]},
        {"totals": [
            262, 355, 613, 883, 1003, 1004, 1011, 1200, 1499, 1718, 1753, 1827, 1945, 2064, 2085, 2308, 2516, 2742,
            2759, 2927,
        ]},
        {"totals": [
            553, 1062, 1772, 1890, 2554, 2931, 2954, 3112, 3870, 4707, 4797, 4924, 5752, 5772, 6236, 6400, 6965, 7710,
            8061, 8471, 8967, 9121, 9312, 9993, 10031, 10512, 11398, 12237, 12477, 12553, 13351, 13553, 13766, 14455,
            15277, 15950, 16722, 17503, 18097, 18844, 18916, 19041, 19614, 20101, 20673, 21519, 21916, 22121, 22470,
            22619, 23167, 23586, 23884, 24257, 24719, 25232, 25627, 25952, 26448, 26843,
        ]},
    ],
    "free_evenings": [
        {"count": 2, "clubs": [2], "until": 6},
        {"count": 7, "clubs": [2, 5, 7], "until": 30},
        {"count": 40, "clubs": [3, 4, 10], "until": 90},
        {"count": 96, "clubs": [2, 3, 5, 7, 11], "until": 500},
    ],
    "hill_walk": [
        {"steps": 5, "summit": 3, "finish": 1},
        {"steps": 12, "summit": 2, "finish": -6},
        {"steps": 31, "summit": 9, "finish": 5},
        {"steps": 120, "summit": 33, "finish": -12},
    ],
    "shelf_census": [{"shelves": 8}, {"shelves": 10}, {"shelves": 16}, {"shelves": 50}],
    "one_switch": [
        {"lamps": 2, "start": 2},
        {"lamps": 4, "start": 9},
        {"lamps": 6, "start": 0},
        {"lamps": 9, "start": 300},
    ],
    "rabbit_start": [
        {"months": 3, "pairs": 19},
        {"months": 10, "pairs": 1021},
        {"months": 14, "pairs": 32317},
        {"months": 21, "pairs": 188421200},
    ],
    "every_code": [
        {"keys": "ab", "length": 2},
        {"keys": "xyz", "length": 3},
        {"keys": "01", "length": 7},
        {"keys": "0123456789", "length": 3},
    ],
    "twins_apart": [{"pairs": 4}, {"pairs": 7}, {"pairs": 8}, {"pairs": 11}],
    "square_neighbours": [{"last": 16}, {"last": 17}, {"last": 23}, {"last": 30}],
}
# fmt: on
