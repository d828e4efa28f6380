"""Writing many rows by one plain statement: what every message passes through cannot afford an object for each row."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in the order of the table's columns, key included. Values are such as the database takes."""
    if not rows:
        return
    columns = _columns(model)
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})", rows)


def insert_keyed(model: type[models.Model], rows: Sequence[tuple[Any, ...]], *, by: str) -> dict[Any, int]:
    """Insert at most some hundred rows, without their keys, which the database gives; return value of a column → key."""
    if not rows:
        return {}
    key, *columns = _columns(model)
    marks = ", ".join(["(" + ", ".join(["%s"] * len(columns)) + ")"] * len(rows))
    by_name = connection.ops.quote_name(by)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES {marks} RETURNING {by_name}, {key}",
            [value for row in rows for value in row],
        )
        return dict(cursor.fetchall())


def _columns(model: type[models.Model]) -> list[str]:
    return [connection.ops.quote_name(str(field.column)) for field in model._meta.local_concrete_fields]
