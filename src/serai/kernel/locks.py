"""One at a time, by name, until the transaction ends."""

import zlib

from django.db import connection


def take_lock(name: str) -> None:
    """Wait for the named lock inside the present transaction.

    SQLite transactions begin IMMEDIATE on every node, so the only writer already has it; PostgreSQL takes an
    advisory lock that the end of the transaction frees.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5E4A1, zlib.crc32(name.encode()) & 0x7FFFFFFF])
