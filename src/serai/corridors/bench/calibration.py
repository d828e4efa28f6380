"""`serai bench calibration`: the planner's times and lengths beside the published ones, row by row, against the goals."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from serai.corridors.calibration import (
    KNOBS,
    MONDAY,
    WEEK,
    Figures,
    LeftOut,
    Predicted,
    Published,
    distance_figures,
    leave_one_out,
    predict,
    read_published,
    without_fitted,
)
from serai.corridors.checking import Distance, check_network
from serai.corridors.network import Network
from serai.kernel.benching import Goal, Report, Say, describe_machine, judge, shorten

GOALS: Final = {
    "transit_days_mape": Goal(
        operator="<=",
        value=0.22,
        meaning="mean absolute error of the predicted against every published transit time of a regular service",
    ),
    "transit_days_median_ape": Goal(operator="<=", value=0.20, meaning="median of the same"),
    "transit_days_bias": Goal(operator="<=", value=0.10, meaning="absolute mean signed error of the same"),
    "distance_mape": Goal(operator="<=", value=0.08, meaning="mean absolute error of lengths against the known ones"),
}
_AS_PUT_IN: Final = 0.005
_OF_TIMES: Final = ("transit_days_mape", "transit_days_median_ape", "transit_days_bias")


def measure(*, quick: bool, full: bool, seed: int, say: Say) -> dict[str, Any]:  # noqa: ARG001
    """Predict every published time and length; return the figures, their goals, and whether all are met.

    The seed moves the hour from which loads are ready. A quick run asks for one day instead of a week.
    """
    network, published, report = Network.load(), read_published(), Report.of(GOALS)
    ready, days = MONDAY + timedelta(hours=(seed - 1) % 24), 1 if quick else WEEK
    bare = without_fitted(network, published)
    say(
        f"left out, as their hours were made from these pages: {', '.join(sorted(network.services.keys() - bare.services.keys()))}"
    )
    rows, informed = list[Predicted](), dict[int, Predicted]()
    for each in published:
        found = predict(bare, each, ready=ready, days=days)
        if found is None:
            report.fail(_OF_TIMES, f"no way from {each.start} to {each.end}")
            continue
        if with_all := predict(network, each, ready=ready, days=days):
            informed[len(rows)] = with_all
        rows.append(found)
    distances = check_network(network).distances
    regular = [one for one in rows if not one.published.first_trip]
    _tell_times(rows, informed, say)
    _tell_distances(distances, say)
    times, lengths = Figures.of([one.error for one in regular]), distance_figures(distances)
    report.figures |= {
        "transit_days_mape": times.mape,
        "transit_days_median_ape": times.median_ape,
        "transit_days_bias": abs(times.bias),
        "distance_mape": lengths.mape,
    }
    left_out = [leave_one_out(knob, regular) for knob in KNOBS]
    _tell_knobs(left_out, say)
    return {
        "figures": report.figures,
        "goals": {key: [goal.operator, goal.value] for key, goal in GOALS.items()},
        "ok": judge(GOALS, report, say),
        "rows": [_row(one) for one in rows],
        "all_rows": asdict(Figures.of([one.error for one in rows])),
        "left_out": {one.knob.name: asdict(one.unseen) for one in left_out},
        "machine": describe_machine(),
        "seed": seed,
        "quick": quick,
        "why": report.why,
        "faults": shorten(report.faults),
    }


def _row(one: Predicted) -> dict[str, Any]:
    return {
        "from": one.published.start,
        "to": one.published.end,
        "published_days": [one.published.least, one.published.most],
        "predicted_days": round(one.days, 2),
        "error": round(one.error, 4),
        "first_trip": one.published.first_trip,
    }


def _told(one: Published) -> str:
    return f"{one.least:g}" if one.least == one.most else f"{one.least:g}-{one.most:g}"


def _tell_times(rows: Sequence[Predicted], informed: dict[int, Predicted], say: Say) -> None:
    say("")
    say(f"{'days':52} published predicted  error   with every service of the timetable")
    for title, is_first in (("regular services", False), ("first trips, counted apart", True)):
        say(f"  {title}")
        here = [(at, one) for at, one in enumerate(rows) if bool(one.published.first_trip) == is_first]
        for at, one in here:
            name = f"{one.published.start} - {one.published.end}"
            beside = f"{informed[at].days:6.1f} {informed[at].error:+6.0%}" if at in informed else ""
            reason = f"  ({one.published.first_trip})" if is_first else ""
            say(f"  {name:50} {_told(one.published):>9} {one.days:9.1f} {one.error:+6.0%}  {beside}{reason}")
        if here:
            _tell_figures(f"{len(here)} {title}", Figures.of([one.error for _, one in here]), say)
    _tell_figures("all rows", Figures.of([one.error for one in rows]), say)


def _tell_figures(what: str, figures: Figures, say: Say) -> None:
    say(f"  {what}: mean error {figures.mape:.1%}, median {figures.median_ape:.1%}, bias {figures.bias:+.1%}")


def _tell_distances(distances: Sequence[Distance], say: Say) -> None:
    say("")
    say(f"{'kilometres':52}     known  network  error")
    for one in distances:
        name = f"{one.start} - {one.end} ({one.mode})"
        say(f"  {name:50} {one.known_km:9.0f} {one.km:8.0f} {one.error:+6.0%}")
    _tell_figures("all lengths", distance_figures(distances), say)
    off = [one for one in distances if abs(one.error) > _AS_PUT_IN]
    _tell_figures(
        "without those that agree to half a percent, as published lengths were put in", distance_figures(off), say
    )


def _tell_knobs(left_out: Sequence[LeftOut], say: Say) -> None:
    say("")
    say("numbers without a source: chosen anew for each regular service from all others")
    for one in left_out:
        chosen = ", ".join(f"{hours:g}" for hours in sorted(set(one.chosen)))
        say(f"  {one.knob.name}: {one.knob.hours:g} in the model; the others would choose {chosen}")
        _tell_figures("  of the row left out", one.unseen, say)
    say("")
