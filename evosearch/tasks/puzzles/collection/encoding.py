"""Puzzles over codes and ciphers."""

from typing import List


def sat_hex_name(answer: str, code="6c616e7465726e"):
    """Find the text whose bytes in UTF-8, each written with two hexadecimal digits, give the code.

    difficulty: trivial
    """
    return answer.encode().hex() == code


def sol_hex_name(code="6c616e7465726e"):
    return bytes.fromhex(code).decode()


def sat_lamp_number(answer: str, number=37, lamps=8):
    """Write the number with so many lamps in binary: 1 is lit, 0 is dark, the lamp worth most comes first.

    difficulty: trivial
    """
    return len(answer) == lamps and all(lamp in "01" for lamp in answer) and int(answer, 2) == number


def sol_lamp_number(number=37, lamps=8):
    return format(number, "b").zfill(lamps)


def sat_stepping_shift(answer: str, cipher="siqui", step=1):
    """Find the word that becomes the cipher when letter k is moved on by k * step places in the alphabet, k from 0.

    After z comes a again; only a to z occur.

    difficulty: easy
    """
    return len(answer) == len(cipher) and all(
        "a" <= plain <= "z" and (ord(plain) - ord("a") + k * step) % 26 == ord(hidden) - ord("a")
        for k, (plain, hidden) in enumerate(zip(answer, cipher))
    )


def sol_stepping_shift(cipher="siqui", step=1):
    return "".join(chr((ord(hidden) - ord("a") - k * step) % 26 + ord("a")) for k, hidden in enumerate(cipher))


def sat_knitting_rows(answer: str, stitches="kpk", runs=[3, 2, 5]):
    """Knit a row: stitch i of the pattern, runs[i] times in a row, one after the other; no two runs are put together.

    difficulty: easy
    """
    from itertools import groupby

    found = [(stitch, len(list(run))) for stitch, run in groupby(answer)]
    return (
        len(found) == len(runs)
        and "".join(stitch for stitch, _ in found) == stitches
        and all(length == wanted for (_, length), wanted in zip(found, runs))
    )


def sol_knitting_rows(stitches="kpk", runs=[3, 2, 5]):
    return "".join(stitch * length for stitch, length in zip(stitches, runs))


def sat_check_digits(answer: str, account="40713", modulus=97, rest=1):
    """Add two digits to the account number so that it leaves the rest when divided by the modulus.

    difficulty: easy
    """
    return (
        len(answer) == len(account) + 2
        and answer[:-2] == account
        and all("0" <= digit <= "9" for digit in answer)
        and int(answer) % modulus == rest
    )


def sol_check_digits(account="40713", modulus=97, rest=1):
    return account + str((rest - 100 * int(account)) % modulus).zfill(2)


def sat_one_wrong_bit(answer: List[int], word=[1, 0, 1, 1, 0, 1, 1], checks=[[0, 1, 2, 3], [1, 2, 4, 5], [0, 2, 4, 6]]):
    """Mend a word in which one bit was turned: change one bit so that the bits of each check have an even sum.

    difficulty: easy
    """
    return (
        len(answer) == len(word)
        and all(bit in (0, 1) for bit in answer)
        and sum(a != b for a, b in zip(answer, word)) == 1
        and all(sum(answer[k] for k in check) % 2 == 0 for check in checks)
    )


def sol_one_wrong_bit(word=[1, 0, 1, 1, 0, 1, 1], checks=[[0, 1, 2, 3], [1, 2, 4, 5], [0, 2, 4, 6]]):
    odd = [sum(word[k] for k in check) % 2 == 1 for check in checks]
    wrong = next(k for k in range(len(word)) if [k in check for check in checks] == odd)
    return [1 - bit if k == wrong else bit for k, bit in enumerate(word)]


def sat_whistle_code(answer: List[str], lengths=[2, 1, 3, 3]):
    """Find code words of the given lengths, written with 0 and 1, of which none is the beginning of another.

    difficulty: medium
    """
    return (
        len(answer) == len(lengths)
        and all(len(word) == length for word, length in zip(answer, lengths))
        and all(bit in "01" for word in answer for bit in word)
        and not any(a.startswith(b) for i, a in enumerate(answer) for j, b in enumerate(answer) if i != j)
    )


def sol_whistle_code(lengths=[2, 1, 3, 3]):
    words = [""] * len(lengths)
    number, length = 0, 0
    for k in sorted(range(len(lengths)), key=lambda k: lengths[k]):
        number <<= lengths[k] - length
        length = lengths[k]
        words[k] = format(number, "b").zfill(length)
        number += 1
    return words


def sat_garden_fence(answer: str, cipher="mseonhnoi", rails=3):
    """Find the text that gives the cipher when it is written down and up over the rails and read rail by rail.

    Letter 0 is on the top rail, the next ones each a rail lower down to the lowest, then up again, and so on.

    difficulty: medium
    """
    turn = 2 * (rails - 1)
    return len(answer) == len(cipher) and cipher == "".join(
        answer[k] for rail in range(rails) for k in range(len(answer)) if min(k % turn, turn - k % turn) == rail
    )


def sol_garden_fence(cipher="mseonhnoi", rails=3):
    turn = 2 * (rails - 1)
    places = sorted(range(len(cipher)), key=lambda k: min(k % turn, turn - k % turn))
    text = [""] * len(cipher)
    for place, letter in zip(places, cipher):
        text[place] = letter
    return "".join(text)


def sat_last_column(answer: str, column="s.oobk"):
    """Find the text, ended by its only full stop, whose turned copies when sorted have this column of last letters.

    The turned copies of "ab." are "ab.", "b.a" and ".ab"; sorted, their last letters are "b.a".

    difficulty: hard
    """
    turned = sorted(answer[k:] + answer[:k] for k in range(len(answer)))
    return len(answer) == len(column) and answer[-1:] == "." and "".join(copy[-1] for copy in turned) == column


