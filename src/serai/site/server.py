"""The web server inside `serai node run`: gunicorn with threads, stopping gracefully, and the worker beside it."""

import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from gunicorn.app.base import BaseApplication

from serai.kernel.errors import Conflict, gettext_noop
from serai.site.logs import set_up_logs

THREADS: Final = 8
GRACE_S: Final = 20


class PortTaken(Conflict):
    code = "port_taken"
    template = gettext_noop(
        "Something else listens on {address} already. Stop it, or choose another port: serai node run --port 8001"
    )


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn, configured from code."""

    def __init__(self, *, address: str, processes: int, log: Path | None) -> None:
        self.address, self.processes, self.log = address, processes, log
        super().__init__()

    def load_config(self) -> None:
        log = self.log
        values: dict[str, Any] = {
            "bind": self.address,
            "workers": self.processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,
            "graceful_timeout": GRACE_S,
            "timeout": 60,
            "keepalive": 15,
            "limit_request_line": 4094,
            "limit_request_fields": 64,
            "limit_request_field_size": 8190,
            "accesslog": None,
            "errorlog": "-" if log is None else str(log),
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_fork": lambda _server, _worker: set_up_logs(log),
        }
        for key, value in values.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self) -> Any:
        from serai.site.wsgi import application  # noqa: PLC0415  # Django must be set up before

        return application


def check_port_free(host: str, port: int) -> None:
    """Raise PortTaken when the address is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(address=f"{host}:{port}") from None


def start_worker(log: Path | None) -> "subprocess.Popen[bytes]":
    """Start `serai node worker` as a child that ends with this process."""
    command = [sys.executable, "-m", "serai.site.cli", "node", "worker"]
    if log is not None:
        command += ["--log", str(log)]
    return subprocess.Popen(command, start_new_session=True, env=os.environ | {"SERAI_PARENT": str(os.getpid())})  # noqa: S603  # our own interpreter, fixed arguments


def serve(*, host: str, port: int, processes: int, log: Path | None, with_worker: bool) -> None:
    """Serve until told to stop; then finish what is under way, the worker's too."""
    worker = start_worker(log) if with_worker else None
    server = Server(address=f"{host}:{port}", processes=processes, log=log)
    try:
        server.run()
    finally:
        if worker is not None and worker.poll() is None:
            worker.send_signal(signal.SIGTERM)
            try:
                worker.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                logging.getLogger("serai.node").warning("the worker did not stop in time")
                worker.kill()
