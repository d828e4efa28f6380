"""Each node sees to it that the other's log continues what it has of it; who rewrites history leaves proof."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from serai.exchange import answering, evidence, witnessing
from serai.exchange.claims import Claims
from serai.exchange.errors import BadClaims, BadProof
from serai.exchange.http import client
from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import own_keys
from serai.exchange.models import Evidence, Peer, Receipt, Standing, Witness, Witnessed
from serai.exchange.proof import check_proof
from serai.exchange.statement import Checkpoint, Question, check_checkpoint, check_witness
from serai.exchange.statement import Witness as Statement
from serai.kernel import audit, clock, log
from serai.kernel.merkle import hash_leaf, hash_node, verify_consistency
from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db


def root_of(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hash_node(root_of(leaves[:split]), root_of(leaves[split:]))


def proof_of(old: int, leaves: Sequence[bytes], *, is_whole: bool = True) -> list[bytes]:
    """RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if is_whole else [root_of(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*proof_of(old, leaves[:split], is_whole=is_whole), root_of(leaves[split:])]
    return [*proof_of(old - split, leaves[split:], is_whole=False), root_of(leaves[:split])]


class FarLog:
    """The log of a far node, as it shows it; `start` makes another history."""

    def __init__(self, far: FarNode, *, start: str = "a") -> None:
        self.far = far
        self.leaves = [hash_leaf(f"{start}{number}".encode()) for number in range(40)]

    def checkpoint(self, size: int, *, log_epoch: int = 1) -> bytes:
        found = Checkpoint(
            node="KZ",
            realm="service",
            log_epoch=log_epoch,
            size=size,
            root=root_of(self.leaves[:size]).hex(),
            at=int(time.time()),
        )
        return self.far.sign(Typ.CHECKPOINT, found.payload())

    def show(self, size: int, *olds: int, log_epoch: int = 1) -> Mapping[str, Any]:
        """Ask the node under test to be a witness; return what it answers."""
        proofs = [[old, [one.hex() for one in proof_of(old, self.leaves[:size])]] for old in olds]
        return self.ask(
            {"checkpoint": self.checkpoint(size, log_epoch=log_epoch).decode(), "proofs": proofs, "seen": []}
        )

    def ask(self, needs: Mapping[str, Any]) -> Mapping[str, Any]:
        question = Question(
            sender="KZ",
            recipient="SEC",
            realm="service",
            ask="witness",
            id=f"{time.perf_counter_ns():032x}",
            iat=int(time.time()),
            needs=needs,
        )
        raw = answering.answer(self.far.sign(Typ.QUESTION, question.payload()))
        return dict(Claims(read_jws(raw, Typ.ANSWER).payload).object("says"))

    def give_receipt(self, size: int) -> None:
        """Sign a receipt by which the log had that size."""
        raw = self.far.receipt(
            [self.far.say(sender="SEC", recipient="KZ")], size=size, root=root_of(self.leaves[:size]).hex()
        )
        Receipt.objects.create(
            is_ours=False, peer="KZ", lane="control", epoch=1, first_seq=1, last_seq=1, raw=raw, at=clock.now(), leaf=0
        )


@pytest.fixture
def far() -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


def test_a_log_that_continues_is_witnessed(far: FarNode) -> None:
    kept = FarLog(far)

    first, second = kept.show(3), kept.show(11, 3)

    assert check_witness(first["witness"].encode(), keys=own_keys()).size == 3
    given = check_witness(second["witness"].encode(), keys=own_keys())
    assert (given.by, given.of, given.size, given.root) == ("SEC", "KZ", 11, root_of(kept.leaves[:11]).hex())
    assert list(Witnessed.objects.order_by("size").values_list("size", flat=True)) == [3, 11]


@pytest.mark.parametrize(("size", "olds"), [(11, ()), (11, (2,)), (11, (4,)), (2, (2,))])
def test_whoever_does_not_prove_from_what_was_seen_is_shown_it(far: FarNode, size: int, olds: tuple[int, ...]) -> None:
    kept = FarLog(far)
    kept.show(3)

    says = kept.show(size, *olds)

    assert [check_checkpoint(raw.encode(), keys=far.keys).size for raw in says["seen"]] == [3]
    assert Witnessed.objects.count() == 1
    assert not Evidence.objects.exists()


def test_what_a_receipt_said_of_the_log_must_hold_too(far: FarNode) -> None:
    kept = FarLog(far)
    kept.show(3)
    kept.give_receipt(7)

    assert len(kept.show(11, 3)["seen"]) == 2
    assert "witness" in kept.show(11, 3, 7)


@pytest.mark.parametrize(("size", "olds"), [(3, ()), (3, (3,)), (11, (3,)), (7, (3, 7)), (11, (3, 7))])
def test_rewritten_history_is_refused_and_kept_as_proof_for_anyone(
    far: FarNode, size: int, olds: tuple[int, ...]
) -> None:
    kept, other = FarLog(far), FarLog(far, start="b")
    kept.show(3)
    if 7 in olds:
        kept.give_receipt(7)

    for _ in range(2):  # asked again each minute; one proof is enough
        with pytest.raises(BadProof):
            other.show(size, *olds)

    row = Evidence.objects.get()
    verdict = check_proof(row.file.encode(), fingerprints={"KZ": far.keys.fingerprint})
    assert (verdict.is_good, "history was rewritten" in verdict.shows[0]) == (True, True), verdict.shows
    assert Witnessed.objects.count() == 1


def test_a_receipt_at_the_size_of_a_checkpoint_must_have_its_root(far: FarNode) -> None:
    FarLog(far).show(3)
    FarLog(far, start="b").give_receipt(3)

    with pytest.raises(BadProof):
        FarLog(far).show(4, 3)

    assert check_proof(Evidence.objects.get().file.encode()).is_good


def test_a_proof_that_holds_accuses_nobody(far: FarNode) -> None:
    """Evidence made up by whoever keeps it does not verify."""
    kept = FarLog(far)
    first, second = kept.checkpoint(3), kept.checkpoint(11)
    proof = [one.hex() for one in proof_of(3, kept.leaves[:11])]
    needs = {"checkpoint": second.decode(), "proofs": [[3, proof]]}
    values = {"sender": "KZ", "recipient": "SEC", "realm": "service", "ask": "witness", "id": "a" * 32}
    question = far.sign(Typ.QUESTION, Question(iat=int(time.time()), needs=needs, **values).payload())
    parts = {"first": first.decode(), "second": second.decode()}

    for made_up in (parts, parts | {"question": question.decode()}):
        row = evidence.keep_rewritten(peer="KZ", parts=made_up)
        assert not check_proof(row.file.encode()).is_good


def test_a_restored_peer_begins_a_new_log_epoch_and_does_not_go_back(far: FarNode) -> None:
    FarLog(far).show(8)

    assert "witness" in FarLog(far, start="b").show(5, log_epoch=2)

    assert AuditRow.objects.get(action="exchange:peer:restored").details == {"log_epoch": 2}
    assert len(FarLog(far).show(9, 8)["seen"]) == 1  # of the first epoch again: it is shown the second


@pytest.mark.parametrize(
    "needs",
    [
        {},
        {"checkpoint": "a.b.c", "proofs": [], "seen": []},
        {"checkpoint": "CHECKPOINT", "proofs": {}, "seen": []},
        {"checkpoint": "CHECKPOINT", "proofs": [[3]], "seen": []},
        {"checkpoint": "CHECKPOINT", "proofs": [[True, []]], "seen": []},
        {"checkpoint": "CHECKPOINT", "proofs": [[3, ["zz"]]], "seen": []},
        {"checkpoint": "CHECKPOINT", "proofs": [[3, []]] * 5, "seen": []},
        {"checkpoint": "CHECKPOINT", "proofs": []},
        {"checkpoint": "CHECKPOINT", "proofs": [], "seen": {}},
        {"checkpoint": "CHECKPOINT", "proofs": [], "seen": ["a.b.c"]},
        {"checkpoint": "CHECKPOINT", "proofs": [], "seen": ["CHECKPOINT"]},
        {"checkpoint": "CHECKPOINT", "proofs": [], "seen": [], "more": 1},
    ],
)
def test_questions_without_sense_are_refused(far: FarNode, needs: dict[str, Any]) -> None:
    kept = FarLog(far)
    if needs.get("checkpoint") == "CHECKPOINT":
        needs = needs | {"checkpoint": kept.checkpoint(3).decode()}

    with pytest.raises(Exception, match=r"wrong|not a signed object"):
        kept.ask(needs)

    assert not Witnessed.objects.exists()


Says = Callable[[Checkpoint, Mapping[str, Any]], Mapping[str, Any]]


class FarWitness:
    """A peer that is shown the log of the node under test."""

    def __init__(self, far: FarNode, monkeypatch: pytest.MonkeyPatch) -> None:
        self.far, self.shown, self.seen = far, list[tuple[Checkpoint, Mapping[str, Any]]](), list[bytes]()
        monkeypatch.setattr(client, "ask", self.ask)

    def ask(self, peer: Peer, raw: bytes) -> bytes:
        needs = Claims(read_jws(raw, Typ.QUESTION).payload).object("needs")
        checkpoint = check_checkpoint(str(needs["checkpoint"]).encode(), keys=own_keys())
        self.shown.append((checkpoint, needs))
        return self.far.answer(raw, dict(self.say(checkpoint)))

    def say(self, checkpoint: Checkpoint, **fields: object) -> Mapping[str, Any]:
        if self.seen:
            seen, self.seen = self.seen, []
            return {"seen": [raw.decode() for raw in seen]}
        values = {"by": "KZ", "of": "SEC", "realm": "service", "log_epoch": checkpoint.log_epoch}
        values |= {"size": checkpoint.size, "root": checkpoint.root, "at": int(time.time())} | fields
        return {"witness": self.far.sign(Typ.WITNESS, Statement(**values).payload()).decode()}  # type: ignore[arg-type]


@pytest.fixture
def witness(far: FarNode, monkeypatch: pytest.MonkeyPatch) -> FarWitness:
    return FarWitness(far, monkeypatch)


def grow(rows: int = 3) -> None:
    for number in range(rows):
        audit.record("test:row:add", subject=str(number), actor=Actor.system("tests"))
    audit.seal()


def test_a_peers_signature_under_our_log_is_kept(witness: FarWitness) -> None:
    grow()

    witnessing.exchange_checkpoints(Peer.objects.get())

    row = Witness.objects.get()
    assert (row.size, row.root) == (log.head().size, log.head().root.hex())
    assert not witnessing.is_due("KZ", every_s=0)
    grow()
    assert witnessing.is_due("KZ", every_s=0)
    assert not witnessing.is_due("KZ", every_s=60)


def test_a_new_epoch_of_the_log_is_shown_however_short_it_is() -> None:
    grow()
    Witness.objects.create(peer="KZ", log_epoch=1, size=10**6, root="1" * 64, raw=b"", at=clock.now())

    assert not witnessing.is_due("KZ", every_s=0)
    Standing.objects.create(log_epoch=2)
    assert witnessing.is_due("KZ", every_s=3600)


def test_the_log_is_proved_from_what_the_peer_saw(witness: FarWitness) -> None:
    grow()
    witnessing.exchange_checkpoints(Peer.objects.get())
    grow(9)

    witnessing.exchange_checkpoints(Peer.objects.get())

    (old, _), (new, needs) = witness.shown
    [[size, hashes]] = needs["proofs"]
    assert size == old.size
    roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
    assert verify_consistency(old.size, new.size, *roots, [bytes.fromhex(one) for one in hashes])


def test_what_the_peer_saw_last_and_we_forgot_is_proved_when_it_shows_it(witness: FarWitness) -> None:
    grow()
    checkpoint, raw = witnessing.sign_checkpoint()
    grow(5)
    witness.seen = [raw]

    witnessing.exchange_checkpoints(Peer.objects.get())

    assert [row[0] for row in witness.shown[1][1]["proofs"]] == [checkpoint.size]
    assert Witness.objects.get().size == log.head().size
    assert not Standing.objects.exists()


def test_a_peer_that_saw_more_than_the_store_holds_tells_that_it_was_restored(
    far: FarNode, witness: FarWitness, signer: Any
) -> None:
    grow()
    head = log.head()
    payload = Checkpoint(
        node="SEC", realm="service", log_epoch=1, size=head.size + 10, root="1" * 64, at=int(time.time())
    ).payload()
    witness.seen = signer.sign(Typ.CHECKPOINT, [payload], base=0)

    witnessing.exchange_checkpoints(Peer.objects.get())

    assert (Standing.objects.get().log_epoch, Standing.objects.get().is_catching_up) == (2, True)
    assert witnessing.is_due("KZ", every_s=3600)  # the new epoch is to be seen soon
    witnessing.exchange_checkpoints(Peer.objects.get())
    assert Witness.objects.get().log_epoch == 2


def test_a_store_with_another_past_was_restored(witness: FarWitness, signer: Any) -> None:
    grow()
    payload = Checkpoint(node="SEC", realm="service", log_epoch=1, size=1, root="1" * 64, at=int(time.time())).payload()
    witness.seen = signer.sign(Typ.CHECKPOINT, [payload], base=0)

    witnessing.exchange_checkpoints(Peer.objects.get())

    assert Standing.objects.get().log_epoch == 2


def test_a_peer_that_shows_its_log_tells_us_what_it_saw_of_ours(far: FarNode, signer: Any) -> None:
    """Both learn whether they were restored, whoever begins: before anything that was lost is sent again."""
    grow()
    head, kept = log.head(), FarLog(far)
    payload = Checkpoint(
        node="SEC", realm="service", log_epoch=1, size=head.size + 10, root="1" * 64, at=int(time.time())
    ).payload()
    (ours,) = signer.sign(Typ.CHECKPOINT, [payload], base=0)

    kept.ask({"checkpoint": kept.checkpoint(3).decode(), "proofs": [], "seen": [ours.decode()]})

    assert Standing.objects.get().log_epoch == 2
    assert Witnessed.objects.exists()  # its own log is witnessed all the same


def test_what_a_peer_says_it_saw_of_us_must_be_signed_by_us(far: FarNode) -> None:
    kept = FarLog(far)

    with pytest.raises(BadClaims):
        kept.ask({"checkpoint": kept.checkpoint(3).decode(), "proofs": [], "seen": [kept.checkpoint(9).decode()]})

    assert not Standing.objects.exists()


def test_a_peer_is_told_what_we_saw_of_its_log(far: FarNode, witness: FarWitness) -> None:
    FarLog(far).show(8)

    witnessing.exchange_checkpoints(Peer.objects.get())

    (told,) = witness.shown[0][1]["seen"]
    assert check_checkpoint(told.encode(), keys=far.keys).size == 8


def test_only_our_own_signature_makes_us_believe_that_we_were_restored(far: FarNode, witness: FarWitness) -> None:
    grow()
    witness.seen = [FarLog(far).checkpoint(30)]

    with pytest.raises(BadClaims):
        witnessing.exchange_checkpoints(Peer.objects.get())

    assert not Standing.objects.exists()


@pytest.mark.parametrize("fields", [{"size": 1}, {"root": "1" * 64}, {"of": "TJ"}, {"log_epoch": 2}])
def test_a_signature_under_something_else_is_not_kept(
    witness: FarWitness, monkeypatch: pytest.MonkeyPatch, fields: dict[str, object]
) -> None:
    grow()
    say = witness.say
    monkeypatch.setattr(witness, "say", lambda checkpoint: say(checkpoint, **fields))

    with pytest.raises(BadClaims):
        witnessing.exchange_checkpoints(Peer.objects.get())

    assert not Witness.objects.exists()
