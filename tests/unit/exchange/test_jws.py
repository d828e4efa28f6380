"""What is signed here is read by another library, and what is altered is read by nobody."""

import base64
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws as other
from joserfc.jwk import OKPKey

from serai.exchange import jws
from serai.exchange.claims import Claims
from serai.exchange.envelope import LANES, Envelope, Place, check_envelope, read_envelope, read_signed, split_batch
from serai.exchange.errors import BadKeyLog, BadMessage, KeyNotValid
from serai.exchange.jws import Typ
from serai.exchange.keys import Change, KeyLog, Use, same_fingerprint
from serai.exchange.receipt import read_receipt
from tests.far_node import FarNode

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
ORDER = 2**252 + 27742317777372353535851937790883648493  # of Ed25519's group
FAR = FarNode("KZ")


def signed(payload: bytes = b'{"v":1}', kid: str = "KZ-1", typ: Typ = Typ.ENVELOPE) -> bytes:
    text = jws.signing_input(kid, typ, payload)
    return jws.join(text, KEY.sign(text))


def forged(header: dict[str, object], payload: bytes = b"{}") -> bytes:
    """Sign with a header of another kind: the signature itself is good."""
    text = jws.to_base64(json.dumps(header, separators=(",", ":")).encode()) + "." + jws.to_base64(payload)
    return jws.join(text.encode(), KEY.sign(text.encode()))


def test_another_library_reads_what_we_sign() -> None:
    key = OKPKey.import_key(_public_jwk())

    found = other.deserialize_compact(signed(b'{"v":1,"a":"\xc3\xa9"}').decode(), key, algorithms=["Ed25519"])

    assert found.payload == b'{"v":1,"a":"\xc3\xa9"}'
    assert found.headers() == {"alg": "Ed25519", "kid": "KZ-1", "typ": "serai-envelope"}


def _public_jwk() -> dict[str, str | list[str]]:
    return {"kty": "OKP", "crv": "Ed25519", "x": jws.to_base64(KEY.public_key().public_bytes_raw())}


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "KZ-1", "typ": "serai-envelope"},
        {"alg": "HS256", "kid": "KZ-1", "typ": "serai-envelope"},
        {"alg": "EdDSA", "kid": "KZ-1", "typ": "serai-envelope"},
        {"alg": "Ed25519", "kid": "KZ-1", "typ": "serai-receipt"},
        {"alg": "Ed25519", "kid": "KZ-1", "typ": "JWT"},
        {"alg": "Ed25519", "kid": "KZ-1"},
        {"alg": "Ed25519", "kid": "KZ-0", "typ": "serai-envelope"},
        {"alg": "Ed25519", "kid": "kz-1", "typ": "serai-envelope"},
        {"kid": "KZ-1", "alg": "Ed25519", "typ": "serai-envelope"},
        {"alg": "Ed25519", "kid": "KZ-1", "typ": "serai-envelope", "jku": "https://evil.example"},
        {"alg": "Ed25519", "kid": "KZ-1", "typ": "serai-envelope", "crit": ["x"], "x": 1},
        {"alg": "Ed25519", "kid": "KZ-1", "typ": "serai-envelope", "b64": False},
    ],
)
def test_no_other_header_is_read(header: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        jws.read_jws(forged(header), Typ.ENVELOPE)


def test_a_signature_has_one_form_only() -> None:
    raw = signed()
    head, _, signature = raw.rpartition(b".")
    value = jws.from_base64(signature)
    twin = value[:32] + (int.from_bytes(value[32:], "little") + ORDER).to_bytes(32, "little")

    for bad in (twin, value[:-1], value + b"\0", b"\0" * 64):
        with pytest.raises(BadMessage):
            jws.verify(jws.read_jws(jws.join(head, bad), Typ.ENVELOPE), KEY.public_key())
    with pytest.raises(BadMessage):  # the last character has two bits to spare
        jws.verify(jws.read_jws(raw[:-1] + bytes([raw[-1] ^ 1]), Typ.ENVELOPE), KEY.public_key())


@given(data=st.data())
@settings(max_examples=300)
def test_no_altered_byte_passes(data: st.DataObject) -> None:
    raw = bytearray(signed())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255).filter(lambda value: value != raw[place]))

    with pytest.raises(BadMessage):
        jws.verify(jws.read_jws(bytes(raw), Typ.ENVELOPE), KEY.public_key())


