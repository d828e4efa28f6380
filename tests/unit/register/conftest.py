"""The shipped catalogue as records, read once; and a small one as files, quick to read again and again."""

from pathlib import Path

import pytest

from serai.register.catalogue import Catalogue, read_catalogue
from tests.catalogue import copy_catalogue, shorten


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return read_catalogue()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the right form with a few rows of each kind. Whoever changes it must change it back."""
    folder = copy_catalogue(tmp_path_factory.mktemp("small") / "catalogue")
    shorten(folder, keep={"0.1", "VI.12", "VI.13a"})
    return folder
