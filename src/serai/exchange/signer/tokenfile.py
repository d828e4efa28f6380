"""keys/pkcs11.toml: which token holds which private keys. Read by the signer, who adds a line for each key made there. Pure.

module = "/usr/lib/softhsm/libsofthsm2.so"
token = "serai"
pin_file = "/etc/serai/token-pin"     # mode 600; a relative name is beside this file
new_keys = "token"                    # or "file", to leave the token by and by

[keys]                                # last, for the signer adds to the end
KZ-3 = "serai-KZ-3"
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serai.exchange.signer.errors import PinFileBad, TokenSettingsBad
from serai.kernel.files import write_durably

FILE: Final = "pkcs11.toml"
REFUSED: Final = "pin.refused"  # says of which PIN file the token refused the PIN
_TEXTS: Final = ("module", "token", "pin_file")
_LONGEST_LABEL: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """What the file says."""

    file: Path
    module: str
    token: str
    pin_file: Path
    makes_new: bool  # new keys that sign are made in the token
    labels: Mapping[str, str]  # key id → label in the token


def read_settings(keys: Path) -> TokenSettings | None:
    """Return what the file in the folder of the keys says; None without one. Raise TokenSettingsBad."""
    file = keys / FILE
    try:
        text = file.read_text()
        mode = file.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(file, f"it cannot be read ({type(error).__name__})") from None
    if mode & 0o022:  # it names software that is loaded into the signer
        raise _bad(file, f"others may write to it; close it: chmod 600 {file}")
    return _parse(file, text)


def _parse(file: Path, text: str) -> TokenSettings:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _bad(file, f"it is no TOML: {str(error).rstrip('.')}") from None
    if unknown := sorted(set(values) - {*_TEXTS, "keys", "new_keys"}):
        raise _bad(file, f"nothing is known of “{unknown[0][:40]}”; a PIN never stands here")
    for name in _TEXTS:
        if not isinstance(values.get(name), str) or not values[name]:
            raise _bad(file, f"“{name}” must be a text")
    if values.get("new_keys", "token") not in {"token", "file"}:
        raise _bad(file, "“new_keys” is “token” or “file”")
    return TokenSettings(
        file=file,
        module=values["module"],
        token=values["token"],
        pin_file=file.parent / values["pin_file"],
        makes_new=values.get("new_keys", "token") == "token",
        labels=_read_labels(file, values.get("keys", {})),
    )


def _read_labels(file: Path, keys: object) -> dict[str, str]:
    if not isinstance(keys, dict):
        raise _bad(file, "“[keys]” is a table of key id and label")
    for kid, label in keys.items():
        if not isinstance(label, str) or not 0 < len(label) <= _LONGEST_LABEL:
            raise _bad(file, f"the label of {kid[:12]} must be a text of 1 to {_LONGEST_LABEL} characters")
    if len(set(keys.values())) != len(keys):
        raise _bad(file, "two keys have one label")
    return dict(keys)


def add_label(settings: TokenSettings, kid: str, label: str) -> TokenSettings:
    """Write durably that a key of the token has this id; the rest of the file stays as its author wrote it."""
    text = settings.file.read_text().rstrip() + "\n"
    if "[keys]" not in text:
        text += "\n[keys]\n"
    text += f"{kid} = {json.dumps(label, ensure_ascii=False)}\n"
    found = _parse(settings.file, text)
    if found.labels != {**settings.labels, kid: label}:
        raise _bad(settings.file, "the table “[keys]” must stand last")
    write_durably(settings.file, text.encode())
    return found


def read_pin(settings: TokenSettings) -> str:
    """Return the PIN; raise PinFileBad unless its file is there and closed to others."""
    try:
        mode = settings.pin_file.stat().st_mode
        text = settings.pin_file.read_text().strip()
    except FileNotFoundError:
        raise PinFileBad(file=settings.pin_file, reason="it is not there") from None
    except (OSError, UnicodeDecodeError):
        raise PinFileBad(file=settings.pin_file, reason="it cannot be read") from None
    if mode & (0o007 if _is_credential(settings.pin_file) else 0o077):
        raise PinFileBad(file=settings.pin_file, reason=f"others may get at it (mode {mode & 0o777:o})")
    if not text:
        raise PinFileBad(file=settings.pin_file, reason="it is empty")
    return text


def _is_credential(path: Path) -> bool:
    """Whether the service manager put the file there, for this service alone: then the bits of its group mean an ACL."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(folder) and path.resolve().is_relative_to(Path(str(folder)).resolve())


def was_refused(settings: TokenSettings) -> bool:
    """Whether the token refused the PIN of this very file already, and the file has not changed since."""
    try:
        return (settings.file.parent / REFUSED).read_text() == _state_of(settings)
    except OSError:
        return False


def note_refused(settings: TokenSettings) -> None:
    write_durably(settings.file.parent / REFUSED, _state_of(settings).encode())


def forget_refused(settings: TokenSettings) -> None:
    (settings.file.parent / REFUSED).unlink(missing_ok=True)


def _state_of(settings: TokenSettings) -> str:
    """Tell one state of the PIN's file from another by when it was written, never by what it holds."""
    found = settings.pin_file.stat()
    return f"{settings.token} {settings.pin_file} {found.st_ino} {found.st_mtime_ns}"


def _bad(file: Path, reason: str) -> TokenSettingsBad:
    return TokenSettingsBad(file=file, reason=reason)
