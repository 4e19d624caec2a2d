"""Puzzles of logic and of constraints."""

from typing import List


def sat_lock_key(answer: int, lock=180, key=77):
    """Find the number whose bits, turned wherever the key has a 1, give the lock.

    difficulty: trivial
    """
    return answer ^ key == lock


def sol_lock_key(lock=180, key=77):
    return lock ^ key


def sat_exactly_so_many(answer: List[bool], switches=3, on=2):
    """Write the table of the rule "exactly so many switches are on": one entry for each setting, in rising order.

    Setting number n has the switches on that are 1 among the binary digits of n.

    difficulty: easy
    """
    return len(answer) == 2**switches and all(
        answer[setting] == (setting.bit_count() == on) for setting in range(2**switches)
    )


def sol_exactly_so_many(switches=3, on=2):
    return [setting.bit_count() == on for setting in range(2**switches)]


def sat_masked_code(answer: int, ones=37, zeros=72, divisor=11):
    """Find a number below 2 ** 20 that has all the bits of `ones`, none of `zeros`, and that the divisor divides.

    difficulty: easy
    """
    return 0 < answer < 2**20 and answer & ones == ones and answer & zeros == 0 and answer % divisor == 0


def sol_masked_code(ones=37, zeros=72, divisor=11):
    return next(number for number in range(divisor, 2**20, divisor) if number & ones == ones and not number & zeros)


def sat_honest_islanders(answer: List[bool], people=4, claims=[[0, 1, 0], [1, 2, 0], [2, 3, 1], [0, 0, 1]]):
    """Find who is honest: honest people say only what is true, all others only what is false.

    A claim [a, b, 1] is "b is honest" said by a, [a, b, 0] is "b is not honest"; somebody is honest.

    difficulty: medium
    """
    return (
        len(answer) == people
        and sum(answer) >= 1
        and all(answer[speaker] == (answer[other] == (verdict == 1)) for speaker, other, verdict in claims)
    )


def sol_honest_islanders(people=4, claims=[[0, 1, 0], [1, 2, 0], [2, 3, 1], [0, 0, 1]]):
    honest = {}
    for first in range(people):
        if first in honest:
            continue
        honest[first] = True
        waiting = [first]
        while waiting:
            here = waiting.pop()
            for a, b, verdict in claims:
                if here in (a, b) and a + b - here not in honest:
                    honest[a + b - here] = honest[here] == (verdict == 1)
                    waiting.append(a + b - here)
    return [honest[person] for person in range(people)]


def sat_falling_dominoes(answer: List[bool], pieces=6, pushed=[0], rules=[[0, 0, 2], [2, 0, 4], [1, 4, 3]], most=3):
    """Find which pieces fall: those that are pushed, and by a rule [a, b, c] piece c whenever both a and b fall.

    No more than so many pieces may fall.

    difficulty: medium
    """
    return (
        len(answer) == pieces
        and all(answer[piece] for piece in pushed)
        and all(answer[c] or not (answer[a] and answer[b]) for a, b, c in rules)
        and sum(answer) <= most
    )


def sol_falling_dominoes(pieces=6, pushed=[0], rules=[[0, 0, 2], [2, 0, 4], [1, 4, 3]], most=3):
    fallen = set(pushed)
    for _ in range(pieces):
        fallen |= {c for a, b, c in rules if a in fallen and b in fallen}
    return [piece in fallen for piece in range(pieces)]


def sat_dinner_table(
    answer: List[str], guests=["Ann", "Bo", "Cy", "Di", "Ed"], apart=[["Ann", "Bo"], ["Bo", "Cy"], ["Di", "Ed"]]
):
    """Seat the guests at a round table so that no two who must sit apart are neighbours.

    difficulty: medium
    """
    return (
        sorted(answer) == sorted(guests)
        and all(abs(answer.index(a) - answer.index(b)) != 1 for a, b in apart)
        and all([answer[0], answer[-1]] not in (pair, pair[::-1]) for pair in apart)
    )


