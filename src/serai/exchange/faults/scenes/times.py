"""Clocks that are wrong."""

import time
from typing import Final

from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.waiting import until
from serai.exchange.faults.wrapping import set_clock

_HOUR_S: Final = 3600.0
_DAY_S: Final = 86400.0
_STOP: Final = "SELECT stop FROM exchange_outlane WHERE lane = 'bulk'"
_Y2038: Final = 2**31 + 86400  # a day after seconds no longer fit into 31 bits


def wrong_clocks(stage: Stage, finding: Finding) -> None:
    """17. Two hours ahead and behind, back a day, and beyond 2038."""
    pair, seen = stage.pair, list[str]()
    pair.settle()
    _behind(stage, finding)
    seen.append("sender 2 h behind: dealt with")
    _ahead(stage, finding, sender_s=2 * _HOUR_S, receiver_s=0, then_s=2 * _HOUR_S)
    seen.append("sender 2 h ahead: told “clock”, no effect until that time")
    _ahead(stage, finding, sender_s=0, receiver_s=-_DAY_S, then_s=0)
    seen.append("receiver back a day: told “clock”, then dealt with")
    beyond = _Y2038 - time.time()
    _ahead(stage, finding, sender_s=beyond, receiver_s=0, then_s=beyond)
    seen.append("sender in 2038: told “clock”, dealt with when both were there")
    _both(stage, 0)
    pair.issue(pair.xa, 20)
    pair.issue(pair.xb, 20)
    pair.settle(seconds=120)
    seen.append("both back from 2038: lanes go on")
    stage.check(finding)
    finding.done = "; ".join(seen)
    finding.notes.append(
        "what was numbered while the sender’s clock was ahead waits until that time has come at the receiver"
    )


def _both(stage: Stage, offset_s: float) -> None:
    for node in stage.pair.nodes.values():
        set_clock(node.folder, offset_s)


def _behind(stage: Stage, finding: Finding) -> None:
    pair = stage.pair
    set_clock(pair.xa.folder, -2 * _HOUR_S)
    pair.issue(pair.xa, 20)
    pair.settle()
    _both(stage, 0)
    finding.expect(not pair.xa.value(_STOP), "a sender whose clock is behind was stopped")


def _ahead(stage: Stage, finding: Finding, *, sender_s: float, receiver_s: float, then_s: float) -> None:
    """Send with the sender ahead of the receiver: it is told so; nothing takes effect before its time has come."""
    pair = stage.pair
    set_clock(pair.xa.folder, sender_s)
    set_clock(pair.xb.folder, receiver_s)
    done = int(pair.xb.value("SELECT count(*) FROM bench_effect"))
    pair.issue(pair.xa, 20)
    until(lambda: pair.xa.value(_STOP) == "clock", seconds=30, what="the sign that the clocks differ")
    early = int(pair.xb.value("SELECT count(*) FROM bench_effect")) - done
    finding.expect(early == 0, f"{early} messages from the future took effect")
    _both(stage, then_s)
    pair.settle(seconds=60)
