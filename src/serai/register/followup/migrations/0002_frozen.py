"""The database itself refuses to change what a submission says, or to change or delete a decision or its evidence."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from serai.kernel.append_only import guard, unguard

SUBMISSION = "followup_submission"
FROZEN = ("followup_decision", "followup_evidence")
MAY_MOVE = {"state"}  # the only column of a submission that may change


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    frozen = _frozen_columns(apps)
    guard(editor, SUBMISSION, f"UPDATE OF {frozen}", "update")
    guard(editor, SUBMISSION, "DELETE", "delete")
    for table in FROZEN:
        guard(editor, table, "UPDATE", "update")
        guard(editor, table, "DELETE", "delete")


def _frozen_columns(apps: StateApps) -> str:
    fields = apps.get_model("followup", "Submission")._meta.local_concrete_fields
    return ", ".join(field.column for field in fields if field.column not in MAY_MOVE)


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in (SUBMISSION, *FROZEN):
        for name in ("update", "delete"):
            unguard(editor, table, name)


class Migration(migrations.Migration):
    dependencies = [("followup", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunPython(forbid, allow)]
