"""Witnessing: each node signs that the other's log continues what it saw before. Rewritten history is seen, and provable."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from serai.exchange import asking, evidence
from serai.exchange.errors import BadClaims, BadProof
from serai.exchange.jws import Typ
from serai.exchange.keyring import keys_of
from serai.exchange.models import Peer, Witness, Witnessed
from serai.exchange.notices import PEER_RESTORED, tell_operators
from serai.exchange.signer.current import current_signer
from serai.exchange.standing import find_standing
from serai.exchange.statement import Checkpoint, check_checkpoint, check_witness
from serai.exchange.statement import Witness as Statement
from serai.kernel import audit, clock, log
from serai.kernel.merkle import EMPTY_ROOT, verify_consistency
from serai.kernel.roles import Actor


def sign_checkpoint() -> tuple[Checkpoint, bytes]:
    """Return this node's log as it is now, and the same signed."""
    with transaction.atomic():
        head = log.lock_head()
        found = Checkpoint(
            node=settings.IDENTITY.code,
            realm=str(settings.IDENTITY.realm),
            log_epoch=find_standing().log_epoch,
            size=head.size,
            root=head.root.hex(),
            at=int(clock.now().timestamp()),
        )
        return found, current_signer().sign(Typ.CHECKPOINT, [found.payload()], base=head.size)[0]


def is_due(code: str, *, every_s: float) -> bool:
    """Whether the log grew since a peer last saw it, and that was long enough ago."""
    last = Witness.objects.filter(peer=code).order_by("-log_epoch", "-size").first()
    if last is None:
        return log.head().size > 0
    return clock.now() - last.at > timedelta(seconds=every_s) and log.head().size > last.size


def exchange_checkpoints(peer: Peer) -> None:
    """Show a peer our log and keep its signature. Raises PeerUnreachable, BadMessage."""
    checkpoint, raw = sign_checkpoint()
    last = Witness.objects.filter(peer=peer.pk, log_epoch=checkpoint.log_epoch).order_by("-size").first()
    old = last.size if last else 0
    proof = [one.hex() for one in log.consistency_proof(old, checkpoint.size)]
    says = asking.ask(peer, "witness", {"checkpoint": raw.decode(), "old": old, "proof": proof})
    if says.has("old"):  # it has seen another size than we remember: prove from there
        old = says.integer("old")
        proof = [one.hex() for one in log.consistency_proof(min(old, checkpoint.size), checkpoint.size)]
        says = asking.ask(peer, "witness", {"checkpoint": raw.decode(), "old": old, "proof": proof})
    _keep(peer, checkpoint, says.text("witness", longest=2000).encode())


def _keep(peer: Peer, checkpoint: Checkpoint, raw: bytes) -> None:
    given = check_witness(raw, keys=keys_of(peer))
    same = (given.of, given.log_epoch, given.size, given.root)
    if same != (checkpoint.node, checkpoint.log_epoch, checkpoint.size, checkpoint.root):
        raise BadClaims(field="witness", reason="the peer signed another checkpoint than it was shown")
    Witness.objects.get_or_create(
        peer=peer.pk,
        log_epoch=given.log_epoch,
        size=given.size,
        defaults={"root": given.root, "raw": raw, "at": clock.now()},
    )


def witness(peer: Peer, raw: bytes, *, old: int, proof: Sequence[str]) -> Mapping[str, object]:
    """Look at a peer's checkpoint: sign it when it continues what was seen, keep evidence when it contradicts it."""
    given = check_checkpoint(raw, keys=keys_of(peer))
    last = Witnessed.objects.filter(peer=peer.pk).order_by("-log_epoch", "-size").first()
    if last is not None and given.log_epoch < last.log_epoch:
        raise BadClaims(field="log_epoch", reason="this epoch of the log is over")
    seen = last if last is not None and last.log_epoch == given.log_epoch else None
    if seen is not None and old != seen.size:
        return {"old": seen.size}
    _check_continues(peer, given, raw, seen, proof)
    with transaction.atomic():
        _note(peer, given, raw, is_restart=last is not None and seen is None)
    return {"witness": _sign(peer, given).decode()}


def _check_continues(peer: Peer, given: Checkpoint, raw: bytes, seen: Witnessed | None, proof: Sequence[str]) -> None:
    old_size, old_root = (seen.size, bytes.fromhex(seen.root)) if seen else (0, EMPTY_ROOT)
    try:
        hashes = [bytes.fromhex(one) for one in proof]
    except ValueError:
        raise BadClaims(field="proof", reason="it is no list of hashes in hex") from None
    root = bytes.fromhex(given.root)
    if given.size >= old_size and verify_consistency(old_size, given.size, old_root, root, hashes):
        return
    if seen is not None and seen.size == given.size and seen.root != given.root:
        evidence.keep_rewritten(peer=peer.pk, parts={"first": bytes(seen.raw).decode(), "second": raw.decode()})
    raise BadProof(reason=f"the log of {peer.pk} at size {given.size} does not continue the one seen at {old_size}")


def _note(peer: Peer, given: Checkpoint, raw: bytes, *, is_restart: bool) -> None:
    _, is_new = Witnessed.objects.get_or_create(
        peer=peer.pk,
        log_epoch=given.log_epoch,
        size=given.size,
        defaults={"root": given.root, "raw": raw, "at": clock.now()},
    )
    if is_new and is_restart:
        audit.record(
            "exchange:peer:restored", subject=peer.pk, actor=Actor.system("witness"), log_epoch=given.log_epoch
        )
        tell_operators(PEER_RESTORED, key=f"peer-restored:{peer.pk}:{given.log_epoch}", peer=peer.pk)


def _sign(peer: Peer, given: Checkpoint) -> bytes:
    statement = Statement(
        by=settings.IDENTITY.code,
        of=peer.pk,
        realm=given.realm,
        log_epoch=given.log_epoch,
        size=given.size,
        root=given.root,
        at=int(clock.now().timestamp()),
    )
    return current_signer().sign(Typ.WITNESS, [statement.payload()])[0]
