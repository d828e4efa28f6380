"""The benchmark's node on either store: in process on SQLite, and the order of hits again on PostgreSQL."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from serai.kernel.bench_database import own_databases
from serai.kernel.benching import BenchFailed
from serai.register.bench.node import environment, run_command, running_node
from serai.register.bench.plan import Found, ListFound, Plan

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Orders = Mapping[str, Mapping[str, list[str]]]


def run_inside(plan: Plan, *, node: Path, say: Callable[[str], None], **more: str) -> Found:
    """Measure pages inside a node, in a process of its own."""
    values = run_process(["serai.register.bench.inner"], plan, node=node, say=say, **more)
    return Found(**values | {"lists": {size: ListFound(**found) for size, found in values["lists"].items()}})


def run_process(
    module: Sequence[str], plan: "DataclassInstance", *, node: Path, say: Callable[[str], None], **more: str
) -> dict[str, Any]:
    """Run a module on a node in a process of its own; pass on what it tells, return what it found.

    The module is given the plan and the name of the file that takes its findings. Raises BenchFailed when it breaks.
    """
    result = node.with_suffix(".json")
    command = [sys.executable, "-m", *module, json.dumps(asdict(plan)), str(result)]
    env = environment(node, SERAI_REQUESTS_PER_MINUTE="100000000", **more)
    last = "it said nothing"
    with subprocess.Popen(  # noqa: S603  # our own interpreter and module
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = line.strip() or last
            say(f"  {line.rstrip()}")
    if process.returncode:
        raise BenchFailed(f"the measurement inside the node broke: {last}")
    values: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return values


def order_on_postgres(plan: Plan, *, folder: Path, say: Callable[[str], None]) -> Orders:
    """Return the hits of all searches in their order, from a database that is made for it and dropped afterwards."""
    with own_databases("order") as urls:
        return _order_in(urls[0], plan, folder=folder, say=say)


def _order_in(url: str, plan: Plan, *, folder: Path, say: Callable[[str], None]) -> Orders:
    node = folder / "postgres"
    env = environment(node, DATABASE_URL=url)
    with running_node([*run_command(), "--no-worker"], env=env, log=folder / "postgres.log"):
        pass  # it is enough that its tables and its register were made
    return run_inside(plan, node=node, say=say, DATABASE_URL=url).orders


def find_order_differences(found: Orders, expected: Orders) -> list[str]:
    """Say, one sentence a search, where two stores give other hits or another order."""
    faults = []
    for size, searches in expected.items():
        for query, codes in searches.items():
            other = found.get(size, {}).get(query)
            if other != codes:
                faults.append(f"“{query}” of {size} entries: PostgreSQL {_few(other)}, SQLite {_few(codes)}")
    return faults


def _few(codes: list[str] | None) -> str:
    return "was not asked" if codes is None else f"{len(codes)} hits ({', '.join(codes[:3])} …)"
