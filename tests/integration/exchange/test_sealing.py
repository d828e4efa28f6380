"""From a context's change to a signed envelope: numbered without a gap, chained, logged, once."""

import json
from itertools import pairwise

import pytest
from django.db import transaction

from serai.exchange import outbox, sealer
from serai.exchange.envelope import Envelope as Claimed
from serai.exchange.envelope import Place, read_envelope, read_signed
from serai.exchange.errors import LaneFull, PeerEnded, UnknownPeer
from serai.exchange.jws import NO_HASH, verify
from serai.exchange.keyring import own_keys
from serai.exchange.models import Envelope, Intent, OutLane, Peer, PeerState, Waiting
from serai.exchange.signer.current import current_signer
from serai.kernel import log
from serai.kernel.merkle import hash_leaf, verify_inclusion
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def far() -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


def queue(text: str = "good day", **fields: object) -> str:
    values = {
        "to": "KZ",
        "lane": "control",
        "type": "test.note",
        "version": 1,
        "purpose": "tests",
        "body": {"text": text},
    }
    return outbox.queue(**values | fields)  # type: ignore[arg-type]


def seal() -> list[Claimed]:
    sealer.seal_waiting(current_signer())
    return [read_envelope(read_signed(bytes(row.raw)).payload) for row in Envelope.objects.order_by("pk")]


def test_messages_are_numbered_and_chained_in_the_order_queued(far: FarNode) -> None:
    ids = [queue(f"{number}") for number in range(5)]

    sealed = seal()

    assert [one.id for one in sealed] == ids
    assert [one.seq for one in sealed] == [1, 2, 3, 4, 5]
    assert sealed[0].prev == NO_HASH
    hashes = list(Envelope.objects.order_by("seq").values_list("hash", flat=True))
    assert [one.prev for one in sealed[1:]] == hashes[:-1]
    assert Intent.objects.count() == 0
    assert list(Waiting.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


def test_sealing_goes_on_where_it_ended(far: FarNode) -> None:
    queue()
    seal()
    queue()

    sealed = seal()

    assert [one.seq for one in sealed] == [1, 2]
    assert sealed[1].prev == Envelope.objects.get(seq=1).hash
    assert (OutLane.objects.get().next_seq, OutLane.objects.get().head) == (3, Envelope.objects.get(seq=2).hash)


def test_lanes_are_numbered_apart(far: FarNode) -> None:
    other = FarNode("UZ")
    other.introduce()
    queue(), queue(lane="alert"), queue(to="UZ")

    assert [
        (one.recipient, one.lane, one.seq) for one in sorted(seal(), key=lambda one: (one.recipient, one.lane))
    ] == [
        ("KZ", "alert", 1),
        ("KZ", "control", 1),
        ("UZ", "control", 1),
    ]


def test_envelope_is_signed_and_in_the_log(far: FarNode) -> None:
    queue(needs=[Place("SEC", "alert", 1, 7)])
    claimed = seal()[0]
    row = Envelope.objects.get()

    signed = read_signed(bytes(row.raw))
    verify(signed, own_keys().signing_key(signed.kid, at=claimed.iat))
    head = log.head()
    proof = log.inclusion_proof(row.leaf, head.size)
    assert verify_inclusion(hash_leaf(bytes(row.raw)), row.leaf, head.size, proof, head.root)
    assert claimed.needs == (Place("SEC", "alert", 1, 7),)
    assert (claimed.sender, claimed.recipient, claimed.realm) == ("SEC", "KZ", "service")


def test_body_arrives_as_it_was_queued(far: FarNode) -> None:
    body = {"text": "O'Neil & Co <“quoted”>", "figures": [1, "2.50", None], "中": "文"}

    queue(body=body)

    assert seal()[0].content == body


def test_sealed_body_is_read_by_its_recipient_only(far: FarNode) -> None:
    from serai.exchange.sealing import open_sealed

    queue("a secret", sealed=True)

    claimed = seal()[0]

    assert claimed.content is None
    assert b"a secret" not in bytes(Envelope.objects.get().raw)
    assert json.loads(open_sealed(claimed.sealed, far.seal)) == {"text": "a secret"}


def test_same_key_queues_once_before_and_after_sealing(far: FarNode) -> None:
    first = queue(key="figure:1")
    assert queue(key="figure:1") == first
    seal()

    assert queue(key="figure:1") == first
    assert (len(seal()), Intent.objects.count()) == (1, 0)


def test_nothing_is_queued_for_strangers_or_a_full_lane(far: FarNode) -> None:
    with pytest.raises(UnknownPeer):
        queue(to="UZ")
    OutLane.objects.create(peer="KZ", lane="control", head=NO_HASH, is_full=True)
    with pytest.raises(LaneFull):
        queue()
    queue(lane="alert")
    Peer.objects.update(state=PeerState.ENDED)
    with pytest.raises(PeerEnded):
        queue(lane="alert")


@transaction.atomic
def queue_and_fail() -> None:
    queue()
    raise ZeroDivisionError


def test_what_is_rolled_back_is_not_sent(far: FarNode) -> None:
    with pytest.raises(ZeroDivisionError):
        queue_and_fail()

    assert seal() == []


def test_queue_asks_for_a_transaction(far: FarNode) -> None:
    connection = transaction.get_connection()
    connection.in_atomic_block = False
    try:
        with pytest.raises(transaction.TransactionManagementError):
            queue()
    finally:
        connection.in_atomic_block = True


def test_a_batch_is_bounded_and_nothing_is_left_out(far: FarNode) -> None:
    ids = [queue("x" * 60_000) for _ in range(60)]

    first = sealer.seal_waiting(current_signer())
    while sealer.seal_waiting(current_signer()):
        pass

    assert 0 < first["KZ"] < 60
    assert list(Envelope.objects.order_by("seq").values_list("message_id", flat=True)) == ids
    assert all(
        after - before == 1
        for before, after in pairwise(Envelope.objects.order_by("seq").values_list("seq", flat=True))
    )
