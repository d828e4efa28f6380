"""`serai bench NAME`: measurements against the goals, each with a reference in the same run."""

import json
import sys

import click


@click.command()
@click.argument("name", type=click.Choice(["register"]))
@click.option("--quick", is_flag=True, help="A smoke run in seconds; its figures are not to be quoted.")
@click.option("--full", is_flag=True, help="Add what takes longer.")
@click.option("--seed", default=1, show_default=True, help="Changes the workload.")
@click.option("--json", "as_json", is_flag=True, help="Print only the JSON line.")
def bench(name: str, quick: bool, full: bool, seed: int, as_json: bool) -> None:
    """Measure, compare with the reference, and print one JSON line; exit 1 when a goal is missed or results differ."""
    from serai.register.bench.run import measure

    result = measure(
        quick=quick, full=full, seed=seed, say=(lambda _: None) if as_json else lambda line: click.echo(line, err=True)
    )
    click.echo(json.dumps({"bench": name, **result}, ensure_ascii=False))
    sys.exit(0 if result["ok"] else 1)
