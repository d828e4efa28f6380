"""What a node does with envelopes of a peer: each takes effect once and in its order, whatever the way does to them."""

from collections.abc import Iterator
from dataclasses import replace as altered

import pytest

from serai.exchange import stops
from serai.exchange.envelope import Place
from serai.exchange.errors import (
    BadClaims,
    BadMessage,
    BadSignature,
    Forked,
    KeyNotValid,
    MessageRefused,
    OneOperator,
    UnknownKey,
    UnknownPeer,
    WrongRealm,
    WrongRecipient,
)
from serai.exchange.handlers import Message, MessageType, NotYet, _types, register_type
from serai.exchange.jws import Typ
from serai.exchange.keyring import own_keys
from serai.exchange.keys import Change
from serai.exchange.models import Envelope, Evidence, InLane, Peer, Receipt, Stop
from serai.exchange.receipt import Outcome, check_receipt
from serai.exchange.receiver import Received, receive
from serai.kernel import log
from serai.kernel.merkle import hash_leaf, verify_inclusion
from serai.kernel.roles import Actor, ActorKind, Grant, Role
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db


class NotGood(MessageRefused):
    code = "not_good"


class Effects:
    """What the messages of a test did."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failing: type[Exception] | None = None

    def handle(self, message: Message) -> None:
        Peer.objects.filter(pk=message.sender).update(fault=message.id[:8])
        if self.failing is not None:
            raise self.failing
        self.done.append(message.id)


@pytest.fixture
def effects() -> Iterator[Effects]:
    found = Effects()
    for version, name in ((1, "test.note"), (2, "test.other")):
        register_type(
            MessageType(name=name, version=version, lane="control", purposes=frozenset({"tests"}), handle=found.handle)
        )
    yield found
    for name in ("test.note", "test.other"):
        _types.pop(name)


@pytest.fixture
def far(effects: Effects) -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


def rows_of(received: Received) -> list[tuple[int, str, str]]:
    assert received.receipt is not None
    return [(row.seq, row.outcome, row.code) for row in check_receipt(received.receipt, keys=own_keys()).rows]


def send(*envelopes: bytes) -> Received:
    return receive(b"\n".join(envelopes))


def test_a_batch_takes_effect_in_order_and_is_receipted(far: FarNode, effects: Effects) -> None:
    claimed = [far.claim()]
    batch = [far.send(claimed[0])]
    for _ in range(4):
        claimed.append(far.claim())
        batch.append(far.send(claimed[-1]))

    received = send(*batch)

    assert effects.done == [one.id for one in claimed]
    assert rows_of(received) == [(number, Outcome.APPLIED, "") for number in range(1, 6)]
    assert (received.stop, received.next) == ("", (1, 6))
    assert [bytes(row.raw) for row in Envelope.objects.order_by("seq")] == batch


def test_receipt_proves_the_place_in_the_log(far: FarNode) -> None:
    batch = [far.say() for _ in range(3)]

    received = send(*batch)

    assert received.receipt is not None
    receipt = check_receipt(received.receipt, keys=own_keys())
    for row, raw in zip(receipt.rows, batch, strict=True):
        proof = log.inclusion_proof(row.leaf, receipt.size)
        assert verify_inclusion(hash_leaf(raw), row.leaf, receipt.size, proof, bytes.fromhex(receipt.root))


def test_repeated_batch_has_no_second_effect_and_the_first_receipt(far: FarNode, effects: Effects) -> None:
    batch = [far.say() for _ in range(3)]
    first = send(*batch)

    again = send(*batch)

    assert (again.receipt, len(effects.done)) == (first.receipt, 3)
    assert Receipt.objects.count() == 1


def test_part_of_a_batch_again_gives_its_receipt(far: FarNode, effects: Effects) -> None:
    batch = [far.say() for _ in range(3)]
    first = send(*batch)

    assert send(batch[1]).receipt == first.receipt
    assert send(batch[2], far.say()).receipt == first.receipt  # the new one is to be sent again
    assert len(effects.done) == 3


def test_what_comes_too_early_is_asked_for_from_where_it_is_missing(far: FarNode, effects: Effects) -> None:
    batch = [far.say() for _ in range(4)]
    send(batch[0])

    received = send(*batch[2:])

    assert (received.receipt, received.stop, received.next) == (None, "gap", (1, 2))
    assert len(effects.done) == 1


def test_two_messages_for_one_place_are_kept_as_evidence(far: FarNode, effects: Effects) -> None:
    kept, other = far.claim(), far.claim()
    send(far.send(kept))

    with pytest.raises(Forked):
        send(far.send(other))

    assert effects.done == [kept.id]
    assert Evidence.objects.get().peer == "KZ"


def test_a_message_that_does_not_continue_the_lane_is_evidence_too(far: FarNode, effects: Effects) -> None:
    send(far.say())

    with pytest.raises(Forked):
        send(far.say(prev="1" * 64))

    assert len(effects.done) == 1
    assert Evidence.objects.count() == 1


def test_same_message_signed_by_another_key_is_the_same_message(far: FarNode, effects: Effects) -> None:
    claimed = far.claim()
    first = send(far.send(claimed))

    again = send(far.sign(Typ.ENVELOPE, claimed.payload(), key=far.ready, kid="KZ-2"))

    assert again.receipt == first.receipt
    assert len(effects.done) == 1


def test_refusal_is_signed_and_the_lane_goes_on(far: FarNode, effects: Effects) -> None:
    effects.failing = NotGood
    first = send(far.say())
    effects.failing = None

    second = send(far.say())

    assert rows_of(first) == [(1, Outcome.REFUSED, "not_good")]
    assert rows_of(second) == [(2, Outcome.APPLIED, "")]
    assert Peer.objects.get().fault != ""  # of the second; the refused effect was undone


def test_refused_effect_leaves_nothing(far: FarNode, effects: Effects) -> None:
    effects.failing = NotGood

    send(far.say())

    assert Peer.objects.get().fault == ""


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"exp": 1_700_000_100, "iat": 1_700_000_000}, "key_not_valid"),
        ({"purpose": "another"}, "wrong_purpose"),
        ({"lane": "bulk"}, "wrong_purpose"),
        ({"sealed": "x.y.z.a.b", "body": b""}, "unreadable_body"),
    ],
)
def test_good_signature_on_a_message_that_may_not_be_carried_out(
    far: FarNode, effects: Effects, fields: dict[str, object], code: str
) -> None:
    if code == "key_not_valid":
        with pytest.raises(KeyNotValid):
            send(far.say(**fields))
        return

    assert rows_of(send(far.say(**fields))) == [(1, Outcome.REFUSED, code)]
    assert effects.done == []


def test_expired_message_is_refused(far: FarNode, effects: Effects) -> None:
    claimed = far.claim()
    old = altered(claimed, iat=claimed.iat - 1000, exp=claimed.iat - 1)

    assert rows_of(send(far.send(old))) == [(1, Outcome.REFUSED, "expired")]


def test_message_from_a_clock_that_is_ahead_waits(far: FarNode, effects: Effects) -> None:
    claimed = far.claim()
    ahead = altered(claimed, iat=claimed.iat + 7200, exp=claimed.exp + 7200)

    received = send(far.send(ahead))

    assert (received.receipt, received.stop) == (None, "clock")
    assert effects.done == []


def test_message_waits_for_the_one_it_names(far: FarNode, effects: Effects) -> None:
    needed, needing = far.claim(lane="control"), far.claim(lane="control")
    needed = altered(needed, lane="alert")
    needing = altered(needing, needs=(Place("KZ", "alert", 1, 1),))
    late = far.send(needing)
    early = far.send(needed)

    assert send(late).stop == "needs"
    send(early)
    assert rows_of(send(late)) == [(1, Outcome.APPLIED, "")]


def test_handler_may_ask_to_wait(far: FarNode, effects: Effects) -> None:
    effects.failing = NotYet
    raw = far.say()

    assert (send(raw).stop, Envelope.objects.count()) == ("needs", 0)
    effects.failing = None
    assert rows_of(send(raw)) == [(1, Outcome.APPLIED, "")]


@pytest.mark.parametrize(
    ("fields", "reason"), [({"type": "test.new"}, "unknown-type"), ({"version": 2}, "newer-version")]
)
def test_unknown_type_is_parked_and_goes_on_with_new_software(
    far: FarNode, effects: Effects, fields: dict[str, object], reason: str
) -> None:
    raw = far.say(**fields)

    parked = send(raw)

    assert rows_of(parked) == [(1, Outcome.PARKED, reason)]
    assert (parked.stop, Stop.objects.get().reason) == ("parked", reason)
    assert send(raw).stop == "parked"
    for name in ("test.new", "test.note"):
        register_type(
            MessageType(name=name, version=2, lane="control", purposes=frozenset({"tests"}), handle=effects.handle)
        )
    assert rows_of(send(raw)) == [(1, Outcome.APPLIED, "")]
    assert Stop.objects.get().ended_at is not None
    _types.pop("test.new", None)


def operator(name: str) -> Actor:
    return Actor(kind=ActorKind.ACCOUNT, name=name, grants=frozenset({Grant(Role.OPERATOR)}))


def test_crashing_effect_stops_its_lane_until_two_operators_decide(far: FarNode, effects: Effects) -> None:
    effects.failing = ZeroDivisionError
    raw = far.say()

    assert rows_of(send(raw)) == [(1, Outcome.PARKED, "crash")]
    effects.failing = None
    assert send(raw).stop == "parked"  # not tried again by itself
    assert send(far.say(lane="alert", type="test.other")).receipt  # other lanes go on

    stops.propose_release(peer="KZ", lane="control", verdict=stops.RETRY, reason="mended", actor=operator("a"))
    assert send(raw).stop == "parked"
    with pytest.raises(OneOperator):
        stops.confirm_release(peer="KZ", lane="control", actor=operator("a"))
    stops.confirm_release(peer="KZ", lane="control", actor=operator("b"))

    assert rows_of(send(raw)) == [(1, Outcome.APPLIED, "")]


def test_two_operators_may_refuse_a_crashing_message(far: FarNode, effects: Effects) -> None:
    effects.failing = ZeroDivisionError
    raw = far.say()
    send(raw)

    stops.propose_release(peer="KZ", lane="control", verdict=stops.REFUSE, reason="harmful", actor=operator("a"))
    stops.confirm_release(peer="KZ", lane="control", actor=operator("b"))

    assert rows_of(send(raw)) == [(1, Outcome.REFUSED, "refused_by_operators")]


def test_message_that_crashes_again_needs_a_new_decision(far: FarNode, effects: Effects) -> None:
    effects.failing = ZeroDivisionError
    raw = far.say()
    send(raw)
    stops.propose_release(peer="KZ", lane="control", verdict=stops.RETRY, reason="try", actor=operator("a"))
    stops.confirm_release(peer="KZ", lane="control", actor=operator("b"))

    send(raw)
    effects.failing = None

    assert send(raw).stop == "parked"


def test_lane_stops_only_itself_within_a_batch(far: FarNode, effects: Effects) -> None:
    first, second, third = far.say(), far.say(type="test.new"), far.say()

    received = send(first, second, third)

    assert rows_of(received) == [(1, Outcome.APPLIED, ""), (2, Outcome.PARKED, "unknown-type")]
    assert received.next == (1, 2)


def test_new_epoch_continues_from_our_head(far: FarNode, effects: Effects) -> None:
    send(far.say())
    far.epochs["control"], far.seqs["control"] = 3, 0

    received = send(far.say())

    assert rows_of(received) == [(1, Outcome.APPLIED, "")]
    assert (InLane.objects.get().epoch, InLane.objects.get().next_seq) == (3, 2)


def test_new_epoch_from_another_head_is_told_where_we_stand(far: FarNode, effects: Effects) -> None:
    send(far.say())
    far.epochs["control"], far.seqs["control"] = 2, 0

    received = send(far.say(prev="0" * 64))

    assert (received.stop, received.next, len(effects.done)) == ("gap", (1, 2), 1)


def test_old_epoch_has_no_effect(far: FarNode, effects: Effects) -> None:
    old = far.claim()
    send(far.send(old))
    far.epochs["control"], far.seqs["control"] = 2, 0
    send(far.say())

    with pytest.raises(BadClaims):
        send(far.sign(Typ.ENVELOPE, altered(old, seq=2).payload()))

    assert len(effects.done) == 2


def test_strangers_and_forgeries_are_refused(far: FarNode, effects: Effects) -> None:
    stranger = FarNode("UZ")
    good = far.say()
    header, payload, signature = good.split(b".")
    tampered = b".".join([header, payload, signature[:-2] + (b"AA" if signature[-2:] != b"AA" else b"BA")])

    with pytest.raises(UnknownPeer):
        send(stranger.say())
    with pytest.raises(BadMessage):
        send(tampered)
    with pytest.raises(BadSignature):
        send(far.sign(Typ.ENVELOPE, far.claim().payload(), key=stranger.private))
    with pytest.raises(UnknownKey):
        send(far.sign(Typ.ENVELOPE, far.claim().payload(), kid="KZ-9"))
    with pytest.raises(BadClaims):  # our key, another's name
        send(far.sign(Typ.ENVELOPE, altered(far.claim(), sender="UZ").payload()))
    with pytest.raises(WrongRecipient):
        send(far.sign(Typ.ENVELOPE, far.claim(to="TJ").payload()))
    with pytest.raises(WrongRealm):
        send(far.sign(Typ.ENVELOPE, altered(far.claim(), realm="training").payload()))
    assert (effects.done, Envelope.objects.count()) == ([], 0)


def test_unknown_key_makes_the_node_ask_for_the_key_log(far: FarNode, effects: Effects) -> None:
    with pytest.raises(UnknownKey):
        send(far.sign(Typ.ENVELOPE, far.claim().payload(), kid="KZ-9"))

    assert Peer.objects.get().keys_wanted_at is not None


def test_revoked_key_signs_nothing_after_its_revocation(far: FarNode, effects: Effects) -> None:
    before, after = far.claim(), far.claim()
    far.state(
        Change(verb="revoke", kid="KZ-1", since=before.iat - 50, reason="lost"),
        at=before.iat,
        key=far.ready,
        kid="KZ-2",
    )
    Peer.objects.update(statements=[raw.decode() for raw in far.statements])

    with pytest.raises(KeyNotValid):
        send(far.sign(Typ.ENVELOPE, after.payload()))
    assert send(far.sign(Typ.ENVELOPE, altered(before, iat=before.iat - 100).payload())).receipt


def test_bad_envelope_in_a_batch_leaves_those_before_it(far: FarNode, effects: Effects) -> None:
    good, other = far.say(), far.claim()
    bad = far.sign(Typ.ENVELOPE, other.payload(), key=FarNode("UZ").private)

    received = send(good, bad)

    assert rows_of(received) == [(1, Outcome.APPLIED, "")]
    assert len(effects.done) == 1
