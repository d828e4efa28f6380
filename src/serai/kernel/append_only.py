"""Triggers by which the database itself refuses to change or delete rows, on both stores; for migrations."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MESSAGE = "this table is append-only"


def guard(editor: BaseDatabaseSchemaEditor, table: str, event: str, name: str) -> None:
    """Refuse an event on each row of a table: `UPDATE`, `UPDATE OF a, b`, `DELETE`. The name tells the triggers apart."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION serai_append_only()"
        )
    else:
        editor.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )


def unguard(editor: BaseDatabaseSchemaEditor, table: str, name: str) -> None:
    """Take a trigger away."""
    suffix = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER {table}_{name}{suffix}")
