"""Which lines an edit means."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evosearch.replies import matching
from evosearch.replies.matching import Likeness, Match

SOURCE = """def f(x):
    total = 0
    for i in range(x):
        if i % 2:
            total += i

    return total
"""
PROGRAM = SOURCE.split("\n")


@pytest.mark.parametrize(
    ("find", "sought", "places"),
    [
        (matching.exact, ["    total = 0"], [(1, 2)]),
        (matching.exact, ["    total = 0 "], []),
        (matching.exact, ["total = 0"], []),
        (matching.exact, ["            total += i", "", "    return total"], [(4, 7)]),
        (matching.exact, [], []),
        (matching.but_for_line_ends, ["    total = 0 \t", "    for i in range(x):"], [(1, 3)]),
        (matching.but_for_line_ends, ["  total = 0"], []),
        (matching.but_for_indentation, ["total = 0", "for i in range(x):", "    if i % 2:"], [(1, 4)]),
        (matching.but_for_indentation, ["total = 0", "for i in range(x):", "if i % 2:"], []),
    ],
)
def test_where_lines_stand(find, sought, places):
    assert [(match.start, match.stop) for match in find(PROGRAM, sought)] == places


def test_no_more_than_a_few_places_are_looked_for():
    assert len(matching.exact(["x"] * 10_000, ["x"])) == 4


@given(st.lists(st.sampled_from(["a", "  b", "    c", "", "d(e)"]), min_size=1, max_size=12), st.data())
def test_what_was_shifted_is_found_and_put_back(lines, data):
    start = data.draw(st.integers(0, len(lines) - 1))
    sought = lines[start : data.draw(st.integers(start + 1, len(lines)))]
    assume(any(line.strip() for line in sought))
    shift = data.draw(st.sampled_from(["", "  ", "      "]))
    shifted = [shift + line if line else line for line in sought]
    matches = matching.but_for_indentation(lines, shifted)
    assert all([line.rstrip() for line in match.shifted(shifted)] == sought for match in matches)
    assert start in [match.start for match in matches] or len(matches) == 4


def longest_common(left, right):
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@given(st.text("abc\n", max_size=40), st.text("abc\n", max_size=40))
def test_likeness_counts_the_longest_common_subsequence(left, right):
    length = len(left) + len(right)
    expected = 2 * longest_common(left, right) / length if length else 0.0
    assert matching.likeness(left, right) == pytest.approx(expected)
    assert matching.likeness(left, right) == matching.likeness(right, left)


def test_the_most_alike_lines_come_first_and_none_overlap():
    places = matching.alike(PROGRAM, ["    for j in range(x):", "        if j % 2:"])
    assert (places[0].start, places[0].stop) == (2, 4)
    assert places[0].ratio > matching.LIKENESS
    assert not any(one.overlaps(other) for one in places for other in places if one is not other)
    assert [place.ratio for place in places] == sorted((place.ratio for place in places), reverse=True)


@pytest.mark.parametrize("sought", [["x = 1"], ["y" * 6_000]])
def test_too_little_and_too_much_is_never_alike(sought):
    assert matching.alike([*PROGRAM, *sought], sought) == []


@pytest.mark.parametrize(
    ("ratios", "found"), [((), False), ((0.95,), True), ((0.89,), False), ((0.95, 0.91), False), ((0.96, 0.9), True)]
)
def test_a_near_miss_leaves_no_doubt(ratios, found):
    likes = [Likeness(ratio, 2 * index, 2 * index + 1) for index, ratio in enumerate(ratios)]
    assert (matching.near_miss(PROGRAM, ["def f(x):"], likes) is not None) == found


def test_a_replacement_is_shifted_as_far_as_its_place():
    assert Match(0, 1, indent="  ").shifted(["a", "", "  b"]) == ["  a", "", "    b"]
    assert Match(0, 1, outdent=2).shifted(["  a", "", " b", "    c"]) == ["a", "", "b", "  c"]


def test_tabs_and_blanks_are_not_mixed():
    assert matching.but_for_indentation(["\ta = 1"], ["    a = 1"]) == []
