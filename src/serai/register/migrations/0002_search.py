"""The full-text index of the entries."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from serai.kernel.fulltext import create_sql, drop_sql

INDEX = "register_entry_search"


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in create_sql(INDEX, editor.connection.vendor):
        editor.execute(statement, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(drop_sql(INDEX))


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunPython(create, drop)]
