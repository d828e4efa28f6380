"""A token in software (SoftHSM2) for tests, in a folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serai.exchange.signer.place import keys_folder

MODULE = next(
    (str(path) for path in Path("/usr").glob("lib*/**/softhsm/libsofthsm2.so") if shutil.which("softhsm2-util")), ""
)
NO_TOKEN = "SKIPPED keys in a token: no softhsm2; on Debian: apt-get install softhsm2"
_MAKE = """
import sys, pkcs11
from pkcs11 import Attribute, KeyType, Mechanism
module, token, pin, label = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin, rw=True) as session:
    curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: bytes.fromhex("06032b6570")}, local=True)
    curve.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label)
"""


@dataclass(frozen=True, kw_only=True)
class SoftToken:
    """A token and the PIN that opens it."""

    folder: Path
    pin: str = "93751-pin"
    name: str = "serai-test"

    @property
    def variables(self) -> Mapping[str, str]:
        """Where its software finds it."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ | self.variables

    def make_key(self, label: str) -> None:
        """Make an Ed25519 key, as an officer does at the token."""
        self._run(sys.executable, "-c", _MAKE, MODULE, self.name, self.pin, label)

    def configure(self, node_folder: Path, more: str = "") -> Path:
        """Name the token in the node's settings; return their file."""
        pin_file = self.folder / "pin"
        pin_file.write_text(f"{self.pin}\n")
        pin_file.chmod(0o600)
        file = keys_folder(node_folder) / "pkcs11.toml"
        file.write_text(f'# ours\nmodule = "{MODULE}"\ntoken = "{self.name}"\npin_file = "{pin_file}"\n{more}')
        file.chmod(0o600)
        return file

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self.environment, check=True, capture_output=True)

    @classmethod
    def make(cls, folder: Path) -> "SoftToken":
        token = cls(folder=folder)
        (folder / "tokens").mkdir(parents=True)
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        names = ("--label", token.name, "--pin", token.pin, "--so-pin", "officer")
        token._run("softhsm2-util", "--init-token", "--free", *names)
        return token
