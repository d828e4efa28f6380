"""The database itself refuses to change or delete what the audit trail holds."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("kernel_auditrow", "kernel_logleaf", "kernel_lognode", "kernel_logcheckpoint", "kernel_nodeidentity")
MESSAGE = "this table is append-only"


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION serai_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            if editor.connection.vendor == "postgresql":
                editor.execute(
                    f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION serai_append_only()"
                )
            else:
                editor.execute(
                    f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION serai_append_only()"
            )


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        for verb in ("update", "delete"):
            suffix = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TRIGGER {table}_{verb}{suffix}")
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {table}_truncate ON {table}")
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION serai_append_only()")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
