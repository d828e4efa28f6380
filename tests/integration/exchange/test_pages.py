"""The operators' pages: who may open which, introducing a node, following a message, deciding on a parked one, figures."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from serai.exchange import handlers, note, outbox, sealer, sender
from serai.exchange.handlers import Message, MessageType, register_type
from serai.exchange.http import client as outward
from serai.exchange.models import Envelope, Evidence, Peer, PeerState, Refusal, Stop
from serai.exchange.pages import metrics, urls
from serai.exchange.proof import check_proof
from serai.exchange.queries import own_fingerprint
from serai.exchange.receiver import receive
from serai.exchange.signer.current import current_signer
from serai.kernel import clock
from serai.kernel.models import AuditRow
from serai.kernel.roles import Role
from tests.far_node import FarNode
from tests.signing_in import add_app, browser, code_of, open_account, try_password

pytestmark = pytest.mark.django_db
READABLE = (
    "/exchange/",
    "/exchange/peers/KZ/",
    "/exchange/peers/KZ/lanes/control/",
    "/exchange/peers/KZ/lanes/control/?way=received",
    "/exchange/evidence/",
    "/exchange/refusals/",
)
FORMS = (
    "meet/address",
    "peers/KZ/introduce",
    "peers/KZ/end",
    "peers/KZ/note",
    "peers/KZ/stops/bulk/propose",
    "peers/KZ/stops/bulk/confirm",
)


def at_work(role: Role, name: str = "Olga") -> Client:
    """Return the browser of somebody signed in a moment ago with a second step."""
    account = open_account(f"{abs(hash(name))}-{role}@example.org", role=role, name=name)
    secret, client = add_app(account), browser()
    try_password(client, account.email)
    client.post("/account/sign-in/code/", {"code": code_of(secret)})
    return client


@pytest.fixture
def operator() -> Client:
    return at_work(Role.OPERATOR)


@pytest.fixture
def far() -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


def send_one(far: FarNode, text: str = "good day") -> Envelope:
    """Queue a note as the page does, seal it, and take the peer's receipt."""
    number = outbox.queue(
        to="KZ", lane="control", type="exchange.note", version=1, purpose=note.PURPOSE, body={"text": text}
    )
    sealer.seal_waiting(current_signer())
    row = Envelope.objects.get(is_sent=True, message_id=number)
    sender.take_receipt(Peer.objects.get(pk="KZ"), far.receipt([bytes(row.raw)]))
    return row


def test_operators_and_auditors_read_and_others_do_not(far: FarNode) -> None:
    key = send_one(far).pk
    pages = (*READABLE, f"/exchange/messages/{key}/", f"/exchange/messages/{key}/proof")
    for role, status in ((Role.OPERATOR, 200), (Role.AUDITOR, 200), (Role.EDITOR, 403), (Role.REVIEWER, 403)):
        client = at_work(role)
        assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, status)
    for path in pages:
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/sign-in/")


def test_only_operators_act(far: FarNode) -> None:
    assert at_work(Role.AUDITOR).get("/exchange/meet/").status_code == 403
    for path in FORMS:
        for role in (Role.AUDITOR, Role.EDITOR):
            assert at_work(role, f"P{path}").post(f"/exchange/{path}", {"reason": "x"}).status_code == 403, path
        assert Client().post(f"/exchange/{path}").status_code == 302, path
    assert Peer.objects.get().state == PeerState.INTRODUCED
    assert not AuditRow.objects.filter(action__startswith="exchange:", actor_kind="account").exists()


def test_every_address_of_the_pages_is_tried_here() -> None:
    """A new page must be added to the lists above, so that its rights are tried."""
    names = {pattern.name for pattern in urls.urlpatterns}

    assert names == {
        "home", "meet", "take-address", "peer", "introduce", "end", "send-note", "lane", "stop", "propose", "confirm",
        "find", "message", "proof", "evidence", "evidence-file", "refusals",
    }  # fmt: skip


def test_sensitive_forms_ask_first_who_it_is(far: FarNode) -> None:
    client = at_work(Role.OPERATOR)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": clock.now().timestamp() - 86400}]
    session.save()

    answer = client.post("/exchange/peers/KZ/end", {"reason": "test"})

    assert answer.status_code == 302
    assert "/account/confirm/" in answer["Location"]
    assert Peer.objects.get().state == PeerState.INTRODUCED


