"""A note from operators to operators, in clear: the smallest message there is, to try a link with."""

from typing import Final

from django.db import transaction

from serai.exchange.errors import NoteRefused
from serai.exchange.handlers import Message, MessageType
from serai.exchange.notices import NOTE, tell_operators
from serai.exchange.outbox import queue
from serai.exchange.rights import check_operator
from serai.kernel import audit
from serai.kernel.roles import Actor

PURPOSE: Final = "operators"
LONGEST: Final = 1000


def _take(message: Message) -> None:
    text = message.body.get("text")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        raise NoteRefused(most=LONGEST)
    audit.record("exchange:note:receive", subject=message.sender, actor=Actor.system("exchange"), text=text)
    tell_operators(NOTE, key=f"note:{message.sender}:{message.id}", peer=message.sender, text=text)


NOTE_TYPE: Final = MessageType(
    name="exchange.note", version=1, lane="control", purposes=frozenset({PURPOSE}), handle=_take
)


def send_note(*, to: str, text: str, actor: Actor) -> str:
    """Queue a note for a peer's operators; return the message's id. Raises NoteRefused, UnknownPeer, PeerEnded."""
    check_operator(actor)
    if not 0 < len(text) <= LONGEST:
        raise NoteRefused(most=LONGEST)
    with transaction.atomic():
        audit.record("exchange:note:send", subject=to, actor=actor, text=text)
        return queue(
            to=to,
            lane=NOTE_TYPE.lane,
            type=NOTE_TYPE.name,
            version=NOTE_TYPE.version,
            purpose=PURPOSE,
            body={"text": text},
        )
