"""Opening a node's private keys wherever they lie: at the start of its signer, and before, to see whether it can start."""

import time
from dataclasses import dataclass
from pathlib import Path

from serai.exchange.keys import KeyLog
from serai.exchange.signer import keyfile
from serai.exchange.signer.place import read_statements
from serai.exchange.signer.presence import check_presence
from serai.exchange.signer.private import FileKeys, PrivateKeys
from serai.exchange.signer.tokenfile import read_settings
from serai.exchange.signer.tokenkeys import open_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The private keys of a node, and its key log, which they fit."""

    folder: Path
    keys: PrivateKeys
    log: KeyLog


def open_private(node_folder: Path, *, is_emergency: bool = False) -> Opened:
    """Open the keys; raise NoKeys, WrongPassphrase, BadKeyLog, KeyMissing, KeyDiffers, TokenFault.

    In an emergency a lost token, or a lost key, does not stand in the way: only so can its key be revoked by another one.
    """
    file = keyfile.open_keys(node_folder)
    keys: PrivateKeys = FileKeys(file, keyfile.read_passphrase(node_folder))
    log = KeyLog.read(file.node, file.realm, read_statements(node_folder))
    settings = read_settings(file.folder)
    if settings is not None:
        keys = open_token(settings, keys, is_emergency=is_emergency)
    if is_emergency:
        return Opened(folder=file.folder, keys=keys, log=log)
    try:
        check_presence(keys, log, folder=file.folder, now=int(time.time()))
    except BaseException:
        keys.close()
        raise
    return Opened(folder=file.folder, keys=keys, log=log)
