"""ES256 keys for other protocols: any library verifies them, no node takes them for its own, and they end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as other_jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from serai.exchange import jws
from serai.exchange.claims import dump
from serai.exchange.errors import BadJws, BadSignature, KeyNotValid, SignerRefused, UnknownKey
from serai.exchange.foreign import is_signed_by, jwk_of, verify_foreign
from serai.exchange.jws import Typ, hash_of, read_jws, to_base64
from serai.exchange.keys import Change, KeyLog, Use, statement_payload
from serai.exchange.signer import keyfile
from serai.exchange.signer.client import SignerClient
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.place import is_listening, read_statements
from serai.exchange.signer.soft import SoftSigner, open_signer
from tests.running import until

SERVE = (
    "import sys; from pathlib import Path; from serai.exchange.signer.process import serve; serve(Path(sys.argv[1]))"
)
SIGNED = f"{to_base64(dump({'alg': 'ES256'}))}.{to_base64(dump({'permit': 1}))}".encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keyfile.make_keys(tmp_path, node="KZ", realm="training", now=int(time.time()) - 1000)
    return tmp_path


@pytest.fixture
def signer(folder: Path) -> SoftSigner:
    """A signer with one key for other protocols."""
    found = open_signer(folder)
    found.change_keys(KeyOrder(verb="foreign", at=int(time.time()) - 500))
    return found


def log_of(folder: Path) -> KeyLog:
    """The key log as a peer reads it."""
    return KeyLog.read("KZ", "training", read_statements(folder))


def envelope(seq: int) -> bytes:
    return dump({"v": 1, "from": "KZ", "to": "SEC", "realm": "training", "lane": "register", "epoch": 1, "seq": seq})


def test_another_library_verifies_the_signature_by_the_announced_key(folder: Path, signer: SoftSigner) -> None:
    signature = signer.sign_foreign("KZ-F1", SIGNED)

    key = ECKey.import_key(dict(jwk_of(log_of(folder).keys["KZ-F1"])))
    assert len(signature) == 64
    token = f"{SIGNED.decode()}.{to_base64(signature)}"
    assert other_jws.deserialize_compact(token, key, ["ES256"]).payload == b'{"permit":1}'
    with pytest.raises(BadSignatureError):
        other_jws.deserialize_compact(token.replace("eyJw", "eyJx"), key, ["ES256"])
    header, _, last = token.split(".")
    detached = f"{header}..{last}"
    assert other_jws.deserialize_compact(detached, key, ["ES256"], payload=b'{"permit":1}').payload == b'{"permit":1}'


def test_we_verify_what_another_library_signed(signer: SoftSigner) -> None:
    key = ECKey.generate_key("P-256")
    token = other_jws.serialize_compact({"alg": "ES256"}, b"theirs", key, ["ES256"])
    signed, _, signature = token.rpartition(".")
    point = b"\x04" + jws.from_base64(str(key.as_dict()["x"])) + jws.from_base64(str(key.as_dict()["y"]))

    assert is_signed_by(point, signed.encode(), jws.from_base64(signature))
    assert not is_signed_by(point, signed.encode() + b"x", jws.from_base64(signature))


@given(data=st.binary(max_size=200), change=st.integers(0, 511))
def test_no_bit_of_a_signature_may_differ(es256: tuple[SoftSigner, KeyLog], data: bytes, change: int) -> None:
    signer, log = es256
    signature = bytearray(signer.sign_foreign("KZ-F1", data))
    verify_foreign(log, "KZ-F1", data, bytes(signature), at=int(time.time()))

    signature[change // 8] ^= 1 << change % 8

    with pytest.raises(BadSignature):
        verify_foreign(log, "KZ-F1", data, bytes(signature), at=int(time.time()))


@pytest.fixture(scope="module")
def es256(tmp_path_factory: pytest.TempPathFactory) -> tuple[SoftSigner, KeyLog]:
    node = tmp_path_factory.mktemp("es256")
    keyfile.make_keys(node, node="KZ", realm="training")
    signer = open_signer(node)
    signer.change_keys(KeyOrder(verb="foreign", at=int(time.time())))
    return signer, log_of(node)


def test_no_envelope_is_believed_that_a_foreign_key_signed(folder: Path, signer: SoftSigner) -> None:
    signed = jws.signing_input("KZ-F1", Typ.ENVELOPE, envelope(1))
    forged = jws.join(signed, signer.sign_foreign("KZ-F1", signed))

    with pytest.raises(BadJws):  # its very name cannot stand in a header
        read_jws(forged, Typ.ENVELOPE)
    with pytest.raises(UnknownKey):
        log_of(folder).signing_key("KZ-F1", at=int(time.time()))
    own = jws.signing_input("KZ-1", Typ.ENVELOPE, envelope(1))
    renamed = read_jws(jws.join(own, signer.sign_foreign("KZ-F1", own)), Typ.ENVELOPE)
    with pytest.raises(BadSignature):
        jws.verify(renamed, log_of(folder).signing_key("KZ-1", at=int(time.time())))
    with pytest.raises((BadJws, SignerRefused)):
        signer.sign_again([forged])


def test_a_foreign_key_under_the_name_of_a_signing_key_signs_no_envelope(folder: Path, signer: SoftSigner) -> None:
    log = log_of(folder)
    at = int(time.time())
    change = Change(verb="add", kid="KZ-7", use=Use.FOREIGN, x=log.keys["KZ-F1"].x, start=at)
    payload = statement_payload(
        node="KZ", realm="training", number=len(log.statements) + 1, prev=hash_of(log.statements[-1]), at=at, change=change
    )  # fmt: skip
    to_sign = jws.signing_input("KZ-1", Typ.KEY, payload)

    log.append(jws.join(to_sign, signer._keys.sign("KZ-1", to_sign)))

    with pytest.raises(UnknownKey):
        log.signing_key("KZ-7", at=at)
    assert log.signs_now(at=at) == log.keys["KZ-1"]


def test_a_signing_key_signs_for_no_other_protocol(folder: Path, signer: SoftSigner) -> None:
    for kid in ("KZ-1", "KZ-2", "KZ-S1", "KZ-F2", ""):
        with pytest.raises(SignerRefused):
            signer.sign_foreign(kid, SIGNED)
    with pytest.raises(SignerRefused, match="longer than"):
        signer.sign_foreign("KZ-F1", b"x" * (jws.LONGEST + 1))
    signed = read_jws(signer.sign(Typ.ENVELOPE, [envelope(1)])[0], Typ.ENVELOPE)
    to_sign, _, signature = signed.raw.rpartition(b".")

    for kid, fault in (("KZ-1", UnknownKey), ("KZ-F1", BadSignature)):
        with pytest.raises(fault):
            verify_foreign(log_of(folder), kid, to_sign, jws.from_base64(signature), at=int(time.time()))


def test_rotation_ends_the_key_after_the_overlap_and_an_added_key_ends_none(folder: Path, signer: SoftSigner) -> None:
    now = int(time.time())
    signer.change_keys(KeyOrder(verb="foreign", at=now))
    assert [key.kid for key in log_of(folder).valid(Use.FOREIGN, at=now)] == ["KZ-F1", "KZ-F2"]

    signer.change_keys(KeyOrder(verb="foreign", at=now, end=now + 100))

    assert [key.kid for key in log_of(folder).valid(Use.FOREIGN, at=now + 99)] == ["KZ-F1", "KZ-F2", "KZ-F3"]
    assert [key.kid for key in log_of(folder).valid(Use.FOREIGN, at=now + 100)] == ["KZ-F3"]


def test_an_ended_or_revoked_key_signs_no_more(folder: Path, signer: SoftSigner) -> None:
    now = int(time.time())
    before = signer.sign_foreign("KZ-F1", SIGNED)
    signer.change_keys(KeyOrder(verb="revoke", at=now - 1, kid="KZ-F1", reason="lost"))
    signer.change_keys(KeyOrder(verb="end", at=now, end=now, kid="KZ-F2"))

    for kid in ("KZ-F1", "KZ-F2"):
        with pytest.raises(SignerRefused, match="ended or revoked"):
            signer.sign_foreign(kid, SIGNED)
    verify_foreign(log_of(folder), "KZ-F1", SIGNED, before, at=now - 2)
    with pytest.raises(KeyNotValid):
        verify_foreign(log_of(folder), "KZ-F1", SIGNED, before, at=now)
    for kid in ("KZ-1", "KZ-S1", "KZ-F1", "KZ-F9"):
        with pytest.raises(SignerRefused):
            signer.change_keys(KeyOrder(verb="end", at=now, kid=kid))


def test_it_is_kept_sealed_and_signs_over_the_socket_after_a_restart(folder: Path, signer: SoftSigner) -> None:
    raw = keyfile.open_keys(folder).private["KZ-F1"]
    whole = b"".join(path.read_bytes() for path in (folder / "keys").iterdir())

    with _serving(folder) as client:
        first = client.sign_foreign("KZ-F1", b"\x00\xff data")
    with _serving(folder) as client:
        second = client.sign_foreign("KZ-F1", b"\x00\xff data")
        with pytest.raises(SignerRefused):
            client.sign_foreign("KZ-1", b"data")
        assert client.places()["KZ-F1"] == "key file"

    assert raw not in whole
    assert raw.hex().encode() not in whole
    for signature in (first, second):
        verify_foreign(log_of(folder), "KZ-F1", b"\x00\xff data", signature, at=int(time.time()))


@contextmanager
def _serving(folder: Path) -> Iterator[SignerClient]:
    """Run the signer as a process, for a client of it."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(folder)])
    try:
        until(lambda: is_listening(folder))
        with closing(SignerClient(folder)) as client:
            yield client
    finally:
        process.kill()
        process.wait()
