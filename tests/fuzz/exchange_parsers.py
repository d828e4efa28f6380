"""Fuzzing, guided by coverage, of everything that reads a peer's bytes: `python -m tests.fuzz.exchange_parsers FOLDER -max_total_time=600`.

FOLDER keeps the inputs that reached something new, from one run to the next.

The first byte of an input chooses the reader, the second whether the rest is read as it stands or as what a genuine key has
signed: behind a good signature there must be no other errors either. An input that breaks the rule is written to a file.
"""

import os
import sys
from pathlib import Path
from typing import Final

import atheris
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.site.settings")
with atheris.instrument_imports(include=["serai.exchange", "serai.kernel"]):
    import tests.node  # noqa: F401  # a node of its own

    django.setup()
    from tests.unit.exchange.test_fuzz_parsers import FAR, PAYLOADS, READERS, is_taken

from serai.exchange.jws import Typ

_TYPES: Final = list(Typ)


def try_input(data: bytes) -> None:
    """Raise whatever a reader raises that is no refusal of its own."""
    if len(data) < 2:
        return
    typ, rest = _TYPES[data[0] % len(_TYPES)], data[2:]
    is_taken(READERS[typ], FAR.sign(typ, rest) if data[1] & 1 else rest)


def write_seeds(folder: Path) -> None:
    """Write one good input for each reader, as it stands and to be signed: from nothing, none would be found."""
    for number, typ in enumerate(_TYPES):
        (folder / f"{typ}-payload").write_bytes(bytes([number, 1]) + PAYLOADS[typ])
        (folder / f"{typ}-signed").write_bytes(bytes([number, 0]) + FAR.sign(typ, PAYLOADS[typ]))


if __name__ == "__main__":
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    write_seeds(corpus)
    atheris.Setup(sys.argv, try_input)
    atheris.Fuzz()