def sol_last_column(column="s.oobk"):
    step = sorted(range(len(column)), key=lambda k: column[k])
    place = step[column.index(".")]
    text = ""
    for _ in column:
        text += column[place]
        place = step[place]
    return text


def sat_below_zero_base(answer: str, number=-13, base=2):
    """Write the number in the negative base: the last digit counts 1, the one before it -base, then base * base, ...

    The digits go from 0 to base - 1, and the first one is not 0.

    difficulty: medium
    """
    if not 1 <= len(answer) <= 64 or not all("0" <= digit < str(base) for digit in answer):
        return False
    return answer[0] != "0" and sum(int(digit) * (-base) ** k for k, digit in enumerate(answer[::-1])) == number


def sol_below_zero_base(number=-13, base=2):
    digits = ""
    while number:
        digit = number % base
        digits = str(digit) + digits
        number = (number - digit) // -base
    return digits


# The formatter would give each number a line of its own.
# fmt: off
INSTANCES = {
    "hex_name": [
        {"code": "74696e"},
        {"code": "6772c3bcc39f65"},
        {"code": "74686520696365206973207468696e206174206e6f6f6e"},
        {"code": (
            "c39c6265722064656e20466c75c39f2066c3bc6872742065696e65204272c3bc636b6520e2809420e6a98b20e2809420616e6420"
            "61667465722069742074686520726f61642069732073616e642e"
        )},
    ],
    "lamp_number": [
        {"number": 6, "lamps": 3},
        {"number": 1000, "lamps": 10},
        {"number": 99, "lamps": 40},
        {"number": 987654321987654321, "lamps": 64},
    ],
    "stepping_shift": [
        {"cipher": "ftq", "step": 5},
        {"cipher": "rlbndqsii", "step": 3},
        {"cipher": "tosgkpxqlzmrkxyfxtnvvvcue", "step": 7},
        {"cipher": "wsaulksssykzubscstkdmketpzfcktlksgkmhfwerxnmujeiighliedvmwuddooeilmdlkufftmm", "step": 11},
    ],
    "knitting_rows": [
        {"stitches": "pk", "runs": [1, 4]},
        {"stitches": "kpybk", "runs": [2, 2, 7, 1, 3]},
        {"stitches": "kpkpkpkpkpkp", "runs": [5, 1, 4, 1, 3, 2, 2, 3, 1, 4, 1, 5]},
        {"stitches": "abcdefghijklmnopqrstuvwxyz", "runs": [
            88, 81, 23, 68, 30, 62, 71, 27, 11, 14, 35, 30, 89, 2, 10, 87, 31, 78, 30, 37, 15, 62, 42, 28, 12, 38,
        ]},
    ],
    "check_digits": [
        {"account": "8", "modulus": 11, "rest": 4},
        {"account": "120034", "modulus": 89, "rest": 0},
        {"account": "99887766554433", "modulus": 97, "rest": 13},
        {"account": "893652985717312243669983182622617591987128673865348937349216", "modulus": 83, "rest": 50},
    ],
    "one_wrong_bit": [
        {"word": [1, 0, 1], "checks": [[0, 1], [1, 2]]},
        {"word": [0, 1, 0, 0, 0, 0, 1], "checks": [[0, 2, 4, 6], [1, 2, 5, 6], [3, 4, 5, 6]]},
        {"word": [0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0], "checks": [
            [0, 2, 4, 6, 8, 10, 12, 14], [1, 2, 5, 6, 9, 10, 13, 14], [3, 4, 5, 6, 11, 12, 13, 14],
            [7, 8, 9, 10, 11, 12, 13, 14],
        ]},
        {"word": [1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0],
         "checks": [
            [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30],
            [1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22, 25, 26, 29, 30],
            [3, 4, 5, 6, 11, 12, 13, 14, 19, 20, 21, 22, 27, 28, 29, 30],
            [7, 8, 9, 10, 11, 12, 13, 14, 23, 24, 25, 26, 27, 28, 29, 30],
            [15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
        ]},
    ],
    "whistle_code": [
        {"lengths": [1, 2, 2]},
        {"lengths": [3, 3, 1, 4, 4, 3]},
        {"lengths": [4, 4, 3, 6, 3, 4, 2, 5, 3, 4, 6, 4]},
        {"lengths": [
            14, 6, 10, 11, 10, 11, 13, 14, 9, 10, 8, 9, 10, 6, 13, 6, 10, 8, 9, 3, 4, 9, 11, 3, 9, 2, 6, 13, 10, 10,
            10, 12, 5, 12, 5, 5, 11, 10, 2, 9,
        ]},
    ],
    "garden_fence": [
        {"cipher": "molgtonih", "rails": 2},
        {"cipher": "tifhtsotaeaothbcue", "rails": 4},
        {"cipher": "bbduawreontottianihauoshsrdnttoteenstgrhra", "rails": 5},
        {"cipher": "wvoohoehurfodrsligneatrdalrvohecpoeeretadvtrepnrnenthairosaatswycalkssnaenaeisd", "rails": 11},
    ],
    "last_column": [
        {"column": "appa."},
        {"column": "oot.ooccccun"},
        {"column": "snhshhosstaeeillsslee.flls"},
        {"column": "lehtdllnrkifhhphyeutttttttdtghhhtoloueairhrhwoibnitt.ddeefuhaoobee"},
    ],
    "below_zero_base": [
        {"number": 6, "base": 2},
        {"number": -345, "base": 3},
        {"number": 123456, "base": 7},
        {"number": -987654321987654, "base": 9},
    ],
}
# fmt: on
