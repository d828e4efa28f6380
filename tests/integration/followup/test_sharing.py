"""Follow-up over the exchange: what is published travels, what arrives stands beside ours with its owner, once."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from serai.exchange.envelope import Place
from serai.exchange.errors import MessageRefused
from serai.exchange.handlers import Message, NotYet
from serai.exchange.models import Intent, Peer, PeerState
from serai.kernel import clock
from serai.kernel.roles import Actor, Scope
from serai.register.actions import record_measurement
from serai.register.followup import sharing
from serai.register.followup.actions.submissions import submit
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, SubmissionState
from serai.register.followup.errors import NotOurs
from serai.register.followup.models import Submission
from serai.register.models import Entry
from tests.integration.followup.conftest import Staff

pytestmark = pytest.mark.django_db
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
    """Return what a node KZ would send that published the same as a row of ours."""
    return sharing.public_body(row) | {"identity": ["KZ", number], "supersedes": None, "about": None} | changes


def message(body: Mapping[str, object], *, sender: str = "KZ", age: timedelta = timedelta()) -> Message:
    return Message(
        sender=sender,
        type=sharing.TYPE,
        version=1,
        purpose=sharing.PURPOSE,
        id="0" * 32,
        place=Place(sender, "register", 1, 1),
        issued_at=clock.now() - age,
        body=body,
    )


def introduce(code: str = "KZ") -> None:
    Peer.objects.create(code=code, url="http://127.0.0.1:9", met_at=clock.now(), state=PeerState.INTRODUCED)


def test_what_is_published_is_queued_for_every_peer_without_people() -> None:
    introduce("KZ"), introduce("UZ")

    row = publish()

    intents = list(Intent.objects.filter(type=sharing.TYPE).order_by("peer"))
    assert [(one.peer, one.lane) for one in intents] == [("KZ", "register"), ("UZ", "register")]
    assert row.made_by not in intents[0].body
    assert '"identity":["SEC",' in intents[0].body


def test_a_new_peer_is_told_what_was_published_before_once() -> None:
    publish(), publish(period="2026-Q2", key="two")
    introduce()

    sharing.greet("KZ"), sharing.greet("KZ")

    assert Intent.objects.filter(type=sharing.TYPE).count() == 2


def test_figure_of_another_node_stands_beside_ours() -> None:
    row = publish()

    sharing.take(message(of_kz(row, value="99")))

    figures = Submission.objects.filter(entry=row.entry, state=SubmissionState.PUBLISHED).order_by("pk")
    assert [(one.owner_node, one.value) for one in figures] == [("SEC", Decimal(12)), ("KZ", Decimal(99))]
    assert figures[1].made_by == "node:KZ"
    page = Client().get("/register/VI.4").content.decode()
    assert "99" in page
    assert "Kazakhstan" in page


def test_the_same_again_does_nothing_and_other_content_is_refused() -> None:
    body = of_kz(publish(), value="99")
    sharing.take(message(body))

    sharing.take(message(body))

    assert Submission.objects.filter(owner_node="KZ").count() == 1
    with pytest.raises(sharing.SubmissionDiffers):
        sharing.take(message(body | {"value": "98"}))


def test_a_node_speaks_for_itself_only() -> None:
    body = of_kz(publish())

    with pytest.raises(sharing.NotItsOwn):
        sharing.take(message(body, sender="UZ"))
    with pytest.raises(sharing.NotItsOwn):
        sharing.take(message(body | {"identity": ["SEC", 1]}))


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "NaN"},
        {"value": None},
        {"value": "1e400"},
        {"measure": 99},
        {"kind": "rumour"},
        {"party": "state:XX"},
        {"period": "soon"},
        {"provenance": "simulated"},
        {"link": "javascript:alert(1)"},
        {"made_at": "yesterday"},
        {"files": [["a", "b"]]},
        {"identity": ["KZ"]},
        {"surprise": 1},
        {"note": 5},
    ],
)
def test_what_is_no_submission_is_refused_whole(changes: dict[str, object]) -> None:
    body = of_kz(publish())

    with pytest.raises(MessageRefused):
        sharing.take(message(body | changes))

    assert not Submission.objects.filter(owner_node="KZ").exists()


def test_unknown_entry_is_refused() -> None:
    with pytest.raises(sharing.NoSuchEntryHere):
        sharing.take(message(of_kz(publish(), entry="XX.99")))


def test_correction_supersedes_the_figure_of_its_owner() -> None:
    body = of_kz(publish(), value="99")
    sharing.take(message(body))

    sharing.take(message(of_kz(publish(), number=8, value="97", supersedes=["KZ", 7])))

    states = dict(Submission.objects.filter(owner_node="KZ").values_list("origin", "state"))
    assert states == {7: SubmissionState.SUPERSEDED, 8: SubmissionState.PUBLISHED}


def test_nobody_corrects_what_another_node_owns(staff: Staff) -> None:
    row = publish()
    with pytest.raises(sharing.NotItsOwn):
        sharing.take(message(of_kz(row, supersedes=["SEC", row.pk])))
    sharing.take(message(of_kz(row, value="99")))
    foreign = Submission.objects.get(owner_node="KZ")

    with pytest.raises(NotOurs):
        submit(
            entry=row.entry,
            party=Scope(""),
            draft=Draft(kind=Kind.MEASUREMENT, value="5", period="2026-Q1", source="x", provenance="declared"),
            actor=staff.editor,
            supersedes=foreign,
        )


def test_statement_waits_a_while_for_the_figure_it_speaks_of() -> None:
    row = publish()
    statement = of_kz(row, kind="statement", value=None, measure=None, period="", note="We count otherwise.")
    statement |= {"about": ["UZ", 3], "provenance": "", "note_language": "en", "unit": ""}

    with pytest.raises(NotYet):
        sharing.take(message(statement))
    with pytest.raises(sharing.TargetMissing):
        sharing.take(message(statement, age=timedelta(hours=2)))
    sharing.take(message(statement | {"about": ["SEC", row.pk]}))

    assert Submission.objects.get(owner_node="KZ").about == row


def test_the_same_page_has_the_same_digest_on_both_sides() -> None:
    entry = Entry.objects.get(code="VI.4")
    empty = sharing.page_digest(entry)
    row = publish()
    one = sharing.page_digest(entry)
    sharing.take(message(of_kz(row, value="99")))
    foreign = Submission.objects.get(owner_node="KZ")

    assert len({empty, one, sharing.page_digest(entry)}) == 3
    assert sharing.digest_of_body(sharing.public_body(foreign)) == foreign.digest  # as its owner computes it
