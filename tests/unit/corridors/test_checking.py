"""The check of a network: silent on what holds, and a sentence for each thing that was planted."""

from pathlib import Path

import pytest

from serai.corridors import tables
from serai.corridors.checking import ALL_GAUGES, Checked, Finding, Kind, check_folder, check_network
from serai.corridors.network import Mode, Network

PLANTED = {
    "timetable.csv": [
        "hasty,,Hasty,train,1,kz-altynkol,,0,0,1,Mon,12,50,assumed,assumed,assumed,,own",
        "hasty,,Hasty,train,2,kz-aktau-port,rail,10,,1,Mon,12,50,assumed,assumed,assumed,,own",
        "nowhere,,Nowhere,lorry,1,mn-ulaanbaatar,,0,0,1,Mon,12,50,assumed,assumed,assumed,,own",
        "nowhere,,Nowhere,lorry,2,kz-almaty,road,400,,1,Mon,12,50,assumed,assumed,assumed,,own",
    ],
    "speeds.csv": ["rail,KZ,170,assumed,170,,19,2026,assumed,,own,assumed,own"],
    "terminals.csv": ["kz-almaty--road-sea,kz-almaty,road,sea,,,24,220,no,,,,assumed,,own"],
    "border_crossings.csv": [
        "kz-almaty--mn-ulaanbaatar--road,Almaty,KZ,kz-almaty,Ulaanbaatar,MN,mn-ulaanbaatar,road,,,46.0,92.0,own,9,low,open,"
    ],
    "border_times.csv": [
        f"kz-almaty--mn-ulaanbaatar--road,{way},road,open,4,2,2,20,10,10,no,lognormal,0.7,0.6,3,9,2026,2026,2026,"
        "assumed,assumed,assumed,assumed,,own"
        for way in ("a_to_b,KZ,MN", "b_to_a,MN,KZ")
    ],
}


def write(folder: Path, name: str, rows: list[str]) -> None:
    table = next(one for one in tables.OVERRIDABLE if one.name == name)
    header = (table.folder / name).read_text("utf-8").splitlines()[0]
    (folder / name).write_text("\n".join([header, *rows]) + "\n", "utf-8")


@pytest.fixture(scope="module")
def shipped() -> Checked:
    return check_network(Network.load())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("planted")
    for name, rows in PLANTED.items():
        write(folder, name, rows)
    return check_folder(folder)


def find(checked: Checked, kind: Kind, what: str) -> Finding:
    (found,) = (one for one in checked.findings if (one.kind, one.what) == (kind, what))
    return found


def test_shipped_network_has_no_fault_and_tells_what_lies_apart(shipped: Checked) -> None:
    cut_off = {one.what for one in shipped.findings if one.kind is Kind.CUT_OFF}

    assert shipped.faults == ()
    assert {"mn-ulaanbaatar", "pk-quetta", "gr-piraeus"} <= cut_off
    assert cut_off.isdisjoint({"cn-shenzhen", "kg-osh", "tm-dashoguz", "am-yerevan", "ir-jolfa-ir", "kz-nur-zholy"})
    assert not find(shipped, Kind.LOOSE, "cn-bedel-prc--kg-bedel-kg-ak-shyirak-road--road").is_fault


def test_parts_are_told_by_mode_and_gauge(shipped: Checked) -> None:
    parts = {(one.mode, one.gauge): one.parts for one in shipped.parts}

    assert {gauge for mode, gauge in parts if mode is Mode.RAIL} == {1435, 1520, 1676, ALL_GAUGES}
    assert {"cn-xi-an-international-port-station"} <= parts[Mode.RAIL, 1435][0] | parts[Mode.RAIL, 1435][1]
    assert {"kz-almaty-1", "cn-xi-an-international-port-station", "tr-kars"} <= parts[Mode.RAIL, ALL_GAUGES][0]
    assert "kz-aktau-port" not in parts[Mode.SEA, ALL_GAUGES][0]  # the Caspian is a sea of its own


def test_known_lengths_stand_beside_those_of_the_network(shipped: Checked) -> None:
    by_ends = {(one.start, one.end): one for one in shipped.distances}

    assert len(by_ends) == 24
    assert by_ends["cn-lianyungang", "cn-alashankou"].error == pytest.approx(3832 / 4131 - 1, abs=0.005)
    assert "540 km; the network has 450 km" in find(shipped, Kind.DISTANCE, "kg-bishkek--kg-torugart-kg").message


@pytest.mark.parametrize(
    ("kind", "what", "said"),
    [
        (Kind.SPEED, "hasty", "km from kz-altynkol to kz-aktau-port in 10.0 hours"),
        (Kind.NO_WAY, "nowhere", "no way by road leads from mn-ulaanbaatar to kz-almaty"),
        (Kind.SPEED, "rail KZ", "170 km/h by rail in KZ is more than the 120"),
        (Kind.LOOSE, "kz-almaty--mn-ulaanbaatar--road", "(open) no line leads on in KZ and MN"),
    ],
)
def test_planted_fault_is_told(planted: Checked, kind: Kind, what: str, said: str) -> None:
    found = find(planted, kind, what)

    assert found.is_fault
    assert said in found.message


def test_terminal_of_a_mode_that_does_not_come_there_is_told(planted: Checked) -> None:
    found = find(planted, Kind.DANGLING, "kz-almaty")

    assert (found.where, found.is_fault) == (Mode.SEA, False)
    assert "has 1 change to or from sea" in found.message


def test_refused_rows_are_told_file_by_file_and_the_rest_is_checked_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, "speeds.csv", ["rail,KZ,fast,assumed,50,,19,2026,assumed,,own,assumed,own"])
    write(tmp_path, "sea_links.csv", ["s900,kz-aktau-port,xx-nowhere,Caspian,,400,own"])
    (tmp_path / "prices.csv").write_text("a,b\n")

    checked = check_folder(tmp_path)

    refused = {one.what: one for one in checked.findings if one.kind is Kind.REFUSED}
    assert refused.keys() == {"speeds.csv", "sea_links.csv", "prices.csv"}
    assert refused["speeds.csv"].where == "line 2, column planner_kmh"
    assert "no place “xx-nowhere”" in refused["sea_links.csv"].message
    assert {one.what for one in checked.faults} == refused.keys()
    assert len(checked.distances) == 24
