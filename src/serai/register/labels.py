"""Short labels and definitions of the vocabularies, in the reader's language."""

from functools import lru_cache
from typing import Any, Final

from serai.kernel.countries import NAMES
from serai.kernel.languages import ENGLISH
from serai.register.catalogue import Translation, read_labels

# What the definitions are called in vocab.yaml, by group of labels.
_DEFINITIONS: Final = {
    "acts": "acts",
    "strength": "strength",
    "kinds": "kinds",
    "scopes": "scopes",
    "systems": "systems",
    "source_kinds": "indicator_source_kinds",
}


@lru_cache(maxsize=1)
def read_all() -> tuple[Translation, dict[str, Any], dict[str, Translation]]:
    """Return labels, vocabulary and translations; read from the files once per process."""
    return read_labels()


def label(group: str, key: str | int, language: str) -> str:
    """Return the short label of a value; the value itself when it has none."""
    if group == "countries" and key in NAMES[ENGLISH]:
        return NAMES[language][str(key)]
    found = read_all()[0].get(group, {}).get(str(key), {})
    return str(found.get(language) or found.get(ENGLISH) or key)


def definition(group: str, key: str | int, language: str) -> str:
    """Return the definition of a value; empty when it has none."""
    _, english, translations = read_all()
    name = _DEFINITIONS[group]
    key = int(key) if group == "strength" else key
    if language == ENGLISH:
        return str(english[name].get(key, ""))
    found = translations[language]["vocab"]["source_kinds" if group == "source_kinds" else name].get(key, "")
    return str(found["definition"] if isinstance(found, dict) else found)


def keys(group: str) -> list[str]:
    """Return the values of a group, in the order of the labels file."""
    return list(read_all()[0].get(group, {}))


def read_glossary(language: str) -> dict[str, str]:
    """Return English term → term of the language."""
    return dict(read_all()[2].get(language, {}).get("glossary", {}))
