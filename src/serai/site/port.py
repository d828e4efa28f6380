"""Whether an address is free to listen on; asked before anything else is done."""

import errno
import socket

from serai.kernel.errors import Conflict, NodeFault, gettext_noop


class PortTaken(Conflict):
    code = "port_taken"
    template = gettext_noop(
        "Something else listens on {address} already. Stop it, or choose another port: serai node run --port 8001"
    )


class CannotListen(NodeFault):
    code = "cannot_listen"
    template = gettext_noop("The node cannot listen on {address}: {reason}. Choose another --host or --port.")


def check_port_free(host: str, port: int) -> None:
    """Raise PortTaken when the address is in use, CannotListen when it is not to be had for another reason."""
    address = f"{host}:{port}"
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(address=address) from None
        raise CannotListen(address=address, reason=error.strerror or str(error)) from None
