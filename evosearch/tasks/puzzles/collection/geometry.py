"""Puzzles in the plane."""

from typing import List


def sat_ladder_foot(answer: float, ladder=6.5, height=6.0):
    """Find how far from the wall a ladder stands that touches it at the given height.

    difficulty: trivial
    """
    return answer > 0 and abs(answer * answer + height * height - ladder * ladder) < 1e-6


def sol_ladder_foot(ladder=6.5, height=6.0):
    return (ladder**2 - height**2) ** 0.5


def sat_seesaw_end(answer: List[int], pivot=[3, 4], end=[10, -2]):
    """Find the other end [x, y] of a plank that has the pivot in its middle.

    difficulty: trivial
    """
    return len(answer) == 2 and answer[0] + end[0] == 2 * pivot[0] and answer[1] + end[1] == 2 * pivot[1]


def sol_seesaw_end(pivot=[3, 4], end=[10, -2]):
    return [2 * middle - side for middle, side in zip(pivot, end)]


def sat_tilted_square(answer: List[List[int]], first=[1, 1], second=[4, 2]):
    """Find the corners of a square in order, going round counterclockwise, that starts with the two given ones.

    difficulty: easy
    """
    if len(answer) != 4 or not all(len(corner) == 2 for corner in answer):
        return False
    x, y = second[0] - first[0], second[1] - first[1]
    return (
        answer[:2] == [first, second]
        and abs(answer[2][0] - second[0] + y) + abs(answer[2][1] - second[1] - x) == 0
        and abs(answer[3][0] - first[0] + y) + abs(answer[3][1] - first[1] - x) == 0
    )


def sol_tilted_square(first=[1, 1], second=[4, 2]):
    x, y = second[0] - first[0], second[1] - first[1]
    return [first, second, [second[0] - y, second[1] + x], [first[0] - y, first[1] + x]]


def sat_points_on_ring(answer: List[List[int]], square=25, count=12):
    """List all the points with whole coordinates whose distance from [0, 0] has the given square, in rising order.

    difficulty: easy
    """
    return (
        len(answer) == count
        and all(len(point) == 2 for point in answer)
        and all(x * x + y * y == square for x, y in answer)
        and all(a < b for a, b in zip(answer, answer[1:]))
    )


def sol_points_on_ring(square=25, count=12):
    reach = range(-int(square**0.5) - 1, int(square**0.5) + 2)
    return [[x, y] for x in reach for y in reach if x * x + y * y == square]


def sat_village_well(answer: int, houses=[2, 9, 4, 30, 7]):
    """Find the place for a well on a straight road: moved to either side, the ways from all houses get no shorter.

    difficulty: easy
    """

    def ways(place):
        return sum(abs(place - house) for house in houses)

    return ways(answer) <= ways(answer - 1) and ways(answer) <= ways(answer + 1)


def sol_village_well(houses=[2, 9, 4, 30, 7]):
    return sorted(houses)[len(houses) // 2]


def sat_merry_go_round(answer: List[List[float]], seats=6, radius=2.0):
    """Place the seats evenly on a circle around [0, 0], neighbours in the list side by side.

    difficulty: easy
    """
    from math import dist, pi, sin

    apart = 2 * radius * sin(pi / seats)
    return (
        len(answer) == seats
        and all(len(seat) == 2 for seat in answer)
        and all(abs(x * x + y * y - radius * radius) < 1e-6 for x, y in answer)
        and all(abs(dist(a, b) - apart) < 1e-6 for a, b in zip(answer, answer[1:] + answer[:1]))
        and all(dist(answer[i], answer[j]) > apart / 2 for i in range(seats) for j in range(i))
    )


def sol_merry_go_round(seats=6, radius=2.0):
    from math import cos, pi, sin

    return [[radius * cos(2 * pi * k / seats), radius * sin(2 * pi * k / seats)] for k in range(seats)]


def sat_sail_area(answer: List[List[int]], width=6, height=5, twice=17):
    """Find three corners of a triangle, in a box from [0, 0] to [width, height], with twice its area given.

    difficulty: medium
    """
    if len(answer) != 3 or not all(len(corner) == 2 for corner in answer):
        return False
    (ax, ay), (bx, by), (cx, cy) = answer
    return (
        all(0 <= x <= width and 0 <= y <= height for x, y in answer)
        and abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) == twice
    )


