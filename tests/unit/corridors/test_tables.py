"""Tables and overrides: what can be used is read, what cannot is refused with file, line, column and reason."""

from pathlib import Path

import pytest

from serai.corridors import tables
from serai.corridors.errors import BadTable
from serai.corridors.network import Network

HEADERS = {table.name: (table.folder / table.name).read_text("utf-8").splitlines()[0] for table in tables.OVERRIDABLE}
SPEED = "road,KZ,{kmh},derived,50,,10,2026,{basis},https://example.org,own measurement,assumed,one driver"


def write(folder: Path, name: str, *rows: str) -> Path:
    (folder / name).write_text("\n".join([HEADERS[name], *rows]) + "\n", "utf-8")
    return folder


def test_own_row_stands_in_place_of_the_shipped_one_and_all_others_stay(tmp_path: Path) -> None:
    shipped = Network.load()

    own = Network.load(write(tmp_path, "speeds.csv", SPEED.format(kmh=61, basis="published")))

    assert own.speed("road", "KZ").kmh == 61
    assert own.speed("road", "KZ").rest.rule == "own measurement"
    assert own.speed("rail", "KZ") == shipped.speed("rail", "KZ")
    assert shipped.speed("road", "KZ").kmh != 61


@pytest.mark.parametrize(
    ("name", "row", "column", "reason"),
    [
        ("speeds.csv", SPEED.format(kmh="NaN", basis="derived"), "planner_kmh", "NaN"),
        ("speeds.csv", SPEED.format(kmh="inf", basis="derived"), "planner_kmh", "inf"),
        ("speeds.csv", SPEED.format(kmh="fast", basis="derived"), "planner_kmh", "no number"),
        ("speeds.csv", SPEED.format(kmh="", basis="derived"), "planner_kmh", "empty"),
        ("speeds.csv", SPEED.format(kmh="0", basis="derived"), "planner_kmh", "from 0.1"),
        ("speeds.csv", SPEED.format(kmh="60", basis="guessed"), "basis", "none of"),
        ("speeds.csv", "road,KZ,60", "–", "3 cells"),
        (
            "speeds.csv",
            f"{SPEED.format(kmh=60, basis='derived')}\n{SPEED.format(kmh=61, basis='derived')}",
            "mode",
            "keep one",
        ),
        ("sea_links.csv", "s900,kz-aktau-port,xx-nowhere,Caspian,,400,own", "b", "no place"),
        ("speeds.csv", 'road,KZ,"60', "–", "no CSV"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_by_line_and_column(
    tmp_path: Path, name: str, row: str, column: str, reason: str
) -> None:
    write(tmp_path, name, row)

    with pytest.raises(BadTable) as caught:
        Network.load(tmp_path)

    fields = caught.value.fields
    assert (fields["file"], fields["column"]) == (name, column)
    assert reason in str(fields["reason"])
    assert int(str(fields["line"])) >= 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("prices.csv", b"a,b\n", "no table"),
        ("speeds.csv", b"mode,country\nroad,KZ\n", "missing"),
        ("speeds.csv", "mode,country,km\xa0\n".encode("latin-1"), "UTF-8"),
        ("speeds.csv", b"", "missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BadTable, match=reason):
        Network.load(tmp_path)


@pytest.mark.parametrize(
    ("written", "days"),
    [("daily", (0, 1, 2, 3, 4, 5, 6)), ("Mon-Sat", (0, 1, 2, 3, 4, 5)), ("Tue,Fri", (1, 4)), ("no fixed days", ())],
)
def test_weekdays_are_read_as_the_timetable_writes_them(tmp_path: Path, written: str, days: tuple[int, ...]) -> None:
    stops = [
        f'own,Own line,Own train,block train,{stop},{place},{mode},{hours},{hours},2,"{written}",12,50,assumed,assumed,assumed,,own'
        for stop, place, mode, hours in ((1, "kz-altynkol", "", ""), (2, "kz-almaty-1", "rail", "10"))
    ]

    network = Network.load(write(tmp_path, "timetable.csv", *stops))

    assert network.services["own"].days == days
    assert [stop.arrival_h for stop in network.services["own"].stops] == [0, 10]
