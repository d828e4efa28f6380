"""A named lock lets one transaction in at a time, in whatever process."""

import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from serai.kernel.locks import take_lock
from tests.integration.conftest import RunTogether

_HOLD = """
import time
from pathlib import Path
from django.db import transaction
from serai.kernel.locks import take_lock
for _ in range(3):
    with transaction.atomic():
        take_lock("test")
        with Path({file!r}).open("a") as file:
            print("in", file=file, flush=True)
            time.sleep(0.05)
            print("out", file=file, flush=True)
"""


def test_two_processes_never_hold_the_lock_together(run_together: RunTogether, tmp_path: Path) -> None:
    file = tmp_path / "held"
    program = _HOLD.format(file=str(file))

    run_together(program, program)

    assert file.read_text().split() == ["in", "out"] * 6


def _try_to_take(name: str, outcome: list[str]) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
            take_lock(name)
            outcome.append("taken")
    except OperationalError:
        outcome.append("waited")
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize(("name", "expected"), [("test", "waited"), ("another", "taken")])
def test_postgresql_makes_another_connection_wait_for_the_same_name_only(name: str, expected: str) -> None:
    outcome: list[str] = []
    with transaction.atomic():
        take_lock("test")

        thread = threading.Thread(target=_try_to_take, args=(name, outcome))
        thread.start()
        thread.join()

    assert outcome == [expected]
