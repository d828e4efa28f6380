"""Follow-up over the exchange: what this node published travels to every peer; what a peer published stands here, as its own.

Nothing of people travels: neither who handed something in nor who decided. A node takes only what its sender owns.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Final, cast

import rfc8785
from django.conf import settings

from serai.exchange.claims import Claims
from serai.exchange.errors import BadClaims, MessageRefused
from serai.exchange.handlers import Message, MessageType, NotYet
from serai.exchange.outbox import queue, queue_to_all
from serai.kernel import audit, clock
from serai.kernel.errors import gettext_noop
from serai.kernel.revision import bump_revision
from serai.kernel.roles import Actor, parse_scope
from serai.register.followup.domain import Kind, Period, Provenance, SubmissionState, Verdict, plain
from serai.register.followup.models import Decision, Evidence, Submission
from serai.register.followup.queries import PUBLIC, is_measured
from serai.register.models import Entry
from serai.register.revisions import FIGURES, REGISTER
from serai.register.units import split_units

TYPE: Final = "register.submission"
PURPOSE: Final = "register-follow-up"
LANE: Final = "register"
_PATIENCE: Final = timedelta(hours=1)  # so long a message waits for another node's figure that it speaks of


class NoSuchEntryHere(MessageRefused):
    code = "no_such_entry_here"
    template = gettext_noop("The register of this node has no entry {entry}. Its catalogue may be an older one.")


class SubmissionDiffers(MessageRefused):
    code = "submission_differs"
    template = gettext_noop("Number {number} of {owner} is known here and says something else. What was said stays.")


class TargetMissing(MessageRefused):
    code = "target_missing"
    template = gettext_noop("The figure {number} of {owner}, of which this speaks, never arrived here.")


class NotItsOwn(MessageRefused):
    code = "not_its_own"
    template = gettext_noop("{sender} sent what belongs to {owner}. Each node speaks for itself.")


class NotASubmission(MessageRefused):
    code = "not_a_submission"
    template = gettext_noop("It is no figure, note or statement that the register can take: {reason}")


def identity_of(row: Submission) -> list[str | int]:
    """Return what a submission is known by on every node: its owner and its number there."""
    return [row.owner_node, row.pk if row.origin is None else row.origin]


def public_body(row: Submission) -> dict[str, object]:
    """Return all that the public may know of a published submission, the same on every node that holds it."""
    return {
        "identity": identity_of(row),
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
        "about": identity_of(row.about) if row.about else None,
        "supersedes": identity_of(row.supersedes) if row.supersedes else None,
        "files": files_of(row),
        "made_at": _moment(row.made_at),
        "decided_at": _moment(row.decision.at),
    }


def _moment(at: datetime) -> str:
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


def page_digest(entry: Entry) -> str:
    """Return the digest of an entry's page: its record and all that was published on it, by every node in contact."""
    rows = Submission.objects.filter(entry=entry, state__in=PUBLIC)
    rows = rows.select_related("entry", "about", "supersedes", "decision")
    return digest_of_body(
        {"entry": entry.digest, "published": sorted(digest_of_body(public_body(row)) for row in rows)}
    )


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
    return {
        "lane": LANE,
        "type": TYPE,
        "version": 1,
        "purpose": PURPOSE,
        "body": public_body(row),
        "key": f"submission:{row.pk}",
    }


def take(message: Message) -> None:
    """Take what a peer published. The same again does nothing; what differs from what it said before is refused."""
    body = message.body
    try:
        row, at = _read(message.sender, body)
    except BadClaims as error:
        raise NotASubmission(reason=str(error)) from None
    known = Submission.objects.filter(owner_node=row.owner_node, origin=row.origin).first()
    if known is not None:
        if known.digest != row.digest:
            raise SubmissionDiffers(number=row.origin, owner=row.owner_node)
        return
    row.about = _find_target(body.get("about"), message)
    row.supersedes = _find_target(body.get("supersedes"), message)
    _keep(row, at)


def _read(sender: str, body: Mapping[str, object]) -> tuple[Submission, datetime]:
    """Return the row that a body describes, and when it was decided on; raise BadClaims, NotItsOwn, NoSuchEntryHere."""
    claims = Claims(body, where="body")
    owner, number = _read_identity(claims, claims.rows("identity", most=2))
    if owner != sender:
        raise NotItsOwn(sender=sender, owner=owner)
    code = claims.text("entry", longest=16)
    entry = Entry.objects.select_related("indicator").filter(code=code).first()
    if entry is None:
        raise NoSuchEntryHere(entry=code)
    row = Submission(owner_node=owner, origin=number, entry=entry, made_by=f"node:{owner}", digest=digest_of_body(body))
    row.kind = _choice(claims, "kind", set(Kind))
    row.party = _read_party(claims)
    _read_figure(row, claims)
    _read_texts(row, claims)
    row.told_files = [_read_file(claims, one) for one in claims.rows("files", most=20)]
    row.made_at, decided_at = _read_moment(claims, "made_at"), _read_moment(claims, "decided_at")
    for name in ("about", "supersedes"):
        if not claims.is_null(name):
            _read_identity(claims, claims.rows(name, most=2))
    claims.check_no_more()
    return row, decided_at


