"""Processes that die: at random, and at every boundary at which the store can be in another state than before."""

import subprocess
import time
from pathlib import Path
from typing import Final

from serai.exchange.faults.checker import check
from serai.exchange.faults.node import SERAI, Node
from serai.exchange.faults.processes import kill
from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.waiting import TrialFailed, until
from serai.exchange.faults.zygote import DIED

_ROLES: Final = {"all": 60, "web": 15, "worker": 15, "signer": 10}
_RESTART_S: Final = 2.0
_LANES: Final = ("bulk", "bulk", "bulk", "customs", "alert")


def kill_at_random(stage: Stage, finding: Finding) -> None:
    """1. Either node, or one process of it, is killed while both send."""
    pair, before = stage.pair, _count(stage)
    kills = dict.fromkeys(_ROLES, 0)
    for node in pair.nodes.values():
        node.starts_s.clear()
    for _ in range(stage.size.kills):
        kills[_one_kill(stage)] += 1
    settled_s = pair.settle(seconds=120)
    stage.check(finding)
    starts = [seconds for node in pair.nodes.values() for seconds in node.starts_s]
    for node in pair.nodes.values():
        whole = node.value("PRAGMA integrity_check")
        finding.expect(whole == "ok", f"{node.code}: integrity_check says {whole}")
    finding.expect(max(starts) <= _RESTART_S, f"a restart took {max(starts):.1f} s")
    killed, messages = sum(kills.values()), _count(stage) - before
    finding.figures |= {"kills": killed, "messages": messages, "restart_max_s": max(starts)}
    finding.done = (
        f"{killed} kills ({kills['all']} of whole nodes, {kills['web']} web, {kills['worker']} worker, "
        f"{kills['signer']} signer), {messages} messages, all receipted {settled_s:.1f} s after the last kill"
    )
    finding.notes.append(f"restart at most {max(starts):.2f} s, from a process that has the program in memory")
    if not stage.size.is_quick:
        cold_s = finding.figures["cold_start_s"] = _cold_start(pair.xb)
        finding.notes.append(f"a start that loads the program first takes {cold_s:.1f} s")


def _count(stage: Stage) -> int:
    return sum(int(node.value("SELECT count(*) FROM bench_issued")) for node in stage.pair.nodes.values())


def _one_kill(stage: Stage) -> str:
    pair, chance = stage.pair, stage.random
    sender = pair.xa if chance.random() < 0.7 else pair.xb
    issuing = pair.begin_issue(
        sender, stage.size.messages // stage.size.kills, lane=chance.choice(_LANES), together=chance.choice((1, 1, 10))
    )
    time.sleep(chance.uniform(0.05, 0.35))
    victim = chance.choice(list(pair.nodes.values()))
    role = chance.choices(list(_ROLES), weights=list(_ROLES.values()))[0]
    if role == "all":
        victim.kill()
        victim.start()
    else:
        for pid in victim.processes()[role]:
            kill(pid)
    if chance.random() < 0.1:  # the application dies while it queues
        kill(issuing)
    sender.mother.end(issuing)
    return role


def _cold_start(node: Node) -> float:
    """Return how long the node takes to be ready when the program must be loaded first, as an operator has it."""
    node.stop()
    command = [*SERAI, "node", "run", "--port", str(node.port), "--processes", "1", "--no-worker"]
    process = subprocess.Popen(  # noqa: S603  # our own command
        command, env=node.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return until(node.is_ready, seconds=40, what="a cold start")
    finally:
        process.terminate()
        process.wait(30)
        node.start()


def die_at_each_boundary(stage: Stage, finding: Finding) -> None:
    """2. Sealing, receiving and settling die before every statement, before and after every commit, and at their end."""
    pair = stage.pair
    pair.settle()
    for node in pair.nodes.values():
        node.stop()
    points = {what: _die_through(stage, finding, what) for what in ("seal", "receive", "settle")}
    for node in pair.nodes.values():
        node.start()
    stage.check(finding)
    total = sum(points.values())
    finding.figures["points"] = total
    share = "each" if stage.size.stride == 1 else f"every {stage.size.stride}th"
    finding.done = (
        f"a process died at {share} of its boundaries: {points['seal']} in sealing, {points['receive']} in receiving, "
        f"{points['settle']} in taking the receipt; after each the same again, then the ten rules"
    )
    finding.expect(total >= (10 if stage.size.stride > 1 else 40), f"only {total} boundaries were found")


def _die_through(stage: Stage, finding: Finding, what: str) -> int:
    """Die at one boundary after the other; return how many there were."""
    deaths, point = 0, 1
    while _die_once(stage, finding, what, point):
        deaths, point = deaths + 1, point + stage.size.stride
    return deaths


def _die_once(stage: Stage, finding: Finding, what: str, point: int) -> bool:
    """Bring two messages to a step, die in it, bring them to their end; return whether there was such a boundary."""
    pair, file = stage.pair, stage.folder / "batch"
    pair.issue(pair.xa, 2)
    died = False
    for step in ("seal", "take", "receive", "settle"):
        if step == what:
            died = _step(pair.xb if step == "receive" else pair.xa, step, file, point) == DIED
        _finish(pair.xb if step == "receive" else pair.xa, step, file)
    for rule, faults in check(pair.journals(), most=1).items():
        finding.faults.append(f"{what} died at {point}: rule {rule}: {faults[0]}")
    finding.expect(pair.left() == 0, f"{what} died at {point}: messages are left without a receipt")
    return died and len(finding.faults) < 5


def _finish(node: Node, step: str, file: Path) -> None:
    """Do a step to its end; receiving twice, as after an answer that was lost, must give the same receipt."""
    status = _step(node, step, file, 0)
    if status:
        raise TrialFailed(f"{step} ended with {status}; see its log")
    if step == "receive":
        first = Path(f"{file}.receipt").read_bytes()
        _step(node, step, file, 0)
        if Path(f"{file}.receipt").read_bytes() != first:
            raise TrialFailed("the same batch was answered with another receipt")


def _step(node: Node, step: str, file: Path, point: int) -> int:
    peer = "XA" if node.code == "XB" else "XB"
    return int(node.do("step", part=step, peer=peer, lane="bulk", die_at=point, file=str(file))["status"])
