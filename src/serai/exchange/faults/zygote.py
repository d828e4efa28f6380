"""The first process of a trial's node: has everything imported and forks the node, and whatever is done inside it, on demand.

A node that was killed is up again in a fraction of a second, so that hundreds of kills fit into minutes. Reads one order a
line from its standard input, as JSON; ends, and with it all it has forked, when that is closed.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

from serai.exchange.faults.wrapping import wrap

DIED: Final = 70  # exit status of a process that died where it was told to
_LONGEST_S: Final = 300
_PR_SET_PDEATHSIG: Final = 1
_IMPORTED: Final = (
    "serai.site.cli",
    "serai.site.node_cli",
    "serai.site.audit_cli",
    "serai.site.logs",
    "serai.site.port",
    "serai.site.start",
    "serai.exchange.cli",
    "serai.exchange.peers",
    "serai.exchange.queries",
    "serai.exchange.http.client",
    "serai.exchange.loop",
    "serai.exchange.signer.client",
    "urllib3",
    "ssl",
)
# Needs Django to be set up.
_IMPORTED_LAST: Final = (
    "serai.site.doctor.store",
    "serai.site.server",
    "serai.site.wsgi",
    "serai.exchange.faults.inside",
    "serai.exchange.bench.inside",
)


def main() -> None:
    """Take orders until there are no more."""
    wrap(Path(os.environ["SERAI_HOME"]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.site.settings")
    importlib.import_module("django").setup()
    for name in (*_IMPORTED, *_IMPORTED_LAST):
        importlib.import_module(name)
    inside = importlib.import_module("serai.exchange.faults.inside")
    inside.open_keys()
    inside.limit_batches()
    server = importlib.import_module("serai.site.server")
    server.warm_up(importlib.import_module("serai.site.wsgi").application)  # leaves no connection to the store open
    _say({"ready": True})
    for line in sys.stdin:
        _say(_obey(json.loads(line), inside))


def _say(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)  # noqa: T201  # the harness reads it


def _obey(order: dict[str, Any], inside: Any) -> dict[str, Any]:
    if order["do"] == "wait":
        return {"status": _wait(order["pid"])}
    if order["do"] == "reload":
        inside.open_keys()
        return {}
    module, _, name = order["do"].rpartition(":")
    pid = _fork(getattr(importlib.import_module(module) if module else inside, name), order)
    return {"pid": pid, "status": _wait(pid)} if order["wait"] else {"pid": pid}


def _wait(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def _fork(function: Callable[..., Any], order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _be(function, order)
    return pid


def _be(function: Callable[..., Any], order: dict[str, Any]) -> NoReturn:
    status = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nothing, number)
        if order["wait"]:
            signal.alarm(_LONGEST_S)
        found = function(**order["args"])
        if order["result"]:
            Path(order["result"]).write_text(json.dumps(found))
        status = 0
    except Exception:  # noqa: BLE001  # the outermost line of a process
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
