"""The log at a million leaves: made of audit rows inside a node's process, appended, proven, and verified whole."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import transaction

from serai.exchange.faults import naive
from serai.kernel import audit, clock, log
from serai.kernel.models import AuditRow, LogLeaf

_CHUNK: Final = 1000
_BATCH: Final = 100


def append(rounds: int, count: int) -> dict[str, Any]:
    """Append leaves, 100 a durable transaction; return leaves a second, for each round. Rows are made beforehand."""
    found = list[float]()
    for _ in range(rounds):
        batches = [_leaves(_BATCH) for _ in range(count // _BATCH)]
        started = time.perf_counter()
        for leaves in batches:
            with transaction.atomic():
                log.append(leaves)
        found.append(count / (time.perf_counter() - started))
    return {"per_s": found}


def _leaves(count: int) -> Sequence[log.Leaf]:
    """Write audit rows and return their leaves, not yet appended."""
    now = clock.now()
    first = (AuditRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    rows = [
        AuditRow(
            pk=first + offset,
            at=now,
            action="bench:leaf",
            subject=f"leaf {first + offset}",
            actor_kind="system",
            actor_name="bench",
            reason="",
            details={"lane": "bulk"},
        )
        for offset in range(count)
    ]
    AuditRow.objects.bulk_create(rows)
    return [log.Leaf(audit.KIND, row.pk, audit.leaf_of(row)) for row in rows]


def grow(size: int) -> dict[str, Any]:
    """Let the log grow to a size."""
    audit.seal(limit=10**6)
    while (left := size - log.head().size) > 0:
        with transaction.atomic():
            log.append(_leaves(min(left, _CHUNK)))
    return {"size": log.head().size}


def prove(count: int, seed: int) -> dict[str, Any]:
    """Prove random leaves of the whole log; return the median time, and how many proofs lead to another root than RFC 6962's."""
    head, chance, times, wrong = log.head(), random.Random(seed), list[float](), 0  # noqa: S311  # to be repeated
    for index in (chance.randrange(head.size) for _ in range(count)):
        started = time.perf_counter()
        path = log.inclusion_proof(index, head.size)
        times.append((time.perf_counter() - started) * 1000)
        leaf = bytes(LogLeaf.objects.get(index=index).hash)
        wrong += naive.root_by_path(leaf, index, head.size, path) != head.root
    return {"p50_ms": statistics.median(times), "most_ms": max(times), "wrong": wrong}


def verify_whole(step: int = 100_000, say: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Verify the whole log; return the time, faults, and whether its root is the one of RFC 6962's own definition."""
    started = time.perf_counter()
    report = audit.verify(progress=lambda size: say(size) if not size % step else None)
    seconds = time.perf_counter() - started
    tree = naive.Tree(
        [bytes(row) for row in LogLeaf.objects.order_by("index").values_list("hash", flat=True).iterator()]
    )
    return {
        "seconds": seconds,
        "leaves": report.leaves,
        "faults": report.faults[:3],
        "is_same": tree.root().hex() == report.root,
    }