def sol_dinner_table(guests=["Ann", "Bo", "Cy", "Di", "Ed"], apart=[["Ann", "Bo"], ["Bo", "Cy"], ["Di", "Ed"]]):
    foes = {guest: {a if b == guest else b for a, b in apart if guest in (a, b)} for guest in guests}

    def seat(row, left):
        if not left:
            return [] if row[0] in foes[row[-1]] else row
        for guest in sorted(left, key=lambda guest: (-len(foes[guest]), guest)):
            if guest not in foes[row[-1]]:
                full = seat([*row, guest], [other for other in left if other != guest])
                if full:
                    return full
        return []

    return seat(guests[:1], guests[1:])


def sat_sorting_gates(answer: List[List[int]], wires=4, gates=6):
    """Build a network of at most so many gates that sorts every input of zeros and ones, the zeros first.

    A gate [i, j] with i < j puts the smaller of the values on the wires i and j on i, and the larger on j.

    difficulty: medium
    """
    if len(answer) > gates or not all(len(gate) == 2 and 0 <= gate[0] < gate[1] < wires for gate in answer):
        return False
    unsorted_inputs = 0
    for number in range(2**wires):
        values = [number >> wire & 1 for wire in range(wires)]
        for i, j in answer:
            values[i], values[j] = min(values[i], values[j]), max(values[i], values[j])
        unsorted_inputs += values != sorted(values)
    return unsorted_inputs == 0


def sol_sorting_gates(wires=4, gates=6):
    return [[i, i + 1] for last in range(wires - 1, 0, -1) for i in range(last)]


def sat_picky_diners(answer: List[bool], dishes=4, wishes=[[1, 2], [-1, 3], [-2, -3], [3, 4], [-4, 1]]):
    """Decide which dishes to cook so that of each diner's wishes at least one comes true.

    The wish k asks for dish number k to be cooked, the wish -k for it not to be; the first dish has the number 1.

    difficulty: hard
    """
    return len(answer) == dishes and all(any(answer[abs(wish) - 1] == (wish > 0) for wish in diner) for diner in wishes)


def sol_picky_diners(dishes=4, wishes=[[1, 2], [-1, 3], [-2, -3], [3, 4], [-4, 1]]):
    def decide(menu, open_wishes):
        if not open_wishes:
            return menu
        shortest = min(open_wishes, key=len)
        for k, wish in enumerate(shortest):
            # The wishes tried before this one failed, so they are now taken as not fulfilled.
            fixed = [wish, *(-other for other in shortest[:k])]
            left = [
                [other for other in diner if -other not in fixed]
                for diner in open_wishes
                if not any(other in fixed for other in diner)
            ]
            if all(left):
                full = decide([*menu, *fixed], left)
                if full is not None:
                    return full
        return None

    menu = decide([], wishes)
    return [dish in menu for dish in range(1, dishes + 1)]


def sat_choir_groups(answer: List[int], singers=6, groups=[[0, 1], [1, 2, 3], [3, 4], [2, 3], [4, 5], [1, 5]]):
    """Choose groups, by their place in the list, so that each singer sings in exactly one chosen group.

    difficulty: hard
    """
    return (
        len(answer) <= len(groups)
        and all(0 <= group < len(groups) for group in answer)
        and sorted(singer for group in answer for singer in groups[group]) == list(range(singers))
    )


def sol_choir_groups(singers=6, groups=[[0, 1], [1, 2, 3], [3, 4], [2, 3], [4, 5], [1, 5]]):
    def cover(chosen, free):
        if not free:
            return chosen
        usable = [k for k, group in enumerate(groups) if free.issuperset(group)]
        singer = min(sorted(free), key=lambda singer: sum(singer in groups[k] for k in usable))
        for k in usable:
            if singer in groups[k]:
                full = cover([*chosen, k], free.difference(groups[k]))
                if full is not None:
                    return full
        return None

    return cover([], set(range(singers)))


