"""Puzzles over graphs; a graph is a list of edges [a, b] between nodes 0, 1, 2, ..."""

from typing import List


def sat_one_way_streets(answer: List[List[int]], streets=[[0, 1], [2, 1], [1, 3]]):
    """Turn every one-way street [from, to] round and list the streets in the same order.

    difficulty: trivial
    """
    return len(answer) == len(streets) and all(a[::-1] == b for a, b in zip(answer, streets))


def sol_one_way_streets(streets=[[0, 1], [2, 1], [1, 3]]):
    return [street[::-1] for street in streets]


def sat_handshake_counts(answer: List[int], guests=4, shakes=[[0, 1], [0, 2], [0, 3], [2, 3]]):
    """Find how many hands each guest shook.

    difficulty: easy
    """
    return len(answer) == guests and all(
        answer[guest] == sum(guest in shake for shake in shakes) for guest in range(guests)
    )


def sol_handshake_counts(guests=4, shakes=[[0, 1], [0, 2], [0, 3], [2, 3]]):
    return [sum(guest in shake for shake in shakes) for guest in range(guests)]


def sat_common_friend(answer: int, friends=[[0, 4], [4, 2], [3, 1], [3, 4], [2, 3]], guests=[0, 2, 3]):
    """Find somebody who is a friend of every guest.

    difficulty: easy
    """
    return all([answer, guest] in friends or [guest, answer] in friends for guest in guests)


def sol_common_friend(friends=[[0, 4], [4, 2], [3, 1], [3, 4], [2, 3]], guests=[0, 2, 3]):
    circles = [{a + b - guest for a, b in friends if guest in (a, b)} for guest in guests]
    return min(set.intersection(*circles))


def sat_two_camps(answer: List[bool], people=5, quarrels=[[0, 1], [1, 2], [2, 3], [4, 1]]):
    """Split the people into two camps such that everybody who quarrelled sits in different camps.

    difficulty: medium
    """
    return len(answer) == people and all(answer[a] != answer[b] for a, b in quarrels)


def sol_two_camps(people=5, quarrels=[[0, 1], [1, 2], [2, 3], [4, 1]]):
    camp = {}
    for first in range(people):
        if first not in camp:
            camp[first] = False
            waiting = [first]
            while waiting:
                here = waiting.pop()
                for a, b in quarrels:
                    if here in (a, b) and a + b - here not in camp:
                        camp[a + b - here] = not camp[here]
                        waiting.append(a + b - here)
    return [camp[person] for person in range(people)]


def sat_recipe_order(answer: List[int], steps=5, before=[[3, 0], [0, 2], [4, 0], [2, 1]]):
    """Put all the steps of a recipe in an order that respects each rule [a, b]: step a comes before step b.

    difficulty: medium
    """
    return sorted(answer) == list(range(steps)) and all(answer.index(a) < answer.index(b) for a, b in before)


def sol_recipe_order(steps=5, before=[[3, 0], [0, 2], [4, 0], [2, 1]]):
    order = []
    left = list(range(steps))
    while left:
        step = next(step for step in left if not any(b == step and a in left for a, b in before))
        order.append(step)
        left.remove(step)
    return order


def sat_ripples(answer: List[int], stones=5, touching=[[0, 1], [1, 2], [3, 2], [0, 4]], splash=2):
    """Find when the ripple gets to each stone: it starts at the splash at time 0 and takes 1 to a touching stone.

    Every stone can be reached.

    difficulty: medium
    """
    return (
        len(answer) == stones
        and answer[splash] == 0
        and all(abs(answer[a] - answer[b]) <= 1 for a, b in touching)
        and all(
            stone == splash
            or any(stone in pair and answer[sum(pair) - stone] == answer[stone] - 1 for pair in touching)
            for stone in range(stones)
        )
        and min(answer) == 0
    )


