"""Databases that a benchmark makes for itself on a PostgreSQL server, and drops afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from serai.kernel.benching import BenchFailed, CannotMeasure

POSTGRES: Final = "SERAI_BENCH_PG_URL"


@contextmanager
def own_databases(*names: str) -> Iterator[list[str]]:
    """Make databases on the server that SERAI_BENCH_PG_URL names; give their addresses.

    Raises CannotMeasure when it names none, BenchFailed when the server does not do its part.
    """
    url = os.environ.get(POSTGRES, "")
    if not url:
        raise CannotMeasure(f"on PostgreSQL: not measured, {POSTGRES} names no server")
    own = [f"serai_bench_{os.getpid()}_{name}" for name in names]
    try:
        with psycopg.connect(url, autocommit=True) as server:
            try:
                for name in own:
                    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                yield [urlsplit(url)._replace(path=f"/{name}").geturl() for name in own]
            finally:
                for name in own:
                    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise BenchFailed(f"{POSTGRES}: {error}") from None
