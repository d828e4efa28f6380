"""The database itself refuses to change or delete what the audit trail holds."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from serai.kernel.append_only import MESSAGE, guard, unguard

TABLES = ("kernel_auditrow", "kernel_logleaf", "kernel_lognode", "kernel_logcheckpoint", "kernel_nodeidentity")


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION serai_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            guard(editor, table, verb, verb.lower())
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION serai_append_only()"
            )


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        for verb in ("update", "delete"):
            unguard(editor, table, verb)
        if editor.connection.vendor == "postgresql":
            unguard(editor, table, "truncate")
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION serai_append_only()")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
