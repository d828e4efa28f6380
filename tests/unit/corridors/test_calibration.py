"""Predictions beside what was published: each row has its way, none is read off its own timetable, and choices are tried unseen."""

from dataclasses import replace
from pathlib import Path

import pytest

from serai.corridors import calibration, tables
from serai.corridors.bench.calibration import measure
from serai.corridors.calibration import (
    KNOBS,
    Figures,
    Knob,
    Predicted,
    Published,
    leave_one_out,
    predict,
    read_published,
    without_fitted,
)
from serai.corridors.calibration_routes import ROUTES, Route
from serai.corridors.errors import BadTable
from serai.corridors.network import Mode, Network, Speed

NETWORK = Network.load()
HEADER = "category,name,from,to,metric,value,unit,date,source,note"


def published(name: str, start: str) -> Published:
    (found,) = (one for one in read_published() if (one.name, one.start) == (name, start))
    return found


def made(days: float, error: float, ends: float = 2.0) -> Predicted:
    """Return a prediction that is off by a share of what was published."""
    row = Published(
        name="", start="", end="", least=days, most=days, route=Route(starts=(), ends=()), page="", first_trip=""
    )
    return Predicted(published=row, days=days * (1 + error), rail_ends=ends, port_changes=0.0, crossings=())


def test_every_published_time_has_its_way_and_first_trips_say_why() -> None:
    rows = read_published()

    assert len(rows) == len(ROUTES) == 16
    assert {row.start for row in rows if row.first_trip} == {
        "Lanzhou", "Samarkand", "Shenzhen", "Tianjin", "Xi'an", "Zhangjiakou",
    }  # fmt: skip
    assert [row.first_trip for row in rows if row.start == "Tianjin"] == ["first train, 50 containers"]
    assert {row.days for row in rows if row.end == "Malaszewicze"} == {13.0}


@pytest.mark.parametrize(
    ("name", "value", "column"), [("New train", "12", "name"), ("CRE northern route", "soon", "value")]
)
def test_row_without_a_way_or_days_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, column: str
) -> None:
    row = f"rail_service,{name},Xi'an,Malaszewicze,transit_days,{value},days,2025,https://example.org/,"
    (tmp_path / "services.csv").write_text(f"{HEADER}\n{row}\n")
    monkeypatch.setattr(tables, "FACTORS", tmp_path)

    with pytest.raises(BadTable) as caught:
        read_published()

    assert (caught.value.fields["line"], caught.value.fields["column"]) == (2, column)


def test_services_timed_by_the_pages_that_are_predicted_are_left_out_and_no_others() -> None:
    left = without_fitted(NETWORK, read_published()).services

    assert {
        "titr-altynkol-absheron",
        "titr-xian-altynkol",
        "ocean-shanghai-rotterdam",
    } <= NETWORK.services.keys() - left
    assert {"feeder-aktau-alat", "titr-altynkol-aktau", "roro-turkmenbashi-alat"} <= left.keys()


def test_slower_trains_are_predicted_later_by_as_much_as_they_are_slower() -> None:
    row = published("China-Central Asia train", "Chengdu")
    bare = without_fitted(NETWORK, read_published())
    speed = bare.speed("rail", "CN")
    slow = replace(bare, speeds={**bare.speeds, ("rail", "CN"): Speed(speed.kmh / 2, speed.hours_per_day, speed.rest)})

    before, after = (predict(each, row, days=1) for each in (bare, slow))

    assert before is not None
    assert after is not None
    assert after.days - before.days == pytest.approx(speed.hours(3230) / 24, rel=0.02)  # from Chengdu to the border
    assert before.rail_ends == 2
    assert before.crossings == ("cn-khorgos-horgos-rail--kz-altynkol--rail", "kz-saryagash--uz-keles--rail")


def test_no_way_is_no_prediction() -> None:
    row = published("China-Central Asia train", "Chengdu")
    closed = replace(row.route.limits, countries=frozenset({"UZ"}), modes=frozenset({"road", "sea"}))

    assert (
        predict(NETWORK, replace(row, route=replace(row.route, ends=("uz-chukursay",), limits=closed)), days=1) is None
    )


def test_number_chosen_from_the_others_is_tried_on_the_row_left_out() -> None:
    """Three rows miss a day at their two ends; the fourth does not, and pays for what the three would choose."""
    knob = Knob(name="ends", hours=12.0, choices=(12.0, 24.0), times=lambda one: one.rail_ends)
    rows = [made(10.0, -0.1), made(10.0, -0.1), made(10.0, -0.1), made(10.0, 0.0)]

    found = leave_one_out(knob, rows)

    assert found.chosen == (24.0, 24.0, 24.0, 24.0)
    assert found.as_is == Figures(count=4, mape=0.075, median_ape=0.1, bias=-0.075)
    assert found.unseen == Figures(count=4, mape=0.025, median_ape=0.0, bias=0.025)


def test_knobs_are_what_the_model_has() -> None:
    from serai.corridors.model import GATE_HOURS

    ends, ports = KNOBS
    changes = [one for one in NETWORK.terminals if {one.mode_from, one.mode_to} == {Mode.RAIL, Mode.SEA}]
    assert ends.hours == GATE_HOURS[Mode.RAIL]
    assert {one.hours for one in changes if one.place in {"kz-aktau-port", "ge-poti"}} == {ports.hours}


def test_quick_bench_tells_every_row_and_meets_the_goals() -> None:
    told = list[str]()

    found = measure(quick=True, full=False, seed=1, say=told.append)

    assert found["ok"], found["figures"]
    assert len(found["rows"]) == 16
    assert all(any(f"{row['from']} - {row['to']}" in line for line in told) for row in found["rows"])
    assert any("first trips, counted apart: mean error" in line for line in told)
    assert found["figures"]["transit_days_mape"] > 0.05  # what was read off would be nearer


def test_examples_in_the_docstrings_hold() -> None:
    import doctest

    assert doctest.testmod(calibration).failed == 0
