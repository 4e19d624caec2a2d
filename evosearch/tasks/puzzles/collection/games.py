"""Puzzles on boards and in games: positions, moves and results."""

from typing import List


def sat_league_table(answer: List[int], played=20, points=32):
    """Find [wins, draws, defeats] of a team: a win gives 3 points, a draw 1, and it has at most 2 draws.

    difficulty: trivial
    """
    return (
        len(answer) == 3
        and all(count >= 0 for count in answer)
        and sum(answer) == played
        and 3 * answer[0] + answer[1] == points
        and answer[1] <= 2
    )


def sol_league_table(played=20, points=32):
    return [points // 3, points % 3, played - points // 3 - points % 3]


def sat_last_gap(answer: List[int], board=["XX.", "O.O", ".OX"], player="O"):
    """Find the empty square [row, column] with which the player fills a whole row or a whole column.

    difficulty: easy
    """
    if len(answer) != 2 or not all(0 <= place < len(board) for place in answer):
        return False
    row, column = answer
    others = len(board) - 1
    return board[row][column] == "." and (
        board[row].count(player) == others or sum(line[column] == player for line in board) == others
    )


def sol_last_gap(board=["XX.", "O.O", ".OX"], player="O"):
    for row, line in enumerate(board):
        for column, square in enumerate(line):
            for whole in (line, "".join(other[column] for other in board)):
                if square == "." and whole.count(player) == len(board) - 1:
                    return [row, column]
    return []


def sat_king_walk(answer: List[List[int]], start=[0, 0], end=[2, 5]):
    """Walk a chess king from start to end in as few moves as can be: list all the squares [row, column] he stands on.

    difficulty: easy
    """
    moves = max(abs(start[0] - end[0]), abs(start[1] - end[1]))
    return (
        len(answer) == moves + 1
        and all(len(square) == 2 for square in answer)
        and answer[0] == start
        and answer[-1] == end
        and all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1 for a, b in zip(answer, answer[1:]))
    )


def sol_king_walk(start=[0, 0], end=[2, 5]):
    walk = [start]
    while walk[-1] != end:
        walk.append([here + (there > here) - (there < here) for here, there in zip(walk[-1], end)])
    return walk


def sat_lawn_mower(answer: List[List[int]], rows=3, columns=4, gate=[2, 0]):
    """Mow a lawn of square patches: visit each [row, column] once, from the corner at the gate on, side by side.

    difficulty: easy
    """
    return (
        len(answer) == rows * columns
        and answer[0] == gate
        and sorted(answer) == [[i, j] for i in range(rows) for j in range(columns)]
        and all(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for a, b in zip(answer, answer[1:]))
    )


def sol_lawn_mower(rows=3, columns=4, gate=[2, 0]):
    path = [[i, j if i % 2 == 0 else columns - 1 - j] for i in range(rows) for j in range(columns)]
    return [[abs(gate[0] - i), abs(gate[1] - j)] for i, j in path]


def sat_matchstick_heaps(answer: List[int], heaps=[3, 4, 6]):
    """Find the move [heap, matches to take] after which the player who moves next cannot win.

    Who takes the last match of all wins. A position is lost for the player to move when in the binary heap sizes
    each digit is 1 an even number of times.

    difficulty: medium
    """
    if len(answer) != 2 or not 0 <= answer[0] < len(heaps) or not 0 < answer[1] <= heaps[answer[0]]:
        return False
    left = 0
    for heap, size in enumerate(heaps):
        left ^= size - answer[1] if heap == answer[0] else size
    return left == 0


def sol_matchstick_heaps(heaps=[3, 4, 6]):
    odd = 0
    for size in heaps:
        odd ^= size
    heap = next(heap for heap, size in enumerate(heaps) if size ^ odd < size)
    return [heap, heaps[heap] - (heaps[heap] ^ odd)]


def sat_pancake_flips(answer: List[int], stack=[3, 1, 4, 2], most=6):
    """Sort the pancakes, listed from the top, so that the smallest is on top: find at most so many flips.

    A flip of k turns over the k pancakes on top as one.

    difficulty: medium
    """
    if len(answer) > most or not all(2 <= flip <= len(stack) for flip in answer):
        return False
    pile = list(stack)
    for flip in answer:
        pile = pile[:flip][::-1] + pile[flip:]
    return all(upper <= lower for upper, lower in zip(pile, pile[1:]))


