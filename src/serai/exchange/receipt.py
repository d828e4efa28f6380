"""The receipt: what a node took in, at which places of its log, signed. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from serai.exchange import jws
from serai.exchange.claims import MOST_EPOCHS, Claims, are_counts, dump
from serai.exchange.jws import Jws, Typ
from serai.exchange.keys import KeyLog


class Outcome(StrEnum):
    APPLIED = "applied"
    REFUSED = "refused"  # with a code; its number is used up and the lane goes on
    PARKED = "parked"  # kept, without effect yet; its number is not used up


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one envelope."""

    seq: int
    hash: str
    outcome: Outcome
    code: str
    leaf: int  # its place in the receiver's log


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receipt claims. `sender` signed it: the receiver of the envelopes."""

    sender: str
    recipient: str
    realm: str
    lane: str
    epoch: int
    rows: tuple[Row, ...]
    log_epoch: int
    size: int
    root: str
    at: int

    def payload(self) -> bytes:
        """Return the bytes to be signed."""
        return dump(
            {
                "v": 1,
                "from": self.sender,
                "to": self.recipient,
                "realm": self.realm,
                "lane": self.lane,
                "epoch": self.epoch,
                "rows": [[row.seq, row.hash, str(row.outcome), row.code, row.leaf] for row in self.rows],
                "log_epoch": self.log_epoch,
                "size": self.size,
                "root": self.root,
                "at": self.at,
            }
        )


def read_receipt(payload: bytes) -> Receipt:
    """Read the claims; raise BadClaims."""
    claims = Claims(payload)
    claims.check_version("receipts")
    found = Receipt(
        sender=claims.text("from", longest=3),
        recipient=claims.text("to", longest=3),
        realm=claims.text("realm", longest=16),
        lane=claims.text("lane", longest=16),
        epoch=claims.integer("epoch", least=1, most=MOST_EPOCHS),
        rows=tuple(_read_row(claims, row) for row in claims.rows("rows")),
        log_epoch=claims.integer("log_epoch", least=1, most=MOST_EPOCHS),
        size=claims.integer("size"),
        root=claims.digest("root"),
        at=claims.integer("at"),
    )
    claims.check_no_more()
    if not found.rows:
        raise claims.bad("rows", "a receipt names at least one envelope")
    return found


def _read_row(claims: Claims, row: object) -> Row:
    match row:
        case [int(seq), str(digest), str(outcome), str(code), int(leaf)] if (
            outcome in set(Outcome) and are_counts(seq) and are_counts(leaf, least=0)
        ):
            return Row(seq, digest, Outcome(outcome), code[:60], leaf)
    raise claims.bad("rows", "each row names number, hash, outcome, code and leaf")


def check_receipt(raw: bytes, *, keys: KeyLog) -> Receipt:
    """Return what a signed receipt claims; raise BadMessage unless a key of that node, valid then, signed it."""
    signed: Jws = jws.read_jws(raw, Typ.RECEIPT)
    receipt = read_receipt(signed.payload)
    if receipt.sender != keys.node or receipt.realm != keys.realm:
        raise Claims({}).bad("from", f"the key {signed.kid} belongs to {keys.node} ({keys.realm})")
    jws.verify(signed, keys.signing_key(signed.kid, at=receipt.at))
    return receipt
