"""Making proof files from the archive and the log."""

import json

from django.conf import settings

from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import own_keys
from serai.exchange.models import Envelope, Evidence, Peer, Receipt, Witness
from serai.exchange.proof import FORMAT, VERSION
from serai.exchange.queries import find_receipt
from serai.exchange.receipt import read_receipt
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
    """Return the message's place in our log: at the newest checkpoint that peers witnessed, else at a fresh one."""
    witnessed = Witness.objects.filter(size__gt=envelope.leaf).order_by("-log_epoch", "size")
    checkpoint, raw = sign_checkpoint()
    same = [bytes(row.raw).decode() for row in witnessed if (row.size, row.root) == (checkpoint.size, checkpoint.root)]
    return {
        "node": settings.IDENTITY.code,
        "index": envelope.leaf,
        "checkpoint": raw.decode(),
        "inclusion": [one.hex() for one in log.inclusion_proof(envelope.leaf, checkpoint.size)],
        "witnesses": same,
    }


def _key_logs() -> dict[str, list[str]]:
    found = {peer.pk: list(peer.statements) for peer in Peer.objects.exclude(statements=[])}
    return found | {settings.IDENTITY.code: [raw.decode() for raw in own_keys().statements]}


def export_evidence(row: Evidence) -> str:
    """Return the file of kept evidence, as it was written then."""
    return row.file
