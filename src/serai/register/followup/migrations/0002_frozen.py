"""The database itself refuses to change what a submission says, or to change or delete a decision or its evidence."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SUBMISSION = "followup_submission"
FROZEN = ("followup_decision", "followup_evidence")
MAY_MOVE = {"state"}  # the only column of a submission that may change
MESSAGE = "this table is append-only"


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    frozen = _frozen_columns(apps)
    _guard(editor, SUBMISSION, f"UPDATE OF {frozen}", "update")
    _guard(editor, SUBMISSION, "DELETE", "delete")
    for table in FROZEN:
        _guard(editor, table, "UPDATE", "update")
        _guard(editor, table, "DELETE", "delete")


def _frozen_columns(apps: StateApps) -> str:
    fields = apps.get_model("followup", "Submission")._meta.local_concrete_fields
    return ", ".join(field.column for field in fields if field.column not in MAY_MOVE)


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
    for table in (SUBMISSION, *FROZEN):
        for name in ("update", "delete"):
            suffix = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TRIGGER {table}_{name}{suffix}")


class Migration(migrations.Migration):
    dependencies = [("followup", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunPython(forbid, allow)]
