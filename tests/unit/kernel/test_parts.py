"""A module of a package is imported without the package's own code."""

import subprocess
import sys

import pytest

from serai.kernel.parts import import_part


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def test_only_the_two_languages_of_the_search_are_loaded() -> None:
    loaded = run("import sys, serai.kernel.search; print(*sorted(n for n in sys.modules if n.endswith('_stemmer')))")

    assert loaded == "snowballstemmer.english_stemmer snowballstemmer.russian_stemmer"


def test_the_package_is_whole_when_somebody_imports_it_afterwards() -> None:
    found = run(
        "import serai.kernel.search as search, snowballstemmer as package\n"
        "print(package.stemmer('english').stemWord('permits'), search.stem('permits'))"
    )

    assert found == "permit permit"


def test_a_package_that_is_loaded_stays_as_it_is() -> None:
    import snowballstemmer

    part = import_part("snowballstemmer", "english_stemmer")

    assert sys.modules["snowballstemmer"] is snowballstemmer
    assert part.EnglishStemmer().stemWord("permits") == "permit"


@pytest.mark.parametrize(("package", "part"), [("no_such_package", "part"), ("snowballstemmer", "no_such_part")])
def test_what_is_not_there_is_said_as_by_any_import(package: str, part: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        import_part(package, part)
