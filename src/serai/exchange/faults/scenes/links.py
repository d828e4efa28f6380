"""Links that lose, repeat, delay and part."""

import time
from dataclasses import replace
from typing import Final

from serai.exchange.faults.journal import Journal, Sighting
from serai.exchange.faults.node import Node
from serai.exchange.faults.proxy import Weather
from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.waiting import until

_LEAST_PER_S: Final = 100
_CANARY: Final = "canary-7f3a-the-sealed-text"
_ALERT_S: Final = 10.0


def bad_link(stage: Stage, finding: Finding) -> None:
    """3. A third of the requests or answers is lost, a tenth repeated, a tenth comes once more out of order."""
    pair, count = stage.pair, stage.size.link_messages
    for link in pair.links.values():
        link.counts.clear()
        link.weather = Weather(drop=0.3, repeat=0.1, late=0.1, cut=0.04, delay_s=0.02)
    started = time.monotonic()
    pair.issue(pair.xa, count * 8 // 10, together=50)
    pair.issue(pair.xa, count // 10, lane="customs", together=50)
    pair.issue(pair.xb, count // 10, needs="customs", together=50)
    pair.settle(seconds=300)
    per_s = count / (time.monotonic() - started)
    counts = {code: dict(link.counts) for code, link in pair.links.items()}
    pair.clear()
    stage.check(finding)
    total = {name: sum(each.get(name, 0) for each in counts.values()) for name in ("requests", "repeat", "late")}
    lost = sum(number for each in counts.values() for name, number in each.items() if name.startswith(("drop", "cut")))
    finding.figures |= {"messages": count, "per_s": per_s, "lost": lost}
    finding.done = (
        f"{count} messages, {total['requests']} requests: {lost} lost or cut off, {total['repeat']} repeated, "
        f"{total['late']} once more and late; {per_s:.0f} messages a second"
    )
    if count >= 10_000:
        finding.expect(per_s >= _LEAST_PER_S, f"{per_s:.0f} messages a second, less than {_LEAST_PER_S}")


def one_way(stage: Stage, finding: Finding) -> None:
    """4. Requests arrive, receipts do not."""
    pair, link = stage.pair, stage.pair.links["XB"]
    pair.settle()
    before = _effects(pair.xb)
    link.counts.clear()
    link.weather = Weather(is_one_way=True)
    pair.issue(pair.xa, 100, together=100)
    until(lambda: _effects(pair.xb) == before + 100, seconds=10, what="effects without a receipt")
    time.sleep(stage.size.parted_s)
    asked, failures = link.counts["requests"], int(pair.xa.value("SELECT failures FROM exchange_peer"))
    again, left = _effects(pair.xb) - before - 100, pair.left()
    link.clear()
    _reach(stage)
    healed_s = pair.settle()
    stage.check(finding)
    finding.figures |= {"requests": asked, "failures": failures, "healed_s": healed_s}
    finding.done = (
        f"{stage.size.parted_s:g} s without answers: 100 messages took effect once, the batch was sent {asked} times "
        f"in {failures} steps of the back-off, receipts for all {healed_s:.1f} s after the way was free"
    )
    finding.expect(again == 0, f"{again} more effects than messages")
    finding.expect(left == 100, f"{left} of 100 messages waited for their receipt")
    finding.expect(asked <= failures + 1, f"{asked} requests in {failures} steps of the back-off")


def _effects(node: Node) -> int:
    return int(node.value("SELECT count(*) FROM bench_effect"))


def _reach(stage: Stage) -> None:
    """The other side says something: who is reached tries again at once."""
    stage.pair.issue(stage.pair.xb, 1, lane="alert")


def partition(stage: Stage, finding: Finding) -> None:
    """5. Nothing passes while much is queued; then the newest alert comes first."""
    pair, count = stage.pair, stage.size.link_messages
    for link in pair.links.values():
        link.weather = Weather(is_parted=True)
    pair.issue(pair.xa, count, together=500)
    time.sleep(min(stage.size.parted_s, 15))
    pair.issue(pair.xa, 1, lane="alert")
    done = int(pair.xb.value("SELECT count(*) FROM bench_effect WHERE lane = 'alert'"))
    started = time.monotonic()
    pair.clear()
    until(
        lambda: pair.xb.value("SELECT count(*) FROM bench_effect WHERE lane = 'alert'") > done,
        seconds=90,
        what="the alert",
    )
    alert_s = time.monotonic() - started
    waiting = pair.left()
    pair.settle(seconds=300)
    all_s = time.monotonic() - started
    stage.check(finding)
    finding.figures |= {"alert_s": alert_s, "all_s": all_s, "queued": count}
    finding.done = (
        f"{count} messages and then an alert queued while nothing passed; after the link was back the alert took effect in "
        f"{alert_s:.1f} s, while {waiting} others still waited, and all were receipted in {all_s:.0f} s"
    )
    finding.notes.append(f"the list asks for five days and 1,000,000 messages; here {count}")
    finding.expect(alert_s <= _ALERT_S, f"the alert took {alert_s:.1f} s")


def sealed_on_the_way(stage: Stage, finding: Finding) -> None:
    """24. What is sealed is looked for in all that passes by, and in all files but the two stores."""
    pair = stage.pair
    taps = [stage.folder / f"passed-to-{code}" for code in pair.links]
    for link, tap in zip(pair.links.values(), taps, strict=True):
        link.tap = tap
    pair.issue(pair.xa, 50, text=_CANARY)
    pair.issue(pair.xb, 50, text=_CANARY)
    pair.settle()
    passed = sum(tap.stat().st_size for tap in taps)
    for link in pair.links.values():
        link.tap = None
    run = {code: _with_sightings(stage, journal) for code, journal in pair.journals().items()}
    stage.check(finding, run=run)
    searched = sum(1 for path in stage.folder.rglob("*") if path.is_file())
    finding.expect(passed > 50_000, "nothing passed the tap")
    finding.done = (
        f"100 sealed messages; the text was looked for in {passed:,} bytes that passed and in {searched} files"
    )


def _with_sightings(stage: Stage, journal: Journal) -> Journal:
    return replace(journal, sightings=tuple(find_canary(stage, _CANARY))) if journal.code == "XA" else journal


def find_canary(stage: Stage, canary: str) -> list[Sighting]:
    """Return every file of the trial that holds the text; only the stores of the two parties may, once it is opened."""
    found = list[Sighting]()
    for path in stage.folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and canary.encode() in path.read_bytes():
            found.append(Sighting(canary, str(path.relative_to(stage.folder)), is_allowed="stores" in path.parts))
    return found