def sat_sun_and_moon(answer: List[str], board=["S..M", "....", ".M.S", "...."]):
    """Fill the empty squares (.) with suns S and moons M, as many suns as moons in each row and in each column.

    No three in a row, across or down, are alike.

    difficulty: hard
    """
    size = len(board)
    if len(answer) != size or not all(len(row) == size for row in answer):
        return False
    lines = [*answer, *("".join(row[j] for row in answer) for j in range(size))]
    return (
        all(square in "SM" for row in answer for square in row)
        and all(2 * line.count("S") == size for line in lines)
        and all(line.count("SSS") + line.count("MMM") == 0 for line in lines)
        and all(board[i][j] in (".", answer[i][j]) for i in range(size) for j in range(size))
    )


def sol_sun_and_moon(board=["S..M", "....", ".M.S", "...."]):
    size = len(board)
    sky = [list(row) for row in board]

    def fits(line):
        text = "".join(line)
        return max(text.count("S"), text.count("M")) <= size // 2 and "SSS" not in text and "MMM" not in text

    def fill(place):
        if place == size * size:
            return True
        i, j = divmod(place, size)
        given = board[i][j]
        for square in "SM" if given == "." else given:
            sky[i][j] = square
            if fits(sky[i]) and fits([row[j] for row in sky]) and fill(place + 1):
                return True
        sky[i][j] = given
        return False

    fill(0)
    return ["".join(row) for row in sky]


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "lock_key": [
        {"lock": 12, "key": 10},
        {"lock": 4095, "key": 1365},
        {"lock": 1000000000, "key": 123456789},
        {"lock": 1152921504606859321, "key": 450283905890997363},
    ],
    "exactly_so_many": [
        {"switches": 2, "on": 1},
        {"switches": 4, "on": 1},
        {"switches": 6, "on": 3},
        {"switches": 10, "on": 4},
    ],
    "masked_code": [
        {"ones": 1, "zeros": 6, "divisor": 5},
        {"ones": 1285, "zeros": 98, "divisor": 101},
        {"ones": 131080, "zeros": 16467, "divisor": 997},
        {"ones": 589841, "zeros": 1060, "divisor": 1021},
    ],
    "honest_islanders": [
        {"people": 3, "claims": [[0, 1, 1], [2, 1, 0]]},
        {"people": 6,
         "claims": [[2, 5, 1], [2, 1, 0], [5, 3, 0], [4, 5, 1], [0, 5, 0], [1, 0, 1], [4, 5, 1], [5, 0, 0]]},
        {"people": 11, "claims": [
            [7, 3, 0], [6, 3, 1], [2, 10, 0], [6, 10, 0], [3, 4, 0], [1, 3, 0], [9, 2, 1], [8, 2, 0], [0, 2, 0],
            [9, 8, 0], [1, 6, 0], [9, 6, 1], [10, 5, 0], [4, 2, 0], [6, 8, 0], [1, 8, 1], [7, 9, 0], [0, 4, 1],
        ]},
        {"people": 24, "claims": [
            [12, 23, 1], [7, 14, 1], [8, 17, 1], [14, 22, 0], [21, 4, 1], [19, 12, 0], [10, 7, 0], [23, 20, 0],
            [1, 9, 0], [14, 5, 1], [16, 9, 1], [13, 15, 0], [2, 4, 0], [18, 9, 1], [11, 4, 0], [8, 6, 0], [22, 20, 1],
            [7, 17, 1], [11, 9, 0], [8, 1, 1], [13, 12, 0], [18, 23, 0], [2, 19, 0], [7, 23, 1], [22, 12, 0],
            [2, 13, 0], [8, 23, 1], [2, 7, 1], [3, 23, 0], [23, 4, 0], [0, 23, 0], [20, 0, 1], [7, 9, 0], [2, 18, 0],
            [22, 0, 1], [13, 16, 1], [13, 20, 1], [19, 11, 0], [18, 19, 1], [14, 23, 1],
        ]},
    ],
    "falling_dominoes": [
        {"pieces": 3, "pushed": [1], "rules": [[1, 1, 0], [0, 2, 2]], "most": 2},
        {"pieces": 9, "pushed": [3, 4], "rules": [
            [4, 3, 5], [3, 5, 1], [0, 5, 6], [5, 8, 7], [2, 8, 6], [0, 0, 1], [5, 3, 6], [7, 7, 0], [7, 7, 5],
            [2, 7, 5],
        ], "most": 5},
        {"pieces": 16, "pushed": [8, 9], "rules": [
            [12, 12, 10], [6, 12, 11], [7, 10, 2], [9, 9, 7], [5, 1, 9], [13, 5, 6], [11, 11, 15], [9, 2, 7],
            [11, 14, 3], [8, 1, 10], [8, 8, 9], [8, 8, 0], [15, 7, 13], [10, 13, 15], [11, 2, 3], [3, 3, 13],
            [3, 7, 11], [10, 10, 11], [12, 0, 8], [9, 3, 5], [4, 4, 12], [14, 14, 5],
        ], "most": 4},
        {"pieces": 26, "pushed": [11, 23, 24], "rules": [
            [3, 11, 21], [8, 8, 11], [1, 20, 16], [23, 23, 10], [1, 14, 10], [3, 3, 18], [24, 24, 7], [19, 19, 0],
            [6, 0, 4], [11, 11, 23], [22, 24, 4], [25, 25, 22], [15, 1, 23], [4, 4, 13], [1, 24, 15], [5, 3, 4],
            [20, 20, 11], [1, 1, 3], [12, 12, 21], [5, 18, 10], [0, 0, 17], [14, 13, 10], [6, 15, 17], [5, 24, 21],
            [5, 5, 12], [21, 21, 15], [6, 10, 2], [23, 10, 16], [8, 6, 16], [17, 4, 13], [5, 22, 16], [18, 18, 23],
            [6, 0, 23], [24, 10, 15], [3, 3, 12], [22, 11, 24], [14, 20, 6], [18, 18, 11], [11, 5, 23], [23, 19, 17],
        ], "most": 7},
    ],
    "dinner_table": [
        {"guests": ["Al", "Bea", "Cal", "Dot"], "apart": [["Al", "Bea"], ["Cal", "Dot"]]},
        {"guests": ["Ada", "Ben", "Cleo", "Dag", "Eva", "Finn", "Gus"], "apart": [
            ["Dag", "Gus"], ["Ada", "Cleo"], ["Ben", "Finn"], ["Eva", "Finn"], ["Ada", "Ben"], ["Cleo", "Finn"],
            ["Ada", "Gus"], ["Dag", "Finn"], ["Eva", "Gus"],
        ]},
        {"guests": ["Ada", "Ben", "Cleo", "Dag", "Eva", "Finn", "Gus", "Hal", "Ida", "Jon"], "apart": [
            ["Cleo", "Dag"], ["Gus", "Jon"], ["Cleo", "Hal"], ["Ida", "Jon"], ["Eva", "Gus"], ["Cleo", "Finn"],
            ["Cleo", "Eva"], ["Ben", "Finn"], ["Ada", "Gus"], ["Gus", "Ida"], ["Ben", "Jon"], ["Dag", "Ida"],
            ["Ada", "Eva"], ["Cleo", "Jon"], ["Dag", "Finn"], ["Ada", "Dag"], ["Ada", "Ida"], ["Ada", "Cleo"],
            ["Eva", "Ida"], ["Ben", "Gus"], ["Ben", "Cleo"], ["Ben", "Eva"], ["Eva", "Finn"], ["Ben", "Hal"],
        ]},
        {"guests": ["Ada", "Ben", "Cleo", "Dag", "Eva", "Finn", "Gus", "Hal", "Ida", "Jon", "Kim"], "apart": [
            ["Gus", "Jon"], ["Ben", "Ida"], ["Ben", "Cleo"], ["Ada", "Finn"], ["Finn", "Gus"], ["Cleo", "Jon"],
            ["Ben", "Dag"], ["Ada", "Ida"], ["Jon", "Kim"], ["Dag", "Jon"], ["Gus", "Ida"], ["Cleo", "Gus"],
            ["Dag", "Finn"], ["Hal", "Kim"], ["Ada", "Hal"], ["Cleo", "Hal"], ["Cleo", "Kim"], ["Ida", "Jon"],
            ["Ben", "Gus"], ["Ada", "Ben"], ["Ada", "Dag"], ["Finn", "Kim"], ["Ben", "Eva"], ["Ada", "Kim"],
            ["Eva", "Hal"], ["Ida", "Kim"], ["Gus", "Kim"], ["Hal", "Ida"], ["Ben", "Jon"], ["Dag", "Eva"],
        ]},
    ],
    "sorting_gates": [
        {"wires": 3, "gates": 3},
        {"wires": 5, "gates": 10},
        {"wires": 6, "gates": 15},
        {"wires": 8, "gates": 28},
    ],
    "picky_diners": [
        {"dishes": 3, "wishes": [[1, -2], [2, 3], [-1, -3]]},
        {"dishes": 7, "wishes": [
            [7, 3, 1], [-4, -5, -7], [-1, -4, -2], [-7, -1, -6], [-6, 4, 5], [-2, -5, 1], [5, 7, 1], [7, 1, 4],
            [-3, -7, -2], [-3, -4, 7], [4, -1, -7], [3, -2, -5], [3, 4, -5], [-6, 4, 3], [3, -6, -2], [7, -6, 2],
            [-6, -5, -2], [-5, -4, 6], [7, -6, -3], [3, 6, 7],
        ]},
        {"dishes": 12, "wishes": [
            [4, 3, 9], [-11, 4, 5], [7, -11, -10], [3, 12, -6], [-8, -6, -4], [5, 10, 2], [-7, 3, -5], [12, -3, 7],
            [7, -10, -11], [-12, -8, 6], [9, 7, 1], [-9, 10, 1], [7, 3, -6], [-3, -11, -2], [2, -7, 8], [-9, 5, -8],
            [-12, -5, 1], [-6, -2, -8], [7, 1, -10], [-6, 4, 1], [-12, -3, -1], [4, -12, -10], [-10, -11, -7],
            [3, -9, 10], [-6, 10, -9], [-11, -10, -6], [9, -12, -7], [6, -10, -12], [9, -5, 8], [-12, -4, 2],
            [-4, 9, -11], [-1, -2, -9], [1, 7, 12], [-8, 7, 9], [10, 8, -12], [7, -9, -6], [7, -8, 1], [-10, -6, -4],
            [5, -12, 2], [12, 2, 3], [-12, 3, 7], [3, -12, 11], [8, -10, 7], [5, -11, -2], [7, -10, 4],
        ]},
        {"dishes": 20, "wishes": [
            [-5, -10, 15], [-17, -4, 5], [-7, 17, -20], [5, 20, 4], [-14, -20, 4], [-9, 8, 7], [8, 5, -1],
            [-13, -4, 12], [4, -17, 7], [-13, -4, 18], [-19, -11, 10], [3, 15, 13], [-10, -2, 5], [-18, 12, 19],
            [9, 8, 13], [-1, -8, 20], [13, -20, -15], [-2, 8, -1], [8, 19, -10], [15, -7, 12], [-1, 14, 17],
            [-11, 16, 19], [14, -4, -6], [1, 13, -10], [20, 8, 15], [20, 9, 16], [20, 8, 9], [16, -15, 6],
            [-4, 10, 19], [6, 7, 20], [-8, -3, 6], [20, 1, 14], [16, 10, -12], [8, -7, 1], [-3, -19, -1],
            [-7, -2, 15], [-12, 20, 5], [-15, -7, 6], [-9, 19, -16], [-2, 11, 14], [2, 10, 13], [-15, 6, 7],
            [-9, -3, -13], [-19, 20, 15], [-8, -7, 5], [-3, -9, -5], [16, -18, -19], [-5, 12, 13], [-4, 18, -20],
            [17, -20, -14], [14, 5, -10], [4, -8, -15], [2, 7, 14], [-18, -2, 12], [13, -19, -20], [9, 13, -17],
            [-10, 14, -9], [-15, 3, -4], [15, 11, -6], [1, -4, 17], [4, -11, -18], [-16, 15, 11], [-4, -5, 19],
            [19, -8, -10], [20, 12, 13], [9, -17, -12], [20, -17, -11], [18, 13, -4], [6, 17, -8], [16, 7, 6],
            [2, 9, -11], [4, 12, -8], [2, 18, 7], [11, -18, -16], [-7, 6, 4], [-5, 15, -9], [-10, 7, -15],
            [-20, 8, 6], [-7, 6, -12], [15, -20, -19],
        ]},
    ],
    "choir_groups": [
        {"singers": 4, "groups": [[0, 1], [1, 3], [2, 3], [0, 2, 3]]},
        {"singers": 10, "groups": [
            [7, 8], [2, 3, 9], [0, 3, 5, 7], [0, 6, 7, 9], [4, 8], [3, 5], [5, 8], [1, 3, 6, 7], [0, 4, 6, 7], [2, 4],
            [1, 8], [2, 3, 7],
        ]},
        {"singers": 16, "groups": [
            [1, 7, 8, 12, 14], [1, 4, 10, 13], [1, 9, 10, 12, 14], [6, 7], [1, 4, 7, 8], [8], [3, 6, 8, 14],
            [5, 7, 13], [4, 6, 8, 11, 13], [0, 2, 6, 12, 13], [6], [7, 14], [11, 13, 15], [0, 2, 3, 5, 11, 13, 15],
            [10, 14], [8, 10, 14], [2, 4, 6], [4, 7], [1, 8], [0, 1, 7, 10, 14], [2, 10, 12, 13],
        ]},
        {"singers": 24, "groups": [
            [0, 3, 7, 18], [4, 5, 8, 9, 15], [4, 5, 6], [6, 10, 13, 17, 20], [6, 9, 11, 19, 21], [11, 16, 22],
            [10, 11, 18, 22], [10, 21], [13, 14], [3, 9, 12], [0, 8, 23], [3, 10, 13], [8, 16, 22], [13, 17],
            [1, 2, 6, 21], [15, 16, 18, 20, 23], [0, 9, 10, 12, 23], [10, 12, 16, 19], [11, 22], [5, 10, 15, 17, 18],
            [1, 6, 7, 15, 18], [4, 18], [6, 12, 16, 22, 23], [23], [11, 16, 17, 18], [0, 1, 3, 6, 15, 21],
            [0, 1, 4, 9, 11], [1, 8, 14], [4, 8, 15, 16, 17], [17], [2, 5, 7, 8, 9, 20], [8, 19, 23],
        ]},
    ],
    "sun_and_moon": [
        {"board": ["SM", ".."]},
        {"board": [".M..S.", "..S.M.", ".S....", ".....M", "..S...", ".S.M.S"]},
        {"board": ["MSM.....", ".MS.S.M.", ".MS..SS.", "........", "....MS..", ".M...SS.", "..M....S", "M.S...MS"]},
        {"board": [
            "..MMS..S.M", "...M.S....", "M.SSMMS.S.", "M....SM...", "S........M", ".....S....", "M.....MS.S",
            "S.MSS.S.S.", "M.S.......", "...SMMS..S",
        ]},
    ],
}
# fmt: on
