"""Keys that change while messages are on their way."""

import time
from typing import Final

from serai.exchange.faults import naive
from serai.exchange.faults.forging import Forger, dump
from serai.exchange.faults.node import Node
from serai.exchange.faults.scenes.forgeries import next_claims, state_of
from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.waiting import until
from serai.exchange.faults.wrapping import set_clock

_DAY_S: Final = 86400
_QUARANTINE_S: Final = 60.0


def rotated(stage: Stage, finding: Finding) -> None:
    """15. The signing key changes under load, with an overlap of 24 hours that is moved through by the clocks."""
    pair, count = stage.pair, max(stage.size.link_messages // 5, 200)
    pair.settle()
    old = naive.kid_of(_last_sent(pair.xa))
    issuing = pair.begin_issue(pair.xa, count // 2)
    pair.xa.serai("exchange", "keys", "rotate", "--hours", "24")
    pair.xa.mother.end(issuing)
    issuing = pair.begin_issue(pair.xa, count // 2)
    _move_both(stage, _DAY_S + 3600)
    pair.xa.mother.end(issuing)
    pair.issue(pair.xa, 20)
    pair.settle()
    new = naive.kid_of(_last_sent(pair.xa))
    refused = int(pair.xa.value("SELECT count(*) FROM exchange_envelope WHERE is_sent AND outcome = 'refused'"))
    finding.expect(new != old, f"after the overlap {old} still signs")
    finding.expect(refused == 0, f"{refused} good messages were refused")
    _old_key_is_over(stage, finding, old)
    _old_message_holds(stage, finding, old)
    _move_both(stage, 0)
    stage.check(finding)
    finding.done = (
        f"{count} messages while {old} was followed by {new}: none refused; after the overlap of 24 hours {old} is refused; a "
        f"message that it signed is still proven five years on"
    )


def _last_sent(node: Node) -> bytes:
    return bytes(node.value("SELECT raw FROM exchange_envelope WHERE is_sent ORDER BY id DESC"))


def _move_both(stage: Stage, offset_s: float) -> None:
    for node in stage.pair.nodes.values():
        set_clock(node.folder, offset_s)


def _old_key_is_over(stage: Stage, finding: Finding, kid: str) -> None:
    pair, before = stage.pair, state_of(stage.pair.xb)
    forger, now = Forger.with_keys_of(pair.xa), int(time.time()) + _DAY_S + 3600
    claims = forger.claims("XB", **next_claims(pair.xa, pair.xb), iat=now, exp=now + 600)
    answer = pair.xb.hand_in(forger.sign(dump(claims), kid=kid))
    finding.expect(answer.status == 400, f"{kid} after its end: answered with {answer.status}")
    finding.expect(state_of(pair.xb) == before, f"{kid} after its end changed something")


def _old_message_holds(stage: Stage, finding: Finding, kid: str) -> None:
    """Export the proof of a message that the old key signed, and check it by a clock that is five years ahead."""
    node, file = stage.pair.xa, stage.folder / "old.json"
    with node.store() as store:
        rows = store.execute(
            "SELECT lane, epoch, seq, raw FROM exchange_envelope WHERE is_sent AND type LIKE 'bench.%' AND epoch > 0 ORDER BY id"
        ).fetchall()
    lane, epoch, seq = next(row[:3] for row in rows if naive.kid_of(bytes(row[3])) == kid)
    node.serai("exchange", "proof", "XB", lane, str(epoch), str(seq), "-o", str(file))
    set_clock(node.folder, 5 * 365.25 * _DAY_S)
    found = node.do("command", args=["exchange", "verify", str(file)])
    set_clock(node.folder, _DAY_S + 3600)
    finding.expect(found["code"] == 0, f"an old message is no longer proven: {found['out'][-200:]}")


def revoked(stage: Stage, finding: Finding) -> None:
    """16. A key is revoked while its peer cannot be reached."""
    pair = stage.pair
    pair.settle()
    stolen = Forger.with_keys_of(pair.xa)
    pair.xb.stop()
    pair.issue(pair.xa, 50, together=50)
    until(lambda: not pair.xa.value("SELECT count(*) FROM exchange_intent"), seconds=20, what="numbering")
    kid = naive.kid_of(_last_sent(pair.xa))
    time.sleep(1.1)  # times are whole seconds: what was signed must lie before the revocation
    pair.xa.serai("exchange", "keys", "revoke", kid, "--reason", "a trial")
    pair.xa.mother.reload()
    pair.issue(pair.xa, 50, together=50)
    pair.xb.start()
    started = time.monotonic()
    pair.issue(pair.xb, 1, lane="alert")
    pair.settle(seconds=120)
    until(
        lambda: (
            pair.xb.value("SELECT statements FROM exchange_peer").count("eyJ") // 2
            and len(pair.journals()["XB"].known["XA"]) == len(pair.xa.statements)
        ),
        seconds=60,
        what="the revocation at the peer",
    )
    known_s = time.monotonic() - started
    before = state_of(pair.xb)
    answer = pair.xb.hand_in(stolen.envelope("XB", kid=kid, **next_claims(pair.xa, pair.xb)))
    finding.expect(answer.status == 400, f"{kid}, revoked: answered with {answer.status}")
    finding.expect(state_of(pair.xb) == before, f"{kid}, revoked, changed something")
    finding.expect(known_s <= _QUARANTINE_S, f"it took {known_s:.0f} s until the peer knew")
    refused = int(pair.xa.value("SELECT count(*) FROM exchange_envelope WHERE is_sent AND outcome = 'refused'"))
    finding.expect(refused == 0, f"{refused} good messages were refused")
    pair.issue(pair.xa, 10)
    stage.check(finding)
    finding.figures["known_s"] = known_s
    finding.done = (
        f"{kid} was revoked while the peer was down, 50 messages signed by it waited and 50 more came: all took effect once; "
        f"{known_s:.1f} s after contact the peer refused the stolen key"
    )
