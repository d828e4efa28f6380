"""The effects of a batch: all in one go while they go through, and each apart as soon as one of them does not."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from serai.exchange.errors import MessageRefused
from serai.exchange.handlers import Message, MessageType, NotYet, _types, register_type
from serai.exchange.keyring import own_keys
from serai.exchange.models import Envelope, InLane, Refusal, Stop
from serai.exchange.receipt import Outcome, check_receipt
from serai.exchange.receiver import Received, receive
from serai.kernel import clock
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db


class NotGood(MessageRefused):
    code = "not_good"


class Writing:
    """A handler that writes a row first, and only then finds that the message is no good."""

    def __init__(self) -> None:
        self.faults: dict[int, Exception] = {}
        self.calls = 0

    def handle(self, message: Message) -> None:
        self.calls += 1
        Refusal.objects.create(peer=message.sender, code=str(message.place.seq), at=clock.now())
        if fault := self.faults.get(message.place.seq):
            raise fault

    @property
    def written(self) -> list[int]:
        return [int(row.code) for row in Refusal.objects.order_by("pk")]


@pytest.fixture
def writing() -> Iterator[Writing]:
    found = Writing()
    register_type(
        MessageType(name="test.note", version=1, lane="control", purposes=frozenset({"tests"}), handle=found.handle)
    )
    yield found
    _types.pop("test.note")


@pytest.fixture
def far(writing: Writing) -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


def receive_all(far: FarNode, count: int) -> Received:
    return receive(b"\n".join(far.say() for _ in range(count)))


def outcomes(received: Received) -> list[str]:
    assert received.receipt is not None
    return [row.outcome for row in check_receipt(received.receipt, keys=own_keys()).rows]


def savepoints(far: FarNode, count: int) -> int:
    batch = b"\n".join(far.say() for _ in range(count))
    with CaptureQueriesContext(connection) as seen:
        receive(batch)
    return sum(query["sql"].startswith("SAVEPOINT") for query in seen)


def test_a_batch_that_goes_through_needs_no_savepoint_for_each(far: FarNode, writing: Writing) -> None:
    receive_all(far, 1)

    assert savepoints(far, 40) == savepoints(far, 2)
    assert writing.calls == 43  # none was tried twice


def test_a_refusal_takes_back_what_it_wrote_and_nothing_else(far: FarNode, writing: Writing) -> None:
    writing.faults = {3: NotGood(), 5: NotGood()}

    received = receive_all(far, 6)

    assert outcomes(received) == ["applied", "applied", "refused", "applied", "refused", "applied"]
    assert writing.written == [1, 2, 4, 6]
    assert Envelope.objects.filter(outcome=Outcome.REFUSED).count() == 2


@pytest.mark.parametrize("fault", [ValueError("?"), IntegrityError("?")])
def test_a_crash_stops_the_lane_there_and_keeps_what_came_before(
    far: FarNode, writing: Writing, fault: Exception
) -> None:
    writing.faults = {4: fault}

    received = receive_all(far, 6)

    assert outcomes(received) == ["applied"] * 3 + ["parked"]
    assert (received.stop, received.next) == ("parked", (1, 4))
    assert writing.written == [1, 2, 3]
    assert (Stop.objects.get().seq, InLane.objects.get().next_seq) == (4, 4)


def test_a_message_that_must_wait_keeps_what_came_before(far: FarNode, writing: Writing) -> None:
    writing.faults = {2: NotYet()}

    received = receive_all(far, 3)

    assert (outcomes(received), received.stop, received.next) == (["applied"], "needs", (1, 2))
    assert writing.written == [1]


def test_a_store_that_fails_acknowledges_nothing(far: FarNode, writing: Writing) -> None:
    writing.faults = {2: OperationalError("disk full")}

    with pytest.raises(OperationalError):
        receive_all(far, 3)

    assert writing.written == []
    assert not Envelope.objects.exists()
    assert writing.calls == 2  # and is not tried again at once: the sender tries later
