"""Meeting and introducing other nodes. Nobody is trusted because they answered: an operator compares fingerprints."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from serai.exchange import asking, handlers
from serai.exchange.errors import (
    BadKeyLog,
    KeysDiffer,
    NoReason,
    NotANode,
    OwnNode,
    TooManyTries,
    UnknownPeer,
    WrongFingerprint,
    WrongRealm,
)
from serai.exchange.http import client
from serai.exchange.keyring import key_log_of
from serai.exchange.keys import KeyLog, same_fingerprint
from serai.exchange.messages import tell_keys_to
from serai.exchange.models import Peer, PeerState
from serai.exchange.outbox import wake
from serai.exchange.rights import check_operator
from serai.exchange.statement import MOST_CERTIFICATE
from serai.kernel import audit, clock
from serai.kernel.countries import NEUTRAL, Party
from serai.kernel.roles import Actor

MOST_TRIES: Final = 5
_PAUSE: Final = timedelta(minutes=10)


def known_codes() -> set[str]:
    """Return which nodes there can be in this realm."""
    return set(Party) | (set(NEUTRAL) if str(settings.IDENTITY.realm) == "training" else set())


def meet_peer(*, url: str, actor: Actor) -> Peer:
    """Fetch what a node says of itself, so that its fingerprint can be compared; it is trusted with nothing yet.

    Raises BadAddress, PeerUnreachable, NotANode, WrongRealm, OwnNode, KeysDiffer.
    """
    check_operator(actor)
    address = client.check_address(url, is_training=str(settings.IDENTITY.realm) == "training")
    return take_card(card=client.fetch_node(address), url=address, actor=actor)


def take_card(*, card: Mapping[str, object], url: str, actor: Actor) -> Peer:
    """Keep what a node says of itself. One that was introduced may have moved: the same keys, another address.

    Raises NotANode, WrongRealm, OwnNode, KeysDiffer.
    """
    check_operator(actor)
    log = _read_card(card, url)
    with transaction.atomic():
        known = Peer.objects.select_for_update().filter(pk=log.node).first()
        if known is None or known.state != PeerState.INTRODUCED:
            return _meet(log, url, _text(card, "certificate"), actor)
        if known.statements[0] == log.statements[0].decode():
            _move(known, url, _text(card, "certificate"), actor)
            return known
        audit.record("exchange:peer:keys-differ", subject=log.node, actor=actor, url=url, fingerprint=log.fingerprint)
    raise KeysDiffer(peer=log.node)  # after the transaction, so that it is written down


def _meet(log: KeyLog, url: str, certificate: str, actor: Actor) -> Peer:
    peer, _ = Peer.objects.update_or_create(
        pk=log.node,
        defaults={
            "url": url,
            "state": PeerState.MET,
            "statements": [raw.decode() for raw in log.statements],
            "certificate": certificate,
            "met_by": actor.doer,
            "met_at": clock.now(),
        },
    )
    audit.record("exchange:peer:meet", subject=log.node, actor=actor, url=url, fingerprint=log.fingerprint)
    return peer


def _move(peer: Peer, url: str, certificate: str, actor: Actor) -> None:
    """Reach a peer elsewhere from now on; whoever answers there must still sign with its keys."""
    if (peer.url, peer.certificate) == (url, certificate):
        return
    peer.url, peer.certificate, peer.keys_wanted_at = url, certificate, clock.now()
    peer.failures, peer.failing_since, peer.next_try_at = 0, None, None
    peer.save(update_fields=["url", "certificate", "keys_wanted_at", "failures", "failing_since", "next_try_at"])
    audit.record("exchange:peer:move", subject=peer.pk, actor=actor, url=url)


def _read_card(card: Mapping[str, object], url: str) -> KeyLog:
    code, realm, keys = card.get("node"), card.get("realm"), card.get("keys")
    if not isinstance(code, str) or code not in known_codes():
        raise NotANode(url=url)
    if realm != str(settings.IDENTITY.realm):
        raise WrongRealm(realm=str(realm)[:16])
    if code == settings.IDENTITY.code:
        raise OwnNode
    if not isinstance(keys, list) or not 0 < len(keys) <= 1000:
        raise NotANode(url=url)
    if not all(isinstance(one, str) and one.isascii() for one in keys):
        raise NotANode(url=url)
    return key_log_of(code, keys)


def _text(card: Mapping[str, object], name: str) -> str:
    value = card.get(name)
    return value if isinstance(value, str) and value.isascii() and len(value) <= MOST_CERTIFICATE else ""


def introduce_peer(*, code: str, fingerprint: str, actor: Actor) -> Peer:
    """Trust a node whose fingerprint was read to us by its operator. Raises WrongFingerprint, TooManyTries, UnknownPeer."""
    check_operator(actor)
    with transaction.atomic():
        peer = Peer.objects.select_for_update().filter(pk=code).first()
        _check_tries(code)
        if peer is None or not peer.statements:
            raise UnknownPeer(node=code)
        is_same = same_fingerprint(fingerprint, peer.statements[0].encode())
        audit.record(
            "exchange:peer:introduce" if is_same else "exchange:peer:wrong-fingerprint", subject=code, actor=actor
        )
        if is_same and peer.state != PeerState.INTRODUCED:
            peer.state, peer.introduced_at = PeerState.INTRODUCED, clock.now()
            peer.introduced_by, peer.ended_at = actor.doer, None
            peer.failures, peer.next_try_at, peer.failing_since = 0, None, None
            peer.keys_wanted_at = clock.now()  # before anything is sent: see refresh_keys
            peer.save()
            tell_keys_to(peer.pk)
            handlers.greet(peer.pk)
            transaction.on_commit(wake)
    if not is_same:  # after the transaction, so that the try is written down
        raise WrongFingerprint(peer=code)
    return peer


def _check_tries(code: str) -> None:
    """Sixty digits cannot be guessed; five wrong tries mean that somebody reads the wrong node's."""
    from serai.kernel.models import AuditRow  # noqa: PLC0415  # the trail is the one place where tries are written

    since = clock.now() - _PAUSE
    wrong = AuditRow.objects.filter(action="exchange:peer:wrong-fingerprint", subject=code, at__gt=since).count()
    if wrong >= MOST_TRIES:
        raise TooManyTries(minutes=int(_PAUSE.total_seconds() // 60))


def end_peer(*, code: str, reason: str, actor: Actor) -> Peer:
    """End the exchange with a peer: nothing more is taken from it or sent to it. What is queued waits."""
    check_operator(actor)
    if not reason.strip():
        raise NoReason
    with transaction.atomic():
        peer = Peer.objects.select_for_update().filter(pk=code, state=PeerState.INTRODUCED).first()
        if peer is None:
            raise UnknownPeer(node=code)
        peer.state, peer.ended_at = PeerState.ENDED, clock.now()
        peer.save(update_fields=["state", "ended_at"])
        audit.record("exchange:peer:end", subject=code, actor=actor, reason=reason)
        return peer


def refresh_keys(code: str) -> None:
    """Ask a peer for its key log and take in what follows from what is known. Raises PeerUnreachable, BadMessage."""
    keys = asking.ask_keys(Peer.objects.get(pk=code))
    take_statements(code, keys.statements)
    # The certificate that its card showed may be that of somebody between us; this one is signed.
    Peer.objects.filter(pk=code).update(keys_wanted_at=None, certificate=keys.certificate)


def take_statements(code: str, given: Sequence[str]) -> int:
    """Append new key statements of a peer; return how many. What was said before cannot be changed. Raises BadKeyLog."""
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=code)
        known, given = list(peer.statements), list(given)
        if known[: len(given)] == given:
            return 0
        if given[: len(known)] != known:
            raise BadKeyLog(node=code, number=len(given), reason="it changes what was said before")
        key_log_of(code, given)
        peer.statements = given
        peer.save(update_fields=["statements"])
        audit.record(
            "exchange:keys:learn", subject=code, actor=Actor.system("exchange"), statements=len(given) - len(known)
        )
        return len(given) - len(known)
