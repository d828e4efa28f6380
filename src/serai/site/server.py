"""The web server inside `serai node run`: gunicorn with threads, stopping gracefully; the signer and the worker beside it."""

import gc
import ssl
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import connections
from gunicorn.app.base import BaseApplication

from serai.site.heap import give_back
from serai.site.keeper import Keeper, Task
from serai.site.logs import set_up_logs
from serai.site.signing import run_signer, wait_for_signer
from serai.site.worker import Worker

THREADS: Final = 4  # pages are work for the processor, not waiting; each thread costs a database connection's caches
WARMED: Final = (
    "/",
    "/register/",
    "/ru/",
    "/ru/register/",
    "/zh-hans/",
    "/zh-hans/register/",
    "/register/VI.13a",
    "/register/bodies/",
    "/register/instruments/",
    "/register/calendar/",
    "/register/indicators/",
    "/register/comparison/",
    "/register/method/",
    "/api/v1/register/entries",
)
GRACE_S: Final = 20


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn, configured from code."""

    def __init__(self, *, address: str, processes: int, log: Path | None, certificate: Path | None) -> None:
        self.address, self.processes, self.log = address, processes, log
        self.certificate = certificate
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
        if self.certificate:
            values |= {"certfile": str(self.certificate), "ssl_context": lambda conf, _: _tls_context(conf.certfile)}
        for key, value in values.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self) -> Any:
        from serai.site.wsgi import application  # noqa: PLC0415  # Django must be set up before

        return application


@lru_cache(maxsize=1)
def _tls_context(certificate: str) -> ssl.SSLContext:
    """Return what connections are wrapped in; kept, since gunicorn asks for each connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate)
    return context


def warm_up(application: Callable[..., Iterable[bytes]]) -> None:
    """Answer one request of each kind before the processes fork, so that they share what that fills.

    What is in memory by then is frozen: the collector would otherwise touch, and so copy, every page of it.
    """
    for path in WARMED:
        environ: dict[str, Any] = {"HTTP_HOST": settings.ALLOWED_HOSTS[0], "PATH_INFO": path}
        if settings.USE_HTTPS:
            environ["wsgi.url_scheme"] = "https"  # else each would only be told to come back over HTTPS
        setup_testing_defaults(environ)
        b"".join(application(environ, lambda *_: None))
    connections.close_all()  # forked processes must open their own
    gc.collect()
    give_back()
    gc.freeze()


def serve(
    *, host: str, port: int, processes: int, log: Path | None, with_worker: bool, certificate: Path | None = None
) -> None:
    """Serve until told to stop; then finish what is under way, the worker's too. Raises SignerSilent."""
    server = Server(address=f"{host}:{port}", processes=processes, log=log, certificate=certificate)
    warm_up(server.load())
    folder = Path(settings.HOME.folder)
    tasks: dict[str, Task] = {"signer": lambda parent: run_signer(folder, parent)}
    if with_worker:
        tasks["worker"] = lambda parent: Worker(parent=parent).run()
    keeper = Keeper(tasks)
    keeper.start()
    try:
        wait_for_signer(folder)
        server.run()
    finally:
        keeper.stop(grace_s=GRACE_S)
