"""`serai exchange keys` as an operator types it: keys for other protocols, keys in a token, a token that stops the start."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from serai.kernel.ports import free_port
from serai.site.home import NodeHome
from tests.tokens import MODULE, NO_TOKEN, SoftToken

Serai = Callable[..., "subprocess.CompletedProcess[str]"]
needs_token = pytest.mark.skipif(not MODULE, reason=NO_TOKEN)


@pytest.fixture
def token(tmp_path: Path) -> SoftToken:
    return SoftToken.make(tmp_path / "token")


def rows_of(done: "subprocess.CompletedProcess[str]") -> dict[str, str]:
    """Return what the list of keys says of each."""
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: " ".join(line.split()[1:]) for line in done.stdout.splitlines()}


def test_a_key_for_another_protocol_is_added_announced_rotated_and_ended(home: NodeHome, serai: Serai) -> None:
    added = serai("exchange", "keys", "add", "--foreign")
    key = json.loads(added.stdout)["keys"][0]
    rotated = serai("exchange", "keys", "rotate", "--foreign", "--hours", "1")
    ended = serai("exchange", "keys", "end", "SEC-F2")
    rows = rows_of(serai("exchange", "keys"))

    assert set(key) == {"kty", "crv", "x", "y", "alg", "use", "kid"}
    assert ECKey.import_key(key).check_use("sig") is None
    assert (added.returncode, rotated.returncode, ended.returncode) == (0, 0, 0)
    assert rows["SEC-1"] == "sign signs key file"
    assert rows["SEC-F1"].startswith("foreign signs until ")
    assert rows["SEC-F2"].startswith("foreign ended until ")
    assert [key["kid"] for key in json.loads(serai("exchange", "keys", "jwk").stdout)["keys"]] == ["SEC-F1"]


def test_only_keys_for_other_protocols_are_ended(home: NodeHome, serai: Serai) -> None:
    done = serai("exchange", "keys", "end", "SEC-1")

    assert done.returncode == 1
    assert "others end by rotation or revocation" in done.stderr
    assert serai("exchange", "keys", "add").returncode == 2


@needs_token
def test_the_list_says_which_key_lies_in_a_token(home: NodeHome, serai: Serai, token: SoftToken) -> None:
    token.configure(home.folder)

    done = serai("exchange", "keys", "rotate", "--token", "first", **token.variables)
    revoked = serai("exchange", "keys", "revoke", "SEC-2", "--reason", "x", "--token", "next", **token.variables)

    rows = rows_of(serai("exchange", "keys", **token.variables))
    assert (done.returncode, revoked.returncode) == (0, 0)
    assert rows["SEC-3"].endswith("token “serai-test”, key “first”")
    assert rows["SEC-4"].endswith("token “serai-test”, key “next”")
    assert rows["SEC-1"].endswith("key file")


@needs_token
def test_the_key_of_a_lost_token_is_revoked_by_one_in_the_key_file(
    home: NodeHome, serai: Serai, token: SoftToken
) -> None:
    settings = token.configure(home.folder)
    serai("exchange", "keys", "rotate", "--hours", "0", **token.variables)
    settings.write_text(settings.read_text().replace("[keys]", 'new_keys = "file"\n[keys]'))
    serai("exchange", "keys", "rotate", "--hours", "0", **token.variables)
    shutil.rmtree(token.folder / "tokens")
    assert rows_of(serai("exchange", "keys", "revoke", "SEC-3", "--reason", "lost", **token.variables))["SEC-3"]
    settings.unlink()

    rows = rows_of(serai("exchange", "keys"))

    assert rows["SEC-3"].startswith("sign revoked until")
    assert rows["SEC-4"] == "sign signs key file"
    assert rows["SEC-5"] == "sign ready key file"


@needs_token
def test_a_revocation_stands_when_no_new_key_can_be_made(home: NodeHome, serai: Serai, token: SoftToken) -> None:
    token.configure(home.folder)
    shutil.rmtree(token.folder / "tokens")

    done = serai("exchange", "keys", "revoke", "SEC-1", "--reason", "lost", **token.variables)

    assert done.returncode == 0
    assert "No new key was made" in done.stderr
    (home.folder / "keys" / "pkcs11.toml").unlink()
    assert rows_of(serai("exchange", "keys"))["SEC-2"] == "sign signs key file"


@needs_token
@pytest.mark.parametrize("command", [["node", "run", "--port", "0"], ["node", "worker"], ["exchange", "keys"]])
def test_a_refused_pin_is_one_sentence_without_the_pin(
    home: NodeHome, serai: Serai, token: SoftToken, command: list[str]
) -> None:
    token.configure(home.folder)
    (token.folder / "pin").write_text("777-wrong")

    done = serai(*[str(free_port()) if word == "0" else word for word in command], **token.variables)

    assert done.returncode == 1
    assert "[token_pin]" in done.stderr
    assert str(token.folder / "pin") in done.stderr
    assert done.stderr.count("\n") == 1
    assert "777" not in done.stderr + done.stdout


def test_a_node_that_lacks_one_of_its_keys_does_not_start(home: NodeHome, serai: Serai, tmp_path: Path) -> None:
    shutil.copytree(home.folder / "keys", tmp_path / "copy")
    serai("exchange", "keys", "rotate")
    shutil.copy(tmp_path / "copy" / "private.sealed", home.folder / "keys" / "private.sealed")

    done = serai("node", "run", "--port", str(free_port()))

    assert done.returncode == 1
    assert "[key_missing]" in done.stderr
    assert "SEC-3" in done.stderr
