"""Keys in a token: made there, announced, signed with; whatever is wrong with the token keeps the node from starting."""

import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from joserfc import jws as other_jws
from joserfc.jwk import ECKey

from serai.exchange.claims import dump
from serai.exchange.errors import SignerRefused
from serai.exchange.foreign import jwk_of, verify_foreign
from serai.exchange.jws import Typ, read_jws, to_base64, verify
from serai.exchange.keys import KeyLog
from serai.exchange.signer import keyfile
from serai.exchange.signer.client import SignerClient
from serai.exchange.signer.errors import (
    KeyDiffers,
    KeyMissing,
    PinFileBad,
    PinRefused,
    TokenKeyMissing,
    TokenMissing,
    TokenModuleBad,
    TokenSettingsBad,
)
from serai.exchange.signer.interface import KeyOrder
from serai.exchange.signer.place import is_listening, keys_folder, read_statements
from serai.kernel.errors import NodeFault
from serai.site.signing import check_keys
from tests.running import until
from tests.tokens import MODULE, NO_TOKEN, SoftToken

pytestmark = pytest.mark.skipif(not MODULE, reason=NO_TOKEN)
SERVE = (
    "import sys; from pathlib import Path; from serai.exchange.signer.process import serve; serve(Path(sys.argv[1]))"
)
Start = Callable[[], SignerClient]


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftToken:
    made = SoftToken.make(tmp_path / "token")
    monkeypatch.setenv("SOFTHSM2_CONF", made.environment["SOFTHSM2_CONF"])
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    node = tmp_path / "node"
    node.mkdir()
    keyfile.make_keys(node, node="KZ", realm="training")
    return node


@pytest.fixture
def start(folder: Path, token: SoftToken) -> Iterator[Start]:
    """Start the signer as a process, in the place of the one before."""
    processes, clients = list["subprocess.Popen[bytes]"](), list[SignerClient]()

    def stop() -> None:
        for client in clients:
            client.close()
        for process in processes:
            process.kill()
            process.wait()

    def begin() -> SignerClient:
        stop()
        processes.append(subprocess.Popen([sys.executable, "-c", SERVE, str(folder)], env=token.environment))
        until(lambda: is_listening(folder))
        clients.append(SignerClient(folder))
        return clients[-1]

    yield begin
    stop()


def envelope(seq: int) -> bytes:
    return dump({"v": 1, "from": "KZ", "to": "SEC", "realm": "training", "lane": "register", "epoch": 1, "seq": seq})


def rotate(client: SignerClient, label: str = "") -> None:
    now = int(time.time())
    client.change_keys(KeyOrder(verb="rotate", at=now, end=now, label=label))


def test_rotation_moves_the_signing_keys_into_the_token(folder: Path, token: SoftToken, start: Start) -> None:
    settings = token.configure(folder)
    client = start()

    rotate(client)
    rotate(client)
    client = start()
    signed = read_jws(client.sign(Typ.ENVELOPE, [envelope(1)])[0], Typ.ENVELOPE)

    log = KeyLog.read("KZ", "training", read_statements(folder))
    verify(signed, log.signing_key("KZ-3", at=int(time.time())))
    assert signed.kid == "KZ-3"
    assert set(keyfile.open_keys(folder).private) == {"KZ-1", "KZ-2", "KZ-S1"}
    assert client.places() == {
        "KZ-1": "key file",
        "KZ-2": "key file",
        "KZ-S1": "key file",
        "KZ-3": "token “serai-test”, key “serai-KZ-3”",
        "KZ-4": "token “serai-test”, key “serai-KZ-4”",
    }
    assert settings.read_text().startswith("# ours\n")
    assert settings.stat().st_mode & 0o77 == 0


def test_a_key_that_an_officer_made_is_announced_by_its_label(folder: Path, token: SoftToken, start: Start) -> None:
    settings = token.configure(folder)
    token.make_key("officer's key")
    client = start()

    rotate(client, "officer's key")
    with pytest.raises(SignerRefused, match="already"):
        rotate(client, "officer's key")
    rotate(client)

    assert tomllib.loads(settings.read_text())["keys"] == {"KZ-3": "officer's key", "KZ-4": "serai-KZ-4"}
    assert read_jws(client.sign(Typ.ENVELOPE, [envelope(1)])[0], Typ.ENVELOPE).kid == "KZ-3"


def test_a_key_that_another_node_may_have_made_is_taken_only_when_it_is_named(
    folder: Path, token: SoftToken, start: Start
) -> None:
    token.configure(folder)
    token.make_key("serai-KZ-3")
    client = start()

    with pytest.raises(SignerRefused, match="has a key “serai-KZ-3” already"):
        rotate(client)
    rotate(client, "serai-KZ-3")

    assert client.places()["KZ-3"].endswith("“serai-KZ-3”")


def test_a_rotation_killed_before_its_statement_goes_on_with_the_same_key(
    folder: Path, token: SoftToken, start: Start
) -> None:
    token.configure(folder, '[keys]\nKZ-3 = "made before"\n')
    token.make_key("made before")
    client = start()

    rotate(client)

    assert client.places()["KZ-3"].endswith("“made before”")


def test_new_keys_may_go_back_to_the_file(folder: Path, token: SoftToken, start: Start) -> None:
    token.configure(folder, 'new_keys = "file"\n')
    client = start()

    rotate(client)

    assert client.places()["KZ-3"] == "key file"


