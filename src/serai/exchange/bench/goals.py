"""The goals of `serai bench exchange`. Pure."""

from collections.abc import Mapping
from typing import Final

from serai.kernel.benching import Goal

GOALS: Final[Mapping[str, Goal]] = {
    "submit_vs_raw": Goal(
        operator=">=",
        value=0.25,
        meaning="durable submits a second, record, message and audit row in one transaction each, over raw SQLite "
        "transactions of record and outbox row on the same disk; stretch 0.4",
    ),
    "deliver_per_s": Goal(
        operator=">=",
        value=2000,
        meaning="messages of 1 KB a second from the first signature to the last receipt, both nodes on this machine, full sync",
    ),
    "deliver_vs_unbatched": Goal(operator=">=", value=5, meaning="the same over one message a batch"),
    "idle_p50_ms": Goal(operator="<=", value=20, meaning="from submit to effect on an idle link, median"),
    "idle_p99_ms": Goal(operator="<=", value=100, meaning="the same, 99th percentile"),
    "idle_cpu_share": Goal(
        operator="<=", value=0.01, meaning="share of one processor that a node takes with nothing to do"
    ),
    "verify_vs_raw": Goal(
        operator=">=",
        value=0.75,
        meaning="envelopes of 1 KB checked whole over bare Ed25519 verifications of the same bytes, a CPU second",
    ),
    "append_per_s": Goal(operator=">=", value=15_000, meaning="log leaves a second, 100 a durable transaction"),
    "proof_ms": Goal(operator="<=", value=1, meaning="one inclusion proof in a log of a million, median"),
    "verify_million_s": Goal(
        operator="<=", value=60, meaning="full verification of a log of a million audit rows, each hashed anew"
    ),
    "growth_1e6_over_1e4": Goal(
        operator="<=",
        value=1.5,
        meaning="sender's cost of a message, from queue to settled receipt, with a million queued over ten thousand",
    ),
    "reject_per_s": Goal(
        operator=">=",
        value=5000,
        meaning="bad envelopes refused in process, a CPU second; a third have a bad signature",
    ),
    "pg_deliver_per_s": Goal(operator=">=", value=2000, meaning="as deliver_per_s, both nodes on PostgreSQL"),
    "sign_p99_ms": Goal(
        operator="<=", value=5, meaning="one signature of 1 KB through the signer's process, 99th percentile"
    ),
}
