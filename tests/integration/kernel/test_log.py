"""The node's log against a naive RFC 6962: proofs hold at every size, and nothing else does."""

import hashlib
from random import Random

import pytest
from django.db import connection, transaction

from serai.kernel import log
from serai.kernel.merkle import hash_leaf, verify_consistency, verify_inclusion
from serai.kernel.models import LogCheckpoint, LogLeaf, LogNode

pytestmark = pytest.mark.django_db


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


@pytest.fixture
def leaves(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """An empty log, to which 300 leaves are then added in batches of odd sizes."""
    with connection.cursor() as cursor:
        for table in ("kernel_logleaf", "kernel_lognode", "kernel_logcheckpoint"):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {table}_delete{on}")
            cursor.execute(f"DROP TRIGGER {table}_update{on}")
            cursor.execute(f"DELETE FROM {table}")
    contents = [f"leaf {number}".encode() for number in range(300)]
    hashes = [hash_leaf(content) for content in contents]
    monkeypatch.setitem(log._kinds, "test", lambda refs: {ref: hash_leaf(contents[ref]) for ref in refs})
    at, random = 0, Random(1)
    while at < len(hashes):
        until = min(len(hashes), at + random.randint(1, 40))
        head = log.append([log.Leaf("test", number, hashes[number]) for number in range(at, until)])
        assert head == log.Head(until, naive_root(hashes[:until]))
        at = until
    return hashes


def test_root_at_every_size_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert [log.root_at(size) for size in range(301)] == [naive_root(leaves[:size]) for size in range(301)]


def test_every_inclusion_proof_holds_and_only_at_its_place(leaves: list[bytes]) -> None:
    random = Random(2)
    pairs = [(index, size) for size in (1, 2, 3, 15, 16, 17, 255, 256, 257, 300) for index in (0, size // 2, size - 1)]
    pairs += [(random.randrange(size), size) for size in random.choices(range(1, 301), k=150)]
    for index, size in pairs:
        proof, root = log.inclusion_proof(index, size), naive_root(leaves[:size])

        assert verify_inclusion(leaves[index], index, size, proof, root)
        assert not verify_inclusion(leaves[(index + 1) % 300], index, size, proof, root)
        assert not verify_inclusion(leaves[index], index, size, proof, bytes(32))
        if size > 1:
            assert not verify_inclusion(leaves[index], (index + 1) % size, size, proof, root)
            assert not verify_inclusion(leaves[index], index, size, proof[:-1], root)
        assert not verify_inclusion(leaves[index], index, size, [*proof, bytes(32)], root)


def test_every_consistency_proof_holds_and_no_other_tree(leaves: list[bytes]) -> None:
    random = Random(3)
    pairs = [(old, new) for old in (0, 1, 2, 3, 4, 7, 8, 128, 255, 256) for new in (256, 257, 300)]
    pairs += [tuple(sorted(random.sample(range(301), 2))) for _ in range(200)]  # type: ignore[misc]
    for old, new in pairs:
        proof = log.consistency_proof(old, new)
        before, after = naive_root(leaves[:old]), naive_root(leaves[:new])

        assert verify_consistency(old, new, before, after, proof), (old, new)
        if 0 < old < new:
            assert not verify_consistency(old, new, bytes(32), after, proof)
            assert not verify_consistency(old, new, before, bytes(32), proof)
            assert not verify_consistency(old, new, before, after, [*proof, bytes(32)])
            assert not verify_consistency(old, new, before, after, proof[:-1])


def test_a_proof_reads_few_rows(leaves: list[bytes], django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        log.inclusion_proof(123, 300)


def test_a_whole_log_verifies(leaves: list[bytes]) -> None:
    report = log.verify()

    assert (report.faults, report.leaves, report.root) == ([], 300, naive_root(leaves).hex())


def test_changed_leaf_content_and_node_are_found(leaves: list[bytes]) -> None:
    node = LogNode.objects.order_by("place")[3]
    LogNode.objects.filter(pk=node.pk).update(hash=bytes(32))
    assert log.verify().faults == ["The stored node 3 of level 4 is not the root of its leaves."]

    LogLeaf.objects.filter(index=7).update(hash=bytes(32))
    faults = log.verify().faults

    assert "What was sealed as leaf 7 (test 7) is not what stands there now." in faults
    assert any("differs from its checkpoint" in fault for fault in faults)


def test_foreign_kind_and_foreign_node_are_found(leaves: list[bytes]) -> None:
    LogNode.objects.create(place=9 << 48, hash=bytes(32))
    assert log.verify().faults == ["The log has stored nodes that belong to no subtree."]

    LogLeaf.objects.filter(index=7).update(kind="other")
    assert "Leaf 7 is of the kind “other”, which this software does not know." in log.verify().faults


def test_one_thing_is_sealed_once(leaves: list[bytes]) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        log.append([log.Leaf("test", 5, bytes(32))])
    assert LogCheckpoint.objects.order_by("-size")[0].size == 300


def test_leaf_asks_for_a_transaction(leaves: list[bytes]) -> None:
    connection.in_atomic_block = False
    try:
        with pytest.raises(transaction.TransactionManagementError):
            log.append([])
    finally:
        connection.in_atomic_block = True


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 301), (300, 301)])
def test_no_proof_of_what_is_not_there(leaves: list[bytes], index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        log.inclusion_proof(index, size)
