"""Every read of the exchange: for its page, its commands and its metrics, so that they cannot disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Min, Q

from serai.exchange.envelope import LANES
from serai.exchange.errors import NoSuchEvidence, NoSuchMessage, NoSuchPeer, NoSuchStop
from serai.exchange.keyring import own_keys
from serai.exchange.keys import PublicKey, Use, fingerprint_of
from serai.exchange.models import (
    Envelope,
    Evidence,
    InLane,
    Intent,
    OutLane,
    Peer,
    PeerState,
    Receipt,
    Refusal,
    Stop,
    Waiting,
    Witness,
)
from serai.exchange.signer.place import read_statements
from serai.exchange.standing import find_standing
from serai.kernel import clock, log, storage

MOST_COUNTED: Final = 10_000  # more are told as “more than”; counting a million would keep the page waiting
LATE_AFTER: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStanding:
    """How it stands between this node and a peer."""

    code: str
    url: str
    state: str  # met, reachable, late, never reached, ended
    waiting: int
    oldest: datetime | None
    receipt_at: datetime | None
    received_at: datetime | None
    failing_since: datetime | None
    next_try_at: datetime | None
    fault: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """A key of this node: signs, ready, seals, ended, revoked."""

    kid: str
    use: str
    state: str
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that the operators' page shows."""

    node: str
    realm: str
    fingerprint: str
    peers: Sequence[PeerStanding]
    log_epoch: int
    log_size: int
    log_root: str
    seen_by: Sequence[str]  # peers that signed this very root, or an earlier one that it continues
    keys: Sequence[OwnKey]
    stops: Sequence[Stop]
    refusals: Mapping[str, int]  # of 24 hours, by code
    evidence: int
    restored_at: datetime | None
    is_catching_up: bool
    store_fault: str


def get_status() -> Status:
    """Return how this node stands."""
    standing, head = find_standing(), log.head()
    log_epoch = standing.log_epoch
    return Status(
        node=settings.IDENTITY.code,
        realm=str(settings.IDENTITY.realm),
        fingerprint=own_fingerprint(),
        peers=peer_standings(),
        log_epoch=log_epoch,
        log_size=head.size,
        log_root=head.root.hex(),
        seen_by=list(
            Witness.objects.filter(log_epoch=log_epoch).order_by("peer").values_list("peer", flat=True).distinct()
        ),
        keys=own_key_states(),
        stops=open_stops(),
        refusals=refusals_of_a_day(),
        evidence=Evidence.objects.count(),
        restored_at=standing.restored_at,
        is_catching_up=standing.is_catching_up,
        store_fault=storage.find_fault(),
    )


def own_fingerprint() -> str:
    """Return this node's fingerprint, to be read to the operator of another node."""
    return fingerprint_of(read_statements(settings.HOME.folder)[0])


def peer_standings() -> list[PeerStanding]:
    """Return all peers by code."""
    return [_standing_of(peer) for peer in Peer.objects.order_by("pk")]


def _standing_of(peer: Peer) -> PeerStanding:
    waiting = count_waiting(peer.pk)
    oldest = Waiting.objects.filter(peer=peer.pk).aggregate(at=Min("queued_at"))["at"] if 0 < waiting <= 1000 else None
    if waiting > 1000:  # the first in number is the oldest but for other lanes: near enough, and read by index
        oldest = (
            Waiting.objects.filter(peer=peer.pk).order_by("lane", "epoch", "seq").values_list("queued_at", flat=True)[0]
        )
    return PeerStanding(
        code=peer.pk,
        url=peer.url,
        state=_state_of(peer),
        waiting=waiting,
        oldest=oldest,
        receipt_at=peer.receipt_at,
        received_at=peer.received_at,
        failing_since=peer.failing_since,
        next_try_at=peer.next_try_at,
        fault=peer.fault,
        fingerprint=fingerprint_of(peer.statements[0].encode()) if peer.statements else "",
    )


def _state_of(peer: Peer) -> str:
    if peer.state != PeerState.INTRODUCED:
        return str(peer.state)
    if peer.failing_since is not None:
        return "late"
    return "reachable" if peer.reached_at or peer.received_at else "new"


def count_waiting(peer: str) -> int:
    """Return how many messages wait for a peer, sealed or not; at most MOST_COUNTED + 1."""
    sealed = Waiting.objects.filter(peer=peer).order_by()[: MOST_COUNTED + 1].count()
    queued = Intent.objects.filter(peer=peer).order_by()[: MOST_COUNTED + 1].count()
    return min(sealed + queued, MOST_COUNTED + 1)


def own_key_states() -> list[OwnKey]:
    """Return this node's keys, each with what it does now."""
    keys, now = own_keys(), int(clock.now().timestamp())
    signing = keys.signs_now(at=now)
    return [_key_state(key, signing, now) for key in keys.keys.values()]


def _key_state(key: PublicKey, signing: PublicKey | None, now: int) -> OwnKey:
    end = key.revoked_since if key.revoked_since is not None else key.end
    if key.revoked_since is not None:
        state = "revoked"
    elif not key.is_valid(now):
        state = "ended" if key.end is not None and key.end <= now else "ready"
    elif key.use is Use.SEAL:
        state = "seals"
    else:
        state = "signs" if key == signing or key.use is Use.FOREIGN else "ready"
    moment = None if end is None else datetime.fromtimestamp(end, tz=clock.now().tzinfo)
    return OwnKey(kid=key.kid, use=str(key.use), state=state, end=moment)


