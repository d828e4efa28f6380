"""`serai corridors`: plan one consignment or many, a matrix of figures, check the network. Needs no node."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from serai.corridors.network import Network

_overrides = click.option(
    "--overrides",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of tables whose rows replace or add to the shipped ones.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def corridors() -> None:
    """Plan consignments, and check the network they are planned on."""


@corridors.command()
@click.argument("origin", metavar="FROM")
@click.argument("destination", metavar="TO")
@click.option("--load", default="c40dry", show_default=True, help="c20dry, c40dry, c40rf or truck20.")
@click.option("--cargo-t", default="", help="Tonnes; the usual of the load when left out.")
@click.option("--hs-chapter", default="", help="Two digits.")
@click.option(
    "--ready", default="", help="When it may be handed over, such as 2026-11-30T08:00; tomorrow at eight else."
)
@click.option("--window-days", default="", help="So many days more on which it may be handed over.")
@click.option("--arrive-by", default="", help="Leave out what arrives later.")
@click.option("--via", multiple=True, help="A place, or country:…, crossing:…, mode:…, in order.")
@click.option("--avoid-country", "avoid_countries", multiple=True)
@click.option("--avoid-place", "avoid_places", multiple=True)
@click.option("--avoid-mode", "avoid_modes", multiple=True)
@click.option("--avoid-crossing", "avoid_crossings", multiple=True)
@click.option("--planned", is_flag=True, help="Take planned lines for built.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the legs as CSV.")
@_overrides
@_json
def plan(planned: bool, as_csv: bool, overrides: Path | None, as_json: bool, **asked: Any) -> None:
    r"""Plan one consignment from a place to another.

    \b
    serai corridors plan "Xi'an" Tashkent --ready 2026-11-30T08:00
    """
    from serai.corridors.asking import Asked, read_enquiry
    from serai.corridors.planning import plan as find
    from serai.corridors.telling import LEG_COLUMNS, answer_data, leg_rows
    from serai.kernel import clock
    from serai.kernel.csvfile import write_csv

    network = Network.load(overrides)
    enquiry = read_enquiry(network, Asked(**asked, scenarios=("planned",) if planned else ()), now=clock.now())
    answer = find(network, enquiry)
    if as_json:
        click.echo(json.dumps(answer_data(answer), ensure_ascii=False))
    elif as_csv:
        sys.stdout.buffer.write(write_csv(LEG_COLUMNS, leg_rows(answer.network, answer.itineraries)))
    else:
        from serai.corridors.cli_print import print_answer

        print_answer(answer)
    sys.exit(0 if answer.itineraries else 1)


@corridors.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the answer here, not to the screen."
)
@_overrides
def batch(file: Path, output: Path | None, overrides: Path | None) -> None:
    """Plan the consignments of a CSV or XLSX file; the answer is CSV.

    Columns: from, to; and, where wanted, reference, load, cargo_t, hs_chapter, ready, window_days, arrive_by, via,
    avoid_countries, avoid_places, avoid_modes, avoid_crossings (several parted by semicolons).
    """
    from serai.corridors.batch import COLUMNS, answer_batch, read_batch_file
    from serai.kernel import clock
    from serai.kernel.csvfile import write_csv

    network, lines = Network.load(overrides), read_batch_file(file)
    with click.progressbar(length=len(lines), label="Planning", file=sys.stderr) as bar:
        rows = list(answer_batch(network, lines, now=clock.now(), progress=lambda _: bar.update(1)))
    content = write_csv(COLUMNS, rows)
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
    wrong = sum(bool(row[-1]) for row in rows)
    click.echo(f"{len(lines)} consignments, {wrong} without a way", err=True)
    sys.exit(1 if wrong else 0)


@corridors.command()
@click.argument("places", nargs=-1, required=True)
@click.option("--to", "ends", multiple=True, help="Places to; the same as from when left out.")
@click.option("--figure", type=click.Choice(["hours", "usd", "co2e_kg"]), default="hours", show_default=True)
@click.option("--load", default="c40dry", show_default=True)
@_overrides
def matrix(places: tuple[str, ...], ends: tuple[str, ...], figure: str, load: str, overrides: Path | None) -> None:
    """Print the least hours, dollars or CO2e between places on an average day, as CSV. “all” stands for all places."""
    from serai.corridors.errors import UnknownLoad
    from serai.corridors.matrix import Figure
    from serai.corridors.matrix import matrix as compute
    from serai.corridors.model import Consignment
    from serai.kernel import clock
    from serai.kernel.csvfile import write_csv

    network = Network.load(overrides)
    if load not in network.loads:
        raise UnknownLoad(load=load[:40], known=", ".join(sorted(network.loads)))
    origins = _places(network, places)
    targets = _places(network, ends) if ends else origins
    consignment = Consignment(load=network.loads[load], cargo_t=network.loads[load].cargo_t)
    rows = compute(network, consignment, origins, targets, figure=Figure(figure), near=clock.now())
    table = (
        [origin, *("" if one is None else round(one, 1) for one in row)]
        for origin, row in zip(origins, rows, strict=True)
    )
    sys.stdout.buffer.write(write_csv(("from", *targets), table))


@corridors.command()
@_overrides
def check(overrides: Path | None) -> None:
    """Tell what is weak in the network: parts cut off, lengths and speeds that cannot be, rows refused. Exit 1 on a fault."""
    from serai.corridors.checking import ALL_GAUGES, check_folder

    found = check_folder(overrides)
    for one in found.parts:
        gauge = "all gauges" if one.gauge == ALL_GAUGES else f"{one.gauge} mm"
        named = f"{one.mode.value}, {gauge}" if one.mode.value == "rail" else one.mode.value
        click.echo(f"{named}: {len(one.parts)} parts, {len(one.cut_off)} places cut off from the largest")
    for each in found.findings:
        click.echo(
            f"{'FAULT' if each.is_fault else 'told '} {each.kind.value}: {each.what}, {each.where}: {each.message}"
        )
    click.echo(f"{len(found.faults)} faults, {len(found.findings) - len(found.faults)} more things told")
    sys.exit(1 if found.faults else 0)


def _places(network: Network, written: tuple[str, ...]) -> list[str]:
    from serai.corridors.finding import find_place

    return sorted(network.places) if written == ("all",) else [find_place(network, one).id for one in written]
