"""Checks of the folder of keys: who may get at it, where the passphrase lies, and the token. Opens no key; needs no Django."""

import os
from pathlib import Path

from serai.exchange.errors import NoKeys
from serai.exchange.signer.errors import PinRefused
from serai.exchange.signer.keyfile import FILE, passphrase_file
from serai.exchange.signer.place import keys_folder
from serai.exchange.signer.tokenfile import read_pin, read_settings, was_refused
from serai.site.doctor.finding import Caution, Unfit
from serai.site.doctor.folder import check_private
from serai.site.home import NodeHome, Realm


def check_key_files(home: NodeHome) -> str:
    """The sealed keys are there; nobody but their owner may read any file beside them."""
    folder = keys_folder(home.folder)
    if not (folder / FILE).exists():
        raise NoKeys(folder=home.folder)
    check_private(folder, "700")
    for file in sorted(folder.iterdir()):
        check_private(file, "600")
    return "Only their owner may read the files of the keys."


def check_passphrase(home: NodeHome) -> str:
    """The passphrase is there, closed to others, and on a service node away from the keys."""
    file = passphrase_file(home.folder)
    if not file.exists():
        raise Unfit(f"The passphrase of the private keys is not at {file}. Put it there, or correct {_VARIABLE}.")
    if file.stat().st_mode & 0o007:
        raise Unfit(f"Everybody may read the passphrase at {file}. Close it: chmod 600 {file}")
    is_beside = _real(file).is_relative_to(_real(keys_folder(home.folder)))
    if is_beside and home.read_identity().realm is Realm.SERVICE:
        raise Caution(
            f"The passphrase lies beside the keys, at {file}: whoever gets the folder can sign as this node. Move the file to "
            f"where only the service manager and the node read it, name it by {_VARIABLE}, and start the node again."
        )
    return "The passphrase lies beside the keys, as trials have it." if is_beside else "The passphrase lies elsewhere."


_VARIABLE = "SERAI_KEY_PASSPHRASE_FILE"


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def check_token(home: NodeHome) -> str:
    """What names a token can be used, and its PIN was not refused. Does not sign in: tokens count wrong PINs."""
    settings = read_settings(keys_folder(home.folder))
    if settings is None:
        return "All private keys lie in the key file; no token is named."
    read_pin(settings)
    if was_refused(settings):
        raise PinRefused(token=settings.token, file=settings.pin_file, reason="as before")
    return f"{len(settings.labels)} keys lie in the token “{settings.token}”; the node tries them at its start."
