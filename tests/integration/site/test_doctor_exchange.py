"""What `serai node doctor` says of the exchange, on the store of the tests; on both kinds."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from serai.exchange.claims import dump
from serai.exchange.jws import NO_HASH, Typ
from serai.exchange.keys import KeyLog
from serai.exchange.signer import keyfile
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.place import keys_folder, read_statements
from serai.exchange.signer.soft import SoftSigner, open_signer
from serai.kernel import clock, storage
from serai.site.doctor.finding import Finding, Unfit, try_check
from serai.site.home import NodeHome

pytestmark = pytest.mark.django_db
DAY = 86400
Answer = Callable[[], str]


@pytest.fixture
def home(tmp_path: Path) -> NodeHome:
    """A folder with keys that were made sixty days ago."""
    keyfile.make_keys(tmp_path, node="SEC", realm="service", now=int(time.time()) - 60 * DAY)
    return NodeHome(tmp_path)


@pytest.fixture
def signer(home: NodeHome) -> SoftSigner:
    return open_signer(home.folder)


@pytest.fixture
def check_signing_keys(home: NodeHome, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """The check, of the keys of that folder."""
    from serai.site.doctor import exchange

    monkeypatch.setattr(exchange, "own_keys", lambda: KeyLog.read("SEC", "service", read_statements(home.folder)))
    return exchange.check_signing_keys


def change(signer: SoftSigner, verb: str, *, days: float, kid: str = "") -> None:
    now = int(time.time())
    signer.change_keys(KeyOrder(verb=verb, at=now, end=now + int(days * DAY), kid=kid, reason="test"))


def end_quietly(signer: SoftSigner, kid: str, *, days: int) -> None:
    """End a key without another being made, as no command does."""
    from serai.exchange.keys import Change

    signer._changes._state(Change(verb="end", kid=kid, end=int(time.time()) + days * DAY))


def test_a_key_that_signs_and_one_ready_are_well(check_signing_keys: Answer) -> None:
    assert check_signing_keys() == "SEC-1 signs; ready beside it: SEC-2."


def test_a_key_that_ends_soon_is_told_with_those_that_follow(signer: SoftSigner, check_signing_keys: Answer) -> None:
    change(signer, "rotate", days=1)

    assert check_signing_keys().startswith("SEC-1 signs until 20")
    assert check_signing_keys().endswith("UTC; SEC-2 and SEC-3 follow.")


def test_a_key_that_ends_within_thirty_days_and_none_to_follow_is_told(
    signer: SoftSigner, check_signing_keys: Answer
) -> None:
    for kid in ("SEC-2", "SEC-1"):
        end_quietly(signer, kid, days=29)

    with pytest.raises(Unfit, match=r"SEC-1 ends on .* and none follows it\. Run: serai exchange keys rotate"):
        check_signing_keys()


def test_no_ready_second_key_is_told_and_rotation_mends_it(signer: SoftSigner, check_signing_keys: Answer) -> None:
    end_quietly(signer, "SEC-2", days=0)
    with pytest.raises(Unfit, match="No second key is ready beside SEC-1"):
        check_signing_keys()

    change(signer, "rotate", days=1)
    with pytest.raises(Unfit, match="No second key is ready beside SEC-3"):
        check_signing_keys()
    change(signer, "rotate", days=1)

    assert check_signing_keys().endswith("SEC-3 and SEC-4 follow.")


def test_no_valid_key_is_told(signer: SoftSigner, check_signing_keys: Answer) -> None:
    with clock.frozen(datetime.now(UTC) - timedelta(days=100)), pytest.raises(Unfit, match="Check the machine's clock"):
        check_signing_keys()


def lane(seq: int, *, epoch: int = 1, name: str = "register") -> None:
    from serai.exchange.models import OutLane

    OutLane.objects.create(peer="KZ", lane=name, epoch=epoch, next_seq=seq + 1, head=NO_HASH)


def signed_numbers(home: NodeHome) -> Finding:
    from serai.site.doctor import exchange

    return try_check("signed numbers", lambda: exchange.check_signed_numbers(home))


def sign(signer: SoftSigner, first: int, last: int) -> None:
    head = {"v": 1, "from": "SEC", "to": "KZ", "realm": "service", "lane": "register", "epoch": 1}
    signer.sign(Typ.ENVELOPE, [dump(head | {"seq": number}) for number in range(first, last + 1)])


def test_a_memory_as_far_as_the_store_or_farther_is_well(home: NodeHome, signer: SoftSigner) -> None:
    assert signed_numbers(home).sentence == "No message was signed yet."
    lane(7)
    sign(signer, 1, 7)
    assert "in 1 lanes" in signed_numbers(home).sentence

    sign(signer, 8, 9)  # and the transaction has not ended yet

    found = signed_numbers(home)
    assert found.is_good
    assert not found.is_caution
    assert keys_folder(home.folder).joinpath("signed.log").stat().st_mode & 0o77 == 0


def test_a_memory_behind_the_store_is_a_caution_that_names_the_lane(home: NodeHome, signer: SoftSigner) -> None:
    sign(signer, 1, 6)
    lane(7)
    lane(2, name="permits")

    found = signed_numbers(home)

    assert found.is_caution
    assert "in KZ permits, KZ register" in found.sentence


def test_a_missing_memory_is_wrong(home: NodeHome) -> None:
    lane(1)

    found = signed_numbers(home)

    assert not found.is_good
    assert "signed.log is missing" in found.sentence
    assert not (keys_folder(home.folder) / "signed.log").exists()  # looking made none


def test_a_failed_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from serai.site.doctor import exchange

    monkeypatch.setattr(storage, "_mark", lambda: tmp_path / "store-fault")
    exchange.check_store_fault()
    (tmp_path / "store-fault").write_text("2026-11-27 10:00")

    with pytest.raises(Unfit, match="failed to write at 2026-11-27 10:00"):
        exchange.check_store_fault()


def test_a_peer_out_of_reach_for_an_hour_is_told() -> None:
    from serai.exchange.models import Peer, PeerState
    from serai.site.doctor import exchange
    from tests.far_node import FarNode

    now = datetime.now(UTC)
    peer = FarNode("KZ").introduce(failing_since=now - timedelta(minutes=59), fault="timeout")
    assert exchange.check_peers() == "None of 1 peers has been out of reach for an hour."

    Peer.objects.update(failing_since=now - timedelta(minutes=61))
    with pytest.raises(Unfit, match=r"KZ since .* UTC \(timeout, 0 messages wait\)"):
        exchange.check_peers()
    Peer.objects.filter(pk=peer.pk).update(state=PeerState.ENDED)
    exchange.check_peers()


def test_an_open_stop_is_told_and_an_ended_one_is_not() -> None:
    from serai.exchange.models import Stop
    from serai.site.doctor import exchange

    now = datetime.now(UTC)
    Stop.objects.create(peer="KZ", lane="permits", epoch=1, seq=3, reason="crash", type="t", raw=b"", since=now)
    with pytest.raises(Unfit, match=r"KZ permits at 3, crash.*serai exchange resolve"):
        exchange.check_stops()

    Stop.objects.update(ended_at=now)

    exchange.check_stops()


def test_evidence_is_a_caution_that_names_the_peer() -> None:
    from serai.exchange.models import Evidence
    from serai.site.doctor import exchange

    assert not try_check("evidence", exchange.check_evidence).is_caution
    Evidence.objects.create(kind="fork", peer="KZ", at=datetime.now(UTC), digest="d", file=json.dumps({}))

    found = try_check("evidence", exchange.check_evidence)

    assert found.is_caution
    assert "1 proofs are kept that peers contradicted themselves: KZ" in found.sentence


@pytest.mark.parametrize(
    ("minutes", "said"),
    [([], ""), ([4, -4], ""), ([9, 9, 0], ""), ([9], "KZ 9 min ahead"), ([-7, -40, -8, 0], "KZ 7 min behind")],
)
def test_a_clock_off_against_the_newest_receipts_is_told(minutes: list[int], said: str) -> None:
    from serai.exchange.models import Receipt
    from serai.site.doctor import exchange
    from tests.far_node import FarNode

    now = datetime.fromtimestamp(int(time.time()), UTC)
    peer = FarNode("KZ")
    peer.introduce(receipt_at=now if minutes else None)
    for number, ahead in enumerate(reversed(minutes), 1):
        at = int((now + timedelta(minutes=ahead)).timestamp())
        raw = peer.receipt([FarNode("SEC").say(to="KZ")], at=at)
        place = {"peer": "KZ", "lane": "control", "epoch": 1, "first_seq": number, "last_seq": number}
        Receipt.objects.create(is_ours=False, raw=raw, at=now, leaf=number, **place)

    found = try_check("peer clocks", exchange.check_peer_clocks)

    assert found.is_good == (not said)
    assert said in found.sentence
