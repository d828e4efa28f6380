"""The shipped catalogue as records, read once."""

import pytest

from serai.register.catalogue import Catalogue, read_catalogue


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return read_catalogue()
