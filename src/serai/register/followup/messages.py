"""Follow-up over the exchange: what a peer published stands here beside ours, with its owner, exactly once.

A node takes only what its sender owns. Nothing here ever decides on, corrects or withdraws what another node published.
"""

import logging
from typing import Final

from django.conf import settings
from django.db import transaction

from serai.exchange.claims import Claims
from serai.exchange.errors import BadClaims, MessageRefused
from serai.exchange.handlers import Message, MessageType, NotYet
from serai.kernel import audit, clock
from serai.kernel.locks import take_lock
from serai.kernel.revision import bump_revision
from serai.kernel.roles import Actor
from serai.register.followup.domain import Kind, SubmissionState, Verdict
from serai.register.followup.models import Decision, EarlyStatement, Submission
from serai.register.followup.page_digest import count_in
from serai.register.followup.queries import PUBLIC, is_measured
from serai.register.followup.reading import Told, read_told
from serai.register.followup.refusals import NoSuchEntryHere, NotASubmission, SubmissionDiffers, TargetMissing
from serai.register.followup.sharing import LANE, PURPOSE, TYPE, Identity, published_catalogue
from serai.register.revisions import FIGURES, REGISTER

_ACTOR: Final = Actor.system("exchange")
_log = logging.getLogger("serai.followup")


def take(message: Message) -> None:
    """Take what a peer published. The same again does nothing; what differs from what it said before is refused.

    Raises NotYet for an entry of a newer catalogue that is still on its way from the Secretariat.
    """
    try:
        claims = Claims(message.body, where="body")
        catalogue, digest, body = claims.integer("catalogue"), claims.digest("digest"), claims.object("submission")
        claims.check_no_more()
    except BadClaims as error:
        raise NotASubmission(reason=str(error)) from None
    try:
        told = read_told(body, digest=digest, sender=message.sender)
    except NoSuchEntryHere:
        if catalogue > published_catalogue():
            raise NotYet from None
        raise
    take_lock("followup-publish")
    if not _is_known(told):
        _take_in(told, body)


def _is_known(told: Told) -> bool:
    """Whether it arrived before; raise SubmissionDiffers when it said something else then."""
    at = {"owner_node": told.row.owner_node, "uid": told.row.uid}
    known = Submission.objects.filter(**at).first() or EarlyStatement.objects.filter(**at).first()
    if known is not None and known.digest != told.digest:
        raise SubmissionDiffers(number=told.row.origin, owner=told.row.owner_node)
    return known is not None


def _take_in(told: Told, body: dict[str, object]) -> None:
    row = told.row
    if told.supersedes is not None:
        row.supersedes = _find_figure(told.supersedes, told)
        if row.supersedes is None:
            raise TargetMissing(number=told.supersedes[1], owner=told.supersedes[0])
    if told.about is not None:
        row.about = _find_figure(told.about, told)
        if row.about is None:
            _await_figure(told, told.about, body)
            return
    _keep(told)


def _find_figure(named: Identity, told: Told) -> Submission | None:
    """Return the public figure that is named, if it is here; raise NotASubmission when it is no figure of that entry."""
    owner, uid = named
    found = Submission.objects.filter(owner_node=owner, uid=uid, state__in=PUBLIC).first()
    if found is not None and (found.kind != Kind.MEASUREMENT or found.entry_id != told.row.entry.pk):
        raise NotASubmission(reason="what it speaks of is no figure of that entry")
    return found


def _await_figure(told: Told, figure: Identity, body: dict[str, object]) -> None:
    """Keep a statement until the figure arrives of which it speaks: it may come from a third node, or never.

    The lane goes on meanwhile. A figure of this node or of the sender would be here by now, if there were one.
    """
    owner, uid = figure
    if owner in {settings.IDENTITY.code, told.row.owner_node}:
        raise TargetMissing(number=uid, owner=owner)
    EarlyStatement.objects.create(
        owner_node=told.row.owner_node,
        uid=told.row.uid,
        figure_node=owner,
        figure_uid=uid,
        body=body,
        digest=told.digest,
        received_at=clock.now(),
    )


def _keep(told: Told) -> None:
    row = told.row
    is_first = row.kind == Kind.MEASUREMENT and not is_measured(row.entry.pk)
    _make_room(row)
    row.state = SubmissionState.PUBLISHED
    row.save(force_insert=True)
    decision = Decision.objects.create(
        submission=row,
        verdict=Verdict.PUBLISH,
        by=row.made_by,
        at=told.decided_at,
        public_digest=told.digest,
        received_at=clock.now(),
    )
    count_in(row, decision)
    bump_revision(FIGURES)
    if is_first:  # where the entry stands changes, and with it every list
        bump_revision(REGISTER)
    audit.record(
        "followup:submission:arrive",
        subject=f"submission {row.pk}",
        actor=_ACTOR,
        entry=row.entry.code,
        owner=row.owner_node,
        number=row.origin or 0,
        digest=told.digest,
    )
    _take_early(row)


def _make_room(row: Submission) -> None:
    """Supersede what the row corrects, and any other figure of its owner in its place.

    There is one of the latter when its owner was restored and lost it; the owner's newest word counts.
    """
    if row.kind != Kind.MEASUREMENT:
        return
    standing = Submission.objects.filter(
        kind=Kind.MEASUREMENT,
        state=SubmissionState.PUBLISHED,
        entry=row.entry,
        measure=row.measure,
        series=row.series,
        party=row.party,
        owner_node=row.owner_node,
        period_start=row.period_start,
        period_end=row.period_end,
    )
    corrected = [row.supersedes] if row.supersedes else []
    for older in (*corrected, *standing):
        older.state = SubmissionState.SUPERSEDED
        older.save(update_fields=["state"])


def _take_early(figure: Submission) -> None:
    """Take in the statements that waited for a figure."""
    for early in EarlyStatement.objects.filter(figure_node=figure.owner_node, figure_uid=figure.uid).order_by("pk"):
        try:
            with transaction.atomic():
                told = read_told(early.body, digest=early.digest, sender=early.owner_node)
                told.row.about = _find_figure([figure.owner_node, figure.uid], told)
                _keep(told)
        except MessageRefused as refusal:  # it was good when it came; the figure is none that it can be about
            _log.warning("a statement was not taken in", extra={"owner": early.owner_node, "code": refusal.code})
        early.delete()


SUBMISSION: Final = MessageType(name=TYPE, version=1, lane=LANE, purposes=frozenset({PURPOSE}), handle=take)