def open_stops() -> list[Stop]:
    return list(Stop.objects.filter(ended_at=None).order_by("peer", "lane"))


def refusals_of_a_day() -> dict[str, int]:
    """Return code → how often something was refused in the last 24 hours, of those written down."""
    rows = Refusal.objects.filter(at__gt=clock.now() - timedelta(days=1))
    return dict(rows.values_list("code").annotate(count=Count("pk")).order_by("code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStanding:
    """One lane, both ways."""

    lane: str
    out_epoch: int
    out_next: int
    waiting: int
    stop: str
    in_epoch: int
    in_next: int


def lanes_of(peer: str) -> list[LaneStanding]:
    """Return the lanes to and from a peer that were ever used, the most urgent first."""
    out = {lane.lane: lane for lane in OutLane.objects.filter(peer=peer)}
    into = {lane.lane: lane for lane in InLane.objects.filter(peer=peer)}
    return [
        LaneStanding(
            lane=lane,
            out_epoch=out[lane].epoch if lane in out else 0,
            out_next=out[lane].next_seq if lane in out else 0,
            waiting=Waiting.objects.filter(peer=peer, lane=lane).order_by()[: MOST_COUNTED + 1].count(),
            stop=out[lane].stop if lane in out else "",
            in_epoch=into[lane].epoch if lane in into else 0,
            in_next=into[lane].next_seq if lane in into else 0,
        )
        for lane in LANES
        if lane in out or lane in into
    ]


def get_message(*, peer: str, lane: str, epoch: int, seq: int, is_sent: bool) -> Envelope:
    """Return an envelope of the archive; raise NoSuchMessage."""
    row = Envelope.objects.filter(is_sent=is_sent, peer=peer, lane=lane, epoch=epoch, seq=seq).first()
    if row is None:
        raise NoSuchMessage(place=f"{peer} {lane} {epoch} {seq}")
    return row


def find_receipt(envelope: Envelope) -> Receipt | None:
    """Return the receipt of an envelope: the peer's for one we sent, ours for one we received."""
    at = {"peer": envelope.peer, "lane": envelope.lane, "epoch": envelope.epoch}
    rows = Receipt.objects.filter(first_seq__lte=envelope.seq, last_seq__gte=envelope.seq, **at)
    return rows.filter(is_ours=not envelope.is_sent).order_by("pk").first()


def is_waiting(envelope: Envelope) -> bool:
    """Whether a sent envelope has no receipt yet."""
    return Waiting.objects.filter(pk=envelope.pk).exists()


def get_peer_standing(code: str) -> PeerStanding:
    """Return how it stands with one peer; raise NoSuchPeer."""
    peer = Peer.objects.filter(pk=code).first()
    if peer is None:
        raise NoSuchPeer(node=code)
    return _standing_of(peer)


def messages_of(*, peer: str, lane: str, is_sent: bool, before: str, most: int) -> tuple[list[Envelope], str]:
    """Return messages of a lane, the newest first, and what `before` is for those after them; empty at the end.

    Read by index from a place on, however many there are. What stands in `before` and is none of ours counts as nothing.
    """
    rows = Envelope.objects.filter(is_sent=is_sent, peer=peer, lane=lane, epoch__gt=0).defer("raw")
    epoch, _, seq = before.partition("-")
    if epoch.isdecimal() and seq.isdecimal() and len(before) < 30:
        rows = rows.filter(Q(epoch=int(epoch), seq__lt=int(seq)) | Q(epoch__lt=int(epoch)))
    found = list(rows.order_by("-epoch", "-seq")[: most + 1])
    last = found[most - 1] if len(found) > most else None
    return found[:most], f"{last.epoch}-{last.seq}" if last else ""


def waiting_among(rows: Sequence[Envelope]) -> set[int]:
    """Return the keys of those that have no receipt yet."""
    return set(Waiting.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))


def find_message(number: str) -> Envelope | None:
    """Return the envelope of a message id, sent rather than received."""
    peers = list(Peer.objects.values_list("pk", flat=True))  # the index begins with direction and peer
    rows = Envelope.objects.filter(is_sent__in=[True, False], peer__in=peers, message_id=number)
    return rows.filter(epoch__gt=0).order_by("-is_sent", "pk").first()


def find_intent(number: str) -> Intent | None:
    """Return a queued message that has no number yet."""
    return Intent.objects.filter(message_id=number).first()


def get_stop(peer: str, lane: str) -> Stop:
    """Return the open stop of a lane; raise NoSuchStop."""
    row = Stop.objects.filter(peer=peer, lane=lane, ended_at=None).first()
    if row is None:
        raise NoSuchStop(peer=peer, lane=lane)
    return row


def newest_evidence(*, most: int) -> list[Evidence]:
    return list(Evidence.objects.order_by("-pk").defer("file")[:most])


def get_evidence(key: int) -> Evidence:
    """Return a piece of evidence; raise NoSuchEvidence."""
    row = Evidence.objects.filter(pk=key).first() if key < 2**63 else None
    if row is None:
        raise NoSuchEvidence(number=key)
    return row


def newest_refusals(*, most: int) -> list[Refusal]:
    return list(Refusal.objects.order_by("-at")[:most])
