"""Checks of the exchange: the key that signs and the one that follows, what the signer remembers, peers and what waits for people."""

from datetime import UTC, datetime, timedelta
from typing import Final

from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import own_keys
from serai.exchange.keys import Use
from serai.exchange.models import Evidence, OutLane, Peer, PeerState, Receipt
from serai.exchange.queries import MOST_COUNTED, count_waiting, open_stops
from serai.exchange.receipt import read_receipt
from serai.exchange.signer.memory import FILE, Memory
from serai.exchange.signer.place import keys_folder
from serai.kernel import clock, storage
from serai.site.doctor.finding import Caution, Unfit
from serai.site.home import NodeHome

SOON: Final = timedelta(days=30)
LATE: Final = timedelta(hours=1)
MOST_CLOCK_DIFFERENCE: Final = timedelta(minutes=5)
_RECEIPTS: Final = 3  # one alone may be old: a repeated message is answered with the receipt that was given then
_ROTATE: Final = "Run: serai exchange keys rotate"


def check_signing_keys() -> str:
    """A key signs now and in thirty days, and then another is ready, by which the first could be revoked."""
    log, now = own_keys(), int(clock.now().timestamp())
    later = now + int(SOON.total_seconds())
    current = log.signs_now(at=now)
    if current is None:
        raise Unfit(
            "No signing key of this node is valid: it can sign nothing, not even a new key. "
            "Check the machine's clock, and put the newest copy of the folder “keys” back."
        )
    valid = [key.kid for key in log.valid(Use.SIGN, at=later)]
    if not valid:
        raise Unfit(f"The signing key {current.kid} ends on {_day(current.end)} and none follows it. {_ROTATE}")
    if len(valid) == 1:
        raise Unfit(
            f"No second key is ready beside {valid[0]}: if it were lost, nothing could revoke it. {_ROTATE} "
            "(the key that signs now ends after the overlap, and two are left)"
        )
    if current.kid not in valid:
        return f"{current.kid} signs until {_day(current.end)}; {' and '.join(valid)} follow."
    return f"{current.kid} signs; ready beside it: {', '.join(kid for kid in valid if kid != current.kid)}."


def _day(at: int | None) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC" if at else "no day"


def check_signed_numbers(home: NodeHome) -> str:
    """What the signer remembers reaches as far as what the store holds."""
    lanes = list(OutLane.objects.filter(next_seq__gt=1).order_by("peer", "lane"))  # before the memory, which runs ahead
    file = keys_folder(home.folder) / FILE
    memory = Memory.look(file.parent)
    if not lanes:
        return "No message was signed yet."
    if memory is None:
        raise Unfit(
            f"{file} is missing: without it nobody notices when the store is put back from an old backup, and numbers would be "
            "used twice. Put it back from the newest copy of the folder “keys”; else restore no backup until each lane has "
            "sent something, which writes it anew."
        )
    known = {name: (numbers[0], numbers[2]) for name, numbers in memory.lanes.items()}
    behind = [
        f"{lane.peer} {lane.lane}"
        for lane in lanes
        if known.get(f"{lane.peer} {lane.lane}", (0, 0)) < (lane.epoch, lane.next_seq - 1)
    ]
    if behind:
        raise Caution(
            f"{file} is behind the store in {', '.join(behind)}, as after a power cut, or when an older copy of the folder “keys” "
            "was put back. The next message of the lane mends it; restore no backup before that."
        )
    return f"The signer remembers all that was sent in {len(lanes)} lanes."


def check_store_fault() -> str:
    """No write to the disk has failed."""
    if at := storage.find_fault():
        raise Unfit(
            f"The disk failed to write at {at}, and the node takes nothing more. Look at the disk and at the system's log first; "
            "then start the node again: it checks the store, and goes on when that is whole."
        )
    return "No write to the disk has failed."


def check_peers() -> str:
    """Every peer was reached within the last hour of trying."""
    peers = Peer.objects.filter(state=PeerState.INTRODUCED)
    late = peers.filter(failing_since__lte=clock.now() - LATE).order_by("pk")
    if late:
        named = "; ".join(f"{peer.pk} since {peer.failing_since:%Y-%m-%d %H:%M} UTC ({_waits(peer)})" for peer in late)
        raise Unfit(
            f"Peers cannot be reached: {named}. Nothing is lost and sending goes on. Look at the link from this machine "
            "(serai exchange peers shows the addresses), then call their operators."
        )
    return f"None of {peers.count()} peers has been out of reach for an hour."


def _waits(peer: Peer) -> str:
    waiting = count_waiting(peer.pk)
    count = f"more than {MOST_COUNTED}" if waiting > MOST_COUNTED else str(waiting)
    return f"{peer.fault or 'no reason known'}, {count} messages wait"


def check_stops() -> str:
    """No lane waits for a decision."""
    if stops := open_stops():
        named = "; ".join(f"{stop.peer} {stop.lane} at {stop.seq}, {stop.reason}" for stop in stops)
        raise Unfit(
            f"{len(stops)} lanes are stopped by a parked message: {named}. Of an unknown type or a newer version: install newer "
            "software. After a crash: two operators decide, serai exchange resolve PEER LANE --retry|--refuse --reason …"
        )
    return "No lane is stopped."


def check_evidence() -> str:
    """No peer has contradicted itself."""
    if peers := sorted(set(Evidence.objects.values_list("peer", flat=True))):
        raise Caution(
            f"{Evidence.objects.count()} proofs are kept that peers contradicted themselves: {', '.join(peers)}. Call their "
            "operators if nobody has yet; each proof is a file that verifies anywhere (serai exchange verify FILE)."
        )
    return "No peer has contradicted itself."


def check_peer_clocks() -> str:
    """The newest receipts of each peer are dated when they came."""
    codes = list(Peer.objects.filter(state=PeerState.INTRODUCED, receipt_at__isnull=False).values_list("pk", flat=True))
    off = [(code, difference) for code in codes if abs(difference := _difference(code)) > MOST_CLOCK_DIFFERENCE]
    if off:
        named = "; ".join(f"{code} {_minutes(difference)}" for code, difference in off)
        raise Unfit(
            f"Receipts of peers are dated otherwise than they came by this machine's clock: {named}. Compare this clock with a "
            "time server (timedatectl); if it is right, call the peer's operator."
        )
    return f"The clocks of {len(codes)} peers agree with this one within five minutes, by their receipts."


def _difference(code: str) -> timedelta:
    """Return by how much a peer's clock is ahead, by the one of its newest receipts that agrees best."""
    rows = Receipt.objects.filter(is_ours=False, peer=code).order_by("-pk")[:_RECEIPTS]
    found = [_dated(bytes(row.raw)) - row.at for row in rows]
    return min(found, key=abs, default=timedelta())


def _dated(raw: bytes) -> datetime:
    return datetime.fromtimestamp(read_receipt(read_jws(raw, Typ.RECEIPT).payload).at, UTC)


def _minutes(difference: timedelta) -> str:
    minutes = abs(difference).total_seconds() / 60
    return f"{minutes:.0f} min {'ahead' if difference > timedelta() else 'behind'}"
