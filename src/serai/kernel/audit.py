"""The audit trail: rows written with the change, chained into the node's Merkle log by a sealer, and checked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import rfc8785
from django.db import transaction

from serai.kernel import clock
from serai.kernel.locks import take_lock
from serai.kernel.merkle import Frontier, hash_leaf
from serai.kernel.models import AuditCheckpoint, AuditLeaf, AuditPending, AuditRow
from serai.kernel.roles import Actor

_BATCH = 500


def record(action: str, *, subject: str, actor: Actor, reason: str = "", **details: str | int | list[str]) -> None:
    """Write one audit row. Must run inside the transaction of the change that it records."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{action}: an audit row belongs to the change's transaction")
    row = AuditRow.objects.create(
        at=clock.now(),
        action=action,
        subject=subject,
        actor_kind=actor.kind,
        actor_name=actor.name,
        reason=reason,
        details=details,
    )
    AuditPending.objects.create(row=row)


def leaf_of(row: AuditRow) -> bytes:
    """Return the leaf hash of a row: SHA-256 over its RFC 8785 form."""
    body = {
        "id": row.pk,
        "at": row.at.isoformat(timespec="microseconds"),
        "action": row.action,
        "subject": row.subject,
        "actor": [str(row.actor_kind), row.actor_name],
        "reason": row.reason,
        "details": row.details,
    }
    return hash_leaf(rfc8785.dumps(body))


def seal(*, limit: int = _BATCH) -> int:
    """Chain rows that wait into the log, oldest first; return how many. Two sealers at once do no harm."""
    with transaction.atomic():
        if not AuditPending.objects.exists():
            return 0
        take_lock("audit-seal")
        rows = [pending.row for pending in AuditPending.objects.select_related("row").order_by("row_id")[:limit]]
        frontier = _last_frontier()
        leaves = []
        for row in rows:
            leaf = leaf_of(row)
            leaves.append(AuditLeaf(index=frontier.size, row=row, hash=leaf))
            frontier.append(leaf)
        if not leaves:
            return 0
        AuditLeaf.objects.bulk_create(leaves)
        AuditPending.objects.filter(pk__in=[row.pk for row in rows]).delete()
        AuditCheckpoint.objects.create(size=frontier.size, root=frontier.root(), peaks=frontier.dump(), at=clock.now())
        return len(leaves)


def _last_frontier() -> Frontier:
    last = AuditCheckpoint.objects.order_by("-size").first()
    return Frontier.load(last.size, bytes(last.peaks)) if last else Frontier()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a full check of the trail found. `faults` are sentences; none means that the trail holds."""

    leaves: int
    waiting: int
    root: str
    faults: list[str]


def verify(*, known: tuple[int, str] | None = None, progress: Callable[[int], None] = lambda _: None) -> AuditReport:
    """Recompute the whole log from the rows and compare it with every checkpoint.

    `known` is a (size, root in hex) that somebody kept outside the node: only with one can a cut-off tail be told.
    """
    faults: list[str] = []
    frontier = Frontier()
    checkpoints = {checkpoint.size: bytes(checkpoint.root) for checkpoint in AuditCheckpoint.objects.all()}
    if known is not None:
        checkpoints.setdefault(*_known_checkpoint(known))
        if checkpoints[known[0]].hex() != known[1]:
            faults.append(f"The checkpoint at size {known[0]} is not the one that was kept outside.")
    for leaf in _leaves():
        if leaf.index != frontier.size:
            faults.append(f"Leaf {frontier.size} is missing; the next one found is {leaf.index}.")
            break
        if bytes(leaf.hash) != leaf_of(leaf.row):
            faults.append(f"Audit row {leaf.row.pk} is not what was sealed as leaf {leaf.index}.")
        frontier.append(bytes(leaf.hash))
        expected = checkpoints.pop(frontier.size, None)
        if expected is not None and expected != frontier.root():
            faults.append(f"The log's root at size {frontier.size} differs from its checkpoint.")
        progress(frontier.size)
    faults += [
        f"A checkpoint at size {size} exists, but the log has only {frontier.size} leaves." for size in checkpoints
    ]
    return AuditReport(leaves=frontier.size, waiting=_count_waiting(faults), root=frontier.root().hex(), faults=faults)


def _known_checkpoint(known: tuple[int, str]) -> tuple[int, bytes]:
    return known[0], bytes.fromhex(known[1])


def _leaves() -> Iterator[AuditLeaf]:
    return AuditLeaf.objects.select_related("row").order_by("index").iterator(chunk_size=2000)


def _count_waiting(faults: list[str]) -> int:
    waiting = AuditPending.objects.count()
    rows, leaves = AuditRow.objects.count(), AuditLeaf.objects.count()
    if rows != leaves + waiting:
        faults.append(f"{rows} audit rows, but {leaves} sealed and {waiting} waiting: rows were added or removed.")
    return waiting
