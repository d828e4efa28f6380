"""What is measured on the shipped network and on a running node: answers end to end, risk, first question, memory, help."""

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from serai.kernel.benching import BenchFailed, CannotMeasure, Report, Say, three
from serai.kernel.ports import free_port

_READY: Final = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
_ASKED: Final = "/corridors/?from=Xi%27an&to=Tashkent&ready=2026-11-30T08:00"
_FIRST: Final = """
import time
begun = time.perf_counter()
from datetime import UTC, datetime
from serai.corridors import Asked, Network, plan, read_enquiry
network = Network.load()
now = datetime(2026, 11, 30, tzinfo=UTC)
answer = plan(network, read_enquiry(network, Asked(origin="Xi'an", destination="Tashkent"), now=now))
assert answer.itineraries
print(time.perf_counter() - begun)
"""


def measure_real(report: Report, *, pairs: int, seed: int, say: Say) -> None:
    """Time answers on the shipped network as the page gives them: closures and risk included."""
    from serai.corridors.enquiry import Enquiry
    from serai.corridors.graph import FROM, TO, build_graph
    from serai.corridors.model import Consignment
    from serai.corridors.network import Network
    from serai.corridors.planning import plan
    from serai.corridors.risk import steps_of
    from serai.corridors.runs import Vertex

    network = Network.load()
    graph = build_graph(network, is_truck=False)
    places = [one for one in sorted(network.places) if {Vertex(FROM, one), Vertex(TO, one)} <= graph.numbers.keys()]
    random, took, most = Random(seed), list[float](), 0
    consignment = Consignment(load=network.loads["c40dry"], cargo_t=20.0)
    many: list[tuple[list[object], list[int]]] = []
    for at in range(pairs + 1):
        origin, destination = random.sample(places, 2)
        begun = time.perf_counter()
        answer = plan(network, Enquiry(origin=origin, destination=destination, consignment=consignment, ready=_READY))
        if at:  # the first compiles, or reads the cache
            took.append((time.perf_counter() - begun) * 1000)
        most = max(most, len(answer.itineraries))
        many.append(([steps_of(one.legs) for one in answer.itineraries], [one.departs for one in answer.itineraries]))
    report.figures["real_p95_ms"] = float(np.percentile(took, 95))
    say(
        f"the shipped network, {pairs} pairs end to end: {three(took)} ms (least, median, most), at most {most} itineraries"
    )
    _measure_risk(report, many, say)


def _measure_risk(report: Report, many: list[tuple[list[object], list[int]]], say: Say) -> None:
    from serai.corridors.reliability import simulate

    steps = [one for each, _ in many for one in each][:20]
    starts = [one for _, each in many for one in each][:20]
    took = []
    for _ in range(5):
        begun = time.process_time()
        simulate(steps, starts, draws=5_000)  # type: ignore[arg-type]
        took.append((time.process_time() - begun) * 1000)
    report.figures["reliability_ms"] = statistics.median(took)
    say(f"risk of {len(steps)} itineraries of the above, 5,000 draws each, causes included: {three(took)} ms")


def measure_starts(report: Report, folder: Path, *, rounds: int, say: Say) -> None:
    """Time `serai --help` and the first question of a fresh process; measure a node's memory after questions."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SERAI_", "DATABASE_", "DJANGO_"))
    }
    firsts = [float(_run([sys.executable, "-c", _FIRST], environment)[1]) for _ in range(rounds + 1)][1:]
    report.figures["first_query_s"] = statistics.median(firsts)
    say(f"first question of a process, network and kernel read: {', '.join(f'{one:.2f}' for one in sorted(firsts))} s")
    helps = [_run([sys.executable, "-m", "serai.site.cli", "--help"], environment)[0] for _ in range(rounds + 1)][1:]
    report.figures["help_s"] = statistics.median(helps)
    say(f"serai --help: {', '.join(f'{one:.2f}' for one in sorted(helps))} s")
    try:
        report.figures["node_pss_mb"] = _node_pss_mb(folder, environment, say)
    except CannotMeasure as error:
        report.leave_out(["node_pss_mb"], str(error))
    except BenchFailed as error:
        report.fail(["node_pss_mb"], str(error))


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # our own
    if done.returncode:
        raise BenchFailed(f"{command[1:3]} failed: {done.stderr[-300:]}")
    return time.perf_counter() - begun, done.stdout


def _node_pss_mb(folder: Path, environment: dict[str, str], say: Say) -> float:
    """Return the memory of a node whose web process has planned, shared pages counted by their share."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise CannotMeasure("this system does not tell a process's share of memory")
    port = free_port()
    command = [sys.executable, "-m", "serai.site.cli", "node", "run", "--setup", "--port", str(port)]
    with (folder / "node.log").open("wb") as out:
        process = subprocess.Popen(
            command, env=environment | {"SERAI_HOME": str(folder / "node")}, stdout=out, stderr=out
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health/ready", process)
        began = time.perf_counter()
        for _ in range(8):  # each web process has its turn
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{_ASKED}", timeout=60) as answer:  # our own node
                answer.read()
        say(f"  eight questions over the wire: {time.perf_counter() - began:.1f} s")
        family = _family(process.pid)
        say(f"  a node that has planned: {len(family)} processes")
        return sum(_pss_kb(pid) for pid in family) / 1024
    finally:
        process.terminate()
        process.wait(60)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise BenchFailed("the node did not start")


def _family(pid: int) -> list[int]:
    children = [
        int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()
    ]
    return [pid, *(one for child in children for one in _family(child))]


def _pss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
