"""`serai bench NAME`: measurements against the goals, each with a reference in the same run."""

import importlib
import json
import sys
from pathlib import Path
from typing import Final

import click

_BENCHES: Final = {
    "register": "serai.register.bench.run",
    "exchange": "serai.exchange.bench.run",
    "faults": "serai.exchange.faults.run",
    "corridors": "serai.corridors.bench.run",
    "calibration": "serai.corridors.bench.calibration",
}


@click.command()
@click.argument("name", type=click.Choice(list(_BENCHES)))
@click.option("--quick", is_flag=True, help="A smoke run in seconds; its figures are not to be quoted.")
@click.option("--full", is_flag=True, help="Add what takes longer.")
@click.option("--seed", default=1, show_default=True, help="Changes the workload.")
@click.option("--json", "as_json", is_flag=True, help="Print only the JSON line.")
@click.option(
    "--write", type=click.Path(dir_okay=False, path_type=Path), help="Write the fault report to this file, in Markdown."
)
def bench(name: str, quick: bool, full: bool, seed: int, as_json: bool, write: Path | None) -> None:
    """Measure, compare with the reference, and print one JSON line; exit 1 when a goal is missed or results differ."""
    if write and name != "faults":
        raise click.UsageError("--write belongs to the fault report: serai bench faults --write docs/faults.md")
    measure = importlib.import_module(_BENCHES[name]).measure
    result = measure(
        quick=quick, full=full, seed=seed, say=(lambda _: None) if as_json else lambda line: click.echo(line, err=True)
    )
    if write:
        from serai.exchange.faults.page import write_page

        write.write_text(write_page(result))
    click.echo(json.dumps({"bench": name, **result}, ensure_ascii=False))
    sys.exit(0 if result["ok"] else 1)
