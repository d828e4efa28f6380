"""The planner's answers: extremes get a right answer or a clear sentence; names, tags, reasons say what is so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from serai.corridors.asking import Asked, read_enquiry
from serai.corridors.calendar import minute_of
from serai.corridors.enquiry import Enquiry, check_enquiry
from serai.corridors.errors import (
    ArrivesTooSoon,
    AvoidedAndPassed,
    BadChapter,
    BadWindow,
    NoEndThere,
    NotAMoment,
    NoTimeZone,
    NotTonnes,
    SamePlace,
    TooHeavy,
    TooManyPoints,
    UnknownLimit,
    UnknownLoad,
)
from serai.corridors.figures import Basis
from serai.corridors.graph import Limits
from serai.corridors.itinerary import Itinerary, Tag
from serai.corridors.naming import crossing_name, in_english, name_itinerary, say
from serai.corridors.planning import Answer, plan
from tests.unit.corridors.enquiries import KHORGOS, MONDAY, NETWORK, asked

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return plan(NETWORK, asked())


def read(**fields: object) -> Enquiry:
    return read_enquiry(NETWORK, Asked(**({"origin": "Xi'an", "destination": "Tashkent"} | fields)), now=NOW)


def test_the_best_in_each_figure_is_tagged_and_shown(answer: Answer) -> None:
    tags = {tag: one for one in answer.itineraries for tag in one.tags}

    assert {Tag.SOONEST, Tag.CHEAPEST, Tag.CLEANEST} <= tags.keys()
    assert tags[Tag.SOONEST].hours <= 1.02 * min(one.hours for one in answer.itineraries)
    assert tags[Tag.CHEAPEST].usd <= 1.02 * min(one.usd for one in answer.itineraries)
    assert tags[Tag.CLEANEST].co2e_kg <= 1.02 * min(one.co2e_kg for one in answer.itineraries)
    assert all(one.is_shown for one in tags.values())
    assert 2 <= len(answer.shown) <= 4


def test_each_way_that_nothing_beats_is_told_or_stood_for_by_one_that_hardly_differs(answer: Answer) -> None:
    from serai.corridors.choosing import NEARLY, SLACK
    from serai.corridors.ways import find_ways

    slack = 1 + max(SLACK, NEARLY)
    for way in find_ways(NETWORK, asked()).ways:
        assert any(
            one.hours <= way.hours * slack and one.usd <= way.usd * slack and one.co2e_kg <= way.co2e_kg * slack
            for one in answer.itineraries
        )


def test_sums_of_an_itinerary_are_of_its_legs(answer: Answer) -> None:
    for one in answer.itineraries:
        assert sum(one.hours_by_basis().values()) == pytest.approx(one.hours, rel=0.01)
        assert sum(one.usd_by_basis().values()) == pytest.approx(one.usd)
        assert sum(one.usd_by_share().values()) == pytest.approx(one.usd)
        assert all(0 <= share <= 1 for share in one.assumed_share())


def test_every_number_of_a_leg_says_what_it_rests_on(answer: Answer) -> None:
    for one in answer.itineraries:
        for leg in one.legs:
            for piece in leg.pieces:
                for figure, rest in (
                    (piece.hours, piece.rate.time_rest),
                    (piece.usd, piece.rate.cost_rest),
                    (piece.co2e_kg, piece.rate.co2e_rest),
                ):
                    assert not figure or rest.source or rest.rule, piece
                    assert rest.basis in Basis
            assert leg.kind != "wait" or leg.waiting_rest.rule or leg.waiting_rest.source


def test_avoiding_khorgos_changes_the_route_and_the_risk(answer: Answer) -> None:
    other = plan(NETWORK, asked(limits=Limits(crossings=frozenset({KHORGOS}))))

    assert any(KHORGOS in one.crossings for one in answer.itineraries)
    assert not any(KHORGOS in one.crossings for one in other.itineraries)
    cheapest = [min(each.itineraries, key=lambda one: one.usd) for each in (answer, other)]
    assert cheapest[0].usd < cheapest[1].usd
    assert cheapest[0].reliability != cheapest[1].reliability


def test_a_closure_tells_what_the_soonest_and_the_cheapest_way_lose(answer: Answer) -> None:
    closure = next(one for one in answer.closures if one.crossing == KHORGOS)

    without = plan(NETWORK, asked(limits=Limits(crossings=frozenset({KHORGOS}))), draws=0)
    assert closure.more_usd == pytest.approx(
        min(one.usd for one in without.itineraries) - min(one.usd for one in answer.itineraries), rel=0.05
    )
    assert closure.more_hours is not None
    assert closure.more_hours >= 0


def test_risk_is_the_same_each_time_and_grows_with_its_share(answer: Answer) -> None:
    assert plan(NETWORK, asked()).itineraries == answer.itineraries
    for one in answer.itineraries:
        risk = one.reliability
        assert risk is not None
        assert one.departs < risk.p50 <= risk.p80 <= risk.p90 <= risk.p95
        assert len(risk.causes) <= len(one.legs)


def test_the_chance_to_arrive_by_a_day_is_told(answer: Answer) -> None:
    near, far = (plan(NETWORK, asked(arrive_by=MONDAY + timedelta(days=days), window_days=0)) for days in (9, 30))

    assert all(0 <= one.reliability.on_time <= 1 for one in near.itineraries)
    assert min(one.reliability.on_time for one in far.itineraries) > 0.99
    assert all(one.reliability.on_time is None for one in answer.itineraries)


@pytest.mark.parametrize(
    ("fields", "stops"),
    [
        ({"arrive_by": MONDAY + timedelta(days=1)}, ("arrive_by",)),
        ({"limits": Limits(countries=frozenset({"CN"}))}, ("country:CN",)),
        ({"limits": Limits(modes=frozenset({"road", "rail"}))}, ("mode:rail", "mode:road")),
    ],
)
def test_nothing_found_names_the_constraint_that_stops_it(fields: dict[str, object], stops: tuple[str, ...]) -> None:
    found = plan(NETWORK, asked(**fields))

    assert not found.itineraries
    assert found.nothing is not None
    assert set(found.nothing.stops) <= set(asked(**fields).constraints())
    assert set(found.nothing.stops) == set(stops) or found.nothing.is_open_without_all


def test_taking_away_what_stops_it_opens_a_way() -> None:
    enquiry = asked(arrive_by=MONDAY + timedelta(days=1), limits=Limits(modes=frozenset({"road"})))

    stopped = plan(NETWORK, enquiry).nothing
    assert stopped is not None
    assert stopped.stops == ("arrive_by",)
    assert plan(NETWORK, enquiry.without("arrive_by"), draws=0).itineraries


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"destination": "cn-xi-an"}, SamePlace),
        ({"ready": MONDAY.replace(tzinfo=None)}, NoTimeZone),
        ({"window_days": 400}, BadWindow),
        ({"window_days": -1}, BadWindow),
        ({"arrive_by": MONDAY}, ArrivesTooSoon),
        ({"via": ("mode:rail",) * 4}, TooManyPoints),
        ({"via": ("crossing:nowhere",)}, UnknownLimit),
        ({"limits": Limits(countries=frozenset({"XX"}))}, UnknownLimit),
        ({"limits": Limits(places=frozenset({"cn-xi-an"}))}, AvoidedAndPassed),
        ({"via": ("country:KZ",), "limits": Limits(countries=frozenset({"KZ"}))}, AvoidedAndPassed),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(fields: dict[str, object], error: type[Exception]) -> None:
    enquiry = replace(asked(), **fields)

    with pytest.raises(error):
        check_enquiry(NETWORK, enquiry)


def test_where_no_lorry_can_end_it_is_said() -> None:
    with pytest.raises(NoEndThere, match="No lorry can begin or end at Vienna"):
        plan(NETWORK, asked(destination="at-vienna", load="truck20"))


@pytest.mark.parametrize("day", [datetime(1999, 1, 4, tzinfo=UTC), datetime(2040, 2, 29, 23, 59, tzinfo=UTC)])
def test_a_day_long_past_or_far_ahead_is_planned_by_the_same_weekly_timetable(day: datetime) -> None:
    found = plan(NETWORK, asked(ready=day), draws=0)

    assert found.itineraries
    assert all(one.departs == minute_of(day) for one in found.itineraries)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"cargo_t": "0"}, TooHeavy),
        ({"cargo_t": "-3"}, TooHeavy),
        ({"cargo_t": "99"}, TooHeavy),
        ({"cargo_t": "NaN"}, NotTonnes),
        ({"cargo_t": "inf"}, NotTonnes),
        ({"cargo_t": "many"}, NotTonnes),
        ({"load": "wagon"}, UnknownLoad),
        ({"hs_chapter": "98"}, BadChapter),
        ({"hs_chapter": "8"}, BadChapter),
        ({"hs_chapter": "８４"}, BadChapter),
        ({"ready": "yesterday"}, NotAMoment),
        ({"ready": "2026-13-01"}, NotAMoment),
        ({"window_days": "1.5"}, BadWindow),
        ({"window_days": "99999"}, BadWindow),
    ],
)
def test_what_is_written_wrongly_is_refused_with_a_sentence(fields: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        read(**fields)


def test_a_moment_without_an_offset_is_by_the_clock_of_its_place() -> None:
    enquiry = read(ready="2026-11-30T08:00", arrive_by="2026-12-12T08:00")

    assert enquiry.ready.utcoffset() == timedelta(hours=8)
    assert enquiry.arrive_by.utcoffset() == timedelta(hours=5)
    assert read(ready="2026-11-30T08:00Z").ready.utcoffset() == timedelta()


def test_without_a_day_it_is_ready_tomorrow_at_eight() -> None:
    assert read().ready.isoformat() == "2026-11-28T08:00:00+08:00"


def test_who_avoids_ferries_avoids_wagons_on_them_too() -> None:
    assert read(avoid_modes=["Ferry"]).limits.modes == {"ferry", "rail_ferry"}


def test_a_name_tells_modes_and_the_crossings_that_tell_ways_apart(answer: Answer) -> None:
    names = {in_english(NETWORK, name_itinerary(NETWORK, one)) for one in answer.itineraries}

    assert "By rail through Khorgos – Altynkol" in names
    assert "By rail to Kashgar, by road over Irkeshtam" in names


def test_a_name_is_said_in_other_languages_with_their_names(answer: Answer) -> None:
    phrases = name_itinerary(NETWORK, answer.itineraries[0])
    translated = {"by rail through {crossings}": "по железной дороге через {crossings}"}

    assert say(NETWORK, phrases, translated, "ru").startswith("По железной дороге через ")
    assert crossing_name(NETWORK, KHORGOS, "ru") in say(NETWORK, phrases, translated, "ru")


def test_planned_lines_serve_only_where_they_are_taken_for_built() -> None:
    enquiry = asked("cn-kashgar", "uz-andijan")
    built = replace(enquiry, limits=Limits(scenarios=frozenset({"planned"})))

    by_rail = [one for one in plan(NETWORK, built, draws=0).itineraries if is_by_rail(one)]
    assert by_rail
    assert min(one.km for one in by_rail) == pytest.approx(523, rel=0.1)  # the railway's published length
    assert not [one for one in plan(NETWORK, enquiry, draws=0).itineraries if is_by_rail(one)]


def is_by_rail(one: Itinerary) -> bool:
    return not any(leg.kind == "road" for leg in one.legs)
