"""What forgers, thieves of keys and faithless operators send."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from serai.exchange.faults import naive
from serai.exchange.faults.forging import (
    Forger,
    dump,
    encode,
    header,
    with_hmac,
    with_twin_signature,
    without_signature,
)
from serai.exchange.faults.node import Answer, Node
from serai.exchange.faults.stage import Finding, Stage

_BATCH: Final = 100
_STATE: Final = (
    "SELECT (SELECT count(*) FROM exchange_envelope) || ' ' || (SELECT count(*) FROM bench_effect) || ' ' || "
    "(SELECT count(*) FROM exchange_receipt) || ' ' || (SELECT group_concat(peer || lane || epoch || next_seq || head) "
    "FROM exchange_inlane)"
)


def state_of(node: Node) -> str:
    """Return what no refused request may change: archive, effects, receipts, places of the lanes."""
    return str(node.value(_STATE))


def next_claims(pair_from: Node, to: Node, lane: str = "bulk") -> dict[str, Any]:
    """Return where the next envelope of a lane stands, as its receiver sees it."""
    with to.store() as store:
        row = store.execute(
            "SELECT epoch, next_seq, head FROM exchange_inlane WHERE peer = ? AND lane = ?", (pair_from.code, lane)
        ).fetchone()
    return {"lane": lane, "epoch": row[0], "seq": row[1], "prev": row[2]} if row else {"lane": lane}


def forge(stage: Stage, finding: Finding) -> None:
    """14. Forgeries of every kind get one outward answer and change nothing."""
    pair = stage.pair
    pair.issue(pair.xa, 3)
    pair.settle()
    before = state_of(pair.xb)
    answers = dict[str, Answer]()
    for name, raw in forgeries(pair.xa, pair.xb, pair.journals()["XB"].envelopes[-1].raw):
        answers[name] = pair.xb.hand_in(raw)
        finding.expect(state_of(pair.xb) == before, f"{name}: something changed")
    for name, answer in answers.items():
        finding.expect(answer.status == 400, f"{name}: answered with {answer.status}")
    bodies = {answer.body for answer in answers.values()}
    finding.expect(len(bodies) == 1, f"{len(bodies)} different answers")
    pair.issue(pair.xa, 3)
    stage.check(finding)
    finding.done = (
        f"{len(answers)} forgeries: {', '.join(answers)}; all refused with the same {len(next(iter(bodies)))} bytes"
    )


def forgeries(sender: Node, receiver: Node, old: bytes) -> Iterator[tuple[str, bytes]]:
    """Give each forgery; all but their fault would make a good next envelope."""
    forger, own = Forger.with_keys_of(sender), Forger.with_keys_of(receiver)
    kid, place = f"{sender.code}-1", next_claims(sender, receiver)
    payload = dump(forger.claims(receiver.code, **place))
    good = forger.sign(payload)
    head, body, signature = good.split(b".")
    old_body = old.split(b".")[1]
    yield "alg none", without_signature(payload, kid)
    yield "alg none with a signature", encode(header(kid).replace(b"Ed25519", b"none")) + b"." + body + b"." + signature
    yield "HS256 with the public key", with_hmac(payload, forger.public(kid), kid)
    for alg in ("EdDSA", "ES256", "ed25519"):
        yield f"alg {alg}", forger.sign(payload, kid=kid, head=header(kid).replace(b"Ed25519", alg.encode()))
    yield "unknown key", forger.sign(payload, head=header(f"{sender.code}-99"))
    yield "unknown node", forger.sign(payload, head=header("KZ-1"))
    yield "jku", forger.sign(payload, head=header(kid, jku="https://example.org/keys"))
    yield "x5u", forger.sign(payload, head=header(kid, x5u="https://example.org/cert"))
    yield "jwk inside", forger.sign(payload, head=header(kid, jwk={"kty": "OKP"}))
    yield "crit", forger.sign(payload, head=header(kid, crit=["exp"]))
    yield "type of a receipt", forger.sign(payload, head=header(kid, typ="serai-receipt"))
    yield "type of a question", forger.sign(payload, head=header(kid, typ="serai-question"))
    yield "another node's key", own.sign(payload, head=header(kid))
    yield "its receiver's own key", own.sign(payload)
    yield "to another node", forger.sign(dump(forger.claims("KZ", **place)))
    yield "of another realm", forger.sign(dump(forger.claims(receiver.code, **place, realm="service")))
    yield "in another's name", forger.sign(dump(forger.claims(receiver.code, **place) | {"from": "KZ"}))
    yield "swapped payload", head + b"." + old_body + b"." + signature
    yield "truncated signature", good[:-4]
    yield "no signature", head + b"." + body + b"."
    yield "zero signature", head + b"." + body + b"." + encode(bytes(64))
    yield "twin signature (S + L)", with_twin_signature(good)
    yield "padding", good + b"=="
    yield "altered body", head + b"." + encode(payload.replace(b'"value":-1', b'"value":-2')) + b"." + signature
    yield "unknown claim", forger.sign(dump(forger.claims(receiver.code, **place, admin=True)))
    yield (
        "a year of validity",
        forger.sign(dump(forger.claims(receiver.code, **place, exp=int(time.time()) + 366 * 86400))),
    )


def replay(stage: Stage, finding: Finding) -> None:
    """13. Old envelopes come again: to the same node, to another, and questions, too."""
    pair = stage.pair
    pair.settle()
    batches = list(_batches(pair.xb, most=stage.size.replays))
    before = state_of(pair.xb), state_of(pair.xa)
    memory = pair.xb.memory_mb()
    same = [pair.xb.hand_in(*batch) for batch in batches]
    other = [pair.xa.hand_in(*batch) for batch in batches[:10]]
    grown = pair.xb.memory_mb() - memory
    finding.expect((state_of(pair.xb), state_of(pair.xa)) == before, "something changed")
    finding.expect(all(answer.status == 200 for answer in same), "an old batch did not get its old receipt")
    finding.expect(all(answer.status == 400 for answer in other), "another node did not refuse")
    question = Forger.with_keys_of(pair.xa).question("XB", "keys", {})
    asked = [pair.xb.put_question(question) for _ in range(2)]
    finding.expect([answer.status for answer in asked] == [200, 400], "a question was answered twice")
    rate = _rate(stage, batches)
    finding.expect(grown < 20 and rate["grown_mb"] < 20, f"memory grew by {grown:.0f} MB")
    stage.check(finding)
    count = sum(len(batch) for batch in batches)
    finding.figures |= {"replays": count, "per_s": rate["per_s"], "grown_mb": grown}
    finding.done = (
        f"{count} old envelopes again: 0 effects; in process {rate['per_s']:.0f} a CPU second, memory +{grown:.1f} MB; "
        "to another node: refused; a question is answered once"
    )
    if rate["per_s"] < 5000:
        finding.notes.append(f"{rate['per_s']:.0f} a CPU second is less than the 5,000 of the list")


def _rate(stage: Stage, batches: list[list[bytes]]) -> dict[str, float]:
    file = stage.folder / "replay"
    file.write_bytes(b"\n\n".join(b"\n".join(batch) for batch in batches))
    return stage.pair.xb.do("replay", file=str(file), rounds=1)


def _batches(node: Node, *, most: int) -> Iterator[list[bytes]]:
    """Give what the node received, as whole batches of a lane and epoch."""
    left = most
    with node.store() as store:
        lanes = store.execute(
            "SELECT DISTINCT lane, epoch FROM exchange_envelope WHERE NOT is_sent AND type LIKE 'bench.%' ORDER BY 1"
        ).fetchall()
        for lane, epoch in lanes:
            rows = store.execute(
                "SELECT raw FROM exchange_envelope WHERE NOT is_sent AND lane = ? AND epoch = ? ORDER BY seq LIMIT ?",
                (lane, epoch, left),
            ).fetchall()
            left -= len(rows)
            for start in range(0, len(rows), _BATCH):
                yield [bytes(row[0]) for row in rows[start : start + _BATCH]]


def fork(stage: Stage, finding: Finding) -> None:
    """12. Two envelopes for one place of a lane, and two that follow the same one."""
    pair = stage.pair
    pair.issue(pair.xa, 5)
    pair.settle()
    forger = Forger.with_keys_of(pair.xa)
    kept = [kept for kept in pair.journals()["XB"].envelopes if not kept.is_sent and kept.lane == "bulk"][-3:]
    claims = naive.payload_of(kept[0].raw)
    second = forger.sign(dump(claims | {"body": {"value": -12}, "id": "c" * 32}))
    place = next_claims(pair.xa, pair.xb)
    beside = forger.sign(dump(forger.claims("XB", **place) | {"prev": claims["prev"]}))
    before = state_of(pair.xb)
    for name, raw in (("the same number", second), ("the same one before", beside)):
        answer = pair.xb.hand_in(raw)
        finding.expect(answer.status == 400, f"{name}: answered with {answer.status}")
    finding.expect(state_of(pair.xb) == before, "the second was not refused")
    with pair.xb.store() as store:
        files = [row[0] for row in store.execute("SELECT file FROM exchange_evidence WHERE kind = 'fork'")]
        told = store.execute("SELECT count(*) FROM kernel_notice WHERE kind = 'exchange:fork'").fetchone()[0]
    finding.expect(len(files) == 2, f"{len(files)} pieces of evidence instead of 2")
    finding.expect(told >= 1, "no operator was told")
    for number, text in enumerate(files):
        _check_evidence(stage, finding, text, f"fork-{number}.json")
    pair.issue(pair.xa, 5)
    stage.check(finding)
    finding.done = (
        f"the first was kept, the second refused with the usual answer; {len(files)} pieces of evidence, which verify "
        f"without a node; {told} notices to operators; the lane goes on"
    )
    finding.notes.append("the evidence is kept by the node that was lied to; the one that lied is told nothing")


def _check_evidence(stage: Stage, finding: Finding, text: str, name: str) -> None:
    """Check a proof file as a third party does, and see that it can fail."""
    file = stage.folder / name
    file.write_text(text)
    found = stage.pair.xa.do("command", args=["exchange", "verify", str(file)])
    finding.expect(found["code"] == 0, f"the evidence does not verify: {found['out']}")
    parts: dict[str, Any] = json.loads(text)
    file.write_text(json.dumps(parts | {"second": parts.get("first")}))
    found = stage.pair.xa.do("command", args=["exchange", "verify", str(file)])
    finding.expect(found["code"] == 1, "evidence of one statement only verifies, too")


def rewritten(stage: Stage, finding: Finding) -> None:
    """11. A node shows another log than before, under its genuine key."""
    pair = stage.pair
    pair.issue(pair.xb, 5)
    pair.settle()
    answers = _show_others(pair.xa, Forger.with_keys_of(pair.xb))
    if not answers:
        finding.skipped = "XA has seen no checkpoint of XB yet"
        return
    finding.expect(not any(map(_is_witnessed, answers)), "a log that does not continue was witnessed")
    with pair.xa.store() as store:
        files = [row[0] for row in store.execute("SELECT file FROM exchange_evidence WHERE kind = 'rewritten'")]
    finding.expect(files, "nothing was kept as evidence")
    for text in files:
        _check_evidence(stage, finding, text, "rewritten.json")
    stage.check(finding)
    finding.done = (
        "three checkpoints that do not continue the one seen before, signed by the genuine key: none was witnessed; "
        f"{len(files)} pieces of evidence, which verify without a node"
    )


def _show_others(to: Node, forger: Forger) -> list[Answer]:
    """Show checkpoints that contradict the last one seen; again, when the node itself showed a newer one meanwhile."""
    newest = "SELECT log_epoch, size, root FROM exchange_witnessed WHERE peer = ? ORDER BY log_epoch DESC, size DESC"
    row, answers = None, list[Answer]()
    while True:
        with to.store() as store:
            before, row = row, store.execute(newest, (forger.code,)).fetchone()
        if row == before:
            return answers
        log_epoch, size, root = row
        shown = ((size, "ab" * 32), (size + 5, "cd" * 32), (size - 1, root))
        answers = [
            _show(to, forger, {"log_epoch": log_epoch, "size": number, "root": other}, old=size)
            for number, other in shown
        ]


def _show(to: Node, forger: Forger, claims: Mapping[str, Any], *, old: int) -> Answer:
    """Ask a node to witness a checkpoint, with a proof that proves nothing."""
    head = header(f"{forger.code}-1", "serai-checkpoint")
    claims = {"v": 1, "node": forger.code, "realm": "training", **claims, "at": int(time.time())}
    needs = {"checkpoint": forger.sign(dump(claims), head=head).decode(), "proofs": [[old, ["00" * 32]]], "seen": []}
    return to.put_question(forger.question(to.code, "witness", needs))


def _is_witnessed(answer: Answer) -> bool:
    return answer.status == 200 and "witness" in naive.payload_of(answer.body)["says"]
