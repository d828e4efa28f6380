"""The two lists inside an Office document: the types of its parts, and the relations from part to part.

Both are read piece by piece, so that a list made to be endless costs time and no memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


class BrokenXml(ValueError):
    """A list that is not the plain XML it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a part leads to; `kind` is the last word of the relation's type."""

    kind: str
    target: str
    is_external: bool


def read_types(pieces: Iterable[bytes]) -> Iterator[str]:
    """Give the content types of a package's parts (ECMA-376 part 2, 7.2.3), in small letters."""
    for name, found in _elements(pieces):
        if name in {"Override", "Default"} and "ContentType" in found:
            yield found["ContentType"].strip().lower()


def read_relations(pieces: Iterable[bytes]) -> Iterator[Relation]:
    """Give the relations of a part (ECMA-376 part 2, 6.5.3)."""
    for name, found in _elements(pieces):
        if name == "Relationship":
            yield Relation(
                kind=found.get("Type", "").rpartition("/")[2],
                target=found.get("Target", ""),
                is_external=found.get("TargetMode", "").strip().lower() == "external",
            )


def _elements(pieces: Iterable[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """Give each element's local name and attributes. A document type is refused: entities come with it."""
    from xml.parsers import expat  # noqa: PLC0415  # on first use

    found: list[tuple[str, dict[str, str]]] = []

    def refuse(*_: Any) -> None:
        raise BrokenXml("document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(" ")[2], attributes))
    parser.StartDoctypeDeclHandler = refuse
    try:
        for piece in pieces:
            parser.Parse(piece)
            yield from found
            found.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:
        raise BrokenXml(str(error)) from None
    yield from found
