"""Whether an address is free to listen on; asked before anything else is done."""

import socket

from serai.kernel.errors import Conflict, gettext_noop


class PortTaken(Conflict):
    code = "port_taken"
    template = gettext_noop(
        "Something else listens on {address} already. Stop it, or choose another port: serai node run --port 8001"
    )


def check_port_free(host: str, port: int) -> None:
    """Raise PortTaken when the address is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(address=f"{host}:{port}") from None
