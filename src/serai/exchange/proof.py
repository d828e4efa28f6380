"""The proof file: what was sent and received, or that a node contradicted itself, checked without any node. Pure.

`python -m serai.exchange.proof FILE` needs neither a node's folder nor Django. What the proof rests on are the fingerprints
that it prints: whoever reads it must know by another way that they are those of the nodes named.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from serai.exchange import jws
from serai.exchange.claims import Claims
from serai.exchange.envelope import Envelope, read_envelope, read_signed
from serai.exchange.errors import BadMessage, BadProof
from serai.exchange.jws import Jws
from serai.exchange.keys import KeyLog, same_fingerprint
from serai.exchange.logclaim import check_denied, read_claim
from serai.exchange.receipt import Receipt, Row, check_receipt
from serai.exchange.statement import Checkpoint, check_checkpoint, check_witness
from serai.kernel.merkle import hash_leaf, verify_consistency, verify_inclusion

FORMAT: Final = "serai-proof"
VERSION: Final = 1
LONGEST: Final = 4 * 1024 * 1024


@dataclass(slots=True)
class Verdict:
    """What a proof file shows, in sentences; `trusts` names the fingerprints that everything rests on."""

    is_good: bool = True
    shows: list[str] = field(default_factory=list)
    trusts: dict[str, str] = field(default_factory=dict)


def check_proof(data: bytes, *, fingerprints: Mapping[str, str] | None = None) -> Verdict:
    """Return what a proof file shows. `fingerprints` are those known by another way: node → 60 digits.

    A file that does not hold gives a verdict that is not good, with the sentence that says where; nothing is raised.
    """
    verdict = Verdict()
    try:
        if len(data) > LONGEST:
            raise BadProof(reason="the file is larger than any proof")
        claims = Claims(data, where="file")
        if (claims.text("format"), claims.integer("version")) != (FORMAT, VERSION):
            raise BadProof(reason="it is no proof file of a version known here")
        logs = _read_keys(claims, verdict, fingerprints or {})
        _KINDS.get(claims.text("kind", longest=20), _unknown)(claims, logs, verdict)
        claims.check_no_more()
    except BadMessage as error:
        return Verdict(is_good=False, shows=[str(error)], trusts=verdict.trusts)
    return verdict


def _unknown(claims: Claims, logs: Mapping[str, KeyLog], verdict: Verdict) -> None:  # noqa: ARG001
    raise BadProof(reason="it proves a kind of thing that is not known here")


def _read_keys(claims: Claims, verdict: Verdict, fingerprints: Mapping[str, str]) -> dict[str, KeyLog]:
    realm = claims.text("realm", longest=16)
    found = dict[str, KeyLog]()
    for node, statements in claims.object("keys").items():
        if not isinstance(statements, list) or not all(isinstance(one, str) for one in statements) or not statements:
            raise BadProof(reason=f"the key log of {node[:8]} is no list of statements")
        found[node] = KeyLog.read(node, realm, statements)
        verdict.trusts[node] = found[node].fingerprint
        known = fingerprints.get(node)
        if known is not None and not same_fingerprint(known, found[node].statements[0]):
            raise BadProof(reason=f"the fingerprint of {node} in it is not the one you gave")
    return found


def _keys(logs: Mapping[str, KeyLog], node: str) -> KeyLog:
    if node not in logs:
        raise BadProof(reason=f"the key log of {node[:8]} is missing")
    return logs[node]


def _read_signed_envelope(raw: str, logs: Mapping[str, KeyLog]) -> tuple[Jws, Envelope]:
    signed = read_signed(raw.encode())
    envelope = read_envelope(signed.payload)
    keys = _keys(logs, envelope.sender)
    if envelope.realm != keys.realm:
        raise BadProof(reason="the envelope is of another realm than the file")
    jws.verify(signed, keys.signing_key(signed.kid, at=envelope.iat))
    return signed, envelope


def _check_message(claims: Claims, logs: Mapping[str, KeyLog], verdict: Verdict) -> None:
    """One message: signed by its sender, and when there is a receipt, taken in by its recipient."""
    raw = claims.text("envelope", longest=jws.LONGEST)
    signed, envelope = _read_signed_envelope(raw, logs)
    place = f"message {envelope.seq} of epoch {envelope.epoch} in the lane “{envelope.lane}”"
    verdict.shows.append(
        f"{envelope.sender} signed {place} to {envelope.recipient}, of type {envelope.type} for the purpose "
        f"{envelope.purpose}, dated {envelope.iat} (seconds since 1970), by the key {signed.kid}."
    )
    if not claims.is_null("receipt"):
        _check_its_receipt(claims, logs, signed, envelope, verdict)
    else:
        verdict.shows.append("There is no receipt in the file: nothing is shown about its arrival.")
    for part in claims.rows("logs", most=4):
        _check_log(Claims(part if isinstance(part, dict) else {}, where="logs"), logs, raw.encode(), verdict)


def _check_its_receipt(
    claims: Claims, logs: Mapping[str, KeyLog], signed: Jws, envelope: Envelope, verdict: Verdict
) -> None:
    receipt = check_receipt(claims.text("receipt", longest=jws.LONGEST).encode(), keys=_keys(logs, envelope.recipient))
    row = _row_of(receipt, signed, envelope)
    code = f" ({row.code})" if row.code else ""
    verdict.shows.append(
        f"{receipt.sender} signed that it took the message in, with the outcome “{row.outcome}”{code}, as entry {row.leaf} "
        f"of its log, at {receipt.at}; its log then had {receipt.size} entries and the root {receipt.root}."
    )
    proof = [bytes.fromhex(str(one)) for one in _hashes(claims, "inclusion")]
    if proof or receipt.size == 1:
        if not verify_inclusion(hash_leaf(signed.raw), row.leaf, receipt.size, proof, bytes.fromhex(receipt.root)):
            raise BadProof(reason="the hashes do not lead from the message to the root that the receipt signs")
        verdict.shows.append("The message is in that log: its hashes lead to the root that the receipt signs.")


def _row_of(receipt: Receipt, signed: Jws, envelope: Envelope) -> Row:
    same = (receipt.recipient, receipt.lane, receipt.epoch) == (envelope.sender, envelope.lane, envelope.epoch)
    rows = [row for row in receipt.rows if row.seq == envelope.seq and row.hash == signed.payload_hash]
    if not same or not rows:
        raise BadProof(reason="the receipt is for another message")
    return rows[-1]


def _hashes(claims: Claims, name: str) -> Sequence[str]:
    rows = claims.rows(name, most=64)
    if not all(isinstance(one, str) and len(one) == 64 and set(one) <= set("0123456789abcdef") for one in rows):
        raise BadProof(reason=f"“{name}” is no list of hashes in hex")
    return [str(one) for one in rows]


def _check_log(part: Claims, logs: Mapping[str, KeyLog], raw: bytes, verdict: Verdict) -> None:
    """The message's place in a log whose root a checkpoint signs, and who else has signed that root."""
    node = part.text("node", longest=3)
    checkpoint = check_checkpoint(part.text("checkpoint", longest=4000).encode(), keys=_keys(logs, node))
    index, proof = part.integer("index"), [bytes.fromhex(one) for one in _hashes(part, "inclusion")]
    if not verify_inclusion(hash_leaf(raw), index, checkpoint.size, proof, bytes.fromhex(checkpoint.root)):
        raise BadProof(reason=f"the hashes do not lead from the message to the root of {node}'s checkpoint")
    names = [
        _check_its_witness(Claims(one if isinstance(one, dict) else {}, where="witnesses"), logs, checkpoint, index)
        for one in part.rows("witnesses", most=16)
    ]
    part.check_no_more()
    seen = f"; {', '.join(sorted(names))} signed that they saw it there" if names else ""
    verdict.shows.append(
        f"It is entry {index} of the log of {node}, whose {checkpoint.size} entries {node} signed{seen}."
    )


