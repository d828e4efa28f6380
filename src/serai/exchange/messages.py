"""What the exchange itself sends: this node's key log, when it changes."""

from typing import Final

from django.conf import settings
from django.db import transaction

from serai.exchange.envelope import read_signed
from serai.exchange.errors import BadMessage, KeyLogRefused
from serai.exchange.handlers import Message, MessageType
from serai.exchange.models import Peer, PeerState, Waiting
from serai.exchange.outbox import queue, wake
from serai.exchange.rights import check_operator
from serai.exchange.signer.current import current_signer
from serai.exchange.signer.interface import KeyOrder
from serai.kernel import audit
from serai.kernel.roles import Actor

PURPOSE: Final = "exchange-keys"
_BATCH: Final = 500


def _take_statements(message: Message) -> None:
    from serai.exchange.peers import take_statements  # noqa: PLC0415  # peers imports this module

    given = message.body.get("statements")
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise KeyLogRefused(reason="they are no list of texts")
    try:
        take_statements(message.sender, given)
    except BadMessage as error:
        raise KeyLogRefused(reason=str(error)) from None


KEYS: Final = MessageType(
    name="exchange.keys", version=1, lane="control", purposes=frozenset({PURPOSE}), handle=_take_statements
)


def change_keys(*, order: KeyOrder, actor: Actor) -> list[bytes]:
    """Change this node's keys and tell every peer. The signer keeps the key log; a peer that misses this asks for it."""
    check_operator(actor)
    added = current_signer().change_keys(order)
    with transaction.atomic():
        audit.record(
            f"exchange:keys:{order.verb}",
            subject=settings.IDENTITY.code,
            actor=actor,
            reason=order.reason,
            kid=order.kid,
            statements=len(added),
        )
        for peer in Peer.objects.filter(state=PeerState.INTRODUCED):
            tell_keys_to(peer.pk)
    if order.verb == "revoke":
        _sign_again(order.kid)
    return added


def _sign_again(kid: str) -> None:
    """What waits under a revoked key would be refused: sign the same bytes by the key that is valid now."""
    last = 0
    while True:
        rows = list(Waiting.objects.filter(pk__gt=last).select_related("envelope").order_by("pk")[:_BATCH])
        if not rows:
            break
        last = rows[-1].pk
        old = [row for row in rows if read_signed(row.to_send).kid == kid]
        for row, raw in zip(old, current_signer().sign_again([row.to_send for row in old]), strict=True):
            row.raw = raw
        with transaction.atomic():
            Waiting.objects.bulk_update(old, ["raw"])
    wake()


def tell_keys_to(peer: str) -> None:
    """Queue the whole key log for a peer, inside the caller's transaction."""
    statements = [raw.decode() for raw in current_signer().statements()]
    queue(
        to=peer,
        lane="control",
        type=KEYS.name,
        version=KEYS.version,
        purpose=PURPOSE,
        body={"statements": statements},
        key=f"keys:{len(statements)}",
    )
