"""The signer of the node under test, opened in this process; what it remembers is forgotten with each test."""

from collections.abc import Iterator

import pytest

from serai.exchange import keyring, refusals
from serai.exchange.signer import keyfile
from serai.exchange.signer.current import use_signer
from serai.exchange.signer.place import read_statements
from serai.exchange.signer.private import FileKeys
from serai.exchange.signer.soft import SoftSigner
from serai.kernel.bucket import Bucket
from tests.node import FOLDER


@pytest.fixture(autouse=True)
def _keys_may_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process asks for a key log once a minute; each test begins with a minute of its own."""
    monkeypatch.setattr(keyring, "_wanted", Bucket(per_minute=1))


@pytest.fixture(autouse=True)
def _refusals_are_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many a minute are written down; those of the test before do not count."""
    monkeypatch.setattr(refusals, "_bucket", Bucket(per_minute=refusals._PER_MINUTE))


@pytest.fixture(autouse=True)
def signer() -> Iterator[SoftSigner]:
    file = keyfile.open_keys(FOLDER)
    found = SoftSigner(FileKeys(file, None), node=file.node, realm=file.realm, statements=read_statements(FOLDER))
    use_signer(found)
    yield found
    use_signer(None)