def _read_identity(claims: Claims, pair: object) -> tuple[str, int]:
    match pair:
        case [str(owner), int(number)] if 0 < len(owner) <= 3 and number > 0:
            return owner, number
    raise claims.bad("identity", "a submission is known by its owner node and its number there")


def _choice(claims: Claims, name: str, allowed: set[str]) -> str:
    found = claims.text(name, longest=20)
    if found not in allowed:
        raise claims.bad(name, f"“{found}” is not one of those known here")
    return found


def _read_party(claims: Claims) -> str:
    try:
        return str(parse_scope(claims.text("party", longest=72)))
    except ValueError:
        raise claims.bad("party", "there is no such state or body") from None


def _read_figure(row: Submission, claims: Claims) -> None:
    row.period = claims.text("period", longest=21)
    if row.period:
        try:
            period = Period.parse(row.period)
        except ValueError:
            raise claims.bad("period", "it is no period") from None
        row.period_start, row.period_end = period.start, period.end
    row.value, row.coverage = _decimal(claims, "value"), _decimal(claims, "coverage")
    row.measure = None if claims.is_null("measure") else claims.integer("measure")
    row.unit = claims.text("unit", longest=120)
    if row.kind == Kind.MEASUREMENT:
        units = split_units(row.entry.indicator.text("unit", "en")) if hasattr(row.entry, "indicator") else []
        if row.value is None or row.measure is None or row.measure >= len(units) or not row.period:
            raise claims.bad("value", "a figure has a value, a unit of the entry's indicator and a period")
        row.provenance = _choice(claims, "provenance", set(Provenance))
        is_training = str(settings.IDENTITY.realm) == "training"
        if row.provenance == Provenance.SIMULATED and not is_training:
            raise claims.bad("provenance", "nothing simulated is taken by a service node")
    else:
        row.provenance = claims.text("provenance", longest=12)


def _decimal(claims: Claims, name: str) -> Decimal | None:
    if claims.is_null(name):
        return None
    try:
        found = Decimal(claims.text(name, longest=30))
    except InvalidOperation:
        raise claims.bad(name, "it is no figure") from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 14:
        raise claims.bad(name, "it is no figure that the register can hold")
    return found


def _read_texts(row: Submission, claims: Claims) -> None:
    for name, longest in (
        ("series", 80),
        ("coverage_note", 300),
        ("source_kind", 16),
        ("source", 300),
        ("link", 500),
        ("rule", 40),
        ("note", 4000),
        ("note_language", 10),
    ):
        setattr(row, name, claims.text(name, longest=longest))
    if row.link and not row.link.startswith(("https://", "http://")):
        raise claims.bad("link", "a link begins with https:// or http://")


def _read_file(claims: Claims, row: object) -> list[str | int]:
    match row:
        case [str(name), str(digest), int(size), str(media_type)] if len(name) <= 150 and len(digest) == 64:
            return [name, digest, size, media_type[:80]]
    raise claims.bad("files", "each file has a name, a hash, a size and a type")


def _read_moment(claims: Claims, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(claims.text(name, longest=40))
    except ValueError:
        raise claims.bad(name, "it is no moment in ISO 8601") from None
    if found.tzinfo is None:
        raise claims.bad(name, "it has no time zone")
    return found


def _find_target(pair: object, message: Message) -> Submission | None:
    """Return the submission that this one speaks of; wait for it a while when another node's is still on its way."""
    if not isinstance(pair, list):
        return None
    owner, number = str(pair[0]), int(pair[1])
    if owner == settings.IDENTITY.code:
        found = Submission.objects.filter(owner_node=owner, origin=None, pk=number, state__in=PUBLIC).first()
    else:
        found = Submission.objects.filter(owner_node=owner, origin=number).first()
    if found is not None:
        return found
    if owner != message.sender and clock.now() - message.issued_at < _PATIENCE:
        raise NotYet
    raise TargetMissing(number=number, owner=owner)


def _keep(row: Submission, decided_at: datetime) -> None:
    if row.supersedes is not None:
        if row.supersedes.owner_node != row.owner_node:
            raise NotItsOwn(sender=row.owner_node, owner=row.supersedes.owner_node)
        row.supersedes.state = SubmissionState.SUPERSEDED
        row.supersedes.save(update_fields=["state"])
    is_first = row.kind == Kind.MEASUREMENT and not is_measured(row.entry_id)
    row.state = SubmissionState.PUBLISHED
    row.save(force_insert=True)
    Decision.objects.create(
        submission=row, verdict=Verdict.PUBLISH, by=row.made_by, at=decided_at, reason=f"published by {row.owner_node}"
    )
    bump_revision(FIGURES)
    if is_first:
        bump_revision(REGISTER)
    audit.record(
        "followup:submission:arrive",
        subject=f"submission {row.pk}",
        actor=Actor.system("exchange"),
        entry=row.entry.code,
        owner=row.owner_node,
        number=row.origin or 0,
        digest=row.digest,
    )


SUBMISSION: Final = MessageType(name=TYPE, version=1, lane=LANE, purposes=frozenset({PURPOSE}), handle=take)
