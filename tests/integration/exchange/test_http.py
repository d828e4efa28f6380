"""What a stranger sees of the exchange's addresses: one answer to everything bad, and nothing acknowledged that is not kept."""

import json
from dataclasses import replace as altered

import pytest
from django.db import OperationalError, connection
from django.test import Client

from serai.exchange import answering, receiver
from serai.exchange.envelope import read_envelope
from serai.exchange.http import views
from serai.exchange.http.client import ENVELOPES, JOSE, Delivery
from serai.exchange.jws import Typ, read_jws
from serai.exchange.keyring import own_keys
from serai.exchange.models import Envelope, InLane, Refusal
from serai.exchange.quota import Quotas
from serai.exchange.receipt import check_receipt
from serai.exchange.statement import Question, check_answer
from serai.kernel import clock, storage
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db
BODY = b'{"text":"good day"}'


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "quotas", Quotas(per_minute=6000, bad_per_minute=6000))
    monkeypatch.setattr(answering, "_seen", answering.Seen())


@pytest.fixture
def far() -> FarNode:
    node = FarNode("KZ")
    node.introduce()
    return node


def note(far: FarNode, **fields: object) -> bytes:
    return far.say(kind="exchange.note", **{"purpose": "operators", "body": BODY} | fields)


def post(body: bytes, *, path: str = "messages", content_type: str = ENVELOPES) -> tuple[int, bytes]:
    answer = Client().post(f"/exchange/v1/{path}", body, content_type=content_type)
    return answer.status_code, answer.content


def test_a_batch_is_answered_with_a_receipt(far: FarNode) -> None:
    status, receipt = post(note(far) + b"\n" + note(far) + b"\n")

    assert status == 200
    assert [row.seq for row in check_receipt(receipt, keys=own_keys()).rows] == [1, 2]


def test_a_gap_is_told_in_headers(far: FarNode) -> None:
    note(far)

    answer = Client().post("/exchange/v1/messages", note(far), content_type=ENVELOPES)

    assert (answer.status_code, answer["Serai-Stop"], answer["Serai-Next"]) == (409, "gap", "1 1")
    assert Delivery(stop="gap").next == (1, 1)


def bad_bodies(far: FarNode) -> dict[str, bytes]:
    stranger = FarNode("UZ")
    good = note(far)
    _, payload, signature = good.split(b".")
    return {
        "empty": b"",
        "garbage": b"\xff\xfe\x00" * 1000,
        "deep": b"[" * 100_000,
        "json": json.dumps({"a": 1}).encode(),
        "stranger": note(stranger),
        "bad signature": far.sign(Typ.ENVELOPE, far.claim().payload(), key=stranger.private),
        "none": b"eyJhbGciOiJub25lIn0." + payload + b"." + signature,
        "cut": good[:-3],
        "other type": far.sign(Typ.RECEIPT, far.claim().payload()),
        "nan": far.sign(Typ.ENVELOPE, far.claim().payload().replace(b'"seq":', b'"seq":NaN,"x":')),
        "twice": far.sign(Typ.ENVELOPE, far.claim().payload().replace(b'"v":1', b'"v":1,"v":1')),
        "wrong recipient": note(far, recipient="TJ"),
        "wrong realm": note(far, realm="training"),
        "too many": b"\n".join([good] * 101),
        "nul": good + b"\x00",
    }


def test_everything_bad_gets_the_same_answer_and_leaves_nothing(far: FarNode) -> None:
    answers = {name: post(body) for name, body in bad_bodies(far).items()}

    assert {name: answer for name, answer in answers.items() if answer != answers["empty"]} == {}
    assert answers["empty"][0] == 400
    assert Envelope.objects.count() == InLane.objects.count() == 0
    assert Refusal.objects.filter(peer="KZ").exists()


def test_a_body_over_the_limit_is_not_read(far: FarNode) -> None:
    assert post(b"a" * (views.MOST_BODY + 1))[0] == 413


def test_a_flood_of_strangers_is_told_to_wait_and_does_not_keep_a_peer_out(
    far: FarNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "quotas", Quotas(per_minute=6000, bad_per_minute=60))

    statuses = [post(b"garbage")[0] for _ in range(15)]

    assert statuses[-1] == 429
    assert post(note(far))[0] == 200


@pytest.mark.parametrize(
    ("text", "status", "is_marked"),
    [("database or disk is full", 507, False), ("disk I/O error", 503, True), ("database is locked", 503, False)],
)
def test_nothing_is_acknowledged_when_the_store_cannot_write(
    far: FarNode, monkeypatch: pytest.MonkeyPatch, text: str, status: int, *, is_marked: bool
) -> None:
    def fail(body: bytes) -> None:
        raise OperationalError(text)

    monkeypatch.setattr(receiver, "receive", fail)

    answer = Client().post("/exchange/v1/messages", note(far), content_type=ENVELOPES)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    assert bool(storage.find_fault()) is is_marked
    monkeypatch.undo()
    if is_marked:
        assert post(note(far))[0] == 503  # until the node is started again, which checks the store
        if connection.vendor == "sqlite":
            storage.clear_fault()
    storage._mark().unlink(missing_ok=True)


def ask(far: FarNode, what: str, **fields: object) -> tuple[Question, bytes]:
    values = {"sender": "KZ", "recipient": "SEC", "realm": "service", "ask": what, "id": "a" * 32, "needs": {}}
    question = Question(iat=int(clock.now().timestamp()), **values | fields)  # type: ignore[arg-type]  # its fields
    return question, far.sign(Typ.QUESTION, question.payload())


def test_positions_are_told_to_the_lanes_owner(far: FarNode) -> None:
    post(note(far))
    question, raw = ask(far, "positions", needs={"have": {}})

    status, answer = post(raw, path="questions", content_type=JOSE)

    assert status == 200
    says = check_answer(answer, keys=own_keys(), recipient="KZ", id=question.id).says
    assert says["lanes"] == [["control", 1, 2, far.heads["control"]]]


def test_a_node_gets_its_own_envelopes_back(far: FarNode) -> None:
    raws = [note(far), note(far)]
    post(b"\n".join(raws))
    question, raw = ask(far, "pull", needs={"lane": "control", "epoch": 1, "seq": 2})

    says = check_answer(
        post(raw, path="questions", content_type=JOSE)[1], keys=own_keys(), recipient="KZ", id=question.id
    ).says

    assert says["envelopes"] == [raws[1].decode()]
    assert read_envelope(read_jws(raws[1], Typ.ENVELOPE).payload).seq == 2


@pytest.mark.parametrize(
    "fields", [{"recipient": "TJ"}, {"realm": "training"}, {"iat": 1_700_000_000}, {"ask": "secrets"}, {"sender": "UZ"}]
)
def test_bad_questions_get_the_one_answer(far: FarNode, fields: dict[str, object]) -> None:
    question, _ = ask(far, "keys")
    raw = far.sign(Typ.QUESTION, altered(question, **fields).payload())  # type: ignore[arg-type]  # its fields

    assert post(raw, path="questions", content_type=JOSE) == post(b"")


def test_a_question_is_answered_once(far: FarNode) -> None:
    _, raw = ask(far, "keys")

    assert post(raw, path="questions", content_type=JOSE)[0] == 200
    assert post(raw, path="questions", content_type=JOSE)[0] == 400


def test_the_card_says_who_the_node_is() -> None:
    card = Client().get("/exchange/v1/node").json()

    assert (card["node"], card["realm"], card["fingerprint"]) == ("SEC", "service", own_keys().fingerprint)
    assert "exchange.note" in card["types"]
