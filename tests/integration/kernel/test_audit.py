"""The trail is written with the change, chained in order, refuses to be altered, and shows when it was."""

import pytest
from django.db import DatabaseError, connection, transaction

from serai.kernel import audit
from serai.kernel.merkle import root_of
from serai.kernel.models import AuditPending, AuditRow, LogCheckpoint, LogLeaf, NodeIdentity
from serai.kernel.roles import Actor

pytestmark = pytest.mark.django_db
TESTER = Actor.system("tests")
TABLES = ["kernel_auditrow", "kernel_logleaf", "kernel_lognode", "kernel_logcheckpoint", "kernel_nodeidentity"]


def record(subject: str) -> AuditRow:
    audit.record("test:thing:do", subject=subject, actor=TESTER, reason="because", count=3, parts=["a", "б"])
    return AuditRow.objects.get(subject=subject)


def seal_all() -> int:
    return audit.seal(limit=10_000)


def drop_triggers() -> None:
    """What somebody with the database's password can do; undone with the test's transaction."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for verb in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {table}_{verb}{on}")


def test_a_row_says_who_did_what_and_waits_to_be_chained() -> None:
    row = record("permit 7")

    assert (row.action, row.actor_kind, row.actor_name, row.reason) == ("test:thing:do", "system", "tests", "because")
    assert row.details == {"count": 3, "parts": ["a", "б"]}
    assert AuditPending.objects.filter(row=row).exists()


def record_and_fail() -> None:
    with transaction.atomic():
        record("permit 7")
        raise ZeroDivisionError


def leaf_at(row: AuditRow) -> LogLeaf:
    return LogLeaf.objects.get(kind=audit.KIND, ref=row.pk)


def test_a_row_vanishes_with_the_change_that_is_rolled_back() -> None:
    with pytest.raises(ZeroDivisionError):
        record_and_fail()

    assert not AuditRow.objects.filter(subject="permit 7").exists()


def test_rows_are_chained_in_the_order_in_which_they_were_written() -> None:
    seal_all()
    before = LogLeaf.objects.count()
    rows = [record(f"permit {number}") for number in range(5)]

    sealed = seal_all()

    leaves = list(LogLeaf.objects.filter(index__gte=before).order_by("index"))
    assert sealed == 5
    assert [leaf.ref for leaf in leaves] == [row.pk for row in rows]
    assert [leaf.index for leaf in leaves] == list(range(before, before + 5))
    assert not AuditPending.objects.exists()


def test_a_checkpoint_is_the_root_over_all_leaves_however_they_were_sealed() -> None:
    for number in range(7):
        record(f"permit {number}")

    while audit.seal(limit=3):
        pass

    hashes = [bytes(leaf.hash) for leaf in LogLeaf.objects.order_by("index")]
    last = LogCheckpoint.objects.order_by("-size")[0]
    assert (last.size, bytes(last.root)) == (len(hashes), root_of(hashes))
    assert LogCheckpoint.objects.count() > 1


def test_nothing_to_seal_seals_nothing() -> None:
    seal_all()
    checkpoints = LogCheckpoint.objects.count()

    assert seal_all() == 0
    assert LogCheckpoint.objects.count() == checkpoints


def test_any_change_of_a_row_changes_its_leaf() -> None:
    row = record("permit 7")
    leaf = audit.leaf_of(row)

    for field, value in (
        ("subject", "permit 8"),
        ("reason", ""),
        ("actor_name", "x"),
        ("action", "a:b:c"),
        ("details", {}),
        ("pk", 10**6),
    ):
        changed = AuditRow.objects.get(subject="permit 7")
        setattr(changed, field, value)
        assert audit.leaf_of(changed) != leaf, field
    assert audit.leaf_of(AuditRow.objects.get(pk=row.pk)) == leaf


def test_a_whole_trail_verifies() -> None:
    for number in range(3):
        record(f"permit {number}")
    seal_all()
    record("permit that waits")

    report = audit.verify()

    assert report.faults == []
    assert (report.leaves, report.waiting) == (LogLeaf.objects.count(), 1)
    assert report.root == root_of(bytes(leaf.hash) for leaf in LogLeaf.objects.order_by("index")).hex()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_the_database_itself_refuses_to_alter_the_trail(table: str, verb: str) -> None:
    for number in range(16):  # so many complete a subtree whose root is stored
        record(f"permit {number}")
    seal_all()
    column = {
        "kernel_auditrow": "subject",
        "kernel_logleaf": "hash",
        "kernel_lognode": "hash",
        "kernel_logcheckpoint": "root",
    }.get(table, "code")
    statement = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_models_cannot_alter_the_trail_either() -> None:
    row = record("permit 7")
    row.subject = "permit 8"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        NodeIdentity.objects.update(code="XA")
    assert AuditRow.objects.get(pk=row.pk).subject == "permit 7"


def test_a_row_cannot_be_written_over_another() -> None:
    """SQLite's REPLACE deletes without asking a plain trigger; PostgreSQL has TRUNCATE, which does the same to all."""
    row = record("permit 7")
    statement = (
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE kernel_auditrow CASCADE"
        if connection.vendor == "postgresql"
        else "REPLACE INTO kernel_auditrow (id, at, action, subject, actor_kind, actor_name, reason, details) "
        f"VALUES ({row.pk}, '2026-01-01', 'a', 'forged', 'system', 'x', '', '{{}}')"
    )

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_changed_row_is_found() -> None:
    row = record("permit 7")
    seal_all()
    drop_triggers()
    AuditRow.objects.filter(pk=row.pk).update(subject="permit 8")

    faults = audit.verify().faults

    assert faults == [f"What was sealed as leaf {leaf_at(row).index} (audit {row.pk}) is not what stands there now."]