def sol_sail_area(width=6, height=5, twice=17):
    across = -(-twice // height)
    return [[0, 0], [across, 1], [across * height - twice, height]]


def sat_sheep_fence(answer: List[List[int]], sheep=[[0, 0], [4, 0], [2, 1], [4, 3], [1, 3], [2, 2]]):
    """Fence in the sheep with the shortest rope: list the sheep it touches counterclockwise, each one a real corner.

    difficulty: medium
    """

    def turn(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])

    if not 3 <= len(answer) <= len(sheep) or not all(corner in sheep for corner in answer):
        return False
    corners = range(len(answer))
    return all(
        turn(answer[i - 1], answer[i], answer[j]) > 0 for i in corners for j in corners if (i - j) % len(answer) > 1
    ) and all(turn(answer[i - 1], answer[i], other) >= 0 for i in corners for other in sheep)


def sol_sheep_fence(sheep=[[0, 0], [4, 0], [2, 1], [4, 3], [1, 3], [2, 2]]):
    def half(points):
        chain = []
        for x, y in points:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (x - ax) * (by - ay) > 0:
                    break
                chain.pop()
            chain.append([x, y])
        return chain[:-1]

    return half(sorted(sheep)) + half(sorted(sheep, reverse=True))


def sat_lamp_post(answer: List[float], benches=[[0, 0], [6, 0], [3, 5]], reach=3.5):
    """Find the place [x, y] for a lamp post whose light reaches all the benches.

    difficulty: medium
    """
    return len(answer) == 2 and all(
        (answer[0] - x) ** 2 + (answer[1] - y) ** 2 <= reach * reach + 1e-6 for x, y in benches
    )


def sol_lamp_post(benches=[[0, 0], [6, 0], [3, 5]], reach=3.5):
    from itertools import combinations

    spots = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in combinations(benches, 2)]
    for (ax, ay), (bx, by), (cx, cy) in combinations(benches, 3):
        twice = 2 * ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
        if twice:
            b, c = (bx - ax) ** 2 + (by - ay) ** 2, (cx - ax) ** 2 + (cy - ay) ** 2
            spots.append((ax + ((cy - ay) * b - (by - ay) * c) / twice, ay + ((bx - ax) * c - (cx - ax) * b) / twice))
    return list(min(spots, key=lambda spot: max((spot[0] - x) ** 2 + (spot[1] - y) ** 2 for x, y in benches)))


def sat_packed_chest(answer: List[List[int]], chest=[5, 4], boxes=[[3, 2], [2, 2], [1, 2], [4, 2]]):
    """Pack the flat boxes [width, depth] into the chest, not turned and not overlapping: give the place of each.

    A place is the corner [x, y] of the box nearest to [0, 0].

    difficulty: hard
    """
    if len(answer) != len(boxes) or not all(len(place) == 2 for place in answer):
        return False
    packed = [(x, y, x + width, y + depth) for (x, y), (width, depth) in zip(answer, boxes)]
    return all(a >= 0 and b >= 0 and c <= chest[0] and d <= chest[1] for a, b, c, d in packed) and all(
        max(p[0], q[0]) >= min(p[2], q[2]) or max(p[1], q[1]) >= min(p[3], q[3])
        for i, p in enumerate(packed)
        for q in packed[:i]
    )


