"""Puzzles over strings."""

from typing import List


def sat_picket_fence(answer: str, post="|", board="==", boards=4):
    """Find a fence: a post, then the given number of boards with a post after each board.

    difficulty: trivial
    """
    return len(answer) == len(post) + boards * (len(board) + len(post)) and answer.split(post) == (
        [""] + [board] * boards + [""]
    )


def sol_picket_fence(post="|", board="==", boards=4):
    return post + (board + post) * boards


def sat_swapped_halves(answer: str, text="lanterns in the fog"):
    """Find a string that turns into the text when its second half is moved to the front.

    The second half starts at the middle, rounded down.

    difficulty: trivial
    """
    middle = len(text) // 2
    return len(answer) == len(text) and answer[middle:] + answer[:middle] == text


def sol_swapped_halves(text="lanterns in the fog"):
    return text[len(text) - len(text) // 2 :] + text[: len(text) - len(text) // 2]


def sat_woven_words(answer: str, warp="oak", weft="elm"):
    """Find a string whose even places spell the warp, and whose odd places spell the weft from back to front.

    difficulty: easy
    """
    return answer[::2] == warp and answer[1::2] == weft[::-1]


def sol_woven_words(warp="oak", weft="elm"):
    pairs = zip(warp, weft[::-1] + " ")
    return "".join(a + b for a, b in pairs)[: len(warp) + len(weft)]


def sat_vowel_budget(answer: str, length=9, vowels=4, kinds=2):
    """Find a lower-case word with so many vowels in all, of so many kinds, in which no two vowels are neighbours.

    The vowels are a, e, i, o and u.

    difficulty: easy
    """
    return (
        len(answer) == length
        and all("a" <= letter <= "z" for letter in answer)
        and sum(letter in "aeiou" for letter in answer) == vowels
        and len({letter for letter in answer if letter in "aeiou"}) == kinds
        and all(not (a in "aeiou" and b in "aeiou") for a, b in zip(answer, answer[1:]))
    )


def sol_vowel_budget(length=9, vowels=4, kinds=2):
    syllables = [("aeiou"[:kinds])[i % kinds] + "n" for i in range(vowels)]
    return "".join(syllables).ljust(length, "n")[:length]


def sat_acrostic(answer: List[str], name="nest", words=["egg", "tree", "sun", "nut", "sky"]):
    """Find different words out of the list whose first letters, read in order, spell the name.

    difficulty: easy
    """
    return (
        len(answer) == len(name)
        and len(set(answer)) == len(answer)
        and all(word in words for word in answer)
        and all(word[:1] == letter for word, letter in zip(answer, name))
    )


def sol_acrostic(name="nest", words=["egg", "tree", "sun", "nut", "sky"]):
    left = list(words)
    chosen = []
    for letter in name:
        word = next(word for word in left if word[0] == letter)
        left.remove(word)
        chosen.append(word)
    return chosen


def sat_absent_word(answer: str, text="abbabaaabba", alphabet="ab", length=3):
    """Find a word of the given length over the alphabet that occurs nowhere in the text.

    difficulty: medium
    """
    return len(answer) == length and all(letter in alphabet for letter in answer) and answer not in text


def sol_absent_word(text="abbabaaabba", alphabet="ab", length=3):
    candidates = [""]
    for _ in range(length):
        candidates = [word + letter for word in candidates for letter in alphabet]
    return next(word for word in candidates if word not in text)


def sat_narrow_column(answer: List[str], text="a slow boat goes up the river", width=12, lines=3):
    """Break the text at spaces into at most so many lines, none of them longer than the width.

    Joined with single spaces the lines give the text back.

    difficulty: medium
    """
    return len(answer) <= lines and all(len(line) <= width for line in answer) and " ".join(answer) == text


def sol_narrow_column(text="a slow boat goes up the river", width=12, lines=3):
    column = []
    for word in text.split(" "):
        if column and len(column[-1]) + 1 + len(word) <= width:
            column[-1] += " " + word
        else:
            column.append(word)
    return column


def sat_shared_frame(answer: str, first="candle", second="handle", limit=7):
    """Find a string of at most the given length out of which either word can be got by leaving letters out.

    difficulty: hard
    """

    def kept(word):
        place = 0
        for letter in answer:
            if place < len(word) and word[place] == letter:
                place += 1
        return place

    return len(answer) <= limit and kept(first) == len(first) and kept(second) == len(second)


def sol_shared_frame(first="candle", second="handle", limit=7):
    best = [[""] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first), -1, -1):
        for j in range(len(second), -1, -1):
            if i == len(first) or j == len(second):
                best[i][j] = first[i:] + second[j:]
            elif first[i] == second[j]:
                best[i][j] = first[i] + best[i + 1][j + 1]
            else:
                best[i][j] = min(first[i] + best[i + 1][j], second[j] + best[i][j + 1], key=len)
    return best[0][0]