def sol_pancake_flips(stack=[3, 1, 4, 2], most=6):
    pile = list(stack)
    flips = []
    for size in range(len(pile), 1, -1):
        place = pile.index(max(pile[:size])) + 1
        if place < size:
            for flip in (place, size):
                if flip > 1:
                    pile[:flip] = pile[:flip][::-1]
                    flips.append(flip)
    return flips


def sat_cheese_maze(answer: str, maze=["M.#.", "#..#", "..#C", "#..."], most=8):
    """Lead the mouse M to the cheese C with at most so many steps U, D, L and R; # is a wall.

    difficulty: medium
    """
    if len(answer) > most:
        return False
    row = next(i for i, line in enumerate(maze) if "M" in line)
    column = maze[row].index("M")
    for step in answer:
        if step not in "UDLR":
            return False
        row += (step == "D") - (step == "U")
        column += (step == "R") - (step == "L")
        if not (0 <= row < len(maze) and 0 <= column < len(maze[0])) or maze[row][column] == "#":
            return False
    goal = next(i for i, line in enumerate(maze) if "C" in line)
    return abs(row - goal) + abs(column - maze[goal].index("C")) == 0


def sol_cheese_maze(maze=["M.#.", "#..#", "..#C", "#..."], most=8):
    squares = {(i, j): square for i, line in enumerate(maze) for j, square in enumerate(line) if square != "#"}
    start = next(place for place, square in squares.items() if square == "M")
    ways = {start: ""}
    waiting = [start]
    for i, j in waiting:
        if squares[i, j] == "C":
            return ways[i, j]
        for step, place in (("U", (i - 1, j)), ("D", (i + 1, j)), ("L", (i, j - 1)), ("R", (i, j + 1))):
            if place in squares and place not in ways:
                ways[place] = ways[i, j] + step
                waiting.append(place)
    return ""


def sat_lonely_peg(answer: List[List[int]], row="11.1.."):
    """Jump the pegs of a row until one is left: list the jumps as [from, to], counted from 0.

    A peg (1) jumps over the peg next to it into the hole (.) behind that one, and the peg in the middle is taken off.

    difficulty: hard
    """
    pegs = [hole == "1" for hole in row]
    if len(answer) != sum(pegs) - 1 or not all(len(jump) == 2 for jump in answer):
        return False
    for start, end in answer:
        if abs(start - end) != 2 or not (0 <= start < len(pegs) and 0 <= end < len(pegs)):
            return False
        middle = (start + end) // 2
        if not (pegs[start] and pegs[middle]) or pegs[end]:
            return False
        pegs[start], pegs[middle], pegs[end] = False, False, True
    return sum(pegs) == 1


def sol_lonely_peg(row="11.1.."):
    dead = set()

    def play(pegs):
        if pegs.count("1") == 1:
            return []
        for start in range(len(pegs)):
            for end, seen in ((start + 2, pegs[start : start + 3]), (start - 2, pegs[max(start - 2, 0) : start + 1])):
                if seen == ("11." if end > start else ".11"):
                    low = min(start, end)
                    after = pegs[:low] + ("..1" if end > start else "1..") + pegs[low + 3 :]
                    if after not in dead:
                        rest = play(after)
                        if rest is not None:
                            return [[start, end], *rest]
        dead.add(pegs)
        return None

    return play(row)