def test_a_node_is_met_and_introduced_by_what_its_operator_reads(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = FarNode("KZ")
    card = {"v": 1, "node": "KZ", "realm": "service", "keys": [raw.decode() for raw in far.statements]}
    monkeypatch.setattr(outward, "fetch_node", lambda url: card)

    met = operator.post("/exchange/meet/address", {"url": "https://serai.example"}, follow=True)
    assert met.redirect_chain == [("/exchange/peers/KZ/", 302)]
    page = met.content.decode()
    assert far.keys.fingerprint.split()[3] not in page  # to be read over the telephone, not off the page
    assert own_fingerprint().split()[3] in page

    wrong = operator.post("/exchange/peers/KZ/introduce", {"fingerprint": "12345 " * 12})
    assert wrong.status_code == 400
    assert "12345 12345" in wrong.content.decode()
    assert Peer.objects.get().state == PeerState.MET

    right = operator.post("/exchange/peers/KZ/introduce", {"fingerprint": far.keys.fingerprint}, follow=True)
    assert right.redirect_chain == [("/exchange/peers/KZ/", 302)]
    assert Peer.objects.get().state == PeerState.INTRODUCED
    assert far.keys.fingerprint.split()[3] in right.content.decode()


def test_what_is_wrong_with_an_address_is_said_beside_it(operator: Client) -> None:
    answer = operator.post("/exchange/meet/address", {"url": "ftp://x/<b>"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in page
    assert "ftp://x/&lt;b&gt;" in page


def test_exchange_with_a_peer_is_ended_with_a_reason(operator: Client, far: FarNode) -> None:
    assert operator.post("/exchange/peers/KZ/end", {"reason": " "}).status_code == 400
    assert Peer.objects.get().state == PeerState.INTRODUCED

    operator.post("/exchange/peers/KZ/end", {"reason": "their keys were stolen"})

    assert Peer.objects.get().state == PeerState.ENDED
    assert AuditRow.objects.get(action="exchange:peer:end").reason == "their keys were stolen"


def test_a_note_is_followed_to_its_receipt_and_its_proof_verifies(operator: Client, far: FarNode) -> None:
    sent = operator.post("/exchange/peers/KZ/note", {"text": "good\r\nday"})
    number = sent["Location"].rpartition("=")[2]
    assert "waits to be numbered" in operator.get(sent["Location"]).content.decode()

    sealer.seal_waiting(current_signer())
    found = operator.get(sent["Location"])
    row = Envelope.objects.get(message_id=number)
    assert found["Location"] == f"/exchange/messages/{row.pk}/"
    assert "No receipt yet" in operator.get(found["Location"]).content.decode()

    sender.take_receipt(Peer.objects.get(), far.receipt([bytes(row.raw)], size=9))
    page = operator.get(found["Location"]).content.decode()
    assert "took effect" in page
    assert row.hash in page
    file = operator.get(f"/exchange/messages/{row.pk}/proof")
    assert file["Content-Disposition"] == 'attachment; filename="KZ-control-1-1.json"'
    assert check_proof(file.content).is_good


def test_an_empty_note_is_refused_and_what_was_written_stays(operator: Client, far: FarNode) -> None:
    answer = operator.post("/exchange/peers/KZ/note", {"text": "x" * 1001})

    assert answer.status_code >= 400
    assert "x" * 1000 in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "find/?id=zz",
        "find/?id=" + "0" * 32,
        "messages/999/",
        "messages/999/proof",
        "evidence/9",
        "peers/TM/",
        "peers/KZ/stops/bulk/",
    ],
)
def test_what_is_not_there_is_not_found(operator: Client, path: str) -> None:
    assert operator.get(f"/exchange/{path}").status_code == 404


def test_a_lane_is_read_page_by_page(operator: Client, far: FarNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serai.exchange.pages.views.PAGE", 3)
    for number in range(7):
        send_one(far, f"note {number}")

    seen, address = list[str](), "/exchange/peers/KZ/lanes/control/"
    while address:
        page = operator.get(address).content.decode()
        seen += [line.partition("</a>")[0].rpartition(">")[2] for line in page.split('<th scope="row"')[1:]]
        _, _, rest = page.partition('rel="next" href="')
        address = "/exchange/peers/KZ/lanes/control/" + rest.partition('"')[0] if rest else ""

    assert seen == [f"1/{number}" for number in range(7, 0, -1)]
    assert operator.get("/exchange/peers/KZ/lanes/control/?before=x-9").status_code == 200


@pytest.fixture
def parked(far: FarNode) -> Callable[[], Stop]:
    """A message of KZ whose effect fails."""

    def fail(_message: Message) -> None:
        raise ZeroDivisionError

    def park() -> Stop:
        receive(far.say("tests.fails", lane="bulk", purpose="tests"))
        return Stop.objects.get()

    register_type(MessageType(name="tests.fails", version=1, lane="bulk", purposes=frozenset({"tests"}), handle=fail))
    return park


@pytest.fixture(autouse=True)
def _no_types_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "_types", dict(handlers._types))


def test_two_operators_decide_on_a_parked_message(operator: Client, parked: Callable[[], Stop]) -> None:
    parked()
    path, other = "/exchange/peers/KZ/stops/bulk/", at_work(Role.OPERATOR, "Otto")
    assert path in operator.get("/exchange/").content.decode()
    assert "ZeroDivisionError" in operator.get(path).content.decode()

    assert operator.post(f"{path}propose", {"verdict": "", "reason": "x"}).status_code == 400
    assert operator.post(f"{path}propose", {"verdict": "refuse", "reason": ""}).status_code == 400
    assert other.post(f"{path}confirm").status_code == 409
    operator.post(f"{path}propose", {"verdict": "refuse", "reason": "it cannot work"})
    assert operator.post(f"{path}confirm").status_code == 409
    assert not Stop.objects.get().confirmed_by
    assert "it cannot work" in other.get(path).content.decode()
    other.post(f"{path}confirm")

    assert Stop.objects.get().confirmed_by


def test_evidence_is_served_as_it_is_kept(operator: Client, far: FarNode) -> None:
    row = Evidence.objects.create(kind="fork", peer="KZ", at=clock.now(), digest="0" * 64, file='{"a": "<b>"}')

    assert f"/exchange/evidence/{row.pk}" in operator.get("/exchange/evidence/").content.decode()
    answer = operator.get(f"/exchange/evidence/{row.pk}")
    assert json.loads(answer.content) == {"a": "<b>"}
    assert answer["Content-Type"] == "application/json"
    assert "attachment" in answer["Content-Disposition"]


def test_reasons_of_refusals_are_shown_as_text(operator: Client) -> None:
    Refusal.objects.create(at=clock.now(), peer="KZ", code="bad_jws", reason="<script>alert(1)</script>")

    page = operator.get("/exchange/refusals/").content.decode()

    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def read_metrics(**headers: Any) -> dict[str, float]:
    answer = Client().get("/metrics", **headers)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_metrics_say_what_the_page_says(far: FarNode) -> None:
    outbox.queue(to="KZ", lane="control", type="exchange.note", version=1, purpose=note.PURPOSE, body={"text": "x"})
    sealer.seal_waiting(current_signer())

    found = read_metrics()

    assert found['serai_exchange_waiting{peer="KZ",lane="control"}'] == 1
    assert found["serai_log_size"] == 1
    assert found['serai_exchange_peer_state{peer="KZ",state="new"}'] == 1
    assert found['serai_exchange_peer_state{peer="KZ",state="late"}'] == 0
    assert found["serai_store_fault"] == 0


def test_metrics_are_for_this_machine_or_a_token() -> None:
    token = settings.HOME.folder / metrics.TOKEN_FILE

    assert Client().get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    assert Client().get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.1").status_code == 404
    assert Client().get("/metrics", REMOTE_ADDR="192.0.2.1", HTTP_AUTHORIZATION="Bearer ").status_code == 404
    token.write_text("a long secret\n")
    try:
        read_metrics(REMOTE_ADDR="192.0.2.1", HTTP_AUTHORIZATION="Bearer a long secret")
        assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer a short one").status_code == 404
    finally:
        token.unlink()


def test_peers_stand_in_alphabetical_order_of_the_language(operator: Client) -> None:
    for code in ("UZ", "CN", "KZ", "XA"):
        FarNode(code).introduce()

    orders = {
        prefix: [
            operator.get(f"{prefix}/exchange/").content.decode().index(f"/exchange/peers/{code}/") for code in codes
        ]
        for prefix, codes in {"": ("CN", "KZ", "UZ", "XA"), "/ru": ("KZ", "CN", "UZ", "XA")}.items()
    }

    assert all(places == sorted(places) for places in orders.values())
