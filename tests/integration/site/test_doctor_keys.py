"""What `serai node doctor` says of the folder of keys."""

from pathlib import Path

import pytest

from serai.exchange.errors import NoKeys
from serai.exchange.signer.errors import PinFileBad, PinRefused, TokenSettingsBad
from serai.exchange.signer.place import keys_folder
from serai.exchange.signer.tokenfile import note_refused, read_settings
from serai.site.doctor import keys
from serai.site.doctor.finding import Unfit, try_check
from serai.site.home import NodeHome, Realm


@pytest.fixture
def bare(tmp_path: Path) -> NodeHome:
    """A service node that was only made."""
    home = NodeHome(tmp_path / "bare")
    home.init(code="SEC", realm=Realm.SERVICE)
    return home


@pytest.fixture
def settings(bare: NodeHome) -> Path:
    """What names a token, with its PIN beside the node."""
    pin_file = bare.folder / "pin"
    pin_file.write_text("1234-pin")
    pin_file.chmod(0o600)
    file = keys_folder(bare.folder) / "pkcs11.toml"
    file.write_text(f'module = "/x.so"\ntoken = "t"\npin_file = "{pin_file}"\n[keys]\nSEC-3 = "a"\n')
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("name", ["", "private.sealed", "passphrase", "log"])
def test_a_file_of_the_keys_open_to_others_is_told(bare: NodeHome, name: str) -> None:
    keys.check_key_files(bare)
    path = keys_folder(bare.folder) / name
    path.chmod(path.stat().st_mode | 0o040)

    with pytest.raises(Unfit, match=r"chmod [67]00") as found:
        keys.check_key_files(bare)

    assert str(path) in str(found.value)


def test_keys_that_are_gone_are_told(bare: NodeHome) -> None:
    (keys_folder(bare.folder) / "private.sealed").unlink()

    with pytest.raises(NoKeys, match="from its own copy"):
        keys.check_key_files(bare)


def test_a_passphrase_beside_the_keys_of_a_service_node_is_a_caution(bare: NodeHome) -> None:
    finding = try_check("passphrase", lambda: keys.check_passphrase(bare))

    assert finding.is_good
    assert finding.is_caution
    assert "SERAI_KEY_PASSPHRASE_FILE" in finding.sentence


def test_a_passphrase_elsewhere_or_of_a_training_node_is_well(
    bare: NodeHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = NodeHome(tmp_path / "training")
    training.init(code="SEC", realm=Realm.TRAINING)
    assert not try_check("passphrase", lambda: keys.check_passphrase(training)).is_caution

    away = (keys_folder(bare.folder) / "passphrase").rename(tmp_path / "passphrase")
    monkeypatch.setenv("SERAI_KEY_PASSPHRASE_FILE", str(away))
    assert not try_check("passphrase", lambda: keys.check_passphrase(bare)).is_caution
    away.chmod(0o644)
    with pytest.raises(Unfit, match="chmod 600"):
        keys.check_passphrase(bare)
    away.unlink()
    with pytest.raises(Unfit, match="Put it there"):
        keys.check_passphrase(bare)


def test_a_link_to_a_passphrase_beside_the_keys_is_seen_through(
    bare: NodeHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "elsewhere"
    link.symlink_to(keys_folder(bare.folder) / "passphrase")
    monkeypatch.setenv("SERAI_KEY_PASSPHRASE_FILE", str(link))

    assert try_check("passphrase", lambda: keys.check_passphrase(bare)).is_caution


def test_no_token_is_well(bare: NodeHome) -> None:
    assert "no token is named" in keys.check_token(bare)


def test_a_token_that_cannot_be_used_is_told_without_its_pin(bare: NodeHome, settings: Path) -> None:
    assert "1 keys lie in the token “t”" in keys.check_token(bare)
    pin_file = bare.folder / "pin"

    found = read_settings(settings.parent)
    assert found is not None
    note_refused(found)
    with pytest.raises(PinRefused) as refused:
        keys.check_token(bare)
    pin_file.chmod(0o640)
    with pytest.raises(PinFileBad) as opened:
        keys.check_token(bare)
    settings.write_text("pin = '1234-pin'")
    with pytest.raises(TokenSettingsBad) as bad:
        keys.check_token(bare)

    for error in (refused, opened, bad):
        assert "1234" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "no TOML"),
        ("module = 3", "“module” must be a text"),
        ('module="m"\ntoken="t"\npin_file="p"\nnew_keys="here"', "“new_keys” is"),
        ('module="m"\ntoken="t"\npin_file="p"\nkeys=3', "a table of key id and label"),
        ('module="m"\ntoken="t"\npin_file="p"\n[keys]\nA=""', "the label of A"),
        ('module="m"\ntoken="t"\npin_file="p"\n[keys]\nA="x"\nB="x"', "two keys have one label"),
    ],
)
def test_settings_of_a_token_that_are_none_are_told(settings: Path, text: str, said: str) -> None:
    settings.write_text(text)

    with pytest.raises(TokenSettingsBad, match=said):
        read_settings(settings.parent)


def test_a_credential_of_the_service_manager_may_be_its_groups(
    bare: NodeHome, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare.folder / "pin").chmod(0o440)
    with pytest.raises(PinFileBad):
        keys.check_token(bare)

    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(bare.folder))

    keys.check_token(bare)
