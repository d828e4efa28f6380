"""Meeting, introducing and ending nodes; key logs that only grow; checkpoints that must continue what was seen."""

from collections.abc import Callable, Mapping

import pytest

from serai.exchange import handlers, messages, peers
from serai.exchange.errors import (
    BadKeyLog,
    KeysDiffer,
    NotANode,
    OwnNode,
    TooManyTries,
    UnknownPeer,
    WrongFingerprint,
    WrongRealm,
)
from serai.exchange.http import client
from serai.exchange.keyring import own_keys
from serai.exchange.keys import Change
from serai.exchange.models import Intent, Peer, PeerState, Waiting
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.soft import SoftSigner
from serai.kernel import clock
from serai.kernel.errors import Refused
from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor, ActorKind, Grant, Role
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
URL = "https://serai.example"
Answer = Callable[[Mapping[str, object]], None]


def card_of(far: FarNode) -> dict[str, object]:
    return {"node": far.code, "realm": far.realm, "keys": [raw.decode() for raw in far.statements], "certificate": ""}


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Say what the address answers."""

    def use(card: Mapping[str, object]) -> None:
        monkeypatch.setattr(client, "fetch_node", lambda url: card)

    return use


def test_a_node_is_heard_only_after_its_fingerprint_was_typed(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    far = FarNode("KZ")
    answer(card_of(far))
    greeted: list[str] = []
    monkeypatch.setattr(handlers, "_greetings", [greeted.append])

    met = peers.meet_peer(url=URL, actor=OPERATOR)
    with pytest.raises(WrongFingerprint):
        peers.introduce_peer(code="KZ", fingerprint="1" * 60, actor=OPERATOR)
    assert (met.state, Peer.objects.get().state, greeted) == (PeerState.MET, PeerState.MET, [])

    typed = far.keys.fingerprint.replace(" ", " - ")
    peers.introduce_peer(code="KZ", fingerprint=typed, actor=OPERATOR)
    peers.introduce_peer(code="KZ", fingerprint=typed, actor=OPERATOR)

    assert (Peer.objects.get().state, greeted) == (PeerState.INTRODUCED, ["KZ"])
    assert Intent.objects.filter(type="exchange.keys").count() == 1
    assert AuditRow.objects.filter(action="exchange:peer:wrong-fingerprint").count() == 1


def test_five_wrong_tries_make_one_wait(answer: Answer) -> None:
    far = FarNode("KZ")
    answer(card_of(far))
    peers.meet_peer(url=URL, actor=OPERATOR)
    for _ in range(5):
        with pytest.raises(WrongFingerprint):
            peers.introduce_peer(code="KZ", fingerprint="1" * 60, actor=OPERATOR)

    with pytest.raises(TooManyTries):
        peers.introduce_peer(code="KZ", fingerprint=far.keys.fingerprint, actor=OPERATOR)


def test_other_keys_under_a_known_code_are_refused_until_the_exchange_was_ended(answer: Answer) -> None:
    far, other = FarNode("KZ"), FarNode("KZ")
    answer(card_of(far))
    peers.meet_peer(url=URL, actor=OPERATOR)
    peers.introduce_peer(code="KZ", fingerprint=far.keys.fingerprint, actor=OPERATOR)
    answer(card_of(other))

    with pytest.raises(KeysDiffer):
        peers.meet_peer(url=URL, actor=OPERATOR)
    peers.end_peer(code="KZ", reason="keys lost", actor=OPERATOR)
    assert peers.meet_peer(url=URL, actor=OPERATOR).state == PeerState.MET


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"node": "XX"}, NotANode),
        ({"node": "XA"}, NotANode),  # the neutral nodes are of training only
        ({"node": 5}, NotANode),
        ({"keys": []}, NotANode),
        ({"keys": ["a.b.c"]}, BadKeyLog),
        ({"realm": "training"}, WrongRealm),
        ({"node": "SEC"}, OwnNode),
        ({"node": "UZ"}, BadKeyLog),
    ],
)
def test_what_is_no_node_of_ours_is_not_met(answer: Answer, changes: dict[str, object], error: type[Exception]) -> None:
    answer(card_of(FarNode("KZ")) | changes)

    with pytest.raises(error):
        peers.meet_peer(url=URL, actor=OPERATOR)

    assert not Peer.objects.exists()


@pytest.mark.parametrize(
    "url",
    ["", "serai.example", "http://serai.example", "https://a@b", "https://a/b", "ftp://a", "https://[", "https://a?x"],
)
def test_only_whole_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(client.BadAddress):
        peers.meet_peer(url=url, actor=OPERATOR)


def test_only_operators_introduce_and_end() -> None:
    reader = Actor(kind=ActorKind.ACCOUNT, name="a", grants=frozenset({Grant(Role.EDITOR), Grant(Role.AUDITOR)}))
    for attempt in (
        lambda: peers.meet_peer(url=URL, actor=reader),
        lambda: peers.introduce_peer(code="KZ", fingerprint="", actor=reader),
        lambda: peers.end_peer(code="KZ", reason="", actor=reader),
        lambda: messages.change_keys(order=KeyOrder(verb="rotate", at=0), actor=reader),
    ):
        with pytest.raises(Refused):
            attempt()
    with pytest.raises(UnknownPeer):
        peers.end_peer(code="KZ", reason="test", actor=OPERATOR)


def test_a_key_log_only_grows() -> None:
    far = FarNode("KZ")
    far.introduce()
    before = [raw.decode() for raw in far.statements]
    far.state(Change(verb="end", kid="KZ-1", end=2_000_000_000), at=1_795_000_000)
    after = [raw.decode() for raw in far.statements]

    assert peers.take_statements("KZ", after) == 1
    assert peers.take_statements("KZ", before) == 0  # an older list says nothing new
    with pytest.raises(BadKeyLog):
        peers.take_statements("KZ", [raw.decode() for raw in FarNode("KZ").statements] + after[-1:])
    assert Peer.objects.get().statements == after


def test_what_waits_under_a_revoked_key_is_signed_anew(signer: SoftSigner) -> None:
    from serai.exchange import outbox, sealer
    from serai.exchange.envelope import read_signed
    from serai.exchange.jws import verify

    FarNode("KZ").introduce()
    outbox.queue(to="KZ", lane="control", type="exchange.note", version=1, purpose="operators", body={"text": "x"})
    sealer.seal_waiting(signer)
    now = int(clock.now().timestamp())

    messages.change_keys(order=KeyOrder(verb="revoke", at=now - 60, kid="SEC-1", reason="lost"), actor=OPERATOR)

    row = Waiting.objects.select_related("envelope").order_by("seq")[0]
    old, new = read_signed(bytes(row.envelope.raw)), read_signed(bytes(row.raw or b""))
    assert (old.kid, new.kid, old.payload) == ("SEC-1", "SEC-2", new.payload)
    verify(new, own_keys().signing_key("SEC-2", at=now))
