"""The database itself refuses to change what was signed, or to change or delete a receipt or evidence."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from serai.kernel.append_only import guard, unguard

ENVELOPE = "exchange_envelope"
SIGNED = "is_sent, peer, lane, seq, type, hash, raw, at, leaf"  # what became of it may be written down later
FROZEN = ("exchange_receipt", "exchange_evidence", "exchange_witness", "exchange_witnessed")


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    guard(editor, ENVELOPE, f"UPDATE OF {SIGNED}", "update")
    guard(editor, ENVELOPE, "DELETE", "delete")
    for table in FROZEN:
        guard(editor, table, "UPDATE", "update")
        guard(editor, table, "DELETE", "delete")


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in (ENVELOPE, *FROZEN):
        for name in ("update", "delete"):
            unguard(editor, table, name)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunPython(forbid, allow)]
