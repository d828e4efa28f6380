"""Proof files: they hold without the node, and not with a byte changed."""

import json
import time
from dataclasses import replace as altered
from random import Random

import pytest

from serai.exchange import evidence, exporting, outbox, sealer, sender
from serai.exchange.jws import Typ, read_jws
from serai.exchange.models import Envelope, Peer, Witness
from serai.exchange.proof import check_proof, tell
from serai.exchange.queries import own_fingerprint
from serai.exchange.receiver import receive
from serai.exchange.signer.current import current_signer
from serai.exchange.statement import Checkpoint
from serai.exchange.statement import Witness as Statement
from serai.kernel import clock, log
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db


@pytest.fixture
def far() -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


def received(far: FarNode, count: int = 3) -> str:
    receive(b"\n".join(far.say(kind="exchange.note", purpose="operators", body=b'{"text":"x"}') for _ in range(count)))
    return exporting.export_message(Envelope.objects.get(is_sent=False, seq=2))


def sent(far: FarNode) -> str:
    for number in range(3):
        outbox.queue(to="KZ", lane="control", type="exchange.note", version=1, purpose="operators", body={"n": number})
    sealer.seal_waiting(current_signer())
    raws = [bytes(row.raw) for row in Envelope.objects.filter(is_sent=True).order_by("seq")]
    sender.take_receipt(Peer.objects.get(pk="KZ"), far.receipt(raws))
    return exporting.export_message(Envelope.objects.get(is_sent=True, seq=2))


def test_proof_of_a_received_message_holds(far: FarNode) -> None:
    verdict = check_proof(received(far).encode())

    assert verdict.is_good, verdict.shows
    assert "KZ signed message 2" in verdict.shows[0]
    assert any("its hashes lead to the root that the receipt signs" in line for line in verdict.shows)
    assert verdict.trusts == {"KZ": far.keys.fingerprint, "SEC": own_fingerprint()}
    assert tell(verdict)[-1].endswith(own_fingerprint())


def test_proof_of_a_sent_message_holds_with_the_peers_receipt(far: FarNode) -> None:
    verdict = check_proof(sent(far).encode(), fingerprints={"KZ": far.keys.fingerprint})

    assert verdict.is_good, verdict.shows
    assert any("KZ signed that it took the message in" in line for line in verdict.shows)


def test_wrong_fingerprint_is_refused(far: FarNode) -> None:
    text = received(far).encode()

    assert not check_proof(text, fingerprints={"KZ": FarNode("KZ").keys.fingerprint}).is_good


def test_proof_with_a_changed_byte_never_shows_the_same_as_good(far: FarNode) -> None:
    text = received(far).encode()
    good, random = check_proof(text), Random(7)
    for place in random.sample(range(len(text)), 400):
        changed = bytes([*text[:place], text[place] ^ (1 << random.randrange(7)), *text[place + 1 :]])

        verdict = check_proof(changed)

        assert not verdict.is_good or json.loads(changed) == json.loads(text), (place, verdict.shows)
    assert good.is_good


def test_swapped_parts_are_refused(far: FarNode) -> None:
    whole = json.loads(received(far))
    other = json.loads(exporting.export_message(Envelope.objects.get(is_sent=False, seq=3)))
    for name in ("envelope", "inclusion", "logs"):
        assert not check_proof(json.dumps(whole | {name: other[name]}).encode()).is_good, name
    without_keys = whole | {"keys": {"SEC": whole["keys"]["SEC"]}}
    assert not check_proof(json.dumps(without_keys).encode()).is_good


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"format":"serai-proof","version":2}', b"{" * 10_000])
def test_what_is_no_proof_is_refused_in_a_sentence(data: bytes) -> None:
    verdict = check_proof(data)

    assert not verdict.is_good
    assert len(verdict.shows) == 1


