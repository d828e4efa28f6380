"""An answer on the terminal: the ways in a table, then the legs of those worth choosing from."""

from rich.console import Console
from rich.table import Table

from serai.corridors.itinerary import Itinerary
from serai.corridors.naming import crossing_name, in_english, name_itinerary
from serai.corridors.network import Network
from serai.corridors.planning import Answer
from serai.corridors.telling import letter_of, local


def print_answer(answer: Answer) -> None:
    network = answer.network
    console = Console(highlight=False)
    if answer.nothing:
        stops = ", ".join(answer.nothing.stops)
        console.print(
            f"Nothing found. Stopped by: {stops}." if stops else "Nothing found, whichever single limit is taken away."
        )
        return
    if not answer.is_complete:
        console.print("Incomplete: the search was cut short; there may be more ways, and better ones.")
    console.print(_ways(network, answer))
    for number, one in enumerate(answer.itineraries):
        if one.is_shown:
            time_share, cost_share = one.assumed_share()
            console.print(f"\n[bold]{letter_of(number)}[/bold] {in_english(network, name_itinerary(network, one))}")
            console.print(f"  {time_share:.0%} of its time and {cost_share:.0%} of its cost rest on assumptions.")
            console.print(_legs(network, one))
    for each in answer.closures:
        name = crossing_name(network, each.crossing)
        if each.more_hours is None or each.more_usd is None:
            console.print(f"If {name} closes, no other way is left.")
        elif each.more_hours >= 1 or each.more_usd >= 1:
            console.print(
                f"If {name} closes, the soonest takes {each.more_hours:.0f} h more, the cheapest {each.more_usd:.0f} USD."
            )


def _ways(network: Network, answer: Answer) -> Table:
    table = Table("", "way", "days", "9 in 10 within", "USD", "t CO2e", "best in", box=None, pad_edge=False)
    for number, one in enumerate(answer.itineraries):
        risk = one.reliability
        within = f"{(risk.p90 - one.departs) / 1440:.1f}" if risk else ""
        figures = [f"{one.hours / 24:.1f}", within, f"{one.usd:,.0f}", f"{one.co2e_kg / 1000:.2f}"]
        name = in_english(network, name_itinerary(network, one))
        table.add_row(letter_of(number), name, *figures, ", ".join(one.tags))
    return table


def _legs(network: Network, one: Itinerary) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for leg in one.legs:
        where = " – ".join(dict.fromkeys(network.places[place].name() for place in (leg.place, leg.to) if place))
        service = network.services[leg.service].name if leg.service in network.services else ""
        km = f"{leg.km:,.0f} km" if leg.km else ""
        begins = f"{local(leg.starts, leg.country):%d %b %H:%M %z}"
        table.add_row(f"  {begins}", leg.kind.value, where, service, km, f"{leg.hours:.0f} h")
    return table
