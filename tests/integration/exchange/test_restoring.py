"""A store put back from an old backup: it is noticed, the gap is fetched, and no number is used twice."""

import json

import pytest

from serai.exchange import noticing, outbox, restoring, sealer, sender, witnessing
from serai.exchange.envelope import read_envelope, read_signed
from serai.exchange.errors import NumberUsed
from serai.exchange.http import client
from serai.exchange.jws import Typ
from serai.exchange.models import Envelope, Intent, OutLane, Peer, Standing, Waiting
from serai.exchange.signer.current import current_signer
from serai.exchange.signer.soft import SoftSigner
from serai.exchange.statement import Answer
from serai.kernel import clock, log
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db


class Memory:
    """What the peer KZ holds of this node's lane, and answers to questions."""

    def __init__(self, far: FarNode) -> None:
        self.far = far
        self.envelopes: list[bytes] = []
        self.receipts: list[bytes] = []
        self.asked: list[str] = []

    def take(self, raws: list[bytes]) -> bytes:
        self.envelopes += raws
        self.receipts.append(self.far.receipt(raws))
        return self.receipts[-1]

    def ask(self, peer: Peer, raw: bytes) -> bytes:
        asked = json.loads(read_jws_payload(raw))
        self.asked.append(asked["ask"])
        says = {"positions": self._positions, "pull": self._pull}[asked["ask"]](asked["needs"])
        answer = Answer(
            sender="KZ",
            recipient="SEC",
            realm="service",
            id=asked["id"],
            at=int(clock.now().timestamp()),
            says=says,
        )
        return self.far.sign(Typ.ANSWER, answer.payload())

    def _positions(self, needs: dict[str, object]) -> dict[str, object]:
        last = read_signed(self.envelopes[-1])
        claimed = read_envelope(last.payload)
        return {"lanes": [["control", claimed.epoch, claimed.seq + 1, last.payload_hash]]}

    def _pull(self, needs: dict[str, int]) -> dict[str, object]:
        claimed = [(raw, read_envelope(read_signed(raw).payload)) for raw in self.envelopes]
        wanted = [raw for raw, one in claimed if one.epoch == needs["epoch"] and one.seq >= needs["seq"]]
        return {"envelopes": [raw.decode() for raw in wanted[:2]], "receipts": []}


def read_jws_payload(raw: bytes) -> bytes:
    from serai.exchange.jws import read_jws

    return read_jws(raw, Typ.QUESTION).payload


@pytest.fixture
def far() -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


@pytest.fixture
def memory(far: FarNode, monkeypatch: pytest.MonkeyPatch) -> Memory:
    found = Memory(far)
    monkeypatch.setattr(client, "ask", found.ask)
    return found


def say(*texts: str) -> list[bytes]:
    for text in texts:
        outbox.queue(
            to="KZ", lane="control", type="exchange.note", version=1, purpose="operators", body={"text": text}, key=text
        )
    before = Envelope.objects.count()
    sealer.seal_waiting(current_signer())
    return [bytes(row.raw) for row in Envelope.objects.order_by("pk")[before:]]


def go_back(seq: int, head: str) -> None:
    """Leave the store as a backup would that was made when the lane stood there: later rows are not in it."""
    Waiting.objects.filter(seq__gte=seq).delete()
    from django.db import connection

    with connection.cursor() as cursor:
        on = " ON exchange_envelope" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER exchange_envelope_delete{on}")
        cursor.execute("DELETE FROM exchange_envelope WHERE seq >= %s", [seq])
    OutLane.objects.update(next_seq=seq, head=head)


def test_the_signer_notices_a_store_that_is_older(far: FarNode) -> None:
    say("one")
    first = Envelope.objects.get()
    say("two", "three")
    say("four")
    go_back(2, first.hash)

    with pytest.raises(NumberUsed):
        say("five")
    noticing.check_memory()

    standing = Standing.objects.get()
    assert (standing.log_epoch, standing.is_catching_up) == (2, True)
    assert not Peer.objects.get().is_reconciled
    assert say() == []  # nothing is numbered until the peer was asked


def test_the_gap_is_fetched_and_a_new_epoch_begins(far: FarNode, memory: Memory) -> None:
    memory.take(say("one"))
    first = Envelope.objects.get()
    Waiting.objects.all().delete()
    memory.take(say("two", "three"))
    go_back(2, first.hash)
    outbox.queue(
        to="KZ", lane="control", type="exchange.note", version=1, purpose="operators", body={"text": "two"}, key="two"
    )

    restoring.reconcile(Peer.objects.get())

    rows = list(Envelope.objects.filter(is_sent=True).order_by("seq").values_list("epoch", "seq"))
    lane = OutLane.objects.get()
    assert rows == [(1, 1), (1, 2), (1, 3)]
    assert Intent.objects.count() == 0  # “two” has arrived already, and is not sent again under a new number
    assert (lane.epoch, lane.next_seq, lane.head) == (2, 1, read_signed(memory.envelopes[-1]).payload_hash)
    assert Peer.objects.get().is_reconciled
    assert not Standing.objects.get().is_catching_up
    (raw,) = say("four")
    claimed = read_envelope(read_signed(raw).payload)
    assert (claimed.epoch, claimed.seq, claimed.prev) == (2, 1, lane.head)


def test_what_was_numbered_from_an_old_store_and_never_left_is_numbered_anew(
    far: FarNode, memory: Memory, signer: SoftSigner
) -> None:
    memory.take(say("one"))
    first = Envelope.objects.get()
    Waiting.objects.all().delete()
    memory.take(say("two"))
    go_back(2, first.hash)
    signer._memory.lanes.clear()  # the keys, too, are from an old copy

    void, _ = say("five", "six")  # “five” has the number 2, as “two” had
    restoring.reconcile(Peer.objects.get())
    sealer.seal_waiting(current_signer())

    sent = {(row.epoch, row.seq): bytes(row.raw) for row in Envelope.objects.filter(is_sent=True, epoch__gt=0)}
    assert set(sent) == {(1, 1), (1, 2), (2, 1), (2, 2)}
    assert sent[1, 2] == memory.envelopes[1]
    assert read_envelope(read_signed(sent[2, 1]).payload).content == {"text": "five"}
    assert read_envelope(read_signed(sent[2, 2]).payload).content == {"text": "six"}
    assert (
        bytes(Envelope.objects.filter(epoch__lt=0).order_by("seq")[0].raw) == void
    )  # the log speaks of it, so its bytes stay


def test_a_peer_in_step_changes_nothing(far: FarNode, memory: Memory) -> None:
    memory.take(say("one"))

    restoring.reconcile(Peer.objects.get())

    assert memory.asked == ["positions"]
    assert (OutLane.objects.get().epoch, Standing.objects.count()) == (1, 0)


def test_a_restored_peer_gets_again_what_it_lost(far: FarNode, memory: Memory) -> None:
    raws = say("one", "two", "three")
    sender.take_receipt(Peer.objects.get(), memory.take(raws))
    assert Waiting.objects.count() == 0

    assert sender.resend_from("KZ", "control", 1, 2) == 2

    assert [bytes(row.envelope.raw) for row in Waiting.objects.order_by("seq")] == raws[1:]
    assert sender.resend_from("KZ", "control", 1, 2) == 0


def test_the_log_of_a_restored_node_begins_a_new_epoch(far: FarNode) -> None:
    say("one")
    witnessing.sign_checkpoint()
    noticing.note_restored(reason="tests")

    checkpoint, _ = witnessing.sign_checkpoint()

    assert (checkpoint.log_epoch, checkpoint.size) == (2, log.head().size)
