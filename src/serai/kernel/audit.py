"""The audit trail: rows written with the change, chained into the node's Merkle log by a sealer, and checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import rfc8785
from django.db import transaction

from serai.kernel import clock, log
from serai.kernel.locks import take_lock
from serai.kernel.merkle import hash_leaf
from serai.kernel.models import AuditPending, AuditRow, LogLeaf
from serai.kernel.roles import Actor

KIND: Final = "audit"
_BATCH: Final = 500


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
        take_lock("log")
        rows = [pending.row for pending in AuditPending.objects.select_related("row").order_by("row_id")[:limit]]
        log.append([log.Leaf(KIND, row.pk, leaf_of(row)) for row in rows])
        AuditPending.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return len(rows)


def rehash(keys: Sequence[int]) -> Mapping[int, bytes]:
    """Return the leaf hashes of rows, computed from what they say now."""
    return {row.pk: leaf_of(row) for row in AuditRow.objects.filter(pk__in=list(keys))}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a full check of the log and the trail found. `faults` are sentences; none means that they hold."""

    leaves: int
    waiting: int
    root: str
    faults: list[str]


def verify(*, known: tuple[int, str] | None = None, progress: Callable[[int], None] = lambda _: None) -> AuditReport:
    """Compute the whole log anew, and see that each audit row is in it or waits to be. See `log.verify` for `known`."""
    report = log.verify(known=known, progress=progress)
    faults = list(report.faults)
    return AuditReport(leaves=report.leaves, waiting=_count_waiting(faults), root=report.root, faults=faults)


def _count_waiting(faults: list[str]) -> int:
    waiting = AuditPending.objects.count()
    rows, leaves = AuditRow.objects.count(), LogLeaf.objects.filter(kind=KIND).count()
    if rows != leaves + waiting:
        faults.append(f"{rows} audit rows, but {leaves} sealed and {waiting} waiting: rows were added or removed.")
    return waiting
