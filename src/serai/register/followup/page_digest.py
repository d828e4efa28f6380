"""The digest of an entry's page: two nodes that show the same say so with the same figure, whoever compares them.

An entry may have tens of thousands of figures, so nothing is read again: beside each owner's count stands a sum, modulo
2^2048, over what SHAKE256 makes of each public digest. It does not depend on the order of arrival. With that modulus two
different sets of the same sum are out of reach (AdHash, Bellare and Micciancio 1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import shake_256
from typing import Final

from serai.register.followup.models import Decision, Submission, Tally
from serai.register.followup.queries import PUBLIC
from serai.register.followup.sharing import digest_of_body, published_catalogue
from serai.register.models import Entry

_BYTES: Final = 256
_SHORT: Final = 12
NOTHING: Final = "0" * (2 * _BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What one node has published on an entry. `received_at` is when its last word arrived; None for this node's own."""

    code: str
    count: int
    published_at: datetime
    received_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDigest:
    """SHA-256 over the entry's record and all that was ever published on it, by every node.

    `catalogue` is the Secretariat's number of the catalogue; 0 before one of its own is here.
    """

    code: str
    digest: str
    catalogue: int
    owners: Sequence[Owner]

    @property
    def short(self) -> str:
        """The digest's beginning, in groups that can be read out."""
        return " ".join(self.digest[at : at + 4] for at in range(0, _SHORT, 4))


def page_digest(entry: Entry) -> PageDigest:
    """Return the digest of an entry as it stands here, and who published how much of it."""
    return page_digests([entry])[0]


def page_digests(entries: Sequence[Entry]) -> list[PageDigest]:
    """Return the digests of entries, with one question for all."""
    tallies: dict[int, list[Tally]] = {}
    for tally in Tally.objects.filter(entry__in=entries).order_by("owner_node"):
        tallies.setdefault(tally.entry_id, []).append(tally)
    catalogue = published_catalogue()
    return [_digest_of(entry, tallies.get(entry.pk, []), catalogue) for entry in entries]


def _digest_of(entry: Entry, tallies: Sequence[Tally], catalogue: int) -> PageDigest:
    published = [[tally.owner_node, tally.count, tally.sum] for tally in tallies]
    return PageDigest(
        code=entry.code,
        digest=digest_of_body({"entry": entry.code, "record": entry.digest, "published": published}),
        catalogue=catalogue,
        owners=[
            Owner(
                code=tally.owner_node,
                count=tally.count,
                published_at=tally.published_at,
                received_at=tally.received_at,
            )
            for tally in tallies
        ],
    )


def count_in(row: Submission, decision: Decision) -> None:
    """Add what was just published to the tally of its entry and owner, in the same transaction and under its lock."""
    at = {"entry": row.entry, "owner_node": row.owner_node}
    tally = Tally.objects.filter(**at).first() or Tally(**at, count=0, sum=NOTHING, published_at=decision.at)
    tally.count += 1
    tally.sum = add(tally.sum, decision.public_digest)
    tally.published_at = max(tally.published_at, decision.at)
    tally.received_at = decision.received_at or tally.received_at
    tally.save()


def add(total: str, digest: str) -> str:
    """Return a sum, in hex, with one more digest in it; in whatever order they come.

    >>> add(add(NOTHING, "aa"), "bb") == add(add(NOTHING, "bb"), "aa") != add(NOTHING, "aa")
    True
    """
    more = int.from_bytes(shake_256(digest.encode()).digest(_BYTES), "big")
    return format((int(total, 16) + more) % (1 << 8 * _BYTES), f"0{2 * _BYTES}x")


def sum_anew(entry: Entry, owner: str) -> str:
    """Return the sum of an owner's digests from the rows themselves, to check the tally by."""
    rows = Submission.objects.filter(entry=entry, owner_node=owner, state__in=PUBLIC)
    total = NOTHING
    for digest in rows.values_list("decision__public_digest", flat=True).iterator(chunk_size=2000):
        total = add(total, digest)
    return total
