"""What this node understands: each type of message, its newest version, and the function that carries out its effect.

The contexts' `messages.py` define them; `site/wiring.py` registers them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from serai.exchange.envelope import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message whose signature, place and recipient were checked: what a handler gets."""

    sender: str
    type: str
    version: int
    purpose: str
    id: str
    place: Place
    issued_at: datetime
    body: Mapping[str, object]


class NotYet(Exception):
    """Raised by a handler whose message must wait for something that is still on its way. Its number is not used up."""


Handler = Callable[[Message], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageType:
    """A type of message. The handler runs inside the receiver's transaction; it raises MessageRefused to refuse."""

    name: str  # context.thing
    version: int  # the newest that is understood; older ones must be, too
    lane: str
    purposes: frozenset[str]
    handle: Handler


_types: Final[dict[str, MessageType]] = {}
_greetings: Final[list[Callable[[str], None]]] = []


def register_type(found: MessageType) -> None:
    _types[found.name] = found


def find_type(name: str) -> MessageType | None:
    return _types.get(name)


def known_types() -> dict[str, int]:
    """Return type → newest version, as told to peers."""
    return {name: found.version for name, found in sorted(_types.items())}


def register_greeting(function: Callable[[str], None]) -> None:
    """Have a function called, inside the transaction, when a peer has been introduced: it queues what the peer must know."""
    _greetings.append(function)


def greet(peer: str) -> None:
    for function in _greetings:
        function(peer)
