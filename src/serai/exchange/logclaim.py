"""What a node has signed about its log, in a checkpoint or in a receipt, and whether two such claims can both be true. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from serai.exchange.claims import Claims, are_counts, is_digest
from serai.exchange.errors import BadClaims, BadJws, BadProof
from serai.exchange.keys import KeyLog
from serai.exchange.receipt import Receipt, check_receipt
from serai.exchange.statement import Checkpoint, check_checkpoint, read_question
from serai.kernel.merkle import verify_consistency

MOST_PROOFS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LogClaim:
    """The log had this root at this size. `raw` is the JWS that says so."""

    log_epoch: int
    size: int
    root: str
    raw: bytes

    def contradicts(self, other: "LogClaim") -> bool:
        """Whether one log cannot have been both."""
        return (self.log_epoch, self.size) == (other.log_epoch, other.size) and self.root != other.root

    def is_continued_by(self, other: "LogClaim", proof: Sequence[bytes]) -> bool:
        """Whether the hashes prove that the log grew from this to the other."""
        roots = bytes.fromhex(self.root), bytes.fromhex(other.root)
        return self.log_epoch == other.log_epoch and verify_consistency(self.size, other.size, *roots, proof)


def read_claim(raw: bytes, *, keys: KeyLog) -> LogClaim:
    """Return what a signed checkpoint or receipt claims; raise BadMessage unless a valid key of that node signed it."""
    found: Checkpoint | Receipt
    try:
        found = check_checkpoint(raw, keys=keys)
    except BadJws:  # of another kind
        found = check_receipt(raw, keys=keys)
    return LogClaim(log_epoch=found.log_epoch, size=found.size, root=found.root, raw=raw)


def read_proofs(needs: Claims) -> Mapping[int, list[bytes]]:
    """Return the consistency proofs of a question, by the size from which each leads on; raise BadClaims."""
    return dict(_read_proof(row) for row in needs.rows("proofs", most=MOST_PROOFS))


def _read_proof(row: object) -> tuple[int, list[bytes]]:
    match row:
        case [int(size), list(hashes)] if are_counts(size) and len(hashes) <= 64:
            return size, [_read_hash(one) for one in hashes]
    raise BadClaims(field="proofs", reason="each names a size and hashes")


def _read_hash(text: object) -> bytes:
    if not isinstance(text, str) or not is_digest(text):
        raise BadClaims(field="proofs", reason="there is something in it that is no SHA-256 in hex")
    return bytes.fromhex(text)


def check_denied(first: LogClaim, second: LogClaim, question: bytes, *, keys: KeyLog) -> None:
    """Raise BadProof unless a node denies by `second` what it claimed by `first`.

    Either both have one size, or the node itself signed a question that offers, for the two, a proof that does not hold.
    """
    if first.contradicts(second):
        return
    if not question:
        raise BadProof(reason="the two statements about the log do not contradict each other")
    asked = read_question(question, keys=keys)
    needs = Claims(asked.needs, where="needs")
    proof = read_proofs(needs).get(first.size)
    same = asked.ask == "witness" and needs.text("checkpoint", longest=2000).encode() == second.raw
    if not same or proof is None or first.log_epoch != second.log_epoch or first.size > second.size:
        raise BadProof(reason="the question is not about the two statements")
    if first.is_continued_by(second, proof):
        raise BadProof(reason="the later log continues the earlier one")