def sol_packed_chest(chest=[5, 4], boxes=[[3, 2], [2, 2], [1, 2], [4, 2]]):
    width, depth = chest
    spare = width * depth - sum(a * b for a, b in boxes)
    taken = [[False] * depth for _ in range(width)]
    places = [[0, 0] for _ in boxes]

    def fill(cell, left, spare):
        while cell < width * depth and taken[cell // depth][cell % depth]:
            cell += 1
        if not left or cell == width * depth:
            return not left
        x, y = divmod(cell, depth)
        tried = []
        for k in left:
            a, b = boxes[k]
            cells = [(i, j) for i in range(x, x + a) for j in range(y, y + b)]
            if boxes[k] in tried or x + a > width or y + b > depth or any(taken[i][j] for i, j in cells):
                continue
            tried.append(boxes[k])
            for i, j in cells:
                taken[i][j] = True
            places[k] = [x, y]
            if fill(cell + 1, [other for other in left if other != k], spare):
                return True
            for i, j in cells:
                taken[i][j] = False
        return spare > 0 and fill(cell + 1, left, spare - 1)

    fill(0, sorted(range(len(boxes)), key=lambda k: -boxes[k][0] * boxes[k][1]), spare)
    return places


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "ladder_foot": [
        {"ladder": 5.0, "height": 3.0},
        {"ladder": 13.0, "height": 12.5},
        {"ladder": 0.75, "height": 0.25},
        {"ladder": 812.4, "height": 77.7},
    ],
    "seesaw_end": [
        {"pivot": [0, 0], "end": [5, 8]},
        {"pivot": [-7, 12], "end": [-20, 3]},
        {"pivot": [4181, -1597], "end": [987, 610]},
        {"pivot": [123456, 654321], "end": [-777777, 999999]},
    ],
    "tilted_square": [
        {"first": [0, 0], "second": [0, -3]},
        {"first": [-2, 7], "second": [5, -6]},
        {"first": [120, 44], "second": [31, 208]},
        {"first": [-40231, 9120], "second": [10007, -55555]},
    ],
    "points_on_ring": [
        {"square": 2, "count": 4},
        {"square": 65, "count": 16},
        {"square": 1105, "count": 32},
        {"square": 27625, "count": 64},
    ],
    "village_well": [
        {"houses": [40, 80, 50]},
        {"houses": [-12, -90, -33, -5, -47, -60]},
        {"houses": [-9, 343, 260, 310, 82, 21, 126, 386, -17, 26, 383, 163, 121, 57, 103]},
        {"houses": [
            737395, 724432, 360560, 90282, 608105, 912235, 188838, 500402, 659388, 13850, 244025, 162330, 622500,
            493786, 904659, 833796, 66017, 595574, 349871, 773276, 105395, 83767, 442442, 508745, 96710, 434826,
            887776, 301114, 784126, 362028,
        ]},
    ],
    "merry_go_round": [
        {"seats": 4, "radius": 1.0},
        {"seats": 3, "radius": 5.5},
        {"seats": 17, "radius": 0.5},
        {"seats": 60, "radius": 30.0},
    ],
    "sail_area": [
        {"width": 3, "height": 3, "twice": 8},
        {"width": 10, "height": 4, "twice": 33},
        {"width": 50, "height": 80, "twice": 3967},
        {"width": 2000, "height": 1000, "twice": 1999993},
    ],
    "sheep_fence": [
        {"sheep": [[0, 0], [6, 1], [2, 5], [3, 2]]},
        {"sheep": [[0, 2], [10, 5], [0, 12], [9, 8], [8, 3], [2, 5], [11, 1], [2, 0], [2, 11]]},
        {"sheep": [
            [21, 6], [9, 16], [19, 11], [13, 8], [21, 7], [25, 7], [14, 4], [5, 25], [17, 1], [20, 25], [11, 17],
            [16, 9], [20, 19], [17, 16], [9, 9], [18, 24],
        ]},
        {"sheep": [
            [0, 67], [27, 69], [66, 88], [53, 75], [48, 82], [16, 80], [81, 95], [32, 31], [6, 4], [35, 41], [15, 53],
            [0, 72], [50, 52], [16, 39], [78, 55], [32, 79], [11, 17], [38, 88], [9, 34], [42, 7], [29, 50], [13, 65],
            [29, 0], [61, 58], [12, 53], [37, 54], [27, 32], [77, 3], [42, 53], [60, 56], [65, 52], [19, 35],
            [23, 98], [88, 2], [92, 64], [86, 41], [65, 20], [54, 5], [74, 99], [33, 22], [42, 16], [74, 97], [7, 56],
            [48, 6], [26, 17],
        ]},
    ],
    "lamp_post": [
        {"benches": [[10, 2], [4, 10]], "reach": 5.0},
        {"benches": [[6, 5], [10, 18], [1, 20], [17, 8], [12, 6], [13, 0]], "reach": 11.662},
        {"benches": [
            [59, 37], [17, 22], [26, 8], [38, 25], [51, 35], [10, 31], [30, 57], [42, 13], [34, 40], [43, 32],
            [55, 40], [22, 6],
        ], "reach": 26.78},
        {"benches": [
            [359, 16], [448, 66], [88, 179], [369, 113], [136, 210], [291, 206], [372, 158], [420, 321], [377, 450],
            [257, 383], [423, 298], [173, 198], [118, 175], [288, 172], [160, 354], [163, 320], [402, 425], [89, 288],
            [9, 453], [23, 191], [170, 174], [1, 354], [24, 235], [160, 187], [473, 206],
        ], "reach": 292.614},
    ],
    "packed_chest": [
        {"chest": [4, 3], "boxes": [[2, 3], [2, 1], [1, 2]]},
        {"chest": [8, 7], "boxes": [[3, 4], [3, 4], [3, 1], [5, 3], [1, 4], [3, 2], [1, 4]]},
        {"chest": [11, 9], "boxes": [[1, 4], [2, 7], [2, 4], [3, 5], [4, 3], [4, 4], [2, 4], [2, 5], [2, 2]]},
        {"chest": [14, 12], "boxes": [
            [4, 3], [1, 4], [4, 1], [3, 8], [5, 4], [7, 3], [3, 5], [4, 5], [4, 1], [3, 4], [2, 4], [3, 4], [4, 3],
        ]},
    ],
}
# fmt: on