def _check_its_witness(part: Claims, logs: Mapping[str, KeyLog], checkpoint: Checkpoint, index: int) -> str:
    """Return who signed that it saw the log with the entry in it, when that log is the beginning of the checkpoint's."""
    raw = part.text("signed", longest=4000).encode()
    by = jws.read_jws(raw, jws.Typ.WITNESS).kid.partition("-")[0]
    found = check_witness(raw, keys=_keys(logs, by))
    proof = [bytes.fromhex(one) for one in _hashes(part, "consistency")]
    part.check_no_more()
    if (found.of, found.realm, found.log_epoch) != (checkpoint.node, checkpoint.realm, checkpoint.log_epoch):
        raise BadProof(reason=f"{by} signed that it saw another log")
    if not index < found.size <= checkpoint.size:
        raise BadProof(reason=f"the log that {by} saw did not have the message yet, or is longer than the checkpoint's")
    roots = bytes.fromhex(found.root), bytes.fromhex(checkpoint.root)
    if not verify_consistency(found.size, checkpoint.size, *roots, proof):
        raise BadProof(reason=f"the hashes do not lead from the log that {by} saw to the one of the checkpoint")
    return by


def _check_fork(claims: Claims, logs: Mapping[str, KeyLog], verdict: Verdict) -> None:
    """Two envelopes of one node that cannot both be in one lane."""
    first, one = _read_signed_envelope(claims.text("first", longest=jws.LONGEST), logs)
    second, other = _read_signed_envelope(claims.text("second", longest=jws.LONGEST), logs)
    node = claims.text("peer", longest=3)
    same_lane = (one.sender, one.recipient, one.lane, one.epoch) == (
        other.sender,
        other.recipient,
        other.lane,
        other.epoch,
    )
    is_twice = one.seq == other.seq and first.payload_hash != second.payload_hash
    is_broken = other.seq == one.seq + 1 and other.prev != first.payload_hash
    if one.sender != node or not same_lane or not (is_twice or is_broken):
        raise BadProof(reason="the two messages do not contradict each other")
    what = (
        f"two different messages with the number {one.seq}"
        if is_twice
        else f"a message {other.seq} that denies {one.seq}"
    )
    verdict.shows.append(
        f"{node} signed {what} in epoch {one.epoch} of the lane “{one.lane}” to {one.recipient}. Both cannot be true."
    )