def test_a_token_signs_es256_for_other_protocols(folder: Path, token: SoftToken, start: Start) -> None:
    token.configure(folder)
    client = start()
    client.change_keys(KeyOrder(verb="foreign", at=int(time.time())))
    signed = to_base64(b'{"alg":"ES256"}') + "." + to_base64(b"permit")

    signature = client.sign_foreign("KZ-F1", signed.encode())

    log = KeyLog.read("KZ", "training", read_statements(folder))
    verify_foreign(log, "KZ-F1", signed.encode(), signature, at=int(time.time()))
    key = ECKey.import_key(dict(jwk_of(log.keys["KZ-F1"])))
    assert other_jws.deserialize_compact(f"{signed}.{to_base64(signature)}", key, ["ES256"]).payload == b"permit"
    assert client.places()["KZ-F1"].startswith("token")


def test_a_token_that_goes_away_is_told_and_signs_again_when_it_is_back(
    folder: Path, token: SoftToken, start: Start
) -> None:
    token.configure(folder)
    client = start()
    rotate(client)
    rotate(client)
    away = token.folder / "away"
    (token.folder / "tokens").rename(away)

    with pytest.raises(SignerRefused, match="“serai-test”"):
        client.sign(Typ.ENVELOPE, [envelope(1)])
    away.rename(token.folder / "tokens")

    until(lambda: _signs(client))


def _signs(client: SignerClient) -> bool:
    try:
        return bool(client.sign(Typ.ENVELOPE, [envelope(1)]))
    except SignerRefused:
        return False


def test_a_whole_token_lets_the_node_start(folder: Path, token: SoftToken, start: Start) -> None:
    token.configure(folder)
    client = start()
    rotate(client)

    check_keys(folder)


def test_a_wrong_pin_stops_the_start_is_not_shown_and_not_tried_again(folder: Path, token: SoftToken) -> None:
    token.configure(folder)
    pin_file = token.folder / "pin"
    pin_file.write_text("0000-wrong")

    with pytest.raises(PinRefused) as first:
        check_keys(folder)
    with pytest.raises(PinRefused, match="as before"):
        check_keys(folder)

    assert str(pin_file) in str(first.value)
    for text in (str(first.value), (keys_folder(folder) / "pin.refused").read_text()):
        assert "0000" not in text
    pin_file.write_text(token.pin)
    check_keys(folder)
    assert not (keys_folder(folder) / "pin.refused").exists()


def _unplug(folder: Path, token: SoftToken) -> None:
    shutil.rmtree(token.folder / "tokens")
    (token.folder / "tokens").mkdir()


def _break_software(folder: Path, token: SoftToken) -> None:
    shutil.rmtree(token.folder / "tokens")


def _open_pin(folder: Path, token: SoftToken) -> None:
    (token.folder / "pin").chmod(0o644)


def _lose_pin(folder: Path, token: SoftToken) -> None:
    (token.folder / "pin").unlink()


def _change(old: str, new: str) -> Callable[[Path, SoftToken], None]:
    def change(folder: Path, token: SoftToken) -> None:
        file = keys_folder(folder) / "pkcs11.toml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return change


def _swap_keys(folder: Path, token: SoftToken) -> None:
    token.make_key("another")
    _change("serai-KZ-3", "another")(folder, token)


def _open_settings(folder: Path, token: SoftToken) -> None:
    (keys_folder(folder) / "pkcs11.toml").chmod(0o666)


@pytest.mark.parametrize(
    ("spoil", "fault", "said"),
    [
        (_unplug, TokenMissing, "shows 0 tokens “serai-test”"),
        (_change('token = "serai-test"', 'token = "other"'), TokenMissing, "shows 0 tokens “other”"),
        (_break_software, TokenModuleBad, "does not start"),
        (_change("libsofthsm2", "libnone"), TokenModuleBad, "libnone.so does not load"),
        (_change("serai-KZ-3", "lost"), TokenKeyMissing, "has 0 private keys “lost”"),
        (_swap_keys, KeyDiffers, "KZ-3 (token “serai-test”, key “another”)"),
        (_change("KZ-3 = ", "KZ-9 = "), KeyMissing, "KZ-3 is neither in"),
        (_open_pin, PinFileBad, "chmod 600"),
        (_lose_pin, PinFileBad, "it is not there"),
        (_open_settings, TokenSettingsBad, "others may write to it"),
        (_change("# ours", 'pin = "93751-pin"'), TokenSettingsBad, "a PIN never stands here"),
        (_change("# ours", "[["), TokenSettingsBad, "it is no TOML"),
    ],
)
def test_whatever_is_wrong_with_the_token_keeps_the_node_from_starting(
    folder: Path,
    token: SoftToken,
    start: Start,
    *,
    spoil: Callable[[Path, SoftToken], None],
    fault: type[NodeFault],
    said: str,
) -> None:
    token.configure(folder)
    rotate(start())
    check_keys(folder)

    spoil(folder, token)

    with pytest.raises(fault) as found:
        check_keys(folder)
    assert said in str(found.value)
    assert token.pin not in str(found.value)


def test_a_key_for_what_a_token_does_not_do_is_refused(folder: Path, token: SoftToken, start: Start) -> None:
    token.configure(folder)
    client = start()
    token.make_key("an Ed25519 key")

    with pytest.raises(SignerRefused, match="not for ES256"):
        client.change_keys(KeyOrder(verb="foreign", at=int(time.time()), label="an Ed25519 key"))

    assert "KZ-F1" not in client.places()


def test_a_label_without_a_token_is_refused(folder: Path, start: Start) -> None:
    client = start()

    with pytest.raises(SignerRefused, match=r"pkcs11\.toml cannot be used: it is not there"):
        rotate(client, "label")
