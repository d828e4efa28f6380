"""Where a request came from, as far as a node believes it, and which network that is. Pure."""

import ipaddress
from collections.abc import Mapping


def client_address(meta: Mapping[str, object], *, proxies: int) -> str:
    """Return the address that a request came from; proxies are believed only as many as the operator named.

    >>> client_address({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7"}, proxies=1)
    '198.51.100.7'
    >>> client_address({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, proxies=0)
    '192.0.2.1'
    """
    forwarded = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return str(meta.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """Return whom an address stands for: with IPv6 one subscriber has a whole /64.

    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7"), network_of("2001:db8:1:2:3::4"), network_of("")
    ('192.0.2.7', '192.0.2.7', '2001:db8:1:2::', '')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(found) >> 64 << 64))