def sol_ripples(stones=5, touching=[[0, 1], [1, 2], [3, 2], [0, 4]], splash=2):
    times = {splash: 0}
    waiting = [splash]
    for here in waiting:
        for pair in touching:
            there = sum(pair) - here
            if here in pair and there not in times:
                times[there] = times[here] + 1
                waiting.append(there)
    return [times[stone] for stone in range(stones)]


def sat_village_cables(answer: List[int], villages=4, cables=[[0, 1, 5], [1, 2, 4], [0, 2, 2], [2, 3, 7]], budget=13):
    """Choose cables [a, b, price], by their place in the list, that link all the villages within the budget.

    difficulty: medium
    """
    if len(answer) > len(cables) or not all(0 <= k < len(cables) for k in answer):
        return False
    part = list(range(villages))
    for k in answer:
        old, new = part[cables[k][0]], part[cables[k][1]]
        part = [new if label == old else label for label in part]
    return len(set(part)) == 1 and sum(cables[k][2] for k in answer) <= budget


def sol_village_cables(villages=4, cables=[[0, 1, 5], [1, 2, 4], [0, 2, 2], [2, 3, 7]], budget=13):
    part = list(range(villages))
    chosen = []
    for k in sorted(range(len(cables)), key=lambda k: cables[k][2]):
        old, new = part[cables[k][0]], part[cables[k][1]]
        if old != new:
            part = [new if label == old else label for label in part]
            chosen.append(k)
    return chosen


def sat_band_instruments(answer: List[int], plays=[[0, 1], [0], [1, 2]]):
    """Give each musician of the band another instrument that he plays: plays[i] lists what musician i can play.

    difficulty: hard
    """
    return (
        len(answer) == len(plays)
        and all(mine in known for mine, known in zip(answer, plays))
        and len(set(answer)) == len(answer)
    )


def sol_band_instruments(plays=[[0, 1], [0], [1, 2]]):
    owner = {}

    def equip(musician, asked):
        for instrument in plays[musician]:
            if instrument not in asked:
                asked.add(instrument)
                if instrument not in owner or equip(owner[instrument], asked):
                    owner[instrument] = musician
                    return True
        return False

    for musician in range(len(plays)):
        equip(musician, set())
    given = {musician: instrument for instrument, musician in owner.items()}
    return [given[musician] for musician in range(len(plays))]


def sat_snow_plough(answer: List[int], streets=[[0, 1], [1, 2], [2, 0], [2, 3]]):
    """Find a drive that clears each street once, in either direction: list the crossings that it passes.

    difficulty: hard
    """
    return len(answer) == len(streets) + 1 and sorted(sorted(leg) for leg in zip(answer, answer[1:])) == sorted(
        sorted(street) for street in streets
    )


def sol_snow_plough(streets=[[0, 1], [1, 2], [2, 0], [2, 3]]):
    ends = [crossing for street in streets for crossing in street]
    odd = [crossing for crossing in ends if ends.count(crossing) % 2]
    left = [list(street) for street in streets]
    stack = [(odd or ends)[0]]
    drive = []
    while stack:
        street = next((street for street in left if stack[-1] in street), None)
        if street is None:
            drive.append(stack.pop())
        else:
            left.remove(street)
            stack.append(sum(street) - stack[-1])
    return drive


def sat_radio_channels(answer: List[int], masts=4, clashes=[[0, 1], [1, 2], [2, 0], [2, 3]], channels=3):
    """Give each mast one of the channels 1, 2, ... so that no two masts that clash share one.

    difficulty: hard
    """
    return (
        len(answer) == masts
        and all(1 <= channel <= channels for channel in answer)
        and all(answer[a] != answer[b] for a, b in clashes)
    )


