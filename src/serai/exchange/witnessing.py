"""Witnessing: each node signs that the other's log continues what it saw before. Rewritten history is seen, and provable."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import combinations
from typing import NoReturn

from django.conf import settings
from django.db import transaction

from serai.exchange import asking, evidence, models
from serai.exchange.claims import Claims
from serai.exchange.errors import BadClaims, BadProof
from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import keys_of, own_keys
from serai.exchange.logclaim import MOST_PROOFS, LogClaim, read_claim, read_proofs
from serai.exchange.models import Peer, Witness, Witnessed
from serai.exchange.notices import PEER_RESTORED, tell_operators
from serai.exchange.noticing import is_foreign, note_restored
from serai.exchange.receipt import Receipt, read_receipt
from serai.exchange.signer.current import current_signer
from serai.exchange.standing import find_standing
from serai.exchange.statement import Checkpoint, check_checkpoint, check_witness
from serai.exchange.statement import Witness as Statement
from serai.kernel import audit, clock, log
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
    if last is None or last.log_epoch < find_standing().log_epoch:
        return log.head().size > 0
    return clock.now() - last.at > timedelta(seconds=every_s) and log.head().size > last.size


def exchange_checkpoints(peer: Peer) -> None:
    """Show a peer our log and keep its signature; tell it what we have seen of its own. Raises PeerUnreachable, BadMessage.

    It is shown that the log continues what the peer has of it. When that is more than this store has, the store is old:
    the peer learns the same of its own store.
    """
    checkpoint, says = _show(peer, _sizes_told(peer.pk))
    if says.has("seen"):
        seen = _read_seen(says)
        if _is_denied(peer, seen):
            return
        checkpoint, says = _show(peer, {claim.size for claim in seen if claim.log_epoch == find_standing().log_epoch})
    _keep(peer, checkpoint, says.text("witness", longest=2000).encode())


def _sizes_told(code: str) -> set[int]:
    """Return the sizes of our log that a peer most likely heard of last: by a checkpoint and by a receipt."""
    ours = Witness.objects.filter(peer=code, log_epoch=find_standing().log_epoch).order_by("-size").first()
    receipt = _last_receipt(code, is_ours=True)
    found = {ours.size} if ours else set()
    return found | ({receipt.size} if receipt and receipt.log_epoch == find_standing().log_epoch else set())


def _last_receipt(code: str, *, is_ours: bool) -> Receipt | None:
    row = models.Receipt.objects.filter(is_ours=is_ours, peer=code).order_by("-pk").first()
    return read_receipt(read_jws(bytes(row.raw), Typ.RECEIPT).payload) if row else None


def _show(peer: Peer, sizes: Iterable[int]) -> tuple[Checkpoint, Claims]:
    checkpoint, raw = sign_checkpoint()
    proofs = [
        [size, [one.hex() for one in log.consistency_proof(size, checkpoint.size)]]
        for size in sorted(sizes)
        if 0 < size <= checkpoint.size
    ]
    seen = [one.raw.decode() for one in _find_seen(peer.pk)]
    return checkpoint, asking.ask(peer, "witness", {"checkpoint": raw.decode(), "proofs": proofs, "seen": seen})


def _is_denied(peer: Peer, seen: Sequence[LogClaim]) -> bool:
    """Whether a peer holds what this node signed and this store does not have; it is an old one then."""
    if not any(map(is_foreign, seen)):
        return False
    note_restored(reason=f"{peer.pk} has seen another log of this node than this store holds")
    return True


def _read_seen(says: Claims) -> list[LogClaim]:
    """Return what a peer has of our own log; raise BadMessage unless we signed it."""
    return [read_claim(str(raw).encode(), keys=own_keys()) for raw in says.rows("seen", most=MOST_PROOFS)]


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


def witness(peer: Peer, needs: Claims, *, question: bytes) -> Mapping[str, object]:
    """Look at a peer's checkpoint: sign it when it continues all that was seen, keep evidence when it contradicts it.

    When the proofs do not fit what was seen, the answer is what was seen: all of it signed by the peer itself.
    """
    keys = keys_of(peer)
    raw, proofs = needs.text("checkpoint", longest=2000).encode(), read_proofs(needs)
    _is_denied(peer, _read_seen(needs))
    needs.check_no_more()
    given = check_checkpoint(raw, keys=keys)
    claim = LogClaim(log_epoch=given.log_epoch, size=given.size, root=given.root, raw=raw)
    seen = _find_seen(peer.pk)
    _check_same_sizes(peer, [*seen, claim])
    if any(not _is_answered(one, claim, proofs) for one in seen):
        return {"seen": [one.raw.decode() for one in seen]}
    for one in seen:
        if one.log_epoch == claim.log_epoch and not one.is_continued_by(claim, proofs[one.size]):
            _accuse(peer, one, claim, question=question)
    with transaction.atomic():
        _note(peer, given, raw, is_restart=any(one.log_epoch < claim.log_epoch for one in seen))
    return {"witness": _sign(peer, given).decode()}


def _find_seen(code: str) -> list[LogClaim]:
    """Return what is known of a peer's log in its newest epoch: its last checkpoint here, and its last receipt."""
    row = Witnessed.objects.filter(peer=code).order_by("-log_epoch", "-size").first()
    receipt = models.Receipt.objects.filter(is_ours=False, peer=code).order_by("-pk").first()
    found = list[LogClaim]()
    if row is not None:
        found.append(LogClaim(log_epoch=row.log_epoch, size=row.size, root=row.root, raw=bytes(row.raw)))
    if receipt is not None:
        raw = bytes(receipt.raw)
        said = read_receipt(read_jws(raw, Typ.RECEIPT).payload)
        found.append(LogClaim(log_epoch=said.log_epoch, size=said.size, root=said.root, raw=raw))
    newest = max((one.log_epoch for one in found), default=0)
    return [one for one in found if one.log_epoch == newest]


def _is_answered(seen: LogClaim, given: LogClaim, proofs: Mapping[int, Sequence[bytes]]) -> bool:
    """Whether there is a proof that leads on from what was seen; a new epoch of the log begins anew and needs none."""
    return seen.log_epoch < given.log_epoch or (
        seen.log_epoch == given.log_epoch and seen.size <= given.size and seen.size in proofs
    )


def _check_same_sizes(peer: Peer, claims: Sequence[LogClaim]) -> None:
    for first, second in combinations(claims, 2):
        if first.contradicts(second):
            _accuse(peer, first, second)


def _accuse(peer: Peer, first: LogClaim, second: LogClaim, *, question: bytes = b"") -> NoReturn:
    """Keep what the peer signed and denies. Raises BadProof."""
    known = models.Evidence.objects.filter(kind=models.EvidenceKind.REWRITTEN, peer=peer.pk)
    if not known.filter(file__contains=first.raw.decode()).exists():  # once is enough: it is asked again each minute
        parts = {"first": first.raw.decode(), "second": second.raw.decode()}
        evidence.keep_rewritten(peer=peer.pk, parts=parts | ({"question": question.decode()} if question else {}))
    raise BadProof(reason=f"the log of {peer.pk} at size {second.size} does not continue the one of size {first.size}")


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
