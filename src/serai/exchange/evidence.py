"""Evidence that a peer contradicted itself: written once, with a file that verifies on any machine."""

import hashlib
import json
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from serai.exchange.models import Evidence, EvidenceKind, Peer
from serai.exchange.notices import OF_EVIDENCE, tell_operators
from serai.exchange.proof import FORMAT, VERSION
from serai.kernel import audit, clock
from serai.kernel.roles import Actor


def keep_fork(*, peer: str, first: bytes, second: bytes) -> Evidence:
    """Keep two envelopes that cannot both be in one lane."""
    return _keep(EvidenceKind.FORK, peer, {"first": first.decode(), "second": second.decode()})


def keep_rewritten(*, peer: str, parts: Mapping[str, object]) -> Evidence:
    """Keep signed statements of a peer about its log that contradict each other."""
    return _keep(EvidenceKind.REWRITTEN, peer, parts)


@transaction.atomic
def _keep(kind: EvidenceKind, peer: str, parts: Mapping[str, object]) -> Evidence:
    known = Peer.objects.filter(pk=peer).values_list("statements", flat=True).first() or []
    head = {
        "format": FORMAT,
        "version": VERSION,
        "kind": str(kind),
        "realm": str(settings.IDENTITY.realm),
        "peer": peer,
    }
    body = head | dict(parts) | {"keys": {peer: known}}
    text = json.dumps(body, indent=1)
    digest = hashlib.sha256(json.dumps([str(kind), peer, parts], sort_keys=True).encode()).hexdigest()
    row, is_new = Evidence.objects.get_or_create(
        digest=digest, defaults={"kind": kind, "peer": peer, "at": clock.now(), "file": text}
    )
    if is_new:
        audit.record("exchange:evidence:keep", subject=f"{peer} {kind}", actor=Actor.system("exchange"), digest=digest)
        tell_operators(OF_EVIDENCE[kind], key=f"evidence:{digest[:40]}", peer=peer)
    return row
