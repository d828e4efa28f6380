"""An answer as plain data, for programs: the API, the command line and tables. Moments are local, with their offset. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from serai.corridors.calendar import moment_of, zone_of
from serai.corridors.figures import Basis
from serai.corridors.itinerary import Itinerary
from serai.corridors.legs import Kind, Leg
from serai.corridors.naming import in_english, name_itinerary
from serai.corridors.network import Network
from serai.corridors.planning import Answer
from serai.corridors.reliability import Reliability

LEG_COLUMNS: Final = (
    "way", "leg", "kind", "from", "to", "from_name", "to_name", "starts", "ends", "hours", "km", "gauge_mm", "gauge_to_mm",
    "crossing", "service", "usd", "co2e_kg", "time_basis", "cost_basis", "co2e_basis", "sources",
)  # fmt: skip


def local(minute: int, country: str) -> datetime:
    """Return a moment by a country's clock."""
    return moment_of(minute).astimezone(zone_of(country))


def letter_of(number: int) -> str:
    """Return how the ways are lettered: A to Z, then AA.

    >>> letter_of(0), letter_of(25), letter_of(26)
    ('A', 'Z', 'AA')
    """
    return chr(65 + number) if number < 26 else letter_of(number // 26 - 1) + letter_of(number % 26)


def answer_data(answer: Answer) -> dict[str, Any]:
    """Return an answer as data that JSON can hold."""
    enquiry, network = answer.enquiry, answer.network
    return {
        "from": enquiry.origin,
        "to": enquiry.destination,
        "load": enquiry.consignment.load.id,
        "cargo_t": enquiry.consignment.cargo_t,
        "ready": enquiry.ready.isoformat(),
        "arrive_by": enquiry.arrive_by.isoformat() if enquiry.arrive_by else None,
        "found": answer.found,
        "is_complete": answer.is_complete,
        "itineraries": [
            itinerary_data(network, one, letter_of(number)) for number, one in enumerate(answer.itineraries)
        ],
        "closures": [
            {
                "crossing": one.crossing,
                "has_other_way": one.more_hours is not None,
                "more_hours": _rounded(one.more_hours),
                "more_usd": _rounded(one.more_usd),
            }
            for one in answer.closures
        ],
        "stopped_by": list(answer.nothing.stops) if answer.nothing else [],
        "is_open_without_limits": answer.nothing.is_open_without_all if answer.nothing else True,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def itinerary_data(network: Network, one: Itinerary, letter: str) -> dict[str, Any]:
    first, last = one.legs[0], one.legs[-1]
    time_share, cost_share = one.assumed_share()
    end = network.places[last.to].country
    return {
        "letter": letter,
        "name": in_english(network, name_itinerary(network, one)),
        "departs": local(one.departs, first.country).isoformat(),
        "arrives": local(one.arrives, end).isoformat(),
        "hours": round(one.hours, 1),
        "usd": round(one.usd, 2),
        "co2e_kg": round(one.co2e_kg, 1),
        "km": round(one.km, 1),
        "border_hours": round(one.border_hours, 1),
        "borders_in_timetables": sum(len(leg.borders) for leg in one.legs),
        "tags": list(one.tags),
        "is_shown": one.is_shown,
        "assumed_time_share": round(time_share, 3),
        "assumed_cost_share": round(cost_share, 3),
        "usd_by_share": {share.name.lower(): round(usd, 2) for share, usd in one.usd_by_share().items()},
        "risk": risk_data(one.reliability, end) if one.reliability else None,
        "legs": [leg_data(network, leg) for leg in one.legs],
    }


def risk_data(risk: Reliability, country: str) -> dict[str, Any]:
    """Return the risk; `worst_leg` counts from 0."""
    moments = {name: local(getattr(risk, name), country).isoformat() for name in ("p50", "p80", "p90", "p95")}
    return moments | {
        "p95_error_hours": round(risk.p95_error / 60, 1),
        "on_time": risk.on_time,
        "on_time_error": risk.on_time_error,
        "worst_leg": risk.worst_leg,
        "worst_leg_share": round(max(risk.causes, default=0.0), 3),
        "draws": risk.draws,
    }


def leg_data(network: Network, leg: Leg) -> dict[str, Any]:
    end = network.places[leg.to].country if leg.to else leg.country
    return {
        "kind": leg.kind.value,
        "from": leg.place,
        "to": leg.to,
        "starts": local(leg.starts, leg.country).isoformat(),
        "ends": local(leg.ends, end).isoformat(),
        "hours": round(leg.hours, 2),
        "km": round(leg.km, 1),
        "gauge_mm": leg.gauge,
        "gauge_to_mm": leg.gauge_to,
        "passed": list(leg.passed),
        "crossing": leg.crossing,
        "borders": list(leg.borders),
        "service": leg.service,
        "service_name": network.services[leg.service].name if leg.service in network.services else "",
        "usd": round(leg.usd, 2),
        "co2e_kg": round(leg.co2e_kg, 2),
        "rests": list(_rests(leg)),
    }


def _rests(leg: Leg) -> Iterator[dict[str, str]]:
    """Give what the numbers of a leg rest on, each thing once."""
    found = dict[tuple[str, ...], None]()
    if leg.service or leg.kind is Kind.WAIT:
        rest = leg.waiting_rest
        found["time", leg.service, rest.basis, rest.source, rest.rule] = None
    for piece in leg.pieces:
        rate = piece.rate
        timed = () if leg.service else (("time", rate.time_rest),)
        for what, rest in (*timed, ("cost", rate.cost_rest), ("co2e", rate.co2e_rest)):
            if rest.source or rest.rule:
                found[what, rate.where, rest.basis, rest.source, rest.rule] = None
    for what, where, basis, source, rule in found:
        yield {"what": what, "where": where, "basis": basis, "source": source, "rule": rule}


def leg_rows(network: Network, itineraries: Sequence[Itinerary], language: str = "en") -> Iterator[Sequence[object]]:
    """Give the rows of a table of legs, under LEG_COLUMNS; codes stay codes, names are in the language."""
    for number, one in enumerate(itineraries):
        for at, leg in enumerate(one.legs):
            data = leg_data(network, leg)
            names = [network.places[place].name(language) if place else "" for place in (leg.place, leg.to)]
            bases = [_bases(data["rests"], what) for what in ("time", "cost", "co2e")]
            sources = " ".join(dict.fromkeys(rest["source"] for rest in data["rests"] if rest["source"]))
            figures = [data[name] for name in ("starts", "ends", "hours", "km", "gauge_mm", "gauge_to_mm")]
            paid = [data[name] for name in ("crossing", "service", "usd", "co2e_kg")]
            yield [letter_of(number), at + 1, data["kind"], leg.place, leg.to, *names, *figures, *paid, *bases, sources]


def _bases(rests: Sequence[Mapping[str, str]], what: str) -> str:
    """Return the weakest basis of what a leg's time, cost or CO2e rests on."""
    found = [Basis(rest["basis"]) for rest in rests if rest["what"] == what]
    return max(found, key=list(Basis).index).value if found else ""
