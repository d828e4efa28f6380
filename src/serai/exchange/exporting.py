"""Making proof files from the archive and the log."""

import json

from django.conf import settings

from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import own_keys
from serai.exchange.models import Envelope, Evidence, Peer, Receipt, Witness
from serai.exchange.proof import FORMAT, VERSION
from serai.exchange.queries import find_receipt
from serai.exchange.receipt import read_receipt
from serai.exchange.statement import Checkpoint
from serai.exchange.witnessing import sign_checkpoint
from serai.kernel import log


def export_message(envelope: Envelope) -> str:
    """Return the proof file of a message: its bytes, its receipt, and its place in this node's log."""
    receipt = find_receipt(envelope)
    body = {
        "format": FORMAT,
        "version": VERSION,
        "kind": "message",
        "realm": str(settings.IDENTITY.realm),
        "envelope": bytes(envelope.raw).decode(),
        "receipt": bytes(receipt.raw).decode() if receipt else None,
        "inclusion": _inclusion_in_receipt(envelope, receipt),
        "logs": [_own_log(envelope)],
        "keys": _key_logs(),
    }
    return json.dumps(body, indent=1)


def _inclusion_in_receipt(envelope: Envelope, receipt: Receipt | None) -> list[str]:
    """Return the hashes to the root that our own receipt signs; a peer's log is the peer's to prove."""
    if receipt is None or not receipt.is_ours:
        return []
    signed = read_receipt(read_jws(bytes(receipt.raw), Typ.RECEIPT).payload)
    return [one.hex() for one in log.inclusion_proof(envelope.leaf, signed.size)]


def _own_log(envelope: Envelope) -> dict[str, object]:
    """Return the message's place in our log, as a fresh checkpoint signs it, and each peer that signed a log with it."""
    checkpoint, raw = sign_checkpoint()
    return {
        "node": settings.IDENTITY.code,
        "index": envelope.leaf,
        "checkpoint": raw.decode(),
        "inclusion": [one.hex() for one in log.inclusion_proof(envelope.leaf, checkpoint.size)],
        "witnesses": [_witness(row, checkpoint) for row in _witnesses(envelope, checkpoint)],
    }


def _witnesses(envelope: Envelope, checkpoint: Checkpoint) -> list[Witness]:
    """Return for each peer the first statement that it saw the log with the message in it."""
    rows = Witness.objects.filter(
        log_epoch=checkpoint.log_epoch, size__gt=envelope.leaf, size__lte=checkpoint.size
    ).order_by("peer", "size")
    first = dict[str, Witness]()
    for row in rows:
        first.setdefault(row.peer, row)
    return list(first.values())


def _witness(row: Witness, checkpoint: Checkpoint) -> dict[str, object]:
    """Return a peer's signature, and the hashes that lead from the log it saw to the one of the checkpoint."""
    return {
        "signed": bytes(row.raw).decode(),
        "consistency": [one.hex() for one in log.consistency_proof(row.size, checkpoint.size)],
    }


def _key_logs() -> dict[str, list[str]]:
    found = {peer.pk: list(peer.statements) for peer in Peer.objects.exclude(statements=[])}
    return found | {settings.IDENTITY.code: [raw.decode() for raw in own_keys().statements]}


def export_evidence(row: Evidence) -> str:
    """Return the file of kept evidence, as it was written then."""
    return row.file