def sat_lamps_out(answer: List[int], lamps=["#..", "##.", "..#"]):
    """Put out all the lamps of a board (# is lit): list the buttons to press, each at most once.

    Each lamp is a button too; lamp and button [i, j] have the number i * width + j. A press switches the lamp itself
    and those above, below, left and right of it.

    difficulty: hard
    """
    width, size = len(lamps[0]), len(lamps) * len(lamps[0])
    if len(set(answer)) != len(answer) or not all(0 <= button < size for button in answer):
        return False
    lit = 0
    for lamp in range(size):
        near = sum(abs(lamp // width - button // width) + abs(lamp % width - button % width) <= 1 for button in answer)
        lit += (near + (lamps[lamp // width][lamp % width] == "#")) % 2
    return lit == 0


def sol_lamps_out(lamps=["#..", "##.", "..#"]):
    height, width = len(lamps), len(lamps[0])
    # One equation modulo 2 for each lamp: bit k stands for button k, the bit above them for the lamp being lit.
    equations = []
    for i in range(height):
        for j in range(width):
            bits = (lamps[i][j] == "#") << (height * width)
            for a, b in ((i, j), (i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                if 0 <= a < height and 0 <= b < width:
                    bits |= 1 << (a * width + b)
            equations.append(bits)
    pressed = []
    for button in range(height * width):
        pivot = next((bits for bits in equations if bits >> button & 1), None)
        if pivot is not None:
            equations.remove(pivot)
            equations = [bits ^ pivot if bits >> button & 1 else bits for bits in equations]
            pressed.append((button, pivot))
    buttons = 0
    for button, pivot in reversed(pressed):
        # The later buttons are settled; what they leave open decides this one.
        odd = (pivot & buttons).bit_count() + (pivot >> (height * width))
        buttons |= odd % 2 << button
    return [button for button in range(height * width) if buttons >> button & 1]


def sat_buried_mines(answer: List[List[int]], counts=[[1, 1, 1], [2, 2, 2], [2, 2, 2], [1, 1, 1]]):
    """Find the mines: a board of 0 and 1 where counts[i][j] mines lie in the three by three squares around [i, j].

    The square itself counts; squares outside the board hold no mine.

    difficulty: hard
    """
    height, width = len(counts), len(counts[0])
    return (
        len(answer) == height
        and all(len(row) == width for row in answer)
        and all(square in (0, 1) for row in answer for square in row)
        and all(
            sum(sum(row[max(j - 1, 0) : j + 2]) for row in answer[max(i - 1, 0) : i + 2]) == counts[i][j]
            for i in range(height)
            for j in range(width)
        )
    )


def sol_buried_mines(counts=[[1, 1, 1], [2, 2, 2], [2, 2, 2], [1, 1, 1]]):
    height, width = len(counts), len(counts[0])
    board = [[0] * width for _ in range(height)]

    def fits(i, j):
        # Once [i, j] is decided, everything around [i - 1, j - 1] is; on the last row and column, more than that.
        for a in {i - 1, i if i == height - 1 else i - 1}:
            for b in {j - 1, j if j == width - 1 else j - 1}:
                if a >= 0 and b >= 0:
                    found = sum(sum(row[max(b - 1, 0) : b + 2]) for row in board[max(a - 1, 0) : a + 2])
                    if found != counts[a][b]:
                        return False
        return True

    def dig(place):
        if place == height * width:
            return True
        i, j = divmod(place, width)
        for mine in (0, 1):
            board[i][j] = mine
            if fits(i, j) and dig(place + 1):
                return True
        board[i][j] = 0
        return False

    dig(0)
    return board


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "league_table": [
        {"played": 7, "points": 7},
        {"played": 38, "points": 91},
        {"played": 50, "points": 99},
        {"played": 1000, "points": 1235},
    ],
    "last_gap": [
        {"board": ["X.", "OO"], "player": "X"},
        {"board": [".OXX", "X.XX", "OXXO", "OOO."], "player": "X"},
        {"board": ["OOO.OO", "XO.X..", "OO...X", "O.XOX.", ".OOOOX", "X.OOOO"], "player": "O"},
        {"board": [
            "OXOXO.OO.", "X.OXX..OO", "O.O..XXO.", ".XOOO.O.O", "O.OX.XX.X", "..OO..OX.", ".XXXXXXXX", "..OXOXOX.",
            "X..XO.O.X",
        ], "player": "X"},
    ],
    "king_walk": [
        {"start": [3, 3], "end": [4, 2]},
        {"start": [7, 0], "end": [1, 7]},
        {"start": [2, 19], "end": [11, 3]},
        {"start": [60, 5], "end": [0, 45]},
    ],
    "lawn_mower": [
        {"rows": 2, "columns": 2, "gate": [0, 0]},
        {"rows": 5, "columns": 3, "gate": [0, 2]},
        {"rows": 6, "columns": 8, "gate": [5, 7]},
        {"rows": 15, "columns": 14, "gate": [14, 0]},
    ],
    "matchstick_heaps": [
        {"heaps": [1, 2, 4]},
        {"heaps": [7, 12, 9, 5]},
        {"heaps": [31, 18, 77, 50, 23]},
        {"heaps": [1021, 998, 512, 77, 640, 333, 12]},
    ],
    "pancake_flips": [
        {"stack": [3, 2, 1], "most": 2},
        {"stack": [6, 5, 2, 7, 4, 1, 3], "most": 12},
        {"stack": [4, 12, 8, 13, 5, 9, 11, 10, 7, 3, 1, 2, 6, 15, 14], "most": 28},
        {"stack": [
            13, 39, 31, 25, 11, 19, 18, 6, 26, 15, 38, 7, 30, 32, 34, 21, 40, 10, 20, 37, 9, 8, 23, 17, 28, 1, 22, 14,
            12, 33, 3, 29, 2, 16, 35, 27, 5, 36, 4, 24,
        ], "most": 78},
    ],
    "cheese_maze": [
        {"maze": ["M#", "..", "#C"], "most": 3},
        {"maze": [".####.##", "...#....", ".#..##..", "M#....#C", "#.#.....", "...#..#."], "most": 13},
        {"maze": [
            "##..#.....#...", "#.#......##..C", "M.##.....##...", "#.###...#....#", "..####.#......",
            "....#.#...##.#", "...#..##....#.", ".##........##.", "..........#..#",
        ], "most": 28},
        {"maze": [
            "..#..#..##.#....####....#.....", "#..#....#.####...#.#.#.....#..", "...#.#.#.#...####.#...#.##.#.C",
            ".#.#...####........#.#..#..#..", "..#..##.#...#####.###..##.###.", "..##..#.#......#..#..#.....#..",
            ".##.#....#..###..#...###.#..##", "...#.#.#.##.#..#.##...#.......", "##....#.#.###..#.#...###..#..#",
            "#..#####..#..#.....#.##.#.....", ".......#...##..#.#.#.#......##", "#.###...#.......#..#....#...#.",
            "M..#....#...#....#.#..#.##.##.", "####.#..#......#....##.###..##", "...##...#..##...#..#..#...#...",
            ".#....#...........#.#..####..#",
        ], "most": 61},
    ],
    "lonely_peg": [{"row": "11."}, {"row": "11..1.11"}, {"row": ".11.1.111.1"}, {"row": "....11.1.1.11.1111"}],
    "lamps_out": [
        {"lamps": ["##", ".."]},
        {"lamps": ["####", ".#..", ".##.", ".###"]},
        {"lamps": ["#.#....", ".....##", "####.##", "....##.", "##.#.##"]},
        {"lamps": [
            ".#.##.###", "####.....", "#..#....#", ".###.#..#", ".##...##.", "#.##.##.#", "...#.....", ".##..##.#",
            "##.##....",
        ]},
    ],
    "buried_mines": [
        {"counts": [[1, 1], [2, 2], [1, 1]]},
        {"counts": [[1, 1, 2, 2, 2], [2, 2, 3, 2, 2], [2, 3, 3, 3, 2], [3, 5, 5, 4, 2], [2, 4, 4, 4, 2]]},
        {"counts": [
            [1, 2, 2, 1, 1, 2, 3, 2], [3, 4, 4, 3, 4, 4, 4, 2], [2, 3, 3, 4, 5, 4, 3, 1], [2, 2, 2, 3, 4, 4, 2, 1],
            [1, 2, 1, 3, 3, 4, 3, 2], [2, 4, 3, 3, 3, 5, 6, 4], [2, 4, 3, 3, 3, 4, 5, 3],
        ]},
        {"counts": [
            [1, 2, 3, 2, 2, 1, 2, 1, 1, 1, 3, 3], [1, 2, 3, 2, 2, 1, 3, 3, 3, 2, 4, 4],
            [2, 2, 3, 2, 3, 1, 3, 4, 4, 2, 2, 2], [3, 3, 2, 1, 1, 0, 3, 6, 6, 3, 1, 1],
            [4, 4, 3, 2, 3, 2, 4, 5, 6, 3, 2, 1], [2, 3, 2, 2, 3, 4, 5, 5, 5, 3, 3, 2],
            [1, 2, 2, 2, 3, 4, 4, 3, 3, 2, 4, 3], [0, 1, 1, 1, 2, 3, 3, 2, 1, 1, 2, 2],
            [1, 1, 2, 1, 2, 1, 1, 1, 2, 3, 4, 3], [1, 1, 2, 1, 2, 1, 1, 1, 2, 3, 3, 2],
        ]},
    ],
}
# fmt: on
