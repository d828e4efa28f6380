"""The exchange's addresses under whatever can be sent to them: one answer, nothing kept, memory flat."""

import json
import logging
import os
import time
from dataclasses import replace as altered
from pathlib import Path
from typing import Any, Final

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from serai.exchange import answering, refusals
from serai.exchange.http import views
from serai.exchange.http.client import ENVELOPES, JOSE
from serai.exchange.jws import Typ
from serai.exchange.models import Envelope, InLane, Receipt, Refusal, Stop, Witnessed
from serai.exchange.quota import Quotas
from serai.exchange.statement import Question
from serai.kernel.bucket import Bucket
from tests.far_node import FarNode

pytestmark = pytest.mark.django_db
FAR: Final = FarNode("KZ")
NOW: Final = int(time.time())
ADDRESSES: Final = {"messages": (Typ.ENVELOPE, ENVELOPES), "questions": (Typ.QUESTION, JOSE)}
MANY: Final = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
ONE_ANSWER: Final = {
    "code": "envelope_refused",
    "message": "Nothing was done with it. Its sender's operator may ask ours why.",
}
numbers = st.integers() | st.sampled_from([0, -1, True, None, 2**31, 2**53, 2**63, 10**40, 0.5])
values = st.recursive(
    numbers | st.text(max_size=20) | st.sampled_from(["KZ", "SEC", "control", "0" * 64]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def _open_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "quotas", Quotas(per_minute=10**9, bad_per_minute=10**9))
    monkeypatch.setattr(answering, "_seen", answering.Seen())
    FAR.introduce()


def post(path: str, body: bytes, content_type: str = "") -> tuple[int, bytes]:
    answer = Client().post(f"/exchange/v1/{path}", body, content_type=content_type or ADDRESSES[path][1])
    return answer.status_code, answer.content


def check_refused(path: str, body: bytes, content_type: str = "") -> None:
    status, content = post(path, body, content_type)
    assert (status, json.loads(content)) == (400, ONE_ANSWER)


def check_nothing_kept() -> None:
    for model in (Envelope, InLane, Receipt, Stop, Witnessed):
        assert not model._default_manager.exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", list(ADDRESSES))
@MANY
@given(body=st.binary(max_size=400))
@example(body=b"")
@example(body=b"\x00")
@example(body=b"\n" * 200_000)
@example(body=b"." * 200_000)
@example(body=b"[" * 600_000)  # signed, still within the limit
@example(body=b"a.b.c")
def test_garbage_gets_the_one_answer(path: str, body: bytes) -> None:
    check_refused(path, body)
    check_refused(path, FAR.sign(ADDRESSES[path][0], body or b"{}"))
    check_nothing_kept()


def question(what: str, needs: Any) -> bytes:
    values = {"sender": "KZ", "recipient": "SEC", "realm": "service", "id": f"{time.perf_counter_ns():032x}"}
    return Question(ask=what, iat=int(time.time()), needs=needs, **values).payload()


@MANY
@given(what=st.sampled_from(["positions", "pull", "witness", "keys"]), needs=st.data())
def test_a_peer_may_ask_anything_and_breaks_nothing(what: str, needs: st.DataObject) -> None:
    names = {
        "positions": ["have"],
        "pull": ["lane", "epoch", "seq"],
        "witness": ["checkpoint", "proofs", "seen"],
        "keys": ["x"],
    }
    asked = {name: needs.draw(values, label=name) for name in names[what]}

    status, _ = post("questions", FAR.sign(Typ.QUESTION, question(what, asked)))

    assert status in {200, 400}
    check_nothing_kept()


@MANY
@given(name=st.sampled_from(sorted(json.loads(FAR.claim().payload()))), value=values)
def test_a_peer_may_claim_anything_and_breaks_nothing(name: str, value: Any) -> None:
    claims = json.loads(FAR.claim(epoch=2).payload()) | {name: value}

    status, _ = post("messages", FAR.sign(Typ.ENVELOPE, json.dumps(claims).encode()))

    assert status in {200, 400, 409}


@pytest.mark.parametrize(
    "fields",
    [
        {"iat": NOW - 3600, "exp": NOW - 4000},  # never valid
        {"iat": 1_000_000_000, "exp": 1_000_000_100},  # before its key
        {"exp": NOW + 100 * 86400},  # for too long
        {"recipient": "TJ"},
        {"realm": "training"},
        {"sender": "UZ"},
        {"lane": "secret"},
        {"epoch": 2**31},
        {"prev": "0"},
    ],
)
def test_signed_envelopes_that_are_not_for_here_get_the_one_answer(fields: dict[str, Any]) -> None:
    check_refused("messages", FAR.sign(Typ.ENVELOPE, altered(FAR.claim(), **fields).payload()))
    check_nothing_kept()


def test_forged_signatures_get_the_one_answer() -> None:
    stranger = FarNode("UZ")
    for path, (typ, _) in ADDRESSES.items():
        payload = FAR.claim().payload() if typ is Typ.ENVELOPE else question("keys", {})
        for raw in (
            FAR.sign(typ, payload, key=stranger.private),
            FAR.sign(typ, payload, kid="KZ-9"),
            FAR.sign(typ, payload, kid="KZ-S1"),
            FAR.sign(typ, payload, kid="UZ-1"),
            FAR.sign(typ, payload, kid="SEC-1"),
            FAR.sign(typ, payload)[:-1],
            b"\n" + FAR.sign(typ, payload),
            FAR.sign(typ, payload).replace(b".", b"..", 1),
        ):
            check_refused(path, raw)
    check_nothing_kept()


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_another_content_type_gets_the_one_answer(content_type: str) -> None:
    check_refused("questions", FAR.sign(Typ.QUESTION, question("keys", {})), content_type)


@pytest.mark.parametrize("path", ["messages", "questions"])
def test_only_posts_of_a_stated_length_are_read(path: str) -> None:
    address = f"/exchange/v1/{path}"

    assert Client().get(address).status_code == 405
    assert Client().put(address, b"x").status_code == 405
    assert Client().post(address, b"x", content_type=JOSE, HTTP_TRANSFER_ENCODING="chunked").status_code == 411
    assert Client().post(address, b"x", content_type=JOSE, CONTENT_LENGTH="900001").status_code == 413
    assert Client().post(address, b"x", content_type=JOSE, CONTENT_LENGTH="1e3").status_code == 413


def test_no_address_sets_a_cookie_or_speaks_a_language() -> None:
    answers = [Client().post("/exchange/v1/messages", b"x", content_type=ENVELOPES), Client().get("/exchange/v1/node")]

    assert all(not answer.cookies for answer in answers)
    assert Client().get("/ru/exchange/v1/node").status_code == 404


def test_a_browsers_form_is_no_question(client: Client) -> None:
    """A page elsewhere cannot make a reader's browser write here: there is no session, and a form is refused."""
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/exchange/v1/messages", {"a": "b"}).status_code == 400


def test_megabytes_of_garbage_leave_memory_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    # The test's own record of each line holds its request, and with it the body.
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    bodies = [os.urandom(890_000), b"A" * 890_000, b"\n".join([FAR.say()[:-1]] * 100), b"[" * 890_000]
    for body in bodies:
        check_refused("messages", body)
    before = _resident_mb()

    for _ in range(40):
        for body in bodies:
            check_refused("messages", body)

    assert _resident_mb() - before < 20
    check_nothing_kept()


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_a_flood_writes_down_only_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_bucket", Bucket(per_minute=60))

    for _ in range(60):
        check_refused("messages", b"garbage")

    assert 10 <= Refusal.objects.count() <= 13


def test_only_the_newest_refusals_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_bucket", Bucket(per_minute=10**6))
    monkeypatch.setattr(refusals, "KEPT", 20)

    for _ in range(150):
        check_refused("messages", b"garbage")

    assert Refusal.objects.count() <= 70
