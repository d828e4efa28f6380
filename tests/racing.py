"""Many people do the same thing at the same time, in several processes with many threads each, on one node's store.

`main` is one of the processes: FOLDER PROCESS PROCESSES SCENE=THREADS… In each scene the first process makes what it is
about, then all threads of all processes act at once, then the first process looks at what came of it. A scene may be
named several times. Prints one JSON object a scene: how often each outcome was had, how long the slowest took, and
what was seen. The node must hold the register.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.db import connections

from serai.kernel import people
from serai.kernel.errors import SeraiError
from serai.kernel.roles import Role
from serai.register.followup.actions.submissions import units_of
from serai.register.models import Entry
from tests.race_scenes import KZ, SCENES, Given, Scene, directory

_WITHIN_S: Final = 300.0


def main() -> None:
    """Take part in all races."""
    folder, process, processes = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    people.use_directory(directory)
    for turn, named in enumerate(sys.argv[4:]):
        name, _, threads = named.partition("=")
        gate = Gate(folder / str(turn), process=process, processes=processes)
        print(json.dumps({"scene": name, **_race(SCENES[name], gate, threads=int(threads))}), flush=True)


def _race(scene: Scene, gate: "Gate", *, threads: int) -> dict[str, Any]:
    crowd, first = gate.processes * threads, gate.process * threads
    for number in range(crowd):
        directory.add(f"colleague-{number}", (Role.FOCAL_POINT, KZ))
    if gate.process == 0:
        _hand(gate.folder / "made", scene.make(_unused_entry(), crowd))
    given = _take(gate.folder / "made")
    outcomes, slowest_s = _act(scene, given, numbers=range(first, first + threads), gate=gate)
    gate.wait("done")
    seen = scene.look(given) if gate.process == 0 else None
    for number in range(crowd):
        del directory.people[f"colleague-{number}"], directory.grants[f"colleague-{number}"]
    return {"outcomes": outcomes, "slowest_s": slowest_s, "seen": seen}


def _unused_entry() -> Entry:
    """Return an entry that binds all six and takes any count, with which nothing was done yet."""
    rows = Entry.objects.filter(submissions=None, requests=None, focal_points=None, indicator__isnull=False)
    return next(row for row in rows.select_related("indicator").order_by("pk") if _is_plain(row))


def _is_plain(entry: Entry) -> bool:
    unit = units_of(entry)[0]
    return entry.actors == ["all"] and unit.startswith("count") and " of " not in unit


class Gate:
    """Where the processes of one race wait for each other: files in a folder that they share."""

    def __init__(self, folder: Path, *, process: int, processes: int) -> None:
        self.folder, self.process, self.processes = folder, process, processes
        folder.mkdir(exist_ok=True)

    def wait(self, name: str) -> None:
        _hand(self.folder / f"{name}-{self.process}", {})
        for other in range(self.processes):
            _take(self.folder / f"{name}-{other}")


def _act(scene: Scene, given: Given, *, numbers: range, gate: Gate) -> tuple[dict[str, int], float]:
    """Let each thread act when all of all processes are ready; return how often each outcome was had, and the slowest."""
    had: list[str] = []
    seconds: list[float] = []
    ready, go = threading.Barrier(len(numbers) + 1), threading.Event()

    def act(number: int) -> None:
        connections["default"].ensure_connection()
        ready.wait()
        go.wait()
        started = time.perf_counter()
        try:
            had.append(scene.act(given, number))
        except SeraiError as error:
            had.append(error.code)
        except Exception as error:  # noqa: BLE001  # what must not happen is told by name
            had.append(f"FAULT {type(error).__name__}: {error}")
        finally:
            seconds.append(time.perf_counter() - started)
            connections["default"].close()

    own = [threading.Thread(target=act, args=(number,)) for number in numbers]
    for thread in own:
        thread.start()
    ready.wait()
    gate.wait("ready")
    go.set()
    for thread in own:
        thread.join()
    return dict(Counter(had)), max(seconds)


def _hand(file: Path, given: Given) -> None:
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(given))
    draft.rename(file)


def _take(file: Path) -> Given:
    deadline = time.monotonic() + _WITHIN_S
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            found: Given = json.loads(file.read_text())
            return found
        time.sleep(0.005)
    raise TimeoutError(file)
