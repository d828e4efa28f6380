"""What lies under the map of ways, and how it is drawn: nothing between other states, no name over another, short paths."""

import re
import subprocess
import sys
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from serai.corridors.drawing_path import XY, simplify, write_path
from serai.corridors.plan_map_base import base_lines
from serai.corridors.plan_map_names import Want, place_names

coordinate = st.floats(-500, 1500).map(lambda value: round(value, 2))
lines = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=40)


def off(point: XY, line: list[XY]) -> float:
    """Return how far a point is from a line."""
    found = list[float]()
    for (ax, ay), (bx, by) in pairwise(line):
        size = (bx - ax) ** 2 + (by - ay) ** 2
        along = max(0.0, min(1.0, ((point[0] - ax) * (bx - ax) + (point[1] - ay) * (by - ay)) / size)) if size else 0.0
        found.append(((point[0] - ax - along * (bx - ax)) ** 2 + (point[1] - ay - along * (by - ay)) ** 2) ** 0.5)
    return min(found)


@given(lines, st.floats(0.1, 20))
def test_a_simplified_line_stays_near_its_course(line: list[XY], slack: float) -> None:
    kept = simplify(line, slack)

    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert all(
        off(point, kept) <= 2 * slack + 1e-6 for point in line
    )  # once for what is near, once for what is straight


@given(lines)
def test_a_path_ends_where_its_line_does(line: list[XY]) -> None:
    numbers = [float(one) for one in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", write_path([line], 0.0, keeps_tiny=True))]

    assert abs(sum(numbers[0::2]) - line[-1][0]) < 0.06
    assert abs(sum(numbers[1::2]) - line[-1][1]) < 0.06


def test_no_coast_is_drawn_far_from_the_sea() -> None:
    inland = [
        (66.0, 33.0, 90.0, 39.0),
        (5.0, 46.0, 9.0, 49.0),
        (-2.0, 20.0, 20.0, 28.0),
    ]  # Pamirs to Tibet, Alps, Sahara

    found = [
        point
        for line in base_lines()["coast"]
        for point in line
        for west, south, east, north in inland
        if west < point[0] < east and south < point[1] < north
    ]

    assert found == []


def test_the_boundary_of_china_and_kazakhstan_is_drawn_whole() -> None:
    ends = [(80.2, 42.2), (87.3, 49.1)]

    whole = [
        line
        for line in base_lines()["borders"]
        if all(any(abs(x - a) + abs(y - b) < 1.0 for x, y in line) for a, b in ends)
    ]

    assert len(whole) == 1


def test_names_of_members_are_all_there_or_none() -> None:
    apart = [Want(100, 100, "KAZAKHSTAN"), Want(400, 300, "CHINA")]
    crowded = [*apart, Want(405, 302, "KYRGYZ REPUBLIC")]

    assert [mark.name for mark in place_names(apart, [], [], width=1000).states] == ["KAZAKHSTAN", "CHINA"]
    assert place_names(crowded, [], [], width=1000).states == []


def test_a_place_gives_way_to_a_name_that_is_there() -> None:
    marks = place_names([], [Want(500, 200, "Altynkol"), Want(504, 203, "Khorgos")], [], width=1000).places

    assert [mark.name for mark in marks] == ["Altynkol", "Khorgos"]
    assert (marks[0].anchor, marks[0].dy) != (marks[1].anchor, marks[1].dy)


def test_an_end_at_the_edge_has_its_name_inside() -> None:
    (mark,) = place_names([], [Want(990, 200, "Xi'an", is_end=True)], [], width=1000).places

    assert (mark.name, mark.anchor) == ("Xi'an", "end")


def test_the_pages_addresses_are_known_without_numerical_libraries() -> None:
    code = "import sys, serai.corridors.plan_words, serai.corridors.plan_form, serai.corridors.network_present as _; "
    done = subprocess.run(
        [sys.executable, "-c", code + "print({'numpy', 'numba'} & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "set()"
