"""Whatever bytes come from outside: each reader takes exactly what is right and has one kind of error for the rest."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from serai.exchange.claims import Claims
from serai.exchange.envelope import check_envelope, read_signed, split_batch
from serai.exchange.errors import BadMessage
from serai.exchange.jws import Typ, read_jws
from serai.exchange.keys import KeyLog
from serai.exchange.logclaim import read_claim, read_proofs
from serai.exchange.proof import check_proof
from serai.exchange.receipt import check_receipt
from serai.exchange.statement import (
    Answer,
    Checkpoint,
    Question,
    Witness,
    check_answer,
    check_checkpoint,
    check_question,
    check_witness,
)
from tests.far_node import FarNode

FAR: Final = FarNode("KZ")
KEYS: Final = FAR.keys
NOW: Final = int(time.time())
_LOG: Final = {"realm": "service", "log_epoch": 1, "size": 7, "root": "0" * 64, "at": NOW}
_TALK: Final = {"sender": "KZ", "recipient": "SEC", "realm": "service", "id": "a" * 32}
Read = Callable[[bytes], object]


def envelope(raw: bytes) -> object:
    return check_envelope(read_signed(raw), keys=KEYS, recipient="SEC", realm="service")


PAYLOADS: Final[Mapping[Typ, bytes]] = {
    Typ.ENVELOPE: FAR.claim().payload(),
    Typ.RECEIPT: read_jws(FAR.receipt([FAR.say(sender="SEC", recipient="KZ")]), Typ.RECEIPT).payload,
    Typ.CHECKPOINT: Checkpoint(node="KZ", **_LOG).payload(),  # type: ignore[arg-type]  # its fields
    Typ.WITNESS: Witness(by="KZ", of="SEC", **_LOG).payload(),  # type: ignore[arg-type]
    Typ.QUESTION: Question(ask="keys", iat=NOW, needs={"have": {}}, **_TALK).payload(),  # type: ignore[arg-type]
    Typ.ANSWER: Answer(at=NOW, says={"lanes": []}, **_TALK).payload(),  # type: ignore[arg-type]
    Typ.KEY: read_jws(FAR.statements[0], Typ.KEY).payload,
}
READERS: Final[Mapping[Typ, Read]] = {
    Typ.ENVELOPE: envelope,
    Typ.RECEIPT: lambda raw: check_receipt(raw, keys=KEYS),
    Typ.CHECKPOINT: lambda raw: check_checkpoint(raw, keys=KEYS),
    Typ.WITNESS: lambda raw: check_witness(raw, keys=KEYS),
    Typ.QUESTION: lambda raw: check_question(raw, keys=KEYS, recipient="SEC", now=NOW),
    Typ.ANSWER: lambda raw: check_answer(raw, keys=KEYS, recipient="SEC", id="a" * 32),
    Typ.KEY: lambda raw: KeyLog.read("KZ", "service", [raw]),
}
ALL: Final = pytest.mark.parametrize("typ", list(PAYLOADS))
FEW: Final = settings(max_examples=60)

numbers = st.integers() | st.sampled_from([0, -1, 2**31, 2**53, 2**63, 10**40, 1e308, 0.5, True, False, None])
values = st.recursive(
    numbers | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def is_taken(read: Read, raw: bytes) -> bool:
    """Return whether a reader takes the bytes; anything but its own errors comes out."""
    try:
        read(raw)
    except BadMessage:
        return False
    return True


@ALL
def test_what_is_right_is_taken(typ: Typ) -> None:
    assert is_taken(READERS[typ], FAR.sign(typ, PAYLOADS[typ]))


@ALL
@FEW
@given(garbage=st.binary(max_size=300))
@example(garbage=b"")
@example(garbage=b"." * 300)
@example(garbage=b"\xff" * 300)
@example(garbage=b"a." * 70_000)
@example(garbage=b"A" * 1_000_000)
def test_garbage_is_refused(typ: Typ, garbage: bytes) -> None:
    assert not is_taken(READERS[typ], garbage)
    assert not is_taken(READERS[typ], FAR.sign(typ, garbage or b"{}"))  # even when it is signed


@ALL
@FEW
@given(data=st.data())
def test_a_changed_byte_is_refused(typ: Typ, data: st.DataObject) -> None:
    raw = FAR.sign(typ, PAYLOADS[typ])
    place = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[place]))

    assert not is_taken(READERS[typ], raw[:place] + bytes([byte]) + raw[place + 1 :])
    assert not is_taken(READERS[typ], raw[:place])
    assert not is_taken(READERS[typ], raw + bytes([byte]))


@ALL
@FEW
@given(data=st.data(), value=values)
def test_a_signed_field_that_says_something_else_is_read_or_refused(typ: Typ, data: st.DataObject, value: Any) -> None:
    claims = json.loads(PAYLOADS[typ])
    name = data.draw(st.sampled_from([*claims, "more"]))
    payload = json.dumps(claims | {name: value}).encode()

    is_taken(READERS[typ], FAR.sign(typ, payload))


@ALL
@FEW
@given(data=st.data())
def test_a_missing_field_is_refused(typ: Typ, data: st.DataObject) -> None:
    claims = json.loads(PAYLOADS[typ])
    del claims[data.draw(st.sampled_from(list(claims)))]

    assert not is_taken(READERS[typ], FAR.sign(typ, json.dumps(claims).encode()))


TWISTED: Final = {
    "nan": b"NaN",
    "infinity": b"-Infinity",
    "digits": b"1" * 100_000,
    "exponent": b"1e400",
    "deep": b"[" * 60_000 + b"]" * 60_000,
    "nul": b'"\\u0000"',
    "half": b'"\\ud800"',
    "utf8": b'"\xff"',
    "overlong": b'"\xc0\x80"',
    "true": b"true",
}


@ALL
@pytest.mark.parametrize("twist", list(TWISTED))
def test_json_with_two_meanings_is_refused(typ: Typ, twist: str) -> None:
    payload = PAYLOADS[typ].replace(b'"v":1', b'"v":' + TWISTED[twist], 1)

    assert not is_taken(READERS[typ], FAR.sign(typ, payload))


@ALL
def test_a_name_that_stands_twice_is_refused(typ: Typ) -> None:
    for payload in (b'{"v":1,' + PAYLOADS[typ][1:], b"\xef\xbb\xbf" + PAYLOADS[typ], PAYLOADS[typ] + b"{}"):
        assert not is_taken(READERS[typ], FAR.sign(typ, payload))


@ALL
def test_one_kind_never_passes_for_another(typ: Typ) -> None:
    for other in Typ:
        if other is not typ:
            assert not is_taken(READERS[typ], FAR.sign(other, PAYLOADS[typ]))


@FEW
@given(proofs=values)
def test_proofs_are_read_or_refused(proofs: Any) -> None:
    is_taken(lambda _: read_proofs(Claims({"proofs": proofs})), b"")


@FEW
@given(body=st.lists(st.binary(max_size=5), max_size=8).map(b"\n".join), most=st.integers(1, 5))
def test_a_batch_is_as_many_lines_as_it_has(body: bytes, most: int) -> None:
    lines = (body + b"\n").split(b"\n")[:-1] if body and not body.endswith(b"\n") else body.split(b"\n")[:-1]
    if 0 < len(lines) <= most:
        assert list(split_batch(body, most=most)) == lines
    else:
        assert not is_taken(lambda body: split_batch(body, most=most), body)


@FEW
@given(data=st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_proof_file_proves_nothing(data: bytes) -> None:
    assert not check_proof(data).is_good


@FEW
@given(name=st.sampled_from(["first", "second", "question", "keys", "peer", "realm", "version"]), value=values)
def test_a_doctored_proof_of_rewriting_is_refused(name: str, value: Any) -> None:
    good = {
        "format": "serai-proof",
        "version": 1,
        "kind": "rewritten",
        "realm": "service",
        "peer": "KZ",
        "first": FAR.sign(Typ.CHECKPOINT, PAYLOADS[Typ.CHECKPOINT]).decode(),
        "second": FAR.sign(Typ.CHECKPOINT, PAYLOADS[Typ.CHECKPOINT].replace(b"0" * 64, b"1" * 64)).decode(),
        "question": "",
        "keys": {"KZ": [raw.decode() for raw in FAR.statements]},
    }

    assert check_proof(json.dumps(good).encode()).is_good
    assert (
        (name, value) == ("version", 1)
        or not check_proof(json.dumps(good | {name: value}).encode()).is_good
        or (
            name == "question" and isinstance(value, str)  # two roots at one size need no question
        )
    )


@FEW
@given(raw=st.binary(max_size=300))
def test_a_claim_about_a_log_is_read_or_refused(raw: bytes) -> None:
    assert not is_taken(lambda raw: read_claim(raw, keys=KEYS), raw)
