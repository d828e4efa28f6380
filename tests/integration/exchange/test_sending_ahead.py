"""A lane on its way in batches: the next is read while the peer is at work, and goes out only after a whole receipt."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta

import pytest

from serai.exchange import outbox, sealer, sender
from serai.exchange.http.client import Delivery
from serai.exchange.http.errors import PeerHungUp, PeerUnreachable
from serai.exchange.jws import Typ
from serai.exchange.loop import Exchange
from serai.exchange.models import Envelope, Peer, Waiting
from serai.exchange.sender import Turn
from serai.exchange.signer.current import current_signer
from serai.exchange.statement import Answer, id_of_batch
from serai.kernel import clock
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db
MOST = 3


@pytest.fixture
def far() -> FarNode:
    node = FarNode("KZ")
    node.introduce(is_reconciled=True)
    for number in range(8):
        outbox.queue(to="KZ", lane="bulk", type="tests.note", version=1, purpose="tests", body={"n": number})
    sealer.seal_waiting(current_signer())
    return node


class Line:
    """Answers each batch at once; keeps what was sent."""

    def __init__(self, far: FarNode, *, fails_at: int = -1, takes: int = MOST) -> None:
        self.far, self.fails_at, self.takes = far, fails_at, takes
        self.sent: list[Sequence[bytes]] = []

    def post(self, batch: Sequence[bytes]) -> "Future[Delivery]":
        found = Future[Delivery]()
        self.sent.append(batch)
        if len(self.sent) - 1 == self.fails_at:
            found.set_exception(PeerHungUp(url="https://kz.example"))
        else:
            found.set_result(Delivery(receipt=self.far.receipt(list(batch[: self.takes]), size=99)))
        return found


def send(line: Line, *, goes_on: bool = True) -> Turn:
    peer = Peer.objects.get()
    return sender.send_lane(peer, "bulk", post=line.post, may_go_on=lambda: goes_on, most=MOST)


def test_a_whole_lane_goes_out_in_order_in_one_turn(far: FarNode) -> None:
    line = Line(far)

    assert send(line) is Turn.SENT

    sent = [raw for batch in line.sent for raw in batch]
    assert sent == [bytes(row.raw) for row in Envelope.objects.filter(is_sent=True).order_by("seq")]
    assert [len(batch) for batch in line.sent] == [3, 3, 2]
    assert not Waiting.objects.exists()


def test_one_batch_goes_out_when_something_else_is_due(far: FarNode) -> None:
    line = Line(far)

    assert send(line, goes_on=False) is Turn.SENT

    assert len(line.sent) == 1
    assert Waiting.objects.count() == 5


def test_nothing_is_sent_ahead_of_what_the_peer_has_not_dealt_with(far: FarNode) -> None:
    line = Line(far, takes=2)

    send(line)

    assert len(line.sent) == 1
    assert list(Waiting.objects.order_by("seq").values_list("seq", flat=True)) == [3, 4, 5, 6, 7, 8]


def test_a_lost_batch_waits_and_what_was_receipted_before_it_does_not(far: FarNode) -> None:
    line = Line(far, fails_at=1)

    with pytest.raises(PeerUnreachable):
        send(line)

    assert list(Waiting.objects.order_by("seq").values_list("seq", flat=True)) == [4, 5, 6, 7, 8]


def test_failures_do_not_add_up_over_batches_that_pass(far: FarNode) -> None:
    """On a link that loses every third request the pauses would else grow to a minute."""
    Peer.objects.update(failures=6, failing_since=clock.now(), fault="peer_hung_up")

    send(Line(far), goes_on=False)

    row = Peer.objects.get()
    assert (row.failures, row.failing_since, row.fault) == (0, None, "")


def test_a_peer_that_lost_what_it_signed_for_is_told_before_it_comes_again(
    far: FarNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its receipts of now would else contradict those of before: it must take a new epoch of its log first."""
    send(Line(far))
    outbox.queue(to="KZ", lane="bulk", type="tests.note", version=1, purpose="tests", body={"n": 9})
    sealer.seal_waiting(current_signer())
    again = list[int]()
    monkeypatch.setattr(
        sender.witnessing, "exchange_checkpoints", lambda _: again.append(Waiting.objects.filter(seq__lt=9).count())
    )

    assert send(Forgetful(far, next_seq=6)) is Turn.SENT

    assert again == [0]
    assert list(Waiting.objects.order_by("seq").values_list("seq", flat=True)) == [6, 7, 8, 9]


class Forgetful(Line):
    """A peer that asks for what it has signed for."""

    def __init__(self, far: FarNode, *, next_seq: int) -> None:
        super().__init__(far)
        self.next_seq = next_seq

    def post(self, batch: Sequence[bytes]) -> "Future[Delivery]":
        found = Future[Delivery]()
        says = {"stop": "gap", "epoch": 1, "seq": self.next_seq}
        answer = Answer(
            sender="KZ", recipient="SEC", realm="service", id=id_of_batch(batch[0]), at=int(time.time()), says=says
        )
        found.set_result(Delivery(stop="gap", answer=self.far.sign(Typ.ANSWER, answer.payload())))
        return found


@pytest.mark.parametrize(("lane", "within_s"), [("alert", 8), ("bulk", 60)])
def test_an_alert_shortens_the_pause_of_a_peer_that_was_not_reached(far: FarNode, lane: str, within_s: int) -> None:
    """The pause was set when nothing urgent waited; it may be a minute long."""
    begun = clock.now()
    Peer.objects.update(failures=9, failing_since=begun, next_try_at=begun + timedelta(seconds=60))
    outbox.queue(to="KZ", lane=lane, type="tests.note", version=1, purpose="tests", body={"n": 1})

    Exchange(threading.Event()).turn()

    pause_s = (Peer.objects.get().next_try_at - begun).total_seconds()
    assert within_s - 1 < pause_s < within_s + 5
