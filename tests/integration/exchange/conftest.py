"""The signer of the node under test, opened in this process; what it remembers is forgotten with each test."""

from collections.abc import Iterator

import pytest

from serai.exchange.signer import keyfile
from serai.exchange.signer.current import use_signer
from serai.exchange.signer.place import read_statements
from serai.exchange.signer.soft import FileKeys, SoftSigner
from tests.node import FOLDER


@pytest.fixture(autouse=True)
def signer() -> Iterator[SoftSigner]:
    file = keyfile.open_keys(FOLDER)
    found = SoftSigner(FileKeys(file, None), node=file.node, realm=file.realm, statements=read_statements(FOLDER))
    use_signer(found)
    yield found
    use_signer(None)
