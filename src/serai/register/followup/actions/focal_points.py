"""Who answers for a party on an entry."""

from django.db import transaction

from serai.kernel import audit, clock
from serai.kernel.errors import Refused
from serai.kernel.locks import take_lock
from serai.kernel.notices import notify
from serai.kernel.people import find_holders
from serai.kernel.roles import Actor, Role, Scope
from serai.register.followup import notices
from serai.register.followup.errors import CannotAnswer, NoSuchFocalPoint
from serai.register.followup.models import FocalPoint
from serai.register.followup.parties import check_bound, party_in_all_languages
from serai.register.followup.rights import Act, check_may
from serai.register.models import Entry


def name_focal_point(*, party: Scope, entry: Entry | None, account: str, actor: Actor) -> FocalPoint:
    """Name the account that answers for the party; the one before, if any, ends with it. The same again does nothing."""
    check_may(actor, Act.NAME, party)
    if entry is not None:
        check_bound(party, entry)
    if not party or account not in {person.account for person in find_holders(Role.FOCAL_POINT, party)}:
        raise CannotAnswer(party=party_in_all_languages(party))
    with transaction.atomic():
        take_lock(f"followup-point-{party}")
        standing = FocalPoint.objects.select_for_update().filter(party=party, entry=entry, ended_at=None).first()
        if standing is not None and standing.account == account:
            return standing
        if standing is not None:
            _end(standing, actor)
        named = FocalPoint.objects.create(
            party=party, entry=entry, account=account, named_by=actor.name, named_at=clock.now()
        )
        where = entry.code if entry else "*"
        audit.record("followup:focal-point:name", subject=f"{party} {where}", actor=actor, account=account)
        notify(
            notices.NAMED,
            accounts=[account],
            key=f"focal-point:{named.pk}",
            path=f"/work/entries/{entry.code}/" if entry else "/work/",
            party=party_in_all_languages(party),
            entry=where,
        )
        return named


def end_focal_point(*, number: int, actor: Actor) -> None:
    """End a focal point; requests that run go to whoever else holds the role for the party."""
    with transaction.atomic():
        standing = FocalPoint.objects.select_for_update().filter(pk=number, ended_at=None).first()
        if standing is None:
            raise NoSuchFocalPoint
        try:
            check_may(actor, Act.NAME, Scope(standing.party))
        except Refused:
            if standing.account != actor.account:  # one may always lay one's own duty down
                raise
        _end(standing, actor)
        where = standing.entry.code if standing.entry else "*"
        audit.record("followup:focal-point:end", subject=f"{standing.party} {where}", actor=actor)


def _end(standing: FocalPoint, actor: Actor) -> None:
    standing.ended_at, standing.ended_by = clock.now(), actor.name
    standing.save(update_fields=["ended_at", "ended_by"])
