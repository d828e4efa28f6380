"""Carrying out what a message asks for. What fails in a way nobody foresaw is parked, and two operators decide."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import OperationalError, transaction

from serai.exchange import stops
from serai.exchange.claims import read_object
from serai.exchange.envelope import Envelope, Place
from serai.exchange.errors import BadClaims, Expired, MessageRefused, RefusedByOperators, UnreadableBody, WrongPurpose
from serai.exchange.handlers import Message, MessageType, NotYet, find_type
from serai.exchange.jws import Jws
from serai.exchange.models import StopReason
from serai.exchange.receipt import Outcome
from serai.exchange.signer.current import current_signer
from serai.kernel import clock
from serai.kernel.errors import NodeFault

_log = logging.getLogger("serai.exchange")


@dataclass(frozen=True, slots=True)
class Dealt:
    outcome: Outcome
    code: str = ""


class Deferred(Exception):
    """The message keeps its number and waits. `is_news` when a receipt should tell the sender so."""

    def __init__(self, stop: str, code: str = "", *, is_news: bool = False) -> None:
        super().__init__(stop)
        self.stop, self.code, self.is_news = stop, code, is_news


class Uneven(Exception):
    """An effect did not go through, and what it wrote cannot be told from what the effects before it wrote."""


class Effects:
    """The effects of one batch of a lane, inside its transaction; sealed bodies are opened together, before the first of them.

    With `apart`, each effect has a savepoint of its own: three round trips to the store in place of one. So a batch is tried
    without at first, inside one savepoint for all, and gone through again with `apart` when that raises Uneven.
    """

    def __init__(self, peer: str, batch: Sequence[Envelope]) -> None:
        self.peer = peer
        self._opened = _open_all(batch)
        self._stop = stops.find_open(peer, batch[0].lane)  # of the lane's next message, if it stands still

    def carry_out(self, claimed: Envelope, signed: Jws, *, apart: bool) -> Dealt:
        """Have the effect, or refuse it; raise Deferred when it must wait, Uneven when it must be tried apart."""
        try:
            if self._stop is not None and stops.is_refused(self._stop):
                raise RefusedByOperators
            kind = self._find_type(claimed, signed)
            self._check(claimed, kind)
            self._call(claimed, signed, kind, apart=apart)
        except MessageRefused as refusal:
            dealt = Dealt(Outcome.REFUSED, refusal.code)
        else:
            dealt = Dealt(Outcome.APPLIED)
        if self._stop is not None:
            stops.end(self._stop)
            self._stop = None
        return dealt

    def _find_type(self, claimed: Envelope, signed: Jws) -> MessageType:
        kind = find_type(claimed.type)
        if kind is None:
            raise self._park(claimed, signed, StopReason.UNKNOWN_TYPE)
        if claimed.version > kind.version:
            raise self._park(claimed, signed, StopReason.NEWER_VERSION)
        stop = self._stop
        if stop is not None and stop.reason == StopReason.CRASH and not stops.may_retry(stop):
            raise Deferred("parked", StopReason.CRASH)
        return kind

    def _check(self, claimed: Envelope, kind: MessageType) -> None:
        if claimed.lane != kind.lane or claimed.purpose not in kind.purposes:
            raise WrongPurpose(type=claimed.type, lane=claimed.lane, purpose=claimed.purpose)
        if claimed.exp <= clock.now().timestamp():
            raise Expired(at=datetime.fromtimestamp(claimed.exp, UTC).isoformat())

    def _call(self, claimed: Envelope, signed: Jws, kind: MessageType, *, apart: bool) -> None:
        message = self._message(claimed)
        if not apart:
            _try(kind, message)
            return
        try:
            with transaction.atomic():
                kind.handle(message)
        except MessageRefused:
            raise
        except NotYet:
            raise Deferred("needs") from None
        except (OperationalError, NodeFault):  # the node, not the message, is at fault: nothing is acknowledged
            raise
        except Exception as error:  # noqa: BLE001  # an effect is anything at all, and may stop its own lane only
            _log.exception("an effect failed; its message is parked", extra={"peer": self.peer, "type": claimed.type})
            raise self._park(claimed, signed, StopReason.CRASH, type(error).__name__) from None

    def _message(self, claimed: Envelope) -> Message:
        return Message(
            sender=claimed.sender,
            type=claimed.type,
            version=claimed.version,
            purpose=claimed.purpose,
            id=claimed.id,
            place=Place(claimed.sender, claimed.lane, claimed.epoch, claimed.seq),
            issued_at=datetime.fromtimestamp(claimed.iat, UTC),
            body=self._body(claimed),
        )

    def _body(self, claimed: Envelope) -> Mapping[str, object]:
        if claimed.content is not None:
            return claimed.content
        text = self._opened.get(claimed.seq)
        if text is None:
            raise UnreadableBody(reason="it was not sealed for this node's key")
        try:
            return read_object(text)
        except BadClaims as error:
            raise UnreadableBody(reason=str(error)) from None

    def _park(self, claimed: Envelope, signed: Jws, reason: StopReason, detail: str = "") -> Deferred:
        """Keep the message, without its effect; say so to the sender when that is new."""
        is_news = self._stop is None or reason is StopReason.CRASH
        stops.open_stop(self._stop, claimed, signed.raw, reason=reason, detail=detail)
        return Deferred("parked", reason, is_news=is_news)


def _try(kind: MessageType, message: Message) -> None:
    try:
        kind.handle(message)
    except (OperationalError, NodeFault):
        raise
    except Exception as error:  # whatever it is, it is looked at when the effect is tried apart
        raise Uneven from error


def _open_all(batch: Sequence[Envelope]) -> dict[int, bytes | None]:
    sealed = [each for each in batch if each.sealed]
    if not sealed:
        return {}
    opened = current_signer().open_sealed([each.sealed for each in sealed])
    return {each.seq: body for each, body in zip(sealed, opened, strict=True)}
