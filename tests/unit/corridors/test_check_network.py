"""The shipped corridor tables hold every invariant, and each planted fault is found by the check meant for it."""

import doctest
import gc
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import check_network
from network_checks import files, geometry, reach, tables, timetable
from network_checks.reading import UnreadableError, read_data, read_table
from network_checks.registry import CHECKS
from network_checks.tables import Data, Row, Table

Plant = Callable[[str], str]
RAIL, ROAD = files.LINKS["rail"], files.LINKS["road"]
RAIL_NODES, ROAD_NODES = files.NODES["rail"], files.NODES["road"]


class Watched(dict[str, Table]):
    """Tables that remember which of them were looked at."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__(tables)
        self.seen: set[str] = set()

    def __getitem__(self, path: str) -> Table:
        self.seen.add(path)
        return super().__getitem__(path)


@pytest.fixture(scope="module")
def shipped() -> Iterator[Data]:
    """Give the shipped tables, read once; the collector leaves them alone, it would count them again in every test."""
    data = read_data(check_network.SHIPPED)
    gc.freeze()
    yield data
    gc.unfreeze()


@pytest.fixture(scope="module")
def looks_at(shipped: Data) -> dict[str, set[str]]:
    """Return the tables each check looks at; a fault in another table cannot change what it finds."""
    seen = {}
    for name, check in CHECKS.items():
        watched = Watched(shipped.tables)
        assert check(replace(shipped, tables=watched)).faults == (), name
        seen[name] = watched.seen
    return seen


def swap(old: str, new: str, *, times: int = 1) -> Plant:
    """Put new in the place of old, which must stand there at least so many times."""

    def plant(text: str) -> str:
        assert text.count(old) >= times
        return text.replace(old, new, times)

    return plant


def drop(start: str) -> Plant:
    """Leave out the one line that begins so."""

    def plant(text: str) -> str:
        left, found = re.subn(rf"(?m)^{re.escape(start)}.*\n", "", text)
        assert found == 1
        return left

    return plant


def double(start: str) -> Plant:
    """Write the line that begins so twice."""
    return lambda text: re.sub(rf"(?m)^({re.escape(start)}.*\n)", r"\1\1", text, count=1)


def append(line: str) -> Plant:
    return lambda text: f"{text}{line}\n"


FAULTS: dict[str, tuple[str, str, Plant]] = {
    "a column of another name": (
        "tables: columns as described",
        files.PLACES,
        swap("road_snap_km", "snap_km"),
    ),
    "an empty price": (
        "terminals: cells filled, numbers in bounds",
        files.TERMINALS,
        swap("road,sea,,,24,220,no", "road,sea,,,24,,no"),
    ),
    "NaN hours": (
        "terminals: cells filled, numbers in bounds",
        files.TERMINALS,
        swap("road,sea,,,24,220,no", "road,sea,,,NaN,220,no"),
    ),
    "infinite hours": (
        "border_times: cells filled, numbers in bounds",
        files.BORDER_TIMES,
        swap(",90.6,12.6,78.0,", ",inf,12.6,78.0,"),
    ),
    "a place twice": ("places: ids", files.PLACES, double("ae-jebel-ali,")),
    "a UN/LOCODE of two places": (
        "places: ids",
        files.PLACES,
        swap("cn-xi-an-international-port-station,,", "cn-xi-an-international-port-station,CNXIA,"),
    ),
    "a confidence nobody knows": (
        "places: coordinates, confidence, kinds",
        files.PLACES,
        swap("port,compiled,high", "port,compiled,sure"),
    ),
    "a place without its Russian name": (
        "places: named in ru and zh-hans",
        files.NAMES,
        drop("ae-jebel-ali,ru,"),
    ),
    "a Russian name in Latin letters": (
        "names: one for a place and language, in its script",
        files.NAMES,
        swap("Джебель-Али", "Jebel Ali"),
    ),
    "a post of another name": (
        "border_crossings: ids, posts, two countries",
        files.CROSSINGS,
        swap("rail,Alashankou,", "rail,Alashan,"),
    ),
    "a length between posts that the network has not": (
        "border_crossings: posts joined within their countries, link_km",
        files.CROSSINGS,
        swap("midpoint of the posts,12.7,", "midpoint of the posts,14.7,"),
    ),
    "a crossing far from its posts": (
        "border_crossings: point between the posts",
        files.CROSSINGS,
        swap("1435,1520,45.2125,", "1435,1520,45.3625,"),
    ),
    "a crossing that no line passes": (
        "border_crossings: point at a line over the border",
        files.CROSSINGS,
        swap("road,,,39.685,73.91,", "road,,,40.0,74.6,"),
    ),
    "a post that only a line from abroad reaches": (
        "rail: places hang on a line of their own country",
        RAIL,
        lambda text: re.sub(
            r'"a":"n\d+","b":"ir-astara-ir","km":1.5,"cc":"IR"(.*?)\[48.87,38.438\]',
            r'"a":"az-astara-az","b":"ir-astara-ir","km":9.0,"cc":"AZ-IR"\1[48.87,38.455]',
            text,
        ),
    ),
    "a gauge that the network has not": (
        "border_crossings: gauges of the network",
        files.CROSSINGS,
        swap("af-shamtigh,rail,1435,1435", "af-shamtigh,rail,1520,1520"),
    ),
    "a crossing without its Chinese name": (
        "border_crossings: named in ru and zh-hans",
        files.CROSSING_NAMES,
        drop("cn-alashankou--kz-dostyk--rail,zh-hans,"),
    ),
    "a crossing with two Russian names": (
        "crossing_names: one for a crossing and language, in its script",
        files.CROSSING_NAMES,
        double("cn-alashankou--kz-dostyk--rail,ru,"),
    ),
    "a value of a country that has no post there": (
        "border_crossings_cpmm: crossings, sides, units",
        files.CROSSING_SURVEY,
        swap("rail,CN,Alashankou", "rail,AF,Alashankou"),
    ),
    "a node that hangs on nothing": ("road: one connected component", ROAD_NODES, append("n1,40.0,70.0,UZ,")),
    "a place that its node forgets": (
        "rail: nodes unique, places at their coordinates",
        RAIL_NODES,
        swap("AF,af-aqina", "AF,"),
    ),
    "a link twice": ("rail: link ends are nodes", RAIL, swap('"id":"r1"', '"id":"r0"')),
    "a line that ends elsewhere": (
        "rail: lines end at their nodes",
        RAIL,
        swap("[[54.617,37.445],[54.615,37.434]]", "[[54.617,37.445],[54.615,37.534]]"),
    ),
    "a link shorter than a straight line": (
        "rail: length not below the straight distance",
        RAIL,
        swap('"km":578.5', '"km":57.5'),
    ),
    "a link in another country": (
        "road: country is that of the ends",
        ROAD,
        swap('"cc":"CN","kind":"osm"', '"cc":"KZ","kind":"osm"'),
    ),
    "a patch that says nothing of itself": (
        "road: kinds say what a link rests on",
        ROAD,
        swap('"kind":"osm"', '"kind":"patch"'),
    ),
    "a planned road in service": (
        "road: plans are of kind planned only",
        ROAD,
        swap('"kind":"osm"', '"kind":"osm","note":"under construction"'),
    ),
    "two gauges at a node": (
        "gauge: one at each node",
        RAIL,
        swap('"kind":"osm","gauge":1676', '"kind":"osm","gauge":1435'),
    ),
    "a change of gauge the wrong way round": (
        "gauge: links that change it lie on borders",
        RAIL,
        swap('"cc":"CN-MN","kind":"osm","gauge":"1520/1435"', '"cc":"CN-MN","kind":"osm","gauge":"1435/1520"'),
    ),
    "a change of gauge on the line, inside a country": (
        "gauge: links that change it lie on borders",
        RAIL,
        swap('"km":145.8,"cc":"GE","kind":"osm","gauge":1520', '"km":145.8,"cc":"GE","kind":"osm","gauge":"1520/1435"'),
    ),
    "a yard that one gauge does not reach": (
        "gauge: inland yards have lines of both",
        files.TERMINALS,
        swap("hu-zahony,rail,rail,1520,1435,0,329,yes", "hu-zahony,rail,rail,1520,1435,0,329,no"),
    ),
    "a border time that forgets the gauge": (
        "gauge: crossings that change it have a terminal",
        files.BORDER_TIMES,
        swap("40.0,313.0,yes", "40.0,313.0,no"),
    ),
    "a terminal of another gauge": (
        "gauge: terminals have that of the network",
        files.TERMINALS,
        lambda text: re.sub(r"(?m)^(af-aqina--r.*),1520,", r"\1,1435,", text),
    ),
    "a sea link twice": ("sea_links: ends are ports", files.SEA_LINKS, double("s0,")),
    "a lane of another length": (
        "sea_lanes: one for each link, ends at the ports",
        files.SEA_LANES,
        swap("485", "486"),
    ),
    "a lane by another way": (
        "sea_lanes: pass where they say",
        files.SEA_LANES,
        lambda text: re.sub(r"\[(18|22),-35\],", "", text),
    ),
    "a crossing without its way back": (
        "border_times: two directions for every crossing",
        files.BORDER_TIMES,
        drop("cn-alashankou--kz-dostyk--rail,b_to_a"),
    ),
    "a border time into another country": (
        "border_times: countries, mode, status of the crossing",
        files.BORDER_TIMES,
        swap("a_to_b,CN,KZ", "a_to_b,CN,KG"),
    ),
    "a mean that is not the sum": (
        "border_times: mean, cost, lognormal",
        files.BORDER_TIMES,
        swap(",90.6,12.6,78.0,", ",90.6,12.6,75.0,"),
    ),
    "a terminal twice": ("terminals: ids, places, modes, gauges", files.TERMINALS, swap("220,no", "220,perhaps")),
    "a terminal without its railway": (
        "terminals: what they change to comes there",
        files.TERMINALS,
        append(
            "cn-shenzhen-yantian--rail-sea,cn-shenzhen-yantian,rail,sea,1435,,48,220,no,,,,assumed,,own\n"
            "cn-shenzhen-yantian--sea-rail,cn-shenzhen-yantian,sea,rail,,1435,48,220,no,,,,assumed,,own"
        ),
    ),
    "a terminal with no way back": ("terminals: both directions", files.TERMINALS, drop("af-aqina--rail-road,")),
    "a service that stops nowhere": (
        "timetable: stops",
        files.TIMETABLE,
        swap(",2,kz-dostyk,rail,147.5", ",2,kz-nowhere,rail,147.5"),
    ),
    "a train that leaves before it is there": (
        "timetable: offsets increase",
        files.TIMETABLE,
        swap("rail,147.5,149.7", "rail,149.8,149.7"),
    ),
    "a ship that flies": (
        "timetable: no leg above 85 km/h",
        files.TIMETABLE,
        swap("sea_feeder_caspian,26.2,", "sea_feeder_caspian,2.2,"),
    ),
    "a train that never stands": (
        "timetable: no leg hastier than the speeds",
        files.TIMETABLE,
        swap("rail,47.9,61.9", "rail,38.0,61.9"),
    ),
    "a day that is missing": (
        "timetable: days are departures",
        files.TIMETABLE,
        swap(",5,Mon-Fri,", ",6,Mon-Fri,", times=4),
    ),
    "a length that no path has": (
        "distance_checks: shortest path, difference",
        files.DISTANCES,
        swap("4131,3832,-7", "4131,3882,-6"),
    ),
    "a country without a speed": ("speeds: one for each country", files.SPEEDS, drop("rail,AF,")),
    "a free kilometre": (
        "costs: one for each country, above zero",
        files.COSTS,
        swap("line_haul,road,AE,1.89", "line_haul,road,AE,0"),
    ),
    "a load above its limit": ("loads: gross is cargo and tare", files.LOADS, swap("18.0,2.3,20.3", "18.0,2.3,21.3")),
    "an emission that is no mix": (
        "emission_map: factor exists, value is the mix",
        files.EMISSION_MAP,
        swap('mostly diesel)",6.9,', 'mostly diesel)",9.9,'),
    ),
    "a whole that is not its parts": (
        "emission_factors: parts make the whole",
        files.EMISSION_FACTORS,
        swap("118.56", "118.96"),
    ),
    "a surveyed value twice": (
        "cpmm: indicators, units, no value twice",
        files.SURVEY,
        double("2021,rail,bcp,Alashankou"),
    ),
    "a fact from nowhere": (
        "services: every fact has an address",
        files.SERVICES,
        lambda text: re.sub(r"https://navisgroup[^,]*", "hearsay", text, count=1),
    ),
    "a guess for a basis": ("costs: basis, source, rule", files.COSTS, swap(",assumed,", ",guessed,")),
    "a published value without its page": (
        "speeds: basis, source, rule",
        files.SPEEDS,
        lambda text: re.sub(r"(?m)^(rail,AF,.*derived),https:[^,]*", r"\1,", text),
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_planted_fault_is_found_by_its_check_alone(
    fault: tuple[str, str, Plant], shipped: Data, looks_at: dict[str, set[str]], tmp_path: Path
) -> None:
    check, path, plant = fault
    text = (check_network.SHIPPED / path).read_text("utf-8")
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(plant(text), "utf-8")

    broken = replace(shipped, tables={**shipped.tables, path: read_table(tmp_path, path)})

    assert [name for name, paths in looks_at.items() if path in paths and CHECKS[name](broken).faults] == [check]


def retag(data: Data, mode: str, country: str, *nodes: str) -> Data:
    """Say of nodes that they lie in another country, and of their links that they lead there."""
    path, links = files.NODES[mode], files.LINKS[mode]
    rows = [altered(row, country=country) if row["node_id"] in nodes else row for row in data[path]]
    lands = {row["node_id"]: row["country"] for row in rows}
    ends = [
        altered(row, cc="-".join(sorted({lands[row["a"]], lands[row["b"]]})))
        if {row["a"], row["b"]} & set(nodes)
        else row
        for row in data[links]
    ]
    changed = {path: tuple(rows), links: tuple(ends)}
    tables = {name: replace(data.tables[name], rows=rows) for name, rows in changed.items()}
    return replace(data, tables={**data.tables, **tables})


def altered(row: Row, **cells: str) -> Row:
    return replace(row, cells={**row.cells, **cells})


def faults_of(data: Data, name: str) -> str:
    return "\n".join(CHECKS[name](data).faults)


def test_junctions_tagged_with_a_neighbour_close_the_roads_around(shipped: Data) -> None:
    """Shenzhen was cut off so: two of its junctions were taken for Hong Kong."""
    broken = retag(shipped, "road", "HK", "n410375", "n88350")

    assert "no listed crossing leads to cn-shenzhen." in faults_of(broken, "road: listed crossings lead to every place")
    assert "n410375 lies in HK, all its neighbours in CN." in faults_of(
        broken, "road: no junction lies abroad by itself"
    )


def test_line_between_posts_through_a_third_country_is_found(shipped: Data) -> None:
    broken = retag(shipped, "rail", "GR", "n203809")

    found = faults_of(broken, "border_crossings: posts joined within their countries, link_km")

    assert "no line of BG or TR joins the posts of tr-kapikule--bg-svilengrad--rail." in found


def test_place_that_is_known_to_lie_apart_is_told_once_it_does_not(
    shipped: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "road: listed crossings lead to every place"
    monkeypatch.setattr(reach, "APART", {"road": {"kz-almaty": "for a test"}})

    found = faults_of(shipped, name)

    assert "kz-almaty is reached, but counts as one that is not." in found
    assert "no listed crossing leads to mn-ulaanbaatar." in found


def test_lane_through_the_canal_that_does_not_say_so_is_found(shipped: Data) -> None:
    lanes = shipped.tables[files.SEA_LANES]
    rows = tuple(altered(row, via="") if row["id"] == "s147" else row for row in lanes.rows)
    broken = replace(shipped, tables={**shipped.tables, files.SEA_LANES: replace(lanes, rows=rows)})

    assert "lane s147 says neither, but passes ['suez']." in faults_of(broken, "sea_lanes: pass where they say")


def test_shipped_tables_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_network.main([]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines[:-1] if not re.fullmatch(r"ok   .+: [1-9]\d* checked, 0 failed", line)] == []
    assert lines[-1] == f"{len(CHECKS)} checks, 0 failed"


def test_report_names_file_and_line_and_stops_at_five(
    shipped: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "names: one for a place and language, in its script"
    monkeypatch.setattr(check_network, "CHECKS", {name: CHECKS[name]})
    text = (check_network.SHIPPED / files.NAMES).read_text("utf-8")
    (tmp_path / "network").mkdir()
    (tmp_path / files.NAMES).write_text(re.sub(r",ru,[^,\n]+", ",ru,Latin", text, count=7), "utf-8")
    broken = replace(shipped, tables={**shipped.tables, files.NAMES: read_table(tmp_path, files.NAMES)})

    assert check_network.report(broken) == 1

    printed = capsys.readouterr().out
    assert printed.startswith(f"FAIL {name}: 1224 checked, 7 failed\n")
    assert "     network/names.csv line 2: Latin stands for two places in ru.\n" in printed
    assert "     and 2 more.\n" in printed
    assert printed.endswith("1 checks, 1 failed\n")


def test_file_that_nobody_described_is_found(shipped: Data) -> None:
    broken = replace(shipped, files=(shipped.files - {"network/NOTICE"}) | {"network/extra.csv"})

    outcome = CHECKS["files: every table and notice, no other"](broken)

    assert outcome.faults == ("network/NOTICE: it is missing.", "network/extra.csv: it is described nowhere.")


UNREADABLE: dict[str, tuple[str, bytes, str]] = {
    "a name twice": (RAIL, b'{"type":"A","type":"B","features":[]}', "“type” stands twice"),
    "NaN in JSON": (RAIL, b'{"features":[],"x":NaN}', "NaN is no number"),
    "infinity in JSON": (RAIL, b'{"features":[],"x":-Infinity}', "-Infinity is no number"),
    "no JSON": (RAIL, b'{"features":[', "is not JSON"),
    "no features": (RAIL, b'{"type":"FeatureCollection"}', "is not a GeoJSON feature collection"),
    "a list": (RAIL, b"[]", "is not a GeoJSON feature collection"),
    "a point that is none": (
        RAIL,
        b'{"features":[{"properties":{},"geometry":{"coordinates":[[1]]}}]}',
        "a point is not two numbers",
    ),
    "a point without end": (
        RAIL,
        b'{"features":[{"properties":{},"geometry":{"coordinates":[[1,1e999]]}}]}',
        "a point is no longitude and latitude in degrees",
    ),
    "not UTF-8": (files.NAMES, "place_id,lang\nя,ru\n".encode("cp1251"), "is not UTF-8 at byte 14"),
    "a column twice": (files.NAMES, b"lang,lang\nru,ru\n", "line 1 names a column twice"),
    "a cell too many": (files.NAMES, b"place_id,lang\na,ru\nb,ru,x\n", "line 3 has 3 cells, its header has 2"),
    "an open quote": (files.NAMES, b'place_id,lang\n"a,ru\n', "is not CSV"),
}


@pytest.mark.parametrize(("path", "content", "said"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_file_with_two_meanings_is_refused(path: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    (tmp_path / path).write_bytes(content)

    with pytest.raises(UnreadableError, match=re.escape(said)):
        read_table(tmp_path, path)


@pytest.mark.parametrize("module", [geometry, tables, timetable], ids=lambda module: module.__name__)
def test_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)

    assert (failed, tried > 0) == (0, True)


def test_folder_without_tables_fails_and_a_wrong_call_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_network.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "FAIL reading: network/places.csv cannot be opened: No such file or directory.\n"

    assert check_network.main([str(tmp_path / "none")]) == 2
    assert check_network.main(["--fast"]) == 2
    assert check_network.main([str(tmp_path), str(tmp_path)]) == 2
