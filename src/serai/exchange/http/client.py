"""Asking another node over HTTP. The address is one that an operator entered; nothing follows a redirect.

PeerUnreachable: no answer that can be used. Whatever was sent may have arrived, and is sent again.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

from serai.kernel.errors import BadInput, Conflict, gettext_noop

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

    from serai.exchange.models import Peer

MESSAGES: Final = "/exchange/v1/messages"
QUESTIONS: Final = "/exchange/v1/questions"
NODE: Final = "/exchange/v1/node"
ENVELOPES: Final = "application/vnd.serai.envelopes"
JOSE: Final = "application/jose"
CONNECT_S: Final = 5.0
READ_S: Final = 30.0
MOST_ANSWER: Final = 1024 * 1024
_LOCAL: Final = {"127.0.0.1", "localhost", "::1"}


class PeerUnreachable(Conflict):
    """No answer came, or none that can be used. `reason` is a stable word."""

    code = "peer_unreachable"
    template = gettext_noop("{url} does not answer as a node should: {reason}. It is tried again by itself.")

    def __init__(self, *, url: str, reason: str, retry_after_s: float = 0) -> None:
        super().__init__(url=url, reason=reason)
        self.reason, self.retry_after_s = reason, retry_after_s


class BadAddress(BadInput):
    code: ClassVar[str] = "bad_address"
    template = gettext_noop(
        "“{given}” is no address of a node. Write https://… without a path; http:// only on this machine or in training."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a peer answered to a batch."""

    receipt: bytes = b""
    stop: str = ""
    next: tuple[int, int] = (1, 1)
    credit: int = 100


def check_address(url: str, *, is_training: bool) -> str:
    """Return an address without a path; raise BadAddress.

    >>> check_address("https://serai.gov.kz/", is_training=False)
    'https://serai.gov.kz'
    >>> check_address("http://serai.gov.kz", is_training=False)
    Traceback (most recent call last):
    serai.exchange.http.client.BadAddress: “http://serai.gov.kz” is no address of a node. Write https://… without a path; http:// only on this machine or in training.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadAddress(given=url[:80]) from None
    is_plain = parts.scheme == "http" and (is_training or host in _LOCAL)
    is_whole = host and not parts.username and parts.path in {"", "/"} and not parts.query and not parts.fragment
    if not is_whole or not (parts.scheme == "https" or is_plain) or len(url) > 300:
        raise BadAddress(given=url[:80])
    return f"{parts.scheme}://{parts.netloc}"


@lru_cache(maxsize=32)
def _pool(certificate: str, *, is_unchecked: bool = False) -> "PoolManager":
    """Return the connections to peers that this certificate vouches for; empty for the system's authorities."""
    import ssl  # noqa: PLC0415  # only workers talk to peers

    import urllib3  # noqa: PLC0415

    context = ssl.create_default_context(cadata=certificate or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if is_unchecked:  # meeting a node: what it says is believed only once fingerprints were compared
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    options: dict[str, Any] = {
        "timeout": urllib3.Timeout(connect=CONNECT_S, read=READ_S),
        "retries": False,
        "ssl_context": context,
        "maxsize": 2,
    }
    proxy = os.environ.get("SERAI_EXCHANGE_PROXY", "")
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _ask(
    pool: "PoolManager", method: str, url: str, *, body: bytes | None = None, content_type: str = ""
) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body; raise PeerUnreachable."""
    from urllib3.exceptions import HTTPError, SSLError  # noqa: PLC0415

    headers = {"Accept": f"{JOSE}, application/json", "User-Agent": "serai"}
    if content_type:
        headers["Content-Type"] = content_type
    try:
        answer = pool.request(method, url, body=body, headers=headers, redirect=False, preload_content=False)
        return answer.status, answer.headers, _read(answer, url)
    except SSLError:
        raise PeerUnreachable(url=url, reason="its certificate is not the one that was introduced") from None
    except HTTPError as error:
        raise PeerUnreachable(url=url, reason=_word(error)) from None


def _word(error: Exception) -> str:
    """Return why a connection failed, without addresses or texts from outside."""
    return {
        "ConnectTimeoutError": "it cannot be connected to",
        "NewConnectionError": "it cannot be connected to",
        "NameResolutionError": "its name is not known",
        "ReadTimeoutError": "it was silent for too long",
        "ProtocolError": "the connection broke off",
    }.get(type(error).__name__, "the connection failed")


def _read(answer: "BaseHTTPResponse", url: str) -> bytes:
    """Read a body that is bounded, so that a peer cannot fill our memory."""
    try:
        body = answer.read(MOST_ANSWER + 1, decode_content=False)
        if len(body) > MOST_ANSWER:
            answer.close()
            raise PeerUnreachable(url=url, reason="its answer is larger than any of a node")
    finally:
        answer.release_conn()
    return bytes(body)


def send_messages(peer: "Peer", lines: Sequence[bytes]) -> Delivery:
    """Hand a batch of envelopes over; return what the peer signed. Raises PeerUnreachable."""
    url = peer.url + MESSAGES
    body = b"\n".join(lines) + b"\n"
    status, headers, answer = _ask(_pool(peer.certificate), "POST", url, body=body, content_type=ENVELOPES)
    if status not in {200, 409}:
        raise _unreachable(url, status, headers)
    return Delivery(
        receipt=answer if status == 200 else b"",
        stop=headers.get("Serai-Stop", "")[:12],
        next=_read_next(headers.get("Serai-Next", "")),
        credit=_number(headers.get("Serai-Credit", ""), 100),
    )


def _unreachable(url: str, status: int, headers: Mapping[str, str]) -> PeerUnreachable:
    wait_s = min(_number(headers.get("Retry-After", ""), 0), 600)
    return PeerUnreachable(url=url, reason=f"status {status}", retry_after_s=wait_s)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _read_next(text: str) -> tuple[int, int]:
    epoch, _, seq = text.partition(" ")
    return _number(epoch, 1), _number(seq, 1)


def ask(peer: "Peer", question: bytes) -> bytes:
    """Return a peer's signed answer to a signed question. Raises PeerUnreachable."""
    url = peer.url + QUESTIONS
    status, headers, answer = _ask(_pool(peer.certificate), "POST", url, body=question, content_type=JOSE)
    if status != 200:
        raise _unreachable(url, status, headers)
    return answer


def fetch_node(url: str) -> Mapping[str, object]:
    """Return what a node says of itself. Nothing in it is believed until an operator compares fingerprints."""
    address = url + NODE
    status, headers, answer = _ask(_pool("", is_unchecked=True), "GET", address)
    if status != 200:
        raise _unreachable(address, status, headers)
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        raise PeerUnreachable(url=address, reason="it is no node") from None
    if not isinstance(found, dict):
        raise PeerUnreachable(url=address, reason="it is no node")
    return found
