"""Every error has a code of its own and a sentence that its fields fill."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator
from string import Formatter

import pytest

import serai
from serai.kernel.errors import SeraiError


@pytest.fixture(scope="module")
def errors() -> list[type[SeraiError]]:
    """Every error of the package, in every context."""
    for module in pkgutil.walk_packages(serai.__path__, "serai."):
        importlib.import_module(module.name)
    return list(dict.fromkeys(_below(SeraiError)))


def _below(error: type[SeraiError]) -> Iterator[type[SeraiError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__.startswith("serai."):
            yield from _below(child)


def _places(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def test_no_two_errors_share_a_code(errors: list[type[SeraiError]]) -> None:
    shared = [code for code, count in Counter(error.code for error in errors).items() if count > 1]

    assert len(errors) > 15
    assert shared == []


def test_every_place_of_a_sentence_can_be_filled(errors: list[type[SeraiError]]) -> None:
    for error in errors:
        places = _places(error.template)

        sentence = error.template.format(**dict.fromkeys(places, "7 kB"))

        assert all(place.isidentifier() for place in places), error
        assert "{" not in sentence, error
        assert sentence[0].isupper() or error.template.startswith(("{", "“")), error
        is_carrier = error.template == "{sentence}"  # hands on a whole sentence that somebody else made
        assert len(sentence.split()) > 4 or is_carrier, error


def test_every_status_is_one_of_refusal_or_fault(errors: list[type[SeraiError]]) -> None:
    assert [error for error in errors if not 400 <= error.http_status < 600] == []


def test_an_error_reads_as_its_sentence() -> None:
    class Torn(SeraiError):
        code = "torn"
        template = "The seal {seal} is torn. Report it."

    assert str(Torn(seal="A-7")) == "The seal A-7 is torn. Report it."
