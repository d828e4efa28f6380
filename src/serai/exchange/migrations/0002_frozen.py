"""The database itself refuses to change what was signed, or to change or delete a receipt or evidence."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ENVELOPE = "exchange_envelope"
SIGNED = "is_sent, peer, lane, seq, type, hash, raw, at, leaf"  # what became of it may be written down later
FROZEN = ("exchange_receipt", "exchange_evidence", "exchange_witness", "exchange_witnessed")
MESSAGE = "this table is append-only"


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _guard(editor, ENVELOPE, f"UPDATE OF {SIGNED}", "update")
    _guard(editor, ENVELOPE, "DELETE", "delete")
    for table in FROZEN:
        _guard(editor, table, "UPDATE", "update")
        _guard(editor, table, "DELETE", "delete")


def _guard(editor: BaseDatabaseSchemaEditor, table: str, event: str, name: str) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION serai_append_only()"
        )
    else:
        editor.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in (ENVELOPE, *FROZEN):
        for name in ("update", "delete"):
            suffix = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TRIGGER {table}_{name}{suffix}")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunPython(forbid, allow)]