def test_fork_is_shown_to_a_third_party(far: FarNode) -> None:
    first, second = far.claim(), far.claim()
    raws = [far.sign(Typ.ENVELOPE, one.payload()) for one in (first, second)]

    row = evidence.keep_fork(peer="KZ", first=raws[0], second=raws[1])

    verdict = check_proof(exporting.export_evidence(row).encode())
    assert verdict.is_good, verdict.shows
    assert "two different messages with the number 1" in verdict.shows[0]


def test_two_messages_that_do_not_contradict_are_no_fork(far: FarNode) -> None:
    row = evidence.keep_fork(peer="KZ", first=far.say(), second=far.say())

    assert not check_proof(exporting.export_evidence(row).encode()).is_good


def test_rewritten_history_is_shown_to_a_third_party(far: FarNode) -> None:
    one = Checkpoint(node="KZ", realm="service", log_epoch=1, size=5, root="1" * 64, at=1_795_000_000)
    raws = [far.sign(Typ.CHECKPOINT, each.payload()).decode() for each in (one, altered(one, root="2" * 64))]

    row = evidence.keep_rewritten(peer="KZ", parts={"first": raws[0], "second": raws[1]})

    assert check_proof(row.file.encode()).is_good
    same = evidence.keep_rewritten(peer="KZ", parts={"first": raws[0], "second": raws[0]})
    assert not check_proof(same.file.encode()).is_good


def sign_seen(far: FarNode, size: int, **fields: object) -> bytes:
    """Have a peer sign that it saw our log at a size."""
    values = {"by": far.code, "of": "SEC", "realm": "service", "log_epoch": 1, "size": size}
    values |= {"root": log.root_at(size).hex(), "at": int(time.time())} | fields
    return far.sign(Typ.WITNESS, Statement(**values).payload())  # type: ignore[arg-type]  # its fields


def seen_by(far: FarNode, size: int) -> None:
    root = log.root_at(size).hex()
    Witness.objects.create(peer=far.code, log_epoch=1, size=size, root=root, raw=sign_seen(far, size), at=clock.now())


def witnessed(far: FarNode) -> Envelope:
    """Return a message of a log that two peers saw with it, each at another size."""
    received(far)
    message = Envelope.objects.get(is_sent=False, seq=2)
    other = FarNode("UZ")
    other.introduce()
    for size in range(message.leaf, log.head().size):
        seen_by(far, size)
    seen_by(other, log.head().size)
    return message


def test_each_peer_that_saw_the_log_with_the_message_is_named(far: FarNode) -> None:
    message = witnessed(far)

    text = exporting.export_message(message)

    (part,) = json.loads(text)["logs"]
    assert [len(one["consistency"]) > 0 for one in part["witnesses"]] == [True, False]  # KZ saw it shorter than it is
    verdict = check_proof(text.encode())
    assert verdict.is_good, verdict.shows
    assert "KZ, UZ signed that they saw it there" in verdict.shows[-1]


@pytest.mark.parametrize(
    "fault", ["without hashes", "other hashes", "of another log", "before the message", "unsigned"]
)
def test_a_witness_that_saw_another_log_is_refused(far: FarNode, fault: str) -> None:
    message = witnessed(far)
    body = json.loads(exporting.export_message(message))
    first = body["logs"][0]["witnesses"][0]
    match fault:
        case "without hashes":
            first["consistency"] = []
        case "other hashes":
            first["consistency"][0] = "0" * 64
        case "of another log":
            first["signed"] = sign_seen(far, message.leaf + 1, root="1" * 64).decode()
        case "before the message":
            size = json.loads(read_jws(body["logs"][0]["checkpoint"].encode(), Typ.CHECKPOINT).payload)["size"]
            first["signed"] = sign_seen(far, message.leaf).decode()
            first["consistency"] = [one.hex() for one in log.consistency_proof(message.leaf, size)]
        case _:
            first["signed"] = first["signed"][:-8] + "AAAAAAAA"

    assert not check_proof(json.dumps(body).encode()).is_good
