"""Puzzles over lists of numbers and truth values."""

from typing import List


def sat_flags_up_first(answer: List[bool], up=3, down=5):
    """Find a row of flags, so many up and so many down, in which no flag that is up comes after one that is down.

    difficulty: trivial
    """
    return (
        len(answer) == up + down
        and sum(answer) == up
        and all(earlier >= later for earlier, later in zip(answer, answer[1:]))
    )


def sol_flags_up_first(up=3, down=5):
    return [True] * up + [False] * down


def sat_counterweights(answer: List[int], pull=[4, -1, 7, 2], rest=10):
    """Find the weights that balance the pulls when the rope is laid the other way round.

    The first weight and the last pull make `rest`, so do the second weight and the last pull but one, and so on.

    difficulty: easy
    """
    return len(answer) == len(pull) and all(weight + force == rest for weight, force in zip(answer, reversed(pull)))


def sol_counterweights(pull=[4, -1, 7, 2], rest=10):
    return [rest - force for force in reversed(pull)]


def sat_above_average(answer: List[bool], marks=[3, 9, 4, 8, 1]):
    """Say for each mark whether it is above the average of all the marks.

    difficulty: easy
    """
    return len(answer) == len(marks) and all(
        flag == (mark * len(marks) > sum(marks)) for flag, mark in zip(answer, marks)
    )


def sol_above_average(marks=[3, 9, 4, 8, 1]):
    return [mark > sum(marks) / len(marks) for mark in marks]


def sat_quarter_turn(answer: List[List[int]], tiles=[[1, 2, 3], [4, 5, 6]]):
    """Find the floor that becomes these tiles when it is turned clockwise by a quarter.

    difficulty: easy
    """
    height, width = len(tiles), len(tiles[0])
    return (
        len(answer) == width
        and all(len(row) == height for row in answer)
        and all(answer[width - 1 - j][i] == tiles[i][j] for i in range(height) for j in range(width))
    )


def sol_quarter_turn(tiles=[[1, 2, 3], [4, 5, 6]]):
    return [[row[j] for row in tiles] for j in range(len(tiles[0]) - 1, -1, -1)]


def sat_mountain_road(answer: List[int], heights=[4, 1, 3, 2, 5]):
    """Put the heights in an order in which the road goes up, then down, then up again, and so on to the end.

    difficulty: easy
    """
    return sorted(answer) == sorted(heights) and all(
        answer[i] < answer[i + 1] if i % 2 == 0 else answer[i] > answer[i + 1] for i in range(len(answer) - 1)
    )


def sol_mountain_road(heights=[4, 1, 3, 2, 5]):
    order = sorted(heights)
    middle = (len(order) + 1) // 2
    road = list(order)
    road[::2], road[1::2] = order[:middle], order[middle:]
    return road


def sat_no_two_alike(answer: List[int], colours=[1, 1, 2, 3, 3, 3, 2]):
    """Plant all the tulips in one row so that no two neighbours have the same colour.

    difficulty: medium
    """
    return sorted(answer) == sorted(colours) and all(a != b for a, b in zip(answer, answer[1:]))


def sol_no_two_alike(colours=[1, 1, 2, 3, 3, 3, 2]):
    by_count = sorted(colours, key=lambda colour: (-colours.count(colour), colour))
    row = list(colours)
    middle = (len(row) + 1) // 2
    row[::2], row[1::2] = by_count[:middle], by_count[middle:]
    return row


def sat_night_watch(answer: List[int], shifts=[[1, 4], [3, 8], [6, 9]], rounds=2):
    """Find the hours of at most so many rounds such that every watchman is met at least once in his shift.

    A shift [from, to] includes both hours.

    difficulty: medium
    """
    return len(answer) <= rounds and all(any(begin <= hour <= end for hour in answer) for begin, end in shifts)


def sol_night_watch(shifts=[[1, 4], [3, 8], [6, 9]], rounds=2):
    hours = []
    for begin, end in sorted(shifts, key=lambda shift: shift[1]):
        if not hours or hours[-1] < begin:
            hours.append(end)
    return hours


def sat_queue_jumps(answer: List[int], people=5, jumps=4):
    """Find an order of the people 0, 1, ... in which so many pairs stand the wrong way round.

    A pair stands the wrong way round when the larger number is ahead of the smaller one.

    difficulty: medium
    """
    return (
        len(answer) == people
        and sorted(answer) == list(range(people))
        and sum(answer[i] > answer[j] for j in range(people) for i in range(j)) == jumps
    )