def sat_no_stutter(answer: str, start="aba", letters="abc", length=14):
    """Find a word of the given length with the given start in which no block of letters is followed by itself.

    "abcbc" stutters, since "bc" comes twice in a row; "abcab" does not.

    difficulty: hard
    """
    return (
        len(answer) == length
        and answer[: len(start)] == start
        and all(letter in letters for letter in answer)
        and all(
            answer[i : i + size] != answer[i + size : i + 2 * size]
            for size in range(1, length // 2 + 1)
            for i in range(length - 2 * size + 1)
        )
    )


def sol_no_stutter(start="aba", letters="abc", length=14):
    def stutters(word):
        return any(word[-size:] == word[-2 * size : -size] for size in range(1, len(word) // 2 + 1))

    stack = [start]
    while len(stack[-1]) < length:
        word = stack.pop()
        stack.extend(word + letter for letter in reversed(letters) if not stutters(word + letter))
    return stack[-1]


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "picket_fence": [
        {"post": "#", "board": "-", "boards": 1},
        {"post": "[]", "board": "____", "boards": 17},
        {"boards": 60},
        {"post": "I", "board": " o ", "boards": 250},
    ],
    "swapped_halves": [
        {"text": "ebb and flow"},
        {"text": "0123456789abcdefghijklmnopqrstuvwxyz!"},
        {"text": "seven grey geese glide over the quiet lake at dusk"},
        {"text": "when the bell of the old ferry rang twice, we knew that the ice on the river had broken at last"},
    ],
    "woven_words": [
        {"warp": "birch", "weft": "pine"},
        {"warp": "mountain", "weft": "valleyed"},
        {"warp": "xxxxxxxxxxxxxxxxxxxxyz", "weft": "pqrpqrpqrpqrpqrpqrpqr"},
        {"warp": "thequietharbourmasterwritesdown", "weft": "everyshipthatleavesbeforenight"},
    ],
    "vowel_budget": [
        {"length": 5, "vowels": 3, "kinds": 3},
        {"length": 20, "vowels": 2, "kinds": 1},
        {"length": 41, "vowels": 20, "kinds": 5},
        {"length": 199, "vowels": 100, "kinds": 4},
    ],
    "acrostic": [
        {"name": "ebb", "words": ["bow", "ear", "bee", "fin"]},
        {"name": "marina", "words": ["anchor", "island", "mast", "net", "oar", "reef", "algae"]},
        {"name": "barrels", "words": ["rum", "ale", "lid", "rye", "stave", "bung", "elm", "bar", "rim"]},
        {"name": "constellation", "words": [
            "lion", "crab", "twins", "orb", "night", "star", "east", "lyre", "altair", "tail", "ice", "omega", "nova",
            "swan", "comet",
        ]},
    ],
    "absent_word": [
        {"text": "aabaaaaababaabbbbaaaba", "alphabet": "ab", "length": 4},
        {"text": "yzyxxzyxzzzzyzzzxyxzxyyzxxyyzyxxzxzyxzzxxxzzyxyyyyxzxzzyxxyz", "alphabet": "xyz", "length": 3},
        {"text": (
            "01110001001010100011001110100100011010101001111000000011100101011000010011101110110100110001000001111001"
            "0110110011100011000101011100100010101111100110"
        ), "alphabet": "01", "length": 6},
        {"text": (
            "CGGAAAGTGAGCAAAGGCTAACGTTATTCCGTGAGCACGGGACATCCATTCTTCGTGAGCTACAGCTCGAGAATCAGCTTCTAACCAAGCGATGCAGAACCGGC"
            "TACTTTAAGCATTGATGAATGCGTCGTAAGTGATACTCGACGATTCTCATGCAACGAAGTTAACCTATAGTAACTTACATTTTACGCGCTAGCTTCGCTGGAAC"
            "TAATATCCATGTCTCAGAACTAGCGGCCGAGAATGGGTTCCGAATCCTAAACTCCGACATGAGTTAAGGTTGCATACTAGGTCTGATACTAA"
        ), "alphabet": "ACGT", "length": 3},
    ],
    "narrow_column": [
        {"text": "tea or milk", "width": 5, "lines": 3},
        {"text": "the miller sold nine sacks of flour and kept one for the winter", "width": 16, "lines": 5},
        {"text": (
            "if it rains on the day of the fair we will put the tables under the great barn roof and dance there"
        ), "width": 13, "lines": 8},
        {"text": (
            "the keeper of the northern light wrote in his book every evening which ships had passed and which birds "
            "had come and in forty years he missed one day only and that was the day when the long fog lifted and he "
            "slept until noon"
        ), "width": 24, "lines": 10},
    ],
    "shared_frame": [
        {"first": "stone", "second": "tones", "limit": 6},
        {"first": "waterfall", "second": "afterglow", "limit": 13},
        {"first": "abcabcabcabc", "second": "cabbaccabbac", "limit": 16},
        {"first": "aagcggggtcaggagtccgtccagaatataatattcaaaa", "second": "atgagatggtggagtttccggctacgatttccctct",
         "limit": 53},
    ],
    "no_stutter": [
        {"start": "ac", "length": 8},
        {"start": "xy", "letters": "zyx", "length": 30},
        {"start": "cbcac", "length": 60},
        {"start": "abcab", "length": 120},
    ],
}
# fmt: on
