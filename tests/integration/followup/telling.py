"""What this node publishes in a test, and what a node KZ would tell that published the same."""

from collections.abc import Mapping
from decimal import Decimal

from serai.exchange.envelope import Place
from serai.exchange.handlers import Message
from serai.exchange.models import Peer, PeerState
from serai.kernel import clock
from serai.kernel.roles import Actor, Scope
from serai.register.actions import record_measurement
from serai.register.followup import messages, sharing
from serai.register.followup.models import Submission

FEED = Actor.system("feed tests")


def publish(*, value: str = "12", period: str = "2026-Q1", key: str = "one", party: str = "") -> Submission:
    return record_measurement(
        entry="VI.4",
        value=Decimal(value),
        period=period,
        provenance="measured",
        source="tests",
        rule="REG-TEST",
        key=key,
        actor=FEED,
        party=Scope(party),
    )


def of_kz(row: Submission, *, number: int = 7, **changes: object) -> dict[str, object]:
    """Return what a node KZ would tell that published the same as a row of ours."""
    told = {"identity": ["KZ", uid(number)], "number": number, "supersedes": None, "about": None}
    return sharing.public_body(row) | told | changes


def uid(number: int) -> str:
    return f"{number:032x}"


def message(
    body: Mapping[str, object], *, sender: str = "KZ", catalogue: int = 0, digest: str | None = None
) -> Message:
    return Message(
        sender=sender,
        type=sharing.TYPE,
        version=1,
        purpose=sharing.PURPOSE,
        id="0" * 32,
        place=Place(sender, "register", 1, 1),
        issued_at=clock.now(),
        body={"catalogue": catalogue, "digest": digest or sharing.digest_of_body(body), "submission": body},
    )


def take(body: Mapping[str, object], *, sender: str = "KZ", catalogue: int = 0) -> None:
    messages.take(message(body, sender=sender, catalogue=catalogue))


def statement_of_kz(row: Submission, *, about: list[str], **changes: object) -> dict[str, object]:
    nothing = {
        "value": None,
        "measure": None,
        "period": "",
        "provenance": "",
        "unit": "",
        "rule": "",
        "source_kind": "",
    }
    told = {"kind": "statement", "note": "We count otherwise.", "note_language": "en", "about": about}
    return of_kz(row, number=9, **(nothing | told | changes))


def introduce(code: str = "KZ") -> None:
    Peer.objects.create(code=code, url="http://127.0.0.1:9", met_at=clock.now(), state=PeerState.INTRODUCED)