def sol_radio_channels(masts=4, clashes=[[0, 1], [1, 2], [2, 0], [2, 3]], channels=3):
    near = [{sum(clash) - mast for clash in clashes if mast in clash} for mast in range(masts)]
    given = {}

    def tune():
        if len(given) == masts:
            return True
        free = [mast for mast in range(masts) if mast not in given]
        mast = max(free, key=lambda mast: (len({given.get(other, 0) for other in near[mast]}), len(near[mast])))
        for channel in range(1, channels + 1):
            if all(given.get(other) != channel for other in near[mast]):
                given[mast] = channel
                if tune():
                    return True
                del given[mast]
        return False

    tune()
    return [given[mast] for mast in range(masts)]


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "one_way_streets": [
        {"streets": [[4, 0]]},
        {"streets": [[5, 1], [1, 2], [3, 2], [0, 1], [4, 0], [5, 2], [1, 3], [3, 5]]},
        {"streets": [
            [0, 1], [1, 10], [2, 1], [7, 6], [4, 0], [2, 5], [1, 7], [5, 8], [9, 3], [6, 5], [9, 6], [10, 8], [8, 11],
            [2, 6], [0, 11], [11, 3], [7, 4], [9, 11], [9, 1], [6, 8],
        ]},
        {"streets": [
            [1, 6], [18, 8], [17, 7], [6, 15], [7, 14], [5, 13], [16, 1], [9, 7], [4, 5], [18, 1], [3, 9], [2, 6],
            [10, 4], [14, 4], [18, 0], [11, 4], [17, 8], [1, 9], [15, 10], [19, 8], [13, 19], [12, 6], [8, 3],
            [12, 19], [16, 14], [11, 9], [5, 11], [11, 14], [12, 7], [17, 0], [0, 19], [13, 0], [7, 5], [17, 12],
        ]},
    ],
    "handshake_counts": [
        {"guests": 3, "shakes": [[1, 2]]},
        {"guests": 7,
         "shakes": [[4, 6], [4, 5], [3, 6], [6, 2], [0, 1], [5, 2], [4, 3], [1, 3], [1, 5], [6, 5], [6, 1]]},
        {"guests": 12, "shakes": [
            [6, 4], [7, 8], [8, 3], [5, 9], [9, 3], [11, 10], [11, 8], [8, 0], [4, 9], [6, 1], [0, 10], [7, 5],
            [6, 3], [7, 4], [1, 10], [7, 9], [7, 10], [8, 1], [0, 1], [5, 10],
        ]},
        {"guests": 16, "shakes": [
            [13, 0], [5, 14], [12, 11], [6, 9], [15, 12], [3, 12], [14, 13], [14, 15], [5, 13], [7, 2], [14, 10],
            [4, 6], [13, 10], [14, 12], [5, 0], [8, 1], [8, 14], [4, 8], [12, 13], [14, 11], [6, 13], [4, 10],
            [14, 6], [2, 12], [12, 8], [10, 1], [0, 6], [4, 2], [8, 5], [7, 10], [7, 12], [14, 3], [3, 6], [1, 14],
            [14, 2], [0, 15], [4, 9], [3, 10], [8, 11], [1, 15], [1, 12], [0, 10], [5, 12], [12, 6], [7, 0],
        ]},
    ],
    "common_friend": [
        {"friends": [[3, 1], [0, 2], [0, 3]], "guests": [0, 1]},
        {"friends": [
            [6, 5], [3, 6], [4, 0], [0, 6], [4, 5], [3, 4], [5, 7], [0, 3], [1, 6], [4, 1], [0, 1], [7, 2], [2, 6],
        ], "guests": [0, 2]},
        {"friends": [
            [6, 1], [7, 8], [2, 6], [5, 0], [5, 3], [2, 5], [8, 5], [4, 9], [7, 0], [8, 0], [9, 6], [6, 7], [2, 1],
            [4, 5], [9, 1], [8, 1], [7, 3], [1, 0], [4, 2], [0, 2], [4, 1], [0, 9], [5, 1], [0, 3],
        ], "guests": [0, 1, 2]},
        {"friends": [
            [2, 6], [4, 13], [11, 8], [3, 2], [1, 6], [13, 12], [7, 0], [8, 7], [4, 1], [11, 4], [6, 11], [1, 7],
            [2, 4], [9, 2], [6, 7], [11, 3], [11, 9], [5, 12], [0, 1], [2, 1], [4, 5], [10, 0], [10, 4], [3, 10],
            [4, 12], [7, 4], [13, 8], [10, 8], [0, 4], [0, 3], [11, 1], [5, 2], [4, 9], [5, 11], [2, 12], [9, 3],
            [1, 5], [13, 9], [13, 10], [8, 2], [4, 6], [12, 11], [2, 10], [8, 12],
        ], "guests": [0, 1, 2]},
    ],
    "two_camps": [
        {"people": 3, "quarrels": [[2, 0], [1, 2]]},
        {"people": 9, "quarrels": [
            [5, 7], [3, 0], [1, 0], [8, 5], [5, 3], [2, 5], [5, 6], [0, 4], [0, 7], [2, 0], [0, 8], [5, 1],
        ]},
        {"people": 16, "quarrels": [
            [10, 15], [12, 6], [2, 10], [5, 9], [2, 6], [5, 14], [3, 7], [7, 1], [8, 3], [12, 0], [2, 11], [15, 6],
            [11, 3], [6, 1], [13, 8], [0, 9], [4, 3], [12, 11], [8, 1], [11, 15], [10, 12], [3, 10], [4, 15], [4, 1],
        ]},
        {"people": 24, "quarrels": [
            [21, 16], [17, 9], [20, 3], [20, 21], [14, 8], [15, 8], [5, 4], [15, 17], [17, 19], [9, 5], [5, 15],
            [23, 6], [19, 11], [10, 22], [8, 0], [18, 20], [4, 2], [1, 18], [2, 22], [22, 13], [11, 21], [2, 18],
            [13, 4], [13, 0], [15, 23], [18, 11], [5, 14], [15, 1], [9, 23], [5, 0], [8, 21], [23, 19], [12, 21],
            [7, 6],
        ]},
    ],
    "recipe_order": [
        {"steps": 4, "before": [[3, 1], [1, 0]]},
        {"steps": 9, "before": [
            [8, 4], [8, 2], [3, 4], [6, 8], [8, 0], [2, 5], [6, 2], [2, 7], [6, 5], [6, 7], [6, 0], [4, 5], [8, 5],
            [4, 7],
        ]},
        {"steps": 15, "before": [
            [4, 13], [6, 13], [1, 10], [9, 8], [14, 1], [0, 10], [6, 0], [4, 0], [2, 1], [11, 13], [1, 13], [12, 2],
            [10, 5], [6, 11], [1, 5], [14, 9], [4, 7], [6, 4], [3, 7], [1, 3], [14, 7], [14, 10], [4, 1], [10, 3],
            [0, 11], [12, 8], [10, 8], [7, 11], [12, 14], [12, 6],
        ]},
        {"steps": 20, "before": [
            [0, 9], [0, 13], [18, 13], [13, 19], [15, 3], [11, 5], [6, 14], [12, 3], [0, 2], [12, 0], [15, 13],
            [10, 19], [18, 1], [10, 18], [3, 1], [6, 3], [10, 9], [12, 19], [13, 5], [14, 17], [12, 16], [18, 9],
            [16, 4], [8, 7], [12, 2], [15, 9], [16, 19], [2, 3], [4, 9], [3, 5], [12, 4], [6, 2], [0, 5], [16, 17],
            [17, 8], [3, 9], [6, 9], [11, 1], [16, 18], [12, 8], [18, 7], [0, 1],
        ]},
    ],
    "ripples": [
        {"stones": 4, "touching": [[3, 2], [1, 0], [3, 0], [0, 2]], "splash": 2},
        {"stones": 9,
         "touching": [[2, 8], [7, 8], [0, 5], [1, 6], [8, 1], [6, 0], [3, 4], [5, 8], [4, 5], [3, 0], [0, 7]],
         "splash": 4},
        {"stones": 16, "touching": [
            [8, 3], [12, 6], [14, 3], [15, 0], [7, 5], [3, 1], [11, 1], [0, 11], [13, 0], [14, 12], [2, 13], [8, 14],
            [10, 15], [2, 4], [5, 0], [6, 11], [5, 6], [4, 10], [7, 14], [9, 15], [5, 15], [13, 10], [12, 10],
        ], "splash": 15},
        {"stones": 22, "touching": [
            [7, 6], [9, 5], [0, 10], [20, 8], [9, 19], [11, 14], [8, 12], [17, 7], [12, 4], [10, 17], [2, 4],
            [15, 10], [21, 10], [3, 15], [19, 18], [14, 17], [13, 7], [16, 21], [1, 16], [20, 11], [7, 12], [18, 7],
            [19, 2], [5, 18], [5, 16], [18, 10], [7, 16], [6, 21], [4, 1], [17, 3], [18, 1], [16, 15], [9, 16],
            [17, 19], [21, 19],
        ], "splash": 3},
    ],
    "village_cables": [
        {"villages": 3, "cables": [[0, 1, 3], [2, 1, 9], [0, 2, 4]], "budget": 7},
        {"villages": 7, "cables": [
            [6, 1, 30], [0, 5, 26], [3, 5, 27], [1, 4, 23], [2, 5, 27], [6, 3, 22], [5, 6, 24], [3, 2, 8], [5, 1, 25],
            [2, 0, 29], [0, 6, 27], [3, 0, 10],
        ], "budget": 112},
        {"villages": 12, "cables": [
            [3, 8, 17], [11, 0, 15], [3, 11, 2], [9, 11, 9], [6, 3, 22], [5, 2, 15], [6, 9, 24], [0, 1, 21],
            [7, 10, 21], [6, 0, 13], [4, 9, 22], [5, 8, 17], [8, 1, 29], [10, 11, 15], [7, 1, 5], [6, 4, 27],
            [5, 0, 21], [0, 2, 5], [4, 7, 7], [11, 1, 4], [3, 5, 4], [2, 8, 14], [9, 7, 20], [3, 9, 26], [1, 10, 1],
        ], "budget": 79},
        {"villages": 15, "cables": [
            [8, 9, 10], [1, 7, 6], [14, 0, 29], [12, 0, 6], [11, 10, 16], [8, 11, 16], [2, 3, 21], [7, 4, 15],
            [11, 1, 9], [9, 14, 12], [2, 7, 21], [0, 9, 28], [12, 6, 6], [3, 7, 6], [6, 9, 15], [8, 0, 13],
            [0, 13, 1], [13, 9, 18], [4, 5, 23], [0, 2, 5], [5, 0, 22], [11, 4, 28], [5, 10, 20], [13, 14, 10],
            [7, 10, 24], [3, 4, 9], [3, 8, 13], [11, 7, 23], [14, 4, 19], [5, 3, 6], [5, 12, 26], [3, 14, 20],
            [1, 0, 22], [10, 4, 5], [2, 1, 23], [6, 8, 7],
        ], "budget": 99},
    ],
    "band_instruments": [
        {"plays": [[1, 2], [0, 2], [0], [3, 0]]},
        {"plays": [[1, 5], [3, 4], [1, 2], [0, 4], [4, 5], [6], [3, 5]]},
        {"plays": [
            [4, 10, 11], [0, 5, 8], [1, 11], [1, 7, 9], [4, 7, 10], [2, 3, 4], [0, 4, 5], [1, 3, 4], [4, 10],
            [0, 6, 8], [0, 4, 8], [0, 5, 11],
        ]},
        {"plays": [
            [7, 12, 13], [11, 16, 18], [2, 12, 13], [8, 11, 15], [13, 17], [5, 11, 21], [1, 12, 19], [0, 7, 19],
            [7, 9, 18], [8, 9, 13], [0, 2, 18], [1, 6, 10], [1, 7, 10], [1, 4, 20], [8, 12, 14], [1, 3, 4],
            [10, 11, 12], [2, 15, 18], [4, 7, 21], [1, 4, 13], [6, 13, 20], [0, 7, 20],
        ]},
    ],
    "snow_plough": [
        {"streets": [[3, 1], [0, 3], [2, 0]]},
        {"streets": [[3, 4], [2, 4], [2, 0], [3, 2], [1, 0], [0, 5], [3, 5], [0, 4], [4, 1], [2, 1]]},
        {"streets": [
            [8, 1], [5, 6], [4, 7], [8, 0], [4, 3], [7, 1], [8, 6], [0, 1], [3, 0], [2, 0], [6, 4], [4, 5], [2, 1],
            [5, 7], [2, 7], [1, 5], [1, 4], [5, 2], [7, 6], [8, 5],
        ]},
        {"streets": [
            [9, 4], [9, 10], [5, 3], [2, 0], [11, 3], [9, 2], [11, 4], [11, 9], [0, 3], [6, 9], [5, 4], [2, 4],
            [11, 7], [8, 4], [8, 3], [10, 1], [7, 4], [4, 0], [2, 3], [7, 5], [7, 0], [5, 8], [7, 10], [10, 11],
            [8, 2], [1, 11], [6, 5], [6, 11], [10, 2], [7, 2], [6, 7], [4, 10], [8, 7], [11, 5], [9, 3], [2, 5],
        ]},
    ],
    "radio_channels": [
        {"masts": 5, "clashes": [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0]], "channels": 3},
        {"masts": 9, "clashes": [
            [6, 3], [8, 0], [2, 1], [1, 5], [0, 2], [8, 3], [1, 3], [4, 2], [6, 4], [1, 7], [3, 4], [7, 2], [0, 5],
            [6, 5], [8, 5], [7, 8], [7, 5], [5, 4],
        ], "channels": 3},
        {"masts": 14, "clashes": [
            [13, 3], [3, 2], [6, 11], [11, 3], [1, 5], [11, 7], [2, 0], [11, 8], [0, 10], [9, 3], [7, 6], [11, 10],
            [7, 0], [7, 8], [11, 4], [13, 9], [4, 8], [3, 7], [6, 10], [1, 2], [12, 7], [13, 5], [7, 1], [0, 13],
            [4, 0], [7, 10], [2, 4], [2, 13], [2, 7], [5, 0], [6, 8], [2, 8], [9, 2], [3, 5], [8, 13], [12, 10],
            [6, 13], [4, 1], [3, 6], [7, 5], [13, 11], [12, 2], [3, 0], [11, 5], [0, 6], [0, 8], [6, 9], [12, 4],
            [1, 0], [1, 11],
        ], "channels": 4},
        {"masts": 22, "clashes": [
            [7, 16], [17, 20], [19, 11], [0, 19], [17, 21], [18, 12], [18, 0], [4, 7], [21, 4], [4, 9], [4, 18],
            [8, 3], [0, 2], [2, 16], [19, 4], [12, 15], [0, 8], [11, 1], [6, 9], [15, 5], [12, 10], [11, 17], [12, 1],
            [14, 15], [10, 9], [20, 4], [9, 0], [2, 4], [1, 18], [20, 19], [12, 5], [9, 18], [1, 2], [21, 13],
            [9, 16], [20, 8], [5, 8], [19, 5], [5, 6], [14, 12], [17, 16], [13, 8], [11, 5], [8, 4], [16, 4], [4, 12],
        ], "channels": 3},
    ],
}
# fmt: on