def sol_queue_jumps(people=5, jumps=4):
    left = list(range(people))
    order = []
    while left:
        take = min(jumps, len(left) - 1)
        jumps -= take
        order.append(left.pop(take))
    return order


def sat_pan_balance(answer: List[bool], weights=[3, 5, 8, 13, 4], target=16, count=3):
    """Choose exactly so many of the weights that together weigh the target: say for each whether it is taken.

    difficulty: medium
    """
    return (
        len(answer) == len(weights)
        and sum(answer) == count
        and sum(weight for weight, taken in zip(weights, answer) if taken) == target
    )


def sol_pan_balance(weights=[3, 5, 8, 13, 4], target=16, count=3):
    reached = {(0, 0): []}
    for weight in weights:
        longer = {}
        for (total, taken), choice in reached.items():
            longer.setdefault((total, taken), [*choice, False])
            if total + weight <= target and taken < count:
                longer.setdefault((total + weight, taken + 1), [*choice, True])
        reached = longer
    return reached[target, count]


def sat_equal_teams(answer: List[List[int]], strengths=[5, 4, 3, 3, 2, 1], teams=3):
    """Split the players into teams of the same total strength: list the strengths team by team.

    difficulty: hard
    """
    return (
        len(answer) == teams
        and all(sum(team) * teams == sum(strengths) for team in answer)
        and sorted(player for team in answer for player in team) == sorted(strengths)
    )


