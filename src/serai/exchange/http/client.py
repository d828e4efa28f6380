"""Asking another node over HTTP. The address is one that an operator entered; nothing follows a redirect."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from serai.exchange.http.errors import (
    AnswerTooLarge,
    BadAddress,
    NotConnected,
    NoTls,
    OddAnswer,
    PeerBusy,
    PeerHungUp,
    PeerRefuses,
    PeerSilent,
    PeerUnreachable,
    WrongCertificate,
)

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
SLOWEST_BYTES_S: Final = 4000  # of a link that is still worth using: 32 kbit/s
_PIECE: Final = 8 * 1024  # each has CONNECT_S to leave by
_LOCAL: Final = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a peer answered to a batch: a receipt, or a signed `answer` that says why none of it was dealt with."""

    receipt: bytes = b""
    answer: bytes = b""
    stop: str = ""
    next: tuple[int, int] = (1, 1)
    credit: int = 100


def check_address(url: str, *, is_training: bool) -> str:
    """Return an address without a path; raise BadAddress.

    >>> check_address("https://serai.gov.kz/", is_training=False)
    'https://serai.gov.kz'
    >>> check_address("http://serai.gov.kz", is_training=False)
    Traceback (most recent call last):
    serai.exchange.http.errors.BadAddress: “http://serai.gov.kz” is no address of a node. Write https://… without a path; http:// only on this machine or in training.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadAddress(given=url[:80]) from None
    is_plain = parts.scheme == "http" and (is_training or host in _LOCAL)
    is_whole = host and "@" not in parts.netloc and parts.path in {"", "/"} and not parts.query and not parts.fragment
    if not is_whole or not (parts.scheme == "https" or is_plain) or len(url) > 300 or not parts.netloc.isprintable():
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
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    options: dict[str, Any] = {"retries": False, "ssl_context": context, "maxsize": 2}
    proxy = os.environ.get("SERAI_EXCHANGE_PROXY", "")
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _pool_of(peer: "Peer") -> "PoolManager":
    try:
        return _pool(peer.certificate)
    except (OSError, ValueError):  # what the peer named is no certificate (ssl.SSLError is an OSError)
        raise WrongCertificate(url=peer.url) from None


def _ask(
    pool: "PoolManager", method: str, url: str, path: str, *, body: bytes = b"", content_type: str = ""
) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body; raise PeerUnreachable."""
    import urllib3  # noqa: PLC0415

    headers = {"Accept": f"{JOSE}, application/json", "User-Agent": "serai"}
    if content_type:
        headers |= {"Content-Type": content_type, "Content-Length": str(len(body))}
    # In pieces, since one call must hand a piece over within its time; on a slow link the whole would never be.
    pieces = [body[start : start + _PIECE] for start in range(0, len(body), _PIECE)]
    waits = urllib3.Timeout(connect=CONNECT_S, read=READ_S + len(body) / SLOWEST_BYTES_S)
    try:
        answer = pool.request(
            method,
            url + path,
            body=pieces or None,
            headers=headers,
            timeout=waits,
            redirect=False,
            preload_content=False,
        )
        return answer.status, answer.headers, _read(answer, url)
    except urllib3.exceptions.HTTPError as error:
        raise _fault(error, url) from None


def _fault(error: Exception, url: str) -> PeerUnreachable:
    """Return why a connection failed, without texts from outside."""
    from ssl import SSLCertVerificationError  # noqa: PLC0415

    from urllib3 import exceptions  # noqa: PLC0415

    if isinstance(error, exceptions.ProxyError):
        return NotConnected(url=url)
    if isinstance(error, exceptions.SSLError):
        is_certificate = any(isinstance(cause, SSLCertVerificationError) for cause in error.args)
        return WrongCertificate(url=url) if is_certificate else NoTls(url=url)
    if isinstance(error, exceptions.ReadTimeoutError):
        return PeerSilent(url=url)
    if isinstance(error, exceptions.ConnectTimeoutError | exceptions.NewConnectionError):
        return NotConnected(url=url)
    return PeerHungUp(url=url)


def _read(answer: "BaseHTTPResponse", url: str) -> bytes:
    """Read a body that is bounded in size and in time, so that a peer can neither fill our memory nor hold us."""
    found, deadline = bytearray(), time.monotonic() + MOST_ANSWER / SLOWEST_BYTES_S
    try:
        while piece := answer.read1(64 * 1024, decode_content=False):
            found += piece
            if len(found) > MOST_ANSWER:
                raise AnswerTooLarge(url=url)
            if time.monotonic() > deadline:
                raise PeerSilent(url=url)
    except PeerUnreachable:
        answer.close()
        raise
    finally:
        answer.release_conn()
    return bytes(found)


def send_messages(peer: "Peer", lines: Sequence[bytes]) -> Delivery:
    """Hand a batch of envelopes over; return what the peer signed. Raises PeerUnreachable."""
    body = b"\n".join(lines) + b"\n"
    status, headers, answer = _ask(_pool_of(peer), "POST", peer.url, MESSAGES, body=body, content_type=ENVELOPES)
    if status not in {200, 409} or not answer:
        raise _refusal(peer.url, status, headers)
    return Delivery(
        receipt=answer if status == 200 else b"",
        answer=answer if status == 409 else b"",
        stop=headers.get("Serai-Stop", "")[:12],
        next=_read_next(headers.get("Serai-Next", "")),
        credit=_number(headers.get("Serai-Credit", ""), 100),
    )


def _refusal(url: str, status: int, headers: Mapping[str, str]) -> PeerUnreachable:
    """Return what a status means. A peer that names a time is left alone for as long, up to ten minutes."""
    wait_s = min(_number(headers.get("Retry-After", ""), 0), 600)
    if status == 400:
        return PeerRefuses(url=url)
    if status in {429, 502, 503, 504, 507}:
        return PeerBusy(url=url, status=status, retry_after_s=wait_s)
    return OddAnswer(url=url, status=status, retry_after_s=wait_s)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _read_next(text: str) -> tuple[int, int]:
    epoch, _, seq = text.partition(" ")
    return _number(epoch, 1), _number(seq, 1)


def ask(peer: "Peer", question: bytes) -> bytes:
    """Return a peer's signed answer to a signed question. Raises PeerUnreachable."""
    status, headers, answer = _ask(_pool_of(peer), "POST", peer.url, QUESTIONS, body=question, content_type=JOSE)
    if status != 200:
        raise _refusal(peer.url, status, headers)
    return answer


def fetch_node(url: str) -> Mapping[str, object]:
    """Return what a node says of itself. Nothing in it is believed until an operator compares fingerprints."""
    status, headers, answer = _ask(_pool("", is_unchecked=True), "GET", url, NODE)
    if status != 200:
        raise _refusal(url, status, headers)
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        raise OddAnswer(url=url, status=status) from None
    if not isinstance(found, dict):
        raise OddAnswer(url=url, status=status)
    return found
