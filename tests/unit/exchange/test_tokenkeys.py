"""Which keys are asked of a token and which of the key file, with a token of our own: no SoftHSM needed."""

import time
import tomllib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from serai.exchange.claims import dump
from serai.exchange.errors import SignerRefused
from serai.exchange.jws import Typ, read_jws, verify
from serai.exchange.keys import KeyLog, Use
from serai.exchange.signer import keyfile
from serai.exchange.signer.errors import KeyMissing, TokenFault, TokenSettingsBad
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.place import keys_folder, read_statements
from serai.exchange.signer.presence import check_presence
from serai.exchange.signer.private import FileKeys
from serai.exchange.signer.soft import SoftSigner
from serai.exchange.signer.tokenfile import read_settings
from serai.exchange.signer.tokenkeys import TokenKeys

SETTINGS = 'module = "m"\ntoken = "t"\npin_file = "pin"\n'


class FakeToken:
    """Holds Ed25519 keys by label; fails when told to."""

    def __init__(self) -> None:
        self.keys = dict[str, Ed25519PrivateKey]()
        self.is_away = self.is_closed = False

    def sign(self, label: str, use: Use, data: bytes) -> bytes:
        if self.is_away:
            raise TokenFault(token="t", reason="away")
        return self.keys[label].sign(data)

    def take(self, label: str, use: Use, *, may_exist: bool) -> bytes:
        assert use is Use.SIGN
        assert may_exist or label not in self.keys
        return self.keys.setdefault(label, Ed25519PrivateKey.generate()).public_key().public_bytes_raw()

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keyfile.make_keys(tmp_path, node="KZ", realm="training")
    return tmp_path


@pytest.fixture
def token() -> FakeToken:
    return FakeToken()


def keys_of(folder: Path, token: FakeToken, more: str = "") -> TokenKeys:
    settings_file = keys_folder(folder) / "pkcs11.toml"
    if not settings_file.exists():
        settings_file.write_text(SETTINGS + more)
    settings = read_settings(keys_folder(folder))
    assert settings is not None
    file = keyfile.open_keys(folder)
    return TokenKeys(settings, token, FileKeys(file, keyfile.read_passphrase(folder)))


def signer_of(folder: Path, keys: TokenKeys) -> SoftSigner:
    statements = read_statements(folder)
    return SoftSigner(keys, node="KZ", realm="training", statements=statements, folder=keys_folder(folder))


def rotate(signer: SoftSigner, label: str = "") -> None:
    now = int(time.time())
    signer.change_keys(KeyOrder(verb="rotate", at=now, end=now, label=label))


def envelope(seq: int) -> bytes:
    return dump({"v": 1, "from": "KZ", "to": "SEC", "realm": "training", "lane": "register", "epoch": 1, "seq": seq})


def test_keys_that_sign_are_made_in_the_token_and_sealing_keys_in_the_file(folder: Path, token: FakeToken) -> None:
    signer = signer_of(folder, keys_of(folder, token))
    rotate(signer)
    rotate(signer)
    signer.change_keys(KeyOrder(verb="reseal", at=int(time.time())))

    again = signer_of(folder, keys_of(folder, token))
    signed = read_jws(again.sign(Typ.ENVELOPE, [envelope(1)])[0], Typ.ENVELOPE)

    log = KeyLog.read("KZ", "training", read_statements(folder))
    verify(signed, log.signing_key("KZ-3", at=int(time.time())))
    assert list(token.keys) == ["serai-KZ-3", "serai-KZ-4"]
    assert again.places()["KZ-S2"] == "key file"
    check_presence(keys_of(folder, token), log, folder=keys_folder(folder), now=int(time.time()))


def test_a_token_that_is_away_signs_nothing_and_no_other_key_steps_in(folder: Path, token: FakeToken) -> None:
    signer = signer_of(folder, keys_of(folder, token))
    rotate(signer)
    rotate(signer)
    token.is_away = True

    with pytest.raises(TokenFault, match="away"):
        signer.sign(Typ.ENVELOPE, [envelope(1)])
    token.is_away = False

    assert read_jws(signer.sign(Typ.ENVELOPE, [envelope(1)])[0], Typ.ENVELOPE).kid == "KZ-3"


def test_a_label_of_another_key_is_refused_and_no_statement_is_made(folder: Path, token: FakeToken) -> None:
    signer = signer_of(folder, keys_of(folder, token, '[keys]\nKZ-9 = "nine"\nKZ-3 = "three"\n'))
    before = read_statements(folder)

    for label in ("nine", "other"):
        with pytest.raises(TokenSettingsBad, match="already"):
            rotate(signer, label)

    assert read_statements(folder) == before
    assert token.keys == {}


def test_a_comment_stays_and_a_table_that_is_not_last_is_refused(folder: Path, token: FakeToken) -> None:
    file = keys_folder(folder) / "pkcs11.toml"
    file.write_text(f"# ours\n{SETTINGS}")
    rotate(signer_of(folder, keys_of(folder, token)), 'a "quoted" label')
    assert file.read_text().startswith("# ours\n")
    assert tomllib.loads(file.read_text())["keys"] == {"KZ-3": 'a "quoted" label'}

    file.write_text(f"{SETTINGS}#[keys]\n")

    with pytest.raises(TokenSettingsBad):
        rotate(signer_of(folder, keys_of(folder, token)))


def test_a_key_that_is_nowhere_is_missing(folder: Path, token: FakeToken) -> None:
    rotate(signer_of(folder, keys_of(folder, token)))
    (keys_folder(folder) / "pkcs11.toml").write_text(SETTINGS)
    log = KeyLog.read("KZ", "training", read_statements(folder))

    with pytest.raises(KeyMissing, match="KZ-3"):
        check_presence(keys_of(folder, token), log, folder=keys_folder(folder), now=int(time.time()))


def test_signing_out_closes_the_token(folder: Path, token: FakeToken) -> None:
    signer_of(folder, keys_of(folder, token)).close()

    assert token.is_closed


def test_an_unknown_order_is_refused(folder: Path, token: FakeToken) -> None:
    with pytest.raises(SignerRefused, match="there is no order"):
        signer_of(folder, keys_of(folder, token)).change_keys(KeyOrder(verb="sing", at=0))
