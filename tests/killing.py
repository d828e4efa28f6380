"""Kills a restore or a backup again and again: `python -m tests.killing restore|backup FILE`, on the node in SERAI_HOME.

Each round is a process of its own, forked from one that has everything imported, so that the time to die in is the
time of the work. Prints what it found after each round, one JSON object a line. The node's store holds a table
`test_note` whose only text is "old", the backup's one "new".
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from serai.site.home import NodeHome
from serai.site.start import start_django

RANDOM_ROUNDS = 15
_STEPS = ("fsync", "link", "mkdir", "rename", "replace", "symlink", "unlink")
_FIRST_STORE = "stores/0001"


def main() -> None:
    """Kill before each call that makes something durable, then at random moments."""
    what, file = sys.argv[1], Path(sys.argv[2])
    start_django()
    work, look = {"restore": _restoring, "backup": _making}[what](NodeHome.default(), file)
    step = 1
    while _run(work, die_at=step):
        _report({"at": f"step {step}"} | look())
        step += 1
    _report({"at": "end"} | look())
    started = time.monotonic()
    _run(work)
    whole_s = time.monotonic() - started
    _report({"at": "end"} | look())
    moments = random.Random(1)
    for _ in range(RANDOM_ROUNDS):
        delay_s = moments.uniform(0, whole_s)
        _run(work, kill_after_s=delay_s)
        _report({"at": f"{delay_s:.3f} of {whole_s:.3f} s"} | look())


def _report(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


def _run(work: Callable[[], object], *, die_at: int = 0, kill_after_s: float | None = None) -> bool:
    """Do the work in a process of its own; return whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            _die_at(die_at)
            work()
        except BaseException as fault:  # noqa: BLE001  # a forked child must never return into the parent's code
            print(f"{type(fault).__name__}: {fault}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}, f"the work failed with {status}"
    return status != 0


def _die_at(step: int) -> None:
    """Let this process die right before its n-th durable call; 0 lets it live."""
    left = step

    def dying(call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)

        return counted

    for name in _STEPS:
        setattr(os, name, dying(getattr(os, name)))


def _ask(question: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Answer in a process of its own, so that this one never opens the store."""
    reader, writer = os.pipe()
    assert not _run(lambda: os.write(writer, json.dumps(question()).encode()))
    os.close(writer)
    with os.fdopen(reader) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _restoring(home: NodeHome, file: Path) -> tuple[Callable[[], object], Callable[[], dict[str, Any]]]:
    from serai.kernel import audit
    from serai.site.backup import replace  # noqa: F401  # imported before the clock runs
    from serai.site.backup.drafts import find_leftovers
    from serai.site.backup.restore import restore_backup

    def examine() -> dict[str, Any]:
        with closing(sqlite3.connect(home.database)) as store:
            check, note = (
                store.execute(question).fetchone()[0]
                for question in ("PRAGMA integrity_check", "SELECT text FROM test_note")
            )
        return {"check": check, "content": note, "faults": audit.verify().faults, "left": len(find_leftovers(home))}

    def look() -> dict[str, Any]:
        found = _ask(examine)
        home.current.unlink()
        home.current.symlink_to(_FIRST_STORE)
        for store in home.stores.iterdir():
            if store.name != Path(_FIRST_STORE).name and not store.name.endswith(".draft"):
                shutil.rmtree(store)
        return found

    return lambda: restore_backup(home, file, progress=lambda _: None), look


def _making(home: NodeHome, file: Path) -> tuple[Callable[[], object], Callable[[], dict[str, Any]]]:
    from serai.kernel.models import AuditRow
    from serai.site.backup.archive import open_archive
    from serai.site.backup.drafts import find_leftovers
    from serai.site.backup.make import make_backup

    def examine() -> dict[str, Any]:
        exists = file.exists()
        if exists:
            with open_archive(file) as archive:
                archive.verify(lambda _: None)  # raises, and with it the round fails
        made = AuditRow.objects.filter(action="node:backup:make").count()
        return {"exists": exists, "recorded": made, "left": len(find_leftovers(home))}

    def look() -> dict[str, Any]:
        found = _ask(examine)
        file.unlink(missing_ok=True)
        return found

    return lambda: make_backup(home, file, progress=lambda _: None), look


if __name__ == "__main__":
    main()
