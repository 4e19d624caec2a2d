"""Puzzles on the great old themes."""

from typing import List


def sat_farmyard(answer: List[int], heads=30, legs=86):
    """Find [hens, goats] on a farm, given how many heads and how many legs there are.

    difficulty: trivial
    """
    return (
        len(answer) == 2
        and all(count >= 0 for count in answer)
        and answer[0] + answer[1] == heads
        and 2 * answer[0] + 4 * answer[1] == legs
    )


def sol_farmyard(heads=30, legs=86):
    return [2 * heads - legs // 2, legs // 2 - heads]


def sat_clinking_glasses(answer: int, clinks=36):
    """Find how many people clinked glasses, each with each of the others once, if there were so many clinks.

    difficulty: trivial
    """
    return answer > 1 and answer * (answer - 1) == 2 * clinks


def sol_clinking_glasses(clinks=36):
    return round((2 * clinks) ** 0.5) + 1


def sat_market_basket(answer: List[int], prices=[6, 10, 25], coins=192, pieces=16):
    """Buy so many pieces of fruit for exactly so many coins, at least one of each sort: find the number of each.

    difficulty: easy
    """
    return (
        len(answer) == len(prices)
        and all(count >= 1 for count in answer)
        and sum(answer) == pieces
        and sum(count * price for count, price in zip(answer, prices)) == coins
    )


def sol_market_basket(prices=[6, 10, 25], coins=192, pieces=16):
    low, middle, high = prices
    for first in range(1, pieces):
        for second in range(1, pieces - first):
            third = pieces - first - second
            if low * first + middle * second + high * third == coins:
                return [first, second, third]
    return []


def sat_last_in_circle(answer: int, children=10, beat=3):
    """Find where to stand, counted from 0, so as to be left over in the end.

    The children stand in a circle and are counted from place 0 on; whoever a beat falls on leaves, and the count
    goes on with the next one. The first beat falls on place beat - 1.

    difficulty: medium
    """
    if not 0 <= answer < children:
        return False
    circle, place = list(range(children)), 0
    while len(circle) > 1:
        place = (place + beat - 1) % len(circle)
        circle.pop(place)
    return circle[0] == answer


def sol_last_in_circle(children=10, beat=3):
    place = 0
    for size in range(2, children + 1):
        place = (place + beat) % size
    return place


def sat_two_pans(answer: List[int], load=23, stones=4):
    """Weigh the load with stones of 1, 3, 9, 27, ...: say -1, 0 or 1 for each, the smallest stone first.

    -1 is a stone in the pan of the load, 1 one in the other pan and 0 one that is left out.

    difficulty: medium
    """
    return (
        len(answer) == stones
        and all(side in (-1, 0, 1) for side in answer)
        and sum(side * 3**k for k, side in enumerate(answer)) == load
    )


def sol_two_pans(load=23, stones=4):
    sides = []
    for _ in range(stones):
        side = (load + 1) % 3 - 1
        sides.append(side)
        load = (load - side) // 3
    return sides


def sat_tiled_court(answer: List[List[int]], side=3, first=1, step=1):
    """Arrange the numbers first, first + step, first + 2 * step, ... in a square of equal sums.

    All rows, all columns and both diagonals have the same sum.

    difficulty: medium
    """
    if len(answer) != side or not all(len(row) == side for row in answer):
        return False
    numbers = [first + step * k for k in range(side * side)]
    total = sum(numbers) // side
    return (
        sorted(number for row in answer for number in row) == numbers
        and all(sum(row) == total for row in answer)
        and all(sum(row[j] for row in answer) == total for j in range(side))
        and sum(answer[i][i] for i in range(side)) == total
        and sum(answer[i][side - 1 - i] for i in range(side)) == total
    )


def sol_tiled_court(side=3, first=1, step=1):
    court = [[0] * side for _ in range(side)]
    i, j = 0, side // 2
    for k in range(side * side):
        court[i][j] = first + step * k
        if k % side == side - 1:
            i = (i + 1) % side
        else:
            i, j = (i - 1) % side, (j + 1) % side
    return court


def sat_rucksack(answer: List[int], weights=[4, 7, 2, 5, 3], values=[9, 12, 3, 8, 6], carry=11, worth=21):
    """Choose things, by their place in the list and each once, that can be carried and are worth enough.

    difficulty: medium
    """
    return (
        len(set(answer)) == len(answer)
        and all(0 <= thing < len(weights) for thing in answer)
        and sum(weights[thing] for thing in answer) <= carry
        and sum(values[thing] for thing in answer) >= worth
    )


def sol_rucksack(weights=[4, 7, 2, 5, 3], values=[9, 12, 3, 8, 6], carry=11, worth=21):
    best = [(0, [])] * (carry + 1)
    for thing, weight in enumerate(weights):
        for load in range(carry, weight - 1, -1):
            value, things = best[load - weight]
            if value + values[thing] > best[load][0]:
                best[load] = (value + values[thing], [*things, thing])
    return best[carry][1]


def sat_dance_partners(
    answer: List[int], leaders=[[1, 0, 2], [0, 2, 1], [0, 1, 2]], followers=[[2, 0, 1], [1, 0, 2], [0, 2, 1]]
):
    """Pair leaders and followers so that no two dancers would rather have each other: give each leader's follower.

    Each dancer lists those of the other side, the favourite first.

    difficulty: medium
    """
    if sorted(answer) != list(range(len(leaders))):
        return False
    return all(
        leaders[a].index(answer[a]) <= leaders[a].index(answer[b])
        or followers[answer[b]].index(b) <= followers[answer[b]].index(a)
        for a in range(len(leaders))
        for b in range(len(leaders))
    )


def sol_dance_partners(leaders=[[1, 0, 2], [0, 2, 1], [0, 1, 2]], followers=[[2, 0, 1], [1, 0, 2], [0, 2, 1]]):
    asked = [0] * len(leaders)
    partner = {}
    waiting = list(range(len(leaders)))
    while waiting:
        leader = waiting.pop()
        follower = leaders[leader][asked[leader]]
        asked[leader] += 1
        rival = partner.get(follower, leader)
        rank = followers[follower].index
        partner[follower] = min(leader, rival, key=rank)
        if follower in partner and rival != leader:
            waiting.append(max(leader, rival, key=rank))
    couples = {leader: follower for follower, leader in partner.items()}
    return [couples[leader] for leader in range(len(leaders))]


def sat_ferry_trips(answer: List[List[int]], sheep=3, wolves=3, seats=2, most=11):
    """Bring all sheep and wolves over the river: list [sheep, wolves] in the boat for each trip, there and back.

    The first trip leaves the near bank and the last one ends on the far bank. The boat never crosses empty, and on
    no bank may sheep be together with more wolves than sheep; the boat's load counts as on the bank it comes to.

    difficulty: hard
    """
    if not 1 <= len(answer) <= most or not all(len(trip) == 2 and min(trip) >= 0 for trip in answer):
        return False
    if not all(1 <= sum(trip) <= seats for trip in answer):
        return False
    near = [sheep, wolves]
    for k, trip in enumerate(answer):
        sign = -1 if k % 2 == 0 else 1
        near = [near[0] + sign * trip[0], near[1] + sign * trip[1]]
        far = [sheep - near[0], wolves - near[1]]
        if min(near + far) < 0 or 0 < near[0] < near[1] or 0 < far[0] < far[1]:
            return False
    return sum(near) == 0


def sol_ferry_trips(sheep=3, wolves=3, seats=2, most=11):
    trips = [[a, b] for a in range(seats + 1) for b in range(seats + 1) if 1 <= a + b <= seats]
    start = (sheep, wolves, -1)
    logs = {start: []}
    waiting = [start]
    for a, b, sign in waiting:
        if a + b == 0:
            return logs[a, b, sign]
        for trip in trips:
            near = (a + sign * trip[0], b + sign * trip[1])
            far = (sheep - near[0], wolves - near[1])
            safe = min(near + far) >= 0 and not (0 < near[0] < near[1] or 0 < far[0] < far[1])
            if safe and (*near, -sign) not in logs:
                logs[*near, -sign] = [*logs[a, b, sign], trip]
                waiting.append((*near, -sign))
    return []


def sat_amazons(answer: List[int], size=10, column=2):
    """Place an amazon in each row of a chess board, none attacking another: give the column of each row's amazon.

    An amazon moves like a queen and like a knight. The one in row 0 stands in the given column.

    difficulty: hard
    """
    return (
        sorted(answer) == list(range(size))
        and answer[0] == column
        and all(abs(answer[i] - answer[j]) != i - j for i in range(size) for j in range(i))
        and all(abs(answer[i] - answer[i - 1]) != 2 for i in range(1, size))
        and all(abs(answer[i] - answer[i - 2]) != 1 for i in range(2, size))
    )


def sol_amazons(size=10, column=2):
    def free(row, place):
        queen = all(place != other and abs(place - other) != len(row) - k for k, other in enumerate(row))
        return queen and abs(place - row[-1]) != 2 and (len(row) < 2 or abs(place - row[-2]) != 1)

    stack = [[column]]
    while stack:
        row = stack.pop()
        if len(row) == size:
            return row
        stack.extend([*row, place] for place in range(size) if free(row, place))
    return []


def sat_flower_beds(answer: List[List[int]], beds=[[1, 0, 0, 4], [0, 0, 1, 0], [0, 1, 0, 0], [3, 0, 0, 0]]):
    """Fill the empty beds (0) with flowers 1, 2, ... so that each flower is once in each row and in each column.

    There are as many sorts of flowers as there are rows.

    difficulty: hard
    """
    size = len(beds)
    return (
        len(answer) == size
        and all(sorted(row) == list(range(1, size + 1)) for row in answer)
        and all(len({row[j] for row in answer}) == size for j in range(size))
        and all(beds[i][j] in (0, answer[i][j]) for i in range(size) for j in range(size))
    )


def sol_flower_beds(beds=[[1, 0, 0, 4], [0, 0, 1, 0], [0, 1, 0, 0], [3, 0, 0, 0]]):
    size = len(beds)
    garden = [list(row) for row in beds]

    def choices(i, j):
        taken = set(garden[i]).union(row[j] for row in garden)
        return [flower for flower in range(1, size + 1) if flower not in taken]

    def plant():
        empty = [(len(choices(i, j)), i, j) for i in range(size) for j in range(size) if garden[i][j] == 0]
        if not empty:
            return True
        _, i, j = min(empty)
        for flower in choices(i, j):
            garden[i][j] = flower
            if plant():
                return True
        garden[i][j] = 0
        return False

    plant()
    return garden


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "farmyard": [
        {"heads": 5, "legs": 18},
        {"heads": 72, "legs": 200},
        {"heads": 1001, "legs": 3006},
        {"heads": 654321, "legs": 2000000},
    ],
    "clinking_glasses": [{"clinks": 3}, {"clinks": 190}, {"clinks": 124750}, {"clinks": 76193340}],
    "market_basket": [
        {"prices": [2, 3, 7], "coins": 25, "pieces": 7},
        {"prices": [5, 12, 31], "coins": 421, "pieces": 30},
        {"prices": [9, 14, 55], "coins": 2156, "pieces": 80},
        {"prices": [13, 101, 37], "coins": 9592, "pieces": 240},
    ],
    "last_in_circle": [
        {"children": 6, "beat": 4},
        {"children": 41, "beat": 3},
        {"children": 100, "beat": 7},
        {"children": 1500, "beat": 11},
    ],
    "two_pans": [
        {"load": 5, "stones": 3},
        {"load": 100, "stones": 5},
        {"load": 2024, "stones": 8},
        {"load": 987654321987, "stones": 27},
    ],
    "tiled_court": [
        {"side": 3, "first": 5, "step": 4},
        {"side": 5, "first": -12, "step": 1},
        {"side": 7, "first": 2, "step": 3},
        {"side": 15, "first": 0, "step": 10},
    ],
    "rucksack": [
        {"weights": [2, 3, 4], "values": [4, 9, 6], "carry": 6, "worth": 13},
        {"weights": [15, 2, 15, 3, 6, 13, 3, 14, 16], "values": [26, 9, 22, 6, 11, 20, 3, 22, 12], "carry": 39,
         "worth": 72},
        {"weights": [16, 33, 17, 16, 17, 3, 26, 6, 34, 23, 14, 40, 16, 39, 27, 6],
         "values": [37, 44, 47, 21, 20, 40, 39, 23, 27, 28, 14, 49, 34, 23, 34, 21], "carry": 133, "worth": 296},
        {"weights": [17, 35, 23, 16, 48, 14, 34, 57, 32, 1, 21, 39, 26, 11, 13, 48, 42, 54, 25, 51],
         "values": [36, 30, 21, 46, 53, 12, 22, 64, 26, 51, 50, 52, 49, 56, 41, 54, 54, 58, 53, 33],
         "carry": 212, "worth": 488},
    ],
    "dance_partners": [
        {"leaders": [[1, 0], [1, 0]], "followers": [[0, 1], [0, 1]]},
        {"leaders": [[4, 0, 1, 2, 3], [0, 2, 3, 4, 1], [4, 2, 3, 0, 1], [2, 3, 1, 0, 4], [2, 4, 3, 1, 0]],
         "followers": [[0, 3, 2, 1, 4], [2, 1, 0, 4, 3], [1, 0, 4, 3, 2], [2, 0, 3, 1, 4], [3, 1, 0, 4, 2]]},
        {"leaders": [
            [7, 6, 2, 0, 1, 4, 3, 5], [5, 4, 1, 7, 6, 2, 0, 3], [7, 1, 0, 5, 3, 2, 6, 4], [0, 3, 1, 2, 6, 4, 7, 5],
            [0, 2, 6, 4, 1, 7, 5, 3], [3, 4, 6, 1, 0, 5, 7, 2], [2, 3, 5, 6, 1, 4, 0, 7], [5, 4, 7, 6, 0, 3, 2, 1],
        ], "followers": [
            [3, 6, 2, 4, 1, 5, 0, 7], [3, 2, 6, 4, 5, 0, 1, 7], [4, 5, 0, 6, 2, 7, 1, 3], [1, 3, 2, 7, 0, 5, 6, 4],
            [5, 7, 0, 4, 3, 6, 2, 1], [3, 2, 0, 1, 5, 6, 7, 4], [5, 3, 4, 1, 7, 6, 2, 0], [2, 0, 6, 1, 7, 5, 4, 3],
        ]},
        {"leaders": [
            [3, 2, 7, 5, 8, 9, 1, 6, 4, 0], [6, 7, 8, 0, 3, 4, 5, 9, 2, 1], [9, 0, 2, 7, 4, 5, 3, 8, 1, 6],
            [0, 6, 1, 3, 2, 7, 9, 8, 5, 4], [5, 9, 3, 7, 8, 6, 0, 2, 1, 4], [8, 4, 3, 2, 7, 6, 5, 9, 0, 1],
            [1, 8, 6, 7, 2, 4, 3, 9, 0, 5], [4, 7, 2, 5, 8, 9, 3, 6, 1, 0], [6, 4, 3, 9, 8, 5, 0, 2, 1, 7],
            [1, 3, 8, 2, 6, 9, 4, 7, 0, 5],
        ], "followers": [
            [3, 2, 5, 7, 4, 6, 0, 9, 1, 8], [2, 4, 6, 9, 1, 3, 5, 8, 7, 0], [5, 4, 2, 8, 9, 3, 1, 6, 7, 0],
            [6, 8, 1, 0, 7, 3, 9, 2, 5, 4], [5, 2, 7, 6, 0, 4, 9, 3, 1, 8], [8, 2, 5, 6, 9, 1, 3, 4, 7, 0],
            [6, 8, 2, 5, 4, 9, 7, 3, 1, 0], [5, 1, 7, 4, 3, 6, 2, 8, 0, 9], [8, 1, 0, 6, 3, 2, 5, 7, 9, 4],
            [3, 8, 9, 6, 0, 2, 1, 4, 5, 7],
        ]},
    ],
    "ferry_trips": [
        {"sheep": 2, "wolves": 2, "seats": 2, "most": 5},
        {"sheep": 4, "wolves": 3, "seats": 2, "most": 11},
        {"sheep": 5, "wolves": 5, "seats": 3, "most": 11},
        {"sheep": 9, "wolves": 8, "seats": 3, "most": 15},
    ],
    "amazons": [
        {"size": 11, "column": 3},
        {"size": 12, "column": 4},
        {"size": 14, "column": 4},
        {"size": 16, "column": 5},
    ],
    "flower_beds": [
        {"beds": [[0, 0, 1], [0, 3, 0], [2, 0, 3]]},
        {"beds": [[0, 4, 5, 1, 0], [0, 0, 0, 0, 0], [0, 0, 0, 3, 0], [0, 3, 0, 2, 0], [2, 0, 3, 0, 4]]},
        {"beds": [
            [2, 0, 0, 0, 0, 0], [6, 0, 0, 2, 3, 0], [5, 2, 0, 0, 0, 0], [0, 3, 6, 0, 0, 2], [0, 0, 4, 0, 0, 5],
            [0, 6, 0, 0, 0, 3],
        ]},
        {"beds": [
            [0, 0, 3, 0, 0, 1, 0, 0, 0], [6, 4, 5, 3, 9, 0, 0, 2, 0], [0, 6, 4, 0, 0, 0, 0, 3, 9],
            [0, 1, 0, 0, 0, 4, 5, 6, 2], [2, 0, 0, 9, 0, 0, 4, 7, 3], [0, 9, 0, 6, 2, 0, 3, 4, 8],
            [0, 7, 6, 0, 0, 0, 0, 5, 0], [0, 3, 0, 0, 0, 0, 0, 1, 4], [0, 2, 8, 0, 0, 0, 0, 0, 0],
        ]},
    ],
}
# fmt: on
