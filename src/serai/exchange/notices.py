"""What the exchange tells operators."""

from typing import Final

from serai.exchange.models import EvidenceKind
from serai.kernel.countries import NAMES
from serai.kernel.errors import gettext_noop
from serai.kernel.languages import LANGUAGES
from serai.kernel.notices import NoticeKind, define, notify
from serai.kernel.people import find_holders
from serai.kernel.roles import EVERYWHERE, Role

LANE_STOPPED: Final = define(
    NoticeKind(
        code="exchange:lane-stopped",
        sentence=gettext_noop("A message from {peer} in the lane “{lane}” is parked, and the lane waits. Please look."),
        is_duty=True,
    )
)
FORK: Final = define(
    NoticeKind(
        code="exchange:fork",
        sentence=gettext_noop(
            "{peer} signed two messages that contradict each other. Both are kept as evidence. Please call its operator."
        ),
        is_duty=True,
    )
)
REWRITTEN: Final = define(
    NoticeKind(
        code="exchange:rewritten",
        sentence=gettext_noop(
            "The log of {peer} does not continue what it showed before. The proof is kept. Please call its operator."
        ),
        is_duty=True,
    )
)
PEER_RESTORED: Final = define(
    NoticeKind(
        code="exchange:peer-restored",
        sentence=gettext_noop("{peer} declared that its store was restored from a backup. Its log begins a new epoch."),
    )
)
RESTORED: Final = define(
    NoticeKind(
        code="exchange:restored",
        sentence=gettext_noop(
            "The store of this node is older than what it has signed. It takes new epochs and asks its peers for the gap."
        ),
        is_duty=True,
    )
)
REFUSED: Final = define(
    NoticeKind(
        code="exchange:refused",
        sentence=gettext_noop("{peer} refused a message of this node in the lane “{lane}”: {reason}. Please look."),
        is_duty=True,
    )
)
NOTE: Final = define(
    NoticeKind(code="exchange:note", sentence=gettext_noop("The operators of {peer} write: {text}"), is_duty=True)
)
OF_EVIDENCE: Final = {EvidenceKind.FORK: FORK, EvidenceKind.REWRITTEN: REWRITTEN}


def tell_operators(kind: NoticeKind, *, key: str, path: str = "/exchange/", peer: str = "", **fields: str) -> None:
    """Tell every operator of this node, once per key, in the change's transaction. `peer` is told by its name."""
    accounts = [person.account for person in find_holders(Role.OPERATOR, EVERYWHERE)]
    named = {"peer": {language: NAMES[language].get(peer, peer) for language in LANGUAGES}} if peer else {}
    notify(kind, accounts=accounts, key=key[:100], path=path, **named, **fields)