@given(raw=st.binary(max_size=400))
@settings(max_examples=300)
def test_no_bytes_break_a_reader(raw: bytes) -> None:
    for read in (
        lambda: jws.read_jws(raw, Typ.ENVELOPE),
        lambda: read_envelope(raw),
        lambda: read_receipt(raw),
        lambda: Claims(raw),
        lambda: split_batch(raw, most=2),
        lambda: jws.from_base64(raw),
    ):
        try:
            read()
        except BadMessage:
            pass


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
@settings(max_examples=300)
def test_no_field_of_an_envelope_may_be_anything_else(data: st.DataObject) -> None:
    values = json.loads(FAR.claim().payload())
    name = data.draw(st.sampled_from(sorted(values)))
    values[name] = data.draw(JSON)

    try:
        found = read_envelope(json.dumps(values).encode())
    except BadMessage:
        return

    assert json.loads(found.payload()) == values


@given(
    lane=st.sampled_from(LANES),
    seq=st.integers(1, 2**53 - 1),
    body=st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), st.text("абв中<>&'\"")
    ),
    needs=st.lists(st.builds(Place, st.just("KZ"), st.sampled_from(LANES), st.just(1), st.integers(1, 9)), max_size=3),
)
@settings(max_examples=150)
def test_an_envelope_is_read_as_it_was_written(lane: str, seq: int, body: dict[str, str], needs: list[Place]) -> None:
    claimed = FAR.claim(lane=lane, seq=seq, needs=tuple(needs), body=json.dumps(body, ensure_ascii=False).encode())

    raw = FAR.sign(Typ.ENVELOPE, claimed.payload())
    found = check_envelope(read_signed(raw), keys=FAR.keys, recipient="SEC", realm="service")

    assert (found.lane, found.seq, found.needs, found.content) == (lane, seq, tuple(needs), body)


def test_base64_is_what_the_standard_library_makes() -> None:
    for length in range(40):
        data = bytes(range(length))
        assert jws.from_base64(jws.to_base64(data)) == data
        assert jws.to_base64(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")


class TestKeyLog:
    def test_every_cut_swap_and_change_is_found(self) -> None:
        statements = FAR.statements
        for bad in (
            statements[1:],
            statements[:1] + statements[2:],
            [statements[1], statements[0], statements[2]],
            [*statements, statements[-1]],
            [statements[0], FarNode("KZ").statements[1]],
            [statements[0][:-2] + b"AA"],
        ):
            with pytest.raises(BadKeyLog):
                KeyLog.read("KZ", "service", bad)
        with pytest.raises(BadKeyLog):
            KeyLog.read("UZ", "service", statements)
        with pytest.raises(BadKeyLog):
            KeyLog.read("KZ", "training", statements)

    def test_a_key_is_valid_from_its_start_to_its_end(self) -> None:
        far, now = FarNode("KZ"), int(time.time())
        far.state(Change(verb="end", kid="KZ-1", end=now + 100), at=now)

        far.keys.signing_key("KZ-1", at=now + 99)
        for at in (now + 100, now - 2 * 365 * 86400):
            with pytest.raises(KeyNotValid):
                far.keys.signing_key("KZ-1", at=at)

    def test_a_revoked_key_signs_no_statement_and_none_revokes_itself(self) -> None:
        far, now = FarNode("KZ"), int(time.time())
        with pytest.raises(BadKeyLog):
            _ = _with(far, Change(verb="revoke", kid="KZ-1", since=now, reason=""), at=now).keys
        far = FarNode("KZ")
        far.state(Change(verb="revoke", kid="KZ-1", since=now - 10, reason="lost"), at=now, key=far.ready, kid="KZ-2")
        far.keys.signing_key("KZ-1", at=now - 11)
        with pytest.raises(BadKeyLog):
            _ = _with(far, Change(verb="end", kid="KZ-2", end=now + 5), at=now).keys

    def test_a_key_is_added_once_and_in_its_form(self) -> None:
        for change in (
            Change(verb="add", kid="KZ-2", use=Use.SIGN, x=b"x" * 32, start=0),
            Change(verb="add", kid="KZ-3", use=Use.SIGN, x=b"x" * 31, start=0),
            Change(verb="end", kid="KZ-9", end=5),
        ):
            with pytest.raises(BadKeyLog):
                _ = _with(FarNode("KZ"), change, at=int(time.time())).keys

    def test_fingerprints_are_compared_by_their_digits(self) -> None:
        digits = FAR.keys.fingerprint

        assert same_fingerprint(digits.replace(" ", ""), FAR.statements[0])
        assert same_fingerprint(f" {digits} ", FAR.statements[0])
        assert not same_fingerprint(digits[:-1], FAR.statements[0])
        assert not same_fingerprint("", FAR.statements[0])


def _with(far: FarNode, change: Change, *, at: int) -> FarNode:
    far.state(change, at=at)
    return far


def test_an_envelope_lives_for_ninety_days_at_most() -> None:
    now = int(time.time())
    for exp in (now, now + 91 * 86400):
        with pytest.raises(BadMessage):
            read_envelope(FAR.claim(iat=now, exp=exp).payload())
    assert isinstance(read_envelope(FAR.claim().payload()), Envelope)