def test_a_changed_row_with_a_forged_leaf_is_found_by_the_checkpoint() -> None:
    row = record("permit 7")
    seal_all()
    drop_triggers()
    AuditRow.objects.filter(pk=row.pk).update(subject="permit 8")
    LogLeaf.objects.filter(ref=row.pk).update(hash=audit.leaf_of(AuditRow.objects.get(pk=row.pk)))

    faults = audit.verify().faults

    assert faults == [f"The log's root at size {leaf_at(row).index + 1} differs from its checkpoint."]


def test_a_removed_leaf_is_found() -> None:
    rows = [record(f"permit {number}") for number in range(3)]
    seal_all()
    drop_triggers()
    gone = leaf_at(rows[1]).index
    LogLeaf.objects.filter(index=gone).delete()

    faults = audit.verify().faults

    assert f"Leaf {gone} is missing; the next one found is {gone + 1}." in faults


def test_a_row_slipped_in_past_the_sealer_is_found() -> None:
    seal_all()
    AuditRow.objects.create(
        at=AuditRow.objects.order_by("pk")[0].at,
        action="a:b:c",
        subject="slipped in",
        actor_kind="system",
        actor_name="x",
    )

    faults = audit.verify().faults

    assert len(faults) == 1
    assert faults[0].endswith("rows were added or removed.")


def cut_tail() -> None:
    """Take the newest leaf away with its row and every checkpoint that knew of it: a trail that looks whole."""
    drop_triggers()
    last = LogLeaf.objects.order_by("-index")[0]
    LogCheckpoint.objects.filter(size__gt=last.index).delete()
    last.delete()
    AuditRow.objects.get(pk=last.ref).delete()


def test_a_cut_off_tail_is_told_only_with_a_checkpoint_kept_outside() -> None:
    record("permit 7")
    seal_all()
    record("permit 8")
    seal_all()
    whole = audit.verify()
    cut_tail()

    assert audit.verify().faults == []
    assert audit.verify(known=(whole.leaves, whole.root)).faults == [
        f"A checkpoint at size {whole.leaves} exists, but the log has only {whole.leaves - 1} leaves."
    ]


def test_a_checkpoint_kept_outside_that_never_was_is_found() -> None:
    record("permit 7")
    seal_all()
    size = LogLeaf.objects.count()

    faults = audit.verify(known=(size, "0" * 64)).faults

    assert f"The checkpoint at size {size} is not the one that was kept outside." in faults


def test_a_checkpoint_kept_outside_of_an_earlier_size_is_checked_too() -> None:
    for number in range(5):
        record(f"permit {number}")
    seal_all()
    hashes = [bytes(leaf.hash) for leaf in LogLeaf.objects.order_by("index")]

    assert audit.verify(known=(3, root_of(hashes[:3]).hex())).faults == []
    assert audit.verify(known=(3, root_of(hashes[:2]).hex())).faults == [
        "The log's root at size 3 differs from its checkpoint."
    ]