def _check_rewritten(claims: Claims, logs: Mapping[str, KeyLog], verdict: Verdict) -> None:
    """Two statements of one node about its log, checkpoints or receipts, that cannot both be true."""
    node = claims.text("peer", longest=3)
    keys = _keys(logs, node)
    first = read_claim(claims.text("first", longest=jws.LONGEST).encode(), keys=keys)
    second = read_claim(claims.text("second", longest=jws.LONGEST).encode(), keys=keys)
    question = claims.text("question", longest=jws.LONGEST) if claims.has("question") else ""
    check_denied(first, second, question.encode(), keys=keys)
    if first.size == second.size:
        what = f"two different roots of its log at {first.size} entries"
    else:
        what = f"that its log of {second.size} entries continues the one of {first.size}, and the proof it signed fails"
    verdict.shows.append(f"{node} signed {what}: history was rewritten.")


_KINDS: Final = {"message": _check_message, "fork": _check_fork, "rewritten": _check_rewritten}


def tell(verdict: Verdict) -> list[str]:
    """Return a verdict as lines to be read."""
    lines = [("" if verdict.is_good else "REFUSED ") + sentence for sentence in verdict.shows]
    lines += [f"This rests on the fingerprint of {node}: {digits}" for node, digits in sorted(verdict.trusts.items())]
    return lines


def main(arguments: Sequence[str]) -> int:
    """Check the file that is named; return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m serai.exchange.proof FILE\n")
        return 2
    verdict = check_proof(Path(arguments[0]).read_bytes())
    sys.stdout.write("\n".join(tell(verdict)) + "\n")
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
