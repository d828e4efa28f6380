"""What this node published travels to every peer: all that the public may know of it, and nothing of people.

Neither who handed something in nor who decided on it leaves the node; files stay, and are named by their hashes.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, cast

import rfc8785
from django.conf import settings

from serai.exchange.outbox import queue, queue_to_all
from serai.register.followup.domain import plain
from serai.register.followup.models import Evidence, Submission
from serai.register.followup.queries import PUBLIC
from serai.register.models import CatalogueVersion

TYPE: Final = "register.submission"
PURPOSE: Final = "register-follow-up"
LANE: Final = "register"

Identity = list[str]  # the owner node and the submission's uid there
Body = dict[str, object]


def identity_of(row: Submission) -> Identity:
    """Return what a submission is known by on every node."""
    return [row.owner_node, row.uid]


def public_body(row: Submission, *, decided_at: datetime | None = None) -> Body:
    """Return all that the public may know of a published submission, the same on every node that holds it.

    `decided_at` is given while the decision is being written.
    """
    return body_of(
        row,
        about=identity_of(row.about) if row.about else None,
        supersedes=identity_of(row.supersedes) if row.supersedes else None,
        decided_at=decided_at or row.decision.at,
    )


def body_of(row: Submission, *, about: Identity | None, supersedes: Identity | None, decided_at: datetime) -> Body:
    """Return the public body of a row whose relations are named by their identities."""
    return {
        "identity": identity_of(row),
        "number": row.owner_number,
        "entry": row.entry.code,
        "kind": str(row.kind),
        "party": row.party,
        "value": None if row.value is None else str(plain(row.value)),
        "measure": row.measure,
        "unit": row.unit,
        "series": row.series,
        "period": row.period,
        "coverage": None if row.coverage is None else str(plain(row.coverage)),
        "coverage_note": row.coverage_note,
        "source_kind": row.source_kind,
        "provenance": row.provenance,
        "source": row.source,
        "link": row.link,
        "rule": row.rule,
        "note": row.note,
        "note_language": row.note_language,
        "about": about,
        "supersedes": supersedes,
        "files": files_of(row),
        "made_at": moment(row.made_at),
        "decided_at": moment(decided_at),
    }


def moment(at: datetime) -> str:
    """Write a moment as all nodes do, in UTC to the microsecond."""
    return at.isoformat(timespec="microseconds")


def files_of(row: Submission) -> list[list[str | int]]:
    """Return name, hash, size and type of each public file; the files themselves stay with their owner."""
    if row.origin is not None:
        return list(row.told_files)
    rows = Evidence.objects.filter(submission=row, is_public=True).select_related("file").order_by("file_id")
    return [[item.name, item.file_id, item.file.size, item.file.media_type] for item in rows]


def digest_of_body(body: Mapping[str, object]) -> str:
    """Return the SHA-256 of a public body in RFC 8785 form."""
    return sha256(rfc8785.dumps(cast("dict[str, Any]", body))).hexdigest()


def share(row: Submission) -> None:
    """Queue what was just published for every peer, in the transaction that publishes it."""
    queue_to_all(**_message(row))


def greet(peer: str) -> None:
    """Queue all that this node published for a peer that was just introduced, in the order in which it was published."""
    rows = Submission.objects.filter(owner_node=settings.IDENTITY.code, origin=None, state__in=PUBLIC)
    rows = rows.select_related("entry", "about", "supersedes", "decision").order_by("decision__at", "pk")
    for row in rows.iterator(chunk_size=500):
        queue(to=peer, **_message(row))  # type: ignore[arg-type]  # what `queue` takes


def _message(row: Submission) -> dict[str, object]:
    body = public_body(row)
    return {
        "lane": LANE,
        "type": TYPE,
        "version": 1,
        "purpose": PURPOSE,
        "body": {"catalogue": published_catalogue(), "digest": digest_of_body(body), "submission": body},
        "key": f"submission:{row.uid}",
    }


def published_catalogue() -> int:
    """Return the Secretariat's number of the catalogue in use here; 0 when none of its own has arrived."""
    newest = CatalogueVersion.objects.exclude(published=None).order_by("-number").first()
    return (newest.published or 0) if newest else 0