def sol_equal_teams(strengths=[5, 4, 3, 3, 2, 1], teams=3):
    share = sum(strengths) // teams
    order = sorted(strengths, reverse=True)
    found = [[] for _ in range(teams)]

    def place(k):
        if k == len(order):
            return True
        tried = set()
        for team in found:
            total = sum(team)
            if total + order[k] <= share and total not in tried:
                tried.add(total)
                team.append(order[k])
                if place(k + 1):
                    return True
                team.pop()
        return False

    place(0)
    return found


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "flags_up_first": [{"up": 1, "down": 1}, {"up": 10, "down": 2}, {"up": 7, "down": 40}, {"up": 321, "down": 123}],
    "counterweights": [
        {"pull": [5], "rest": 12},
        {"pull": [1, 1, 2, 3, 5, 8, 13], "rest": 20},
        {"pull": [-21, -3, -2, -34, -26, 40, -45, -40, -33, -19, 14, -24, 1, 32], "rest": -3},
        {"pull": [
            -937, -59, -1, -71, -200, 14, 174, -606, 838, 701, -175, -816, -6, -520, 555, -959, 436, -453, 66, -165,
            -28, 848, 867, -223, 487, -767, 358, -470, -801, 668, -870, -208, 271, 699, -227, -779, 354, -881, -306,
            -519, 416, -823, 20, 851, 331, 59, 847, -574, 191, 656, -708, 243, -868, 106, 938, -923, 1, 438, -602,
            -696,
        ], "rest": 1000},
    ],
    "above_average": [
        {"marks": [10, 1]},
        {"marks": [2, 2, 2, 9, 2]},
        {"marks": [75, 59, 94, 75, 57, 37, 72, 46, 55, 18, 21, 98, 77, 13, 69]},
        {"marks": [
            707, 322, 719, 366, 973, 660, 864, 507, 516, 639, 203, 317, 154, 365, 542, 292, 523, 673, 74, 828, 925,
            878, 520, 935, 719, 559, 226, 353, 250, 930, 13, 303, 352, 226, 274, 35, 434, 261, 386, 306, 855, 723,
            913, 427, 180, 674, 406, 120, 171, 955, 680, 873, 999, 27, 207, 997, 785, 165, 308, 120, 14, 816, 783,
            390, 351, 857, 175, 583, 447, 927, 238, 143, 420, 578, 457, 417, 428, 83, 603, 72,
        ]},
    ],
    "quarter_turn": [
        {"tiles": [[4, 9]]},
        {"tiles": [[1, 0, 0], [0, 2, 0], [0, 0, 3]]},
        {"tiles": [[4, 1, 0, 1, 1, 8], [8, 5, 2, 8, 7, 2], [9, 1, 3, 0, 2, 5], [6, 9, 1, 4, 5, 5]]},
        {"tiles": [
            [46, 0, 82, 63, 26, 7, 79, 4, 97], [74, 22, 22, 43, 55, 56, 15, 10, 25],
            [77, 28, 63, 60, 19, 48, 15, 13, 74], [92, 57, 82, 16, 92, 56, 65, 92, 11],
            [91, 60, 72, 50, 46, 58, 28, 6, 25], [6, 57, 14, 13, 27, 92, 0, 90, 76],
            [78, 2, 83, 46, 55, 67, 11, 95, 96], [76, 64, 90, 72, 25, 64, 29, 41, 67],
            [49, 95, 66, 82, 25, 0, 37, 78, 37], [10, 95, 41, 51, 28, 80, 37, 10, 70],
            [53, 95, 47, 94, 41, 66, 38, 80, 45], [37, 83, 13, 25, 62, 47, 48, 74, 39],
        ]},
    ],
    "mountain_road": [
        {"heights": [7, 2]},
        {"heights": [9, 8, 7, 6, 5, 4, 3]},
        {"heights": [26, 37, 50, 78, 49, 87, 67, 88, 93, 45, 86, 77, 74, 46, 54, 25]},
        {"heights": [
            501, 842, 541, 519, 858, 83, 275, 167, 70, 510, 750, 887, 277, 429, 798, 119, 639, 849, 844, 280, 298,
            823, 845, 516, 283, 909, 647, 421, 250, 370, 251, 988, 253, 809, 765, 468, 255, 239, 832, 830, 610, 537,
            200, 376, 508, 799, 108, 812, 114, 397, 86, 670, 174, 580, 437, 942, 46, 805, 931, 140, 22,
        ]},
    ],
    "no_two_alike": [
        {"colours": [5, 5, 6]},
        {"colours": [9, 9, 9, 9, 1, 2, 3, 1]},
        {"colours": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3]},
        {"colours": [
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
            4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 7, 7, 7, 7, 7, 7,
        ]},
    ],
    "night_watch": [
        {"shifts": [[2, 2], [5, 7], [6, 6], [9, 12]], "rounds": 3},
        {"shifts": [[8, 13], [10, 10], [5, 8], [16, 22], [11, 15], [4, 5], [13, 19], [4, 6]], "rounds": 4},
        {"shifts": [
            [52, 52], [55, 56], [56, 58], [43, 48], [55, 56], [54, 57], [48, 48], [40, 45], [16, 20], [49, 54],
            [22, 23], [35, 36], [60, 69], [24, 30], [12, 14], [18, 24],
        ], "rounds": 10},
        {"shifts": [
            [40, 46], [188, 200], [18, 19], [138, 141], [23, 27], [47, 52], [193, 196], [29, 29], [16, 24],
            [190, 192], [45, 53], [165, 170], [77, 80], [190, 198], [124, 125], [146, 157], [23, 25], [193, 195],
            [59, 64], [57, 63], [46, 48], [36, 48], [114, 114], [179, 186], [151, 161], [159, 163], [108, 114],
            [150, 160], [190, 195], [179, 188], [183, 190], [95, 106], [137, 139], [81, 85], [176, 183], [34, 38],
            [129, 139], [131, 139], [133, 137], [57, 66],
        ], "rounds": 20},
    ],
    "queue_jumps": [
        {"people": 3, "jumps": 2},
        {"people": 8, "jumps": 20},
        {"people": 15, "jumps": 37},
        {"people": 40, "jumps": 611},
    ],
    "pan_balance": [
        {"weights": [2, 7, 9], "target": 11, "count": 2},
        {"weights": [38, 30, 54, 13, 57, 36, 46, 35, 12, 23], "target": 119, "count": 4},
        {"weights": [57, 74, 47, 54, 58, 13, 89, 28, 11, 20, 33, 67, 84, 26, 64, 82], "target": 252, "count": 7},
        {"weights": [
            131, 67, 121, 66, 162, 83, 100, 162, 133, 187, 128, 135, 149, 135, 200, 49, 76, 120, 55, 48, 99, 170, 132,
            163, 133, 161, 183, 84, 117, 75,
        ], "target": 1595, "count": 12},
    ],
    "equal_teams": [
        {"strengths": [6, 3, 3, 2, 2, 1, 1], "teams": 3},
        {"strengths": [7, 13, 13, 8, 10, 4, 13, 9, 16, 10, 7, 10], "teams": 3},
        {"strengths": [6, 23, 21, 14, 9, 21, 7, 10, 23, 17, 11, 22, 12, 18, 20, 6], "teams": 4},
        {"strengths": [28, 35, 10, 11, 22, 9, 24, 21, 41, 41, 9, 30, 9, 30, 35, 29, 15, 17, 36, 27, 40, 28, 14, 39],
         "teams": 6},
    ],
}
# fmt: on
