"""What can go wrong between this node and the address of another.

Conflict
└── PeerUnreachable          no answer came that can be used; what was sent may have arrived, and is sent again
    ├── NotConnected         nobody answers there
    ├── PeerSilent           connected, and then nothing for too long
    ├── PeerHungUp           the connection broke off in the middle
    ├── WrongCertificate     not vouched for by whom the peer named
    ├── NoTls                no TLS was agreed on
    ├── PeerRefuses          it does not believe what this node signs
    ├── PeerBusy             it asks us to wait, or its store cannot write
    ├── OddAnswer            an answer that no node gives
    └── AnswerTooLarge
BadInput
└── BadAddress
"""

from typing import ClassVar

from serai.kernel.errors import BadInput, Conflict, gettext_noop


class PeerUnreachable(Conflict):
    """No answer came, or none that can be used. `retry_after_s`: how long the peer asked to be left alone."""

    code: ClassVar[str] = "peer_unreachable"
    template = gettext_noop("{url} cannot be reached. It is tried again by itself.")

    def __init__(self, *, url: str, retry_after_s: float = 0, **fields: object) -> None:
        super().__init__(url=url, **fields)
        self.retry_after_s = retry_after_s


class NotConnected(PeerUnreachable):
    code = "peer_not_connected"
    template = gettext_noop(
        "Nobody answers at {url}. It is tried again by itself; if it lasts, check the address with its operator."
    )


class PeerSilent(PeerUnreachable):
    code = "peer_silent"
    template = gettext_noop("{url} took the connection and was then silent for too long. It is tried again by itself.")


class PeerHungUp(PeerUnreachable):
    code = "peer_hung_up"
    template = gettext_noop("The connection to {url} broke off in the middle. It is tried again by itself.")


class WrongCertificate(PeerUnreachable):
    code = "peer_wrong_certificate"
    template = gettext_noop(
        "The certificate at {url} is not vouched for by the authority that its node named. "
        "Somebody may stand between, or it has expired: call its operator."
    )


class NoTls(PeerUnreachable):
    code = "peer_no_tls"
    template = gettext_noop("{url} does not speak TLS as this node does. Check address and port with its operator.")


class PeerRefuses(PeerUnreachable):
    code = "peer_refuses"
    template = gettext_noop(
        "The node at {url} does not believe what this node signs. "
        "Ask its operator whether this node was introduced there; theirs can see the reason."
    )


class PeerBusy(PeerUnreachable):
    code = "peer_busy"
    template = gettext_noop("The node at {url} can take nothing now (status {status}). It is tried again by itself.")


class OddAnswer(PeerUnreachable):
    code = "peer_odd_answer"
    template = gettext_noop("{url} answers as no node does (status {status}). Check the address with its operator.")


class AnswerTooLarge(PeerUnreachable):
    code = "peer_answer_too_large"
    template = gettext_noop(
        "The answer of {url} is larger than any of a node. Nothing of it was used; call its operator."
    )


class BadAddress(BadInput):
    code = "bad_address"
    template = gettext_noop(
        "“{given}” is no address of a node. Write https://… without a path; http:// only on this machine or in training."
    )
